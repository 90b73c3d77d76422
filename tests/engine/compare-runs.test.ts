// Goal: a comparison says "identical" exactly when two runs did the same, and else names the first thing they did not do
// alike, every metric with its difference and every key of the config.
// Method: real runs in run folders, one thing changed at a time; the first difference beside a plain look at all events.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { eventsOf } from "../../src/analytics/tables/event-source.ts";
import type { Config, OrchestratorFile } from "../../src/config/schema.ts";
import { compareRuns, type RunComparison } from "../../src/engine/compare-runs/compare-runs.ts";
import { findRun } from "../../src/engine/compare-runs/find-run.ts";
import { runBacktest } from "../../src/engine/run-backtest.ts";
import { readRun, writeRunFolder } from "../../src/engine/run-folder.ts";
import { openConfigMarket, resolveConfig } from "../../src/library.ts";
import { renderRunComparison } from "../../src/reporting/compare-runs.ts";
import { textWidth } from "../../src/reporting/text-width.ts";
import { LIVELY } from "../support/lively-config.ts";

const base = mkdtempSync(join(tmpdir(), "mcbot-compare-"));
afterAll(() => rmSync(base, { recursive: true }));

let second = 0;
/** Runs a config, writes its folder and returns the path. */
const run = (file: OrchestratorFile, changed: (config: Config) => Config = (config) => config): string => {
  const config = changed(resolveConfig(file));
  const outcome = runBacktest(config, openConfigMarket(config), { fast: true });
  const now = new Date(Date.UTC(2026, 0, 1, 0, 0, second++));
  return writeRunFolder(base, { ...outcome, configText: "", resolvedConfig: config, dataPath: "synthetic", now });
};
const compare = (a: string, b: string): RunComparison => compareRuns(readRun(a), readRun(b));
const render = (comparison: RunComparison, width = 80, all = false): string =>
  renderRunComparison(comparison, { width, color: false, unicode: true }, { all });

const whole = run(LIVELY);
const costlier = run(LIVELY, (config) => ({ ...config, portfolio: { ...config.portfolio, cost_bps: 9 } }));

describe("the same run twice", () => {
  const again = compare(
    whole,
    run(LIVELY, (config) => ({ ...config, monitoring: { ...config.monitoring, port: 1 } })),
  );

  it("is identical, whatever does not reach a decision", () => {
    expect(again).toMatchObject({ identical: true, first: null, first_order: null });
    expect(again.config).toEqual([{ path: "monitoring.port", missing_in: null, a: 9464, b: 1 }]);
    const metrics = [...again.portfolio, ...again.costs, ...again.pods.flatMap((pod) => pod.metrics)];
    expect(metrics.length).toBeGreaterThan(100);
    expect(metrics.filter(({ difference }) => difference !== 0 && difference !== null)).toEqual([]);
    expect(render(again)).toMatch(/^identical: both decided and did the same/);
    expect(render(again)).toContain("1 key of the config had no effect.");
  });
});

describe("a run with other costs", () => {
  const comparison = compare(whole, costlier);

  it("differs first in a fee, and later in an order: what a plain look at all events finds", () => {
    const [a, b] = [whole, costlier].map((folder) => [...eventsOf(readRun(folder).events())]);
    const at = (a ?? []).findIndex((event, i) => JSON.stringify(event) !== JSON.stringify(b?.[i]));
    const event = a?.[at];
    expect(event).toMatchObject({ type: "fill" });
    expect(comparison.first).toMatchObject({
      slice: new Date(event?.timeMs as number).toISOString().replace(".000", ""),
      type: "fill",
      symbol: (event as { symbol: string }).symbol,
      missing_in: null,
    });
    const differing = comparison.first?.values.filter((value) => value.a !== value.b);
    expect(differing?.map(({ name }) => name)).toEqual(["fee"]);

    const orders = [a, b].map((events) => (events ?? []).filter(({ type }) => type === "order"));
    const first = orders[0]?.findIndex((order, i) => JSON.stringify(order) !== JSON.stringify(orders[1]?.[i])) ?? -1;
    const order = orders[0]?.[first] as { timeMs: number; symbol: string };
    expect(comparison.first_order).toMatchObject({ type: "order", symbol: order.symbol });
    expect(Date.parse(comparison.first_order?.slice as string)).toBe(order.timeMs);
  });

  it("lists the key, and b − a of each metric", () => {
    expect(comparison.config).toEqual([{ path: "portfolio.cost_bps", missing_in: null, a: 4, b: 9 }]);
    const fees = comparison.costs.find(({ metric }) => metric === "fees");
    expect(fees?.difference).toBe((fees?.b.value as number) - (fees?.a.value as number));
    expect(fees?.difference).toBeGreaterThan(0);
  });

  it.each([40, 80, 120])("is printed within %i columns, and says which values differ in words", (width) => {
    const text = render(comparison, width, true);
    for (const line of text.split("\n")) expect(textWidth(line), line).toBeLessThanOrEqual(width);
    const flow = text.replaceAll(/\s+/g, " ");
    expect(flow).toMatch(/^different: OTHER config, same data, same version/);
    expect(flow).toMatch(/fee .*differs/);
    expect(flow).toContain("FIRST DIVERGING ORDER");
  });

  it("counts equal metrics instead of hiding them", () => {
    expect(render(comparison)).toMatch(/\d+ metrics? equal in both \(--all lists them\)/);
    expect(render(comparison, 80, true)).not.toContain("--all");
  });
});

describe("runs of other portfolios", () => {
  it("that miss a pod: says whose it is, and compares the rest", () => {
    const without = run({ ...LIVELY, pods: LIVELY.pods.filter(({ pod_id }) => pod_id !== "cross") });
    const comparison = compare(whole, without);
    expect(comparison.pods.map(({ pod_id, missing_in }) => [pod_id, missing_in])).toContainEqual(["cross", "b"]);
    expect(comparison.config.filter(({ missing_in }) => missing_in === "b").length).toBeGreaterThan(5);
    expect(comparison.first).not.toBeNull();
    expect(render(comparison)).toMatch(/POD cross\nonly in A/);
  });

  it("of another range part at the first slice that only one has", () => {
    const shorter = run({ ...LIVELY, backtest: { start: "2022-01-03", end: "2024-12-31", capital: 100_000 } });
    const { first, first_order } = compare(shorter, whole);
    expect(first).toMatchObject({ slice: "2022-01-01T00:00:00Z", missing_in: "a" });
    expect(first_order).toMatchObject({ missing_in: "a", type: "order" });
  });

  it("with other lot steps compare quantities, not lots", () => {
    const one = { pods: [{ pod_id: "hold", strategy: "buy-and-hold", symbols: ["BTC/USDT"] }] } as const;
    const file = (lot: number): OrchestratorFile => ({
      pods: [{ ...one.pods[0], symbols: ["BTC/USDT"], initial_fraction: 0.5, max_fraction: 0.5 }],
      backtest: { start: "2024-01-01", end: "2024-02-01" },
      data: { path: "synthetic", funding: "none", instruments: { "BTC/USDT": { lot } } },
    });
    const { first } = compare(run(file(0.001)), run(file(0.01)));
    expect(first).toMatchObject({ type: "wish", symbol: "BTC/USDT", pod_id: "hold" });
    const [wish] = first?.values.filter(({ name }) => name === "wish_quantity") ?? [];
    expect(Math.abs(Number(wish?.a) - Number(wish?.b))).toBeLessThan(0.01);
  });
});

describe("a run is found", () => {
  it("by its folder, its name, and the beginning of its run id or result hash", () => {
    const { manifest, folder } = readRun(costlier);
    const name = folder.split("/").at(-1) as string;
    for (const text of [folder, name, manifest.run_id.slice(0, 8), manifest.result_hash]) {
      expect(findRun(text, base).manifest.run_id, text).toBe(manifest.run_id);
    }
  });

  it("as the newest of several that are one run", () => {
    expect(findRun(readRun(whole).manifest.run_id, base).folder).not.toBe(whole);
  });

  it("or the error names the latest ones; a folder that is no run is one", () => {
    expect(() => findRun("nothing", base)).toThrow(
      /neither a folder nor the beginning of a run id; the latest runs are/,
    );
    expect(() => findRun("0000", join(base, "none"))).toThrow(/none has no runs/);
    const empty = join(base, "empty");
    mkdirSync(empty);
    expect(() => findRun(empty, base)).toThrow(/it has no manifest.json/);
    writeFileSync(join(empty, "manifest.json"), "{");
    expect(() => findRun("0000", base)).toThrow(/neither/);
    expect(() => findRun(empty, base)).toThrow(/is not JSON/);
  });

  it("or refused when it begins several", () => {
    const folder = mkdtempSync(join(base, "several-"));
    for (const [name, digit] of [
      ["a", "1"],
      ["b", "2"],
    ]) {
      mkdirSync(join(folder, name as string));
      writeFileSync(
        join(folder, name as string, "manifest.json"),
        JSON.stringify({ run_id: `abcd${digit}`, result_hash: `ff${digit}` }),
      );
    }
    expect(() => findRun("abcd", folder)).toThrow("abcd is the beginning of several runs");
  });
});
