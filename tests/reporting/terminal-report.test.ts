// Goal: the report fits its width, says the same without colour, never hides that data is synthetic or a value missing,
// and shows the numbers of the result.
// Method: render hand-made and busy runs at several widths and look at the lines.

import { describe, expect, it } from "vitest";
import { buildResult, type ResultContext } from "../../src/orchestrator/result.ts";
import { renderReport } from "../../src/reporting/terminal-report.ts";
import { renderSummary } from "../../src/reporting/terminal-summary.ts";
import { textWidth } from "../../src/reporting/text-width.ts";
import { bar, busyScript, contextOf, marketOf, recordOf, T0 } from "../analytics/record.ts";
import type { Script } from "../support/scripted.ts";

const resultOf = (script: Script, overrides: Partial<ResultContext> = {}) =>
  buildResult(recordOf(script), contextOf(script, overrides));
const script = busyScript();
const busy = resultOf(script, {
  warnings: [
    "a long warning about something that nobody should have to read twice, with a/very/long/path/that/has/no/place/to/break.csv",
  ],
});
const synthetic = resultOf(script, {
  market: marketOf(script, { kind: "synthetic", label: "SYNTHETIC market, seed 1" }),
});
const short: Script = {
  pods: [{ podId: "a-pod-with-a-name-that-goes-on-for-a-good-while" }, { podId: "b" }],
  symbols: ["BTC/USDT"],
  slices: [{ bars: { "BTC/USDT": bar(100) } }],
};
const millions = resultOf({
  pods: Array.from({ length: 10 }, (_, p) => ({ podId: `pod-${p}`, capital: 700_000_000 })),
  symbols: ["BTC/USDT"],
  slices: [{ bars: { "BTC/USDT": bar(100) }, weights: { "pod-0/BTC/USDT": 1 } }, { bars: { "BTC/USDT": bar(100) } }],
});
const plain = { color: false, unicode: true };
const ESCAPE = "\u001b";
/** Text with runs of spaces and line ends made one space: what a reader reads. */
const flow = (text: string): string => text.replaceAll(/\s+/g, " ");

const cases = Object.entries({ busy, synthetic, millions, short: resultOf(short) });

describe.each([60, 80, 120])("at %i columns", (width) => {
  it.each(cases)("no line of %s is wider, in report and summary", (_, result) => {
    for (const unicode of [true, false]) {
      for (const color of [true, false]) {
        for (const text of [
          renderReport(result, { width, color, unicode }),
          renderSummary(result, { width, color, unicode }),
        ]) {
          const widest = Math.max(...text.split("\n").map(textWidth));
          expect(widest).toBeLessThanOrEqual(width);
        }
      }
    }
  });
});

describe("files", () => {
  const headerOf = (files: string[]): string =>
    flow(renderReport(resultOf(script, { market: marketOf(script, { files }) }), { width: 80, ...plain }));

  it("names the first file and counts the others; nothing where bars were made in memory", () => {
    expect(headerOf(["data/1d/BTC-USDT-1d.csv"])).toContain("Files data/1d/BTC-USDT-1d.csv Costs");
    expect(headerOf(["a.csv", "b.csv", "c.csv"])).toContain("Files a.csv and 2 more Costs");
    expect(headerOf([])).not.toContain("Files");
  });
});

describe("style", () => {
  it("no escape codes without colour; the same text with it", () => {
    const bare = renderReport(busy, { width: 80, ...plain });
    const coloured = renderReport(busy, { width: 80, color: true, unicode: true });
    expect(bare).not.toContain(ESCAPE);
    expect(coloured).toContain(ESCAPE);
    const words = (text: string): string => flow(text.replaceAll(new RegExp(`${ESCAPE}\\[[0-9;]*m`, "g"), ""));
    expect(words(coloured)).toBe(words(bare));
  });

  it("ASCII only where unicode is not wanted", () => {
    const text = renderReport(busy, { width: 80, color: false, unicode: false });
    expect([...text].filter((character) => character.charCodeAt(0) > 126)).toEqual([]);
  });

  it("control characters from outside do not reach the terminal", () => {
    const hostile = resultOf(script, {
      warnings: [`red ${ESCAPE}[31m`],
      market: marketOf(script, { label: `x${ESCAPE}]0;y\u0007` }),
    });
    expect(renderReport(hostile, { width: 80, ...plain })).not.toContain(ESCAPE);
  });
});

describe("content", () => {
  const text = flow(renderReport(busy, { width: 120, ...plain }));

  it("header, hashes and warnings", () => {
    const { header } = busy;
    for (const part of [
      header.result_hash,
      header.config_hash,
      header.data_hash,
      header.run_id,
      "fee 4 bps, slippage 5 bps",
      "a long warning",
    ])
      expect(text).toContain(part);
  });

  it("attribution sums to the account, to the micro-unit", () => {
    const [, sums] = /Pods \+ reserve - account = (\S+)/.exec(text) ?? [];
    expect(sums).toBe("0.000000");
    const end = (busy.attribution.account.end_micro / 1e6).toLocaleString("en-US", { minimumFractionDigits: 6 });
    expect(text).toMatch(new RegExp(`account .*${end.replaceAll(".", "\\.")}`));
  });

  it("costs and reasons", () => {
    expect(text).toContain("P&L before costs");
    expect(text).toContain("funding n/a (not asked for)");
    const rates = { symbol: "BTC/USDT", timeMs: Float64Array.of(T0), rate: Float64Array.of(0.0001) };
    const funded = resultOf(script, { funding: "if_present", market: marketOf(script, { funding: [rates, null] }) });
    const report = flow(renderReport(funded, { width: 120, ...plain }));
    expect(report).toContain("Funding 1 rate, complete for 0 of 2 symbols");
    expect(report).toMatch(/ funding [+-]\d+\.\d\d [+-]?\d+\.\d\d%/);
    expect(text).toContain("NO_BAR ETH/USDT 7");
    expect(text).toContain("gross leverage limit 0.90 x");
  });

  it("a missing metric is n/a with its reason, never a zero", () => {
    const missing = renderReport(resultOf(short), { width: 80, ...plain });
    expect(flow(missing)).toMatch(/Sharpe ratio n\/a \(needs 20 daily/);
    expect(missing).toContain("n/a (1)");
    expect(missing).toContain("(1) needs 20 daily returns, has 1");
    expect(missing).not.toContain("NaN");
    expect(missing).not.toContain("NOT TRADED");
    expect(missing).not.toContain("WARNINGS");
  });

  it("SYNTHETIC is the first thing to read, in report and summary; real data does not mention it", () => {
    for (const render of [renderReport, renderSummary]) {
      expect(render(synthetic, { width: 80, ...plain })).toMatch(/^!! SYNTHETIC DATA/);
      expect(render(busy, { width: 80, ...plain })).not.toContain("SYNTHETIC");
    }
  });

  it("no numbers are cut at 60 columns: rows become lists instead", () => {
    const narrow = renderReport(millions, { width: 60, ...plain });
    expect(narrow).not.toContain("…");
    expect(narrow).toContain("700,000,000.00");
  });
});
