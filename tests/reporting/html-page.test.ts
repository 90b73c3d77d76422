// Goal: report.html says what a run has and nothing else; what is left out is named; only its own scripts may run.
// Method: render pages of a lively run and of changed copies of it, and read their HTML.

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { equitySpans } from "../../src/analytics/equity-spans.ts";
import type { OrchestratedResult } from "../../src/orchestrator/result.ts";
import { readAssets } from "../../src/reporting/html/assets.ts";
import type { ReportInput } from "../../src/reporting/html/input.ts";
import { renderHtml } from "../../src/reporting/html/page.ts";
import { livelyRun } from "../support/lively-run.ts";

const { result, record } = livelyRun();
const missing = (reason: string) => ({ ok: false, reason }) as const;
const pageOf = (input: Partial<ReportInput> = {}): string =>
  renderHtml(
    {
      result,
      limits: { maxPodRisk: 0.4, maxGrossLeverage: 0.5, sharpeFloor: 0.3 },
      spans: equitySpans(record.curve, record.baseMs, record.capital),
      trades: missing("no market here"),
      stopLevels: missing("nobody watched"),
      counterfactual: missing("not run"),
      ...input,
    },
    readAssets(),
  );
const single: OrchestratedResult = {
  ...result,
  header: { ...result.header, orchestration: null },
  pods: result.pods.slice(0, 1),
  risk_events: [],
};

describe("a page", () => {
  it("allows exactly its two scripts and no connection", () => {
    const html = pageOf();
    const [, policy = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy).toContain("default-src 'none'");
    const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = ""]) => text);
    expect(scripts).toHaveLength(2);
    for (const text of scripts)
      expect(policy).toContain(`'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  });

  it("of one strategy has no section that needs several pods or an orchestrator", () => {
    const html = pageOf({ result: single });
    for (const id of ["allocation", "lifecycle", "risk", "counterfactual", "correlation"])
      expect(html).not.toContain(`id="${id}"`);
    for (const id of ["allocation", "lifecycle", "counterfactual"]) expect(html).not.toContain(`href="#${id}"`);
    expect(html).toContain('id="attribution"');
  });

  it("speaks of hatching only where there was a halt", () => {
    const halts = result.risk_events.filter(({ kind }) => kind === "halt").length;
    expect(pageOf()).toContain(`Hatched: the account was halted (${halts} halts).`);
    expect(pageOf({ result: { ...result, risk_events: [] } })).not.toContain("Hatched: the account");
  });

  it("names the windows and the floor of the rolling Sharpe ratio, and what computing what-ifs took", () => {
    const html = pageOf({
      counterfactual: {
        ok: true,
        value: { methods: { configured: "risk_parity", methods: [] }, marginal: [], seconds: 1.25 },
      },
    });
    expect(html).toContain("Rolling Sharpe ratio, 180 and 60 days");
    expect(html).toContain("floor of a pod: 0.3");
    expect(html).toContain("in 1.3 seconds");
  });

  it("says how many fills it leaves out, and which stops stood nearest", () => {
    const day = 86_400_000;
    const days = [0, 1, 2, 3].map((d) => ({ timeMs: d * day, close: 100 }));
    const fills = [{ timeMs: day, price: 100, kind: "liquidation" as const }];
    const stop = { symbol: "BTC/USDT", side: "long" as const };
    const html = pageOf({
      trades: { ok: true, value: [{ symbol: "BTC/USDT", days, fills, fillCount: 9 }] },
      stopLevels: {
        ok: true,
        value: [
          { ...stop, dayMs: 0, podId: "a", level: 80 },
          { ...stop, dayMs: day, podId: "b", level: 90 },
          { dayMs: 2 * day, podId: "b", symbol: "BTC/USDT", side: null, level: null },
        ],
      },
    });
    expect(html).toContain("The newest 1 of 9 fills are marked.");
    expect(html).toContain('"label":"nearest stop of longs","values":[80,90,80,80]');
    expect(html).toContain('"label":"◆ liquidation"');
    expect(pageOf({ trades: { ok: true, value: [] } })).toContain("Stop levels: n/a, nobody watched.");
  });

  it("of a liquidated run says where the returns of pods end", () => {
    const liquidation = { slice: "2022-05-01T00:00:00Z", equity: -1, maintenance_margin: 5, fee: 1 };
    const html = pageOf({ result: { ...result, header: { ...result.header, liquidation } } });
    expect(html).toContain("The account was liquidated on 2022-05-01.");
    expect(html).toContain("Returns and ratios of pods end with the last whole day");
    expect(pageOf()).not.toContain("last whole day");
  });

  it("draws daily closes where the slices were not kept", () => {
    expect(pageOf({ spans: null })).not.toContain("Leverage of the account");
    expect(pageOf()).toContain("Leverage of the account");
  });

  it("shows n/a for a month and a year that began with nothing", () => {
    const portfolio = result.days.portfolio.map((value, d) => (d < 40 ? value : -1));
    const html = pageOf({ result: { ...result, days: { ...result.days, portfolio } } });
    expect(html).toContain('title="it began with an equity of 0 or less">n/a');
  });
});
