// Goal: the rows of the specification's table of traps (docs/TRAPS.md) that no other suite is about.
// Method: hand-written slices through the step kernel, and one whole run with allocation, life cycle and halts.

import { describe, expect, it } from "vitest";
import { simulate } from "../../src/engine/backtest.ts";
import { openConfigMarket, resolveConfig } from "../../src/library.ts";
import { decodeEvents, type EngineEvent } from "../../src/orchestrator/events.ts";
import { livelyRun } from "../support/lively-run.ts";
import { DAY, runScript, T0 } from "../support/scripted.ts";

const at = (price: number): [number, number, number, number] => [price, price, price, price];
const of = <T extends EngineEvent["type"]>(events: Iterable<EngineEvent>, type: T) =>
  [...events].filter((event): event is Extract<EngineEvent, { type: T }> => event.type === type);

describe("leverage", () => {
  it("a pod with four symbols divides its capital, it does not multiply it", () => {
    const symbols = ["ADA/USDT", "BTC/USDT", "ETH/USDT", "SOL/USDT"];
    const config = resolveConfig({
      pods: [{ pod_id: "hold", strategy: "buy-and-hold", symbols, initial_fraction: 1, max_fraction: 1 }],
      backtest: { start: "2023-01-01", end: "2023-01-31", capital: 100_000 },
      data: { path: "synthetic", funding: "none" },
    });
    const { record } = simulate(config, openConfigMarket(config), { fast: true, orchestrated: false });
    const leverage = (record.curve.gross[1] as number) / (record.curve.equity[1] as number);
    expect(leverage).toBeGreaterThan(0.97);
    expect(leverage).toBeLessThan(1.03);
    expect([...record.books.intraWeight]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
});

describe("a cool-down", () => {
  it("counts days, not symbols: three symbols stopped together return together", () => {
    const names = ["A", "B", "C"];
    const bars = (price: number, low = price) =>
      Object.fromEntries(names.map((name) => [name, [price, price, low, price] as [number, number, number, number]]));
    const weights = Object.fromEntries(names.map((name) => [`p/${name}`, 0.2]));
    const { events } = runScript({
      pods: [{ podId: "p", stopLoss: 0.1, cooldownMs: 4 * DAY, rebalanceThreshold: 0.05 }],
      symbols: names,
      slices: [
        { bars: bars(100), weights },
        { bars: bars(100) },
        { bars: bars(100, 80) }, // stopped in slice 2
        ...Array.from({ length: 7 }, () => ({ bars: bars(100), weights })),
      ],
    });
    const entries = of(events, "fill").filter(({ lots }) => lots > 0);
    expect(entries.map(({ symbol, timeMs }) => [symbol, (timeMs - T0) / DAY])).toEqual([
      ["A", 1],
      ["B", 1],
      ["C", 1],
      // Over at the decision of slice 6, filled at 7.
      ["A", 7],
      ["B", 7],
      ["C", 7],
    ]);
  });
});

describe("capital", () => {
  it("is one snapshot per slice: every wish of a pod is sized on the same equity, whatever moved at the day end", () => {
    const { record } = livelyRun();
    const events = [
      ...decodeEvents(record.records, {
        podIds: record.pods.map(({ podId }) => podId),
        symbols: record.symbols.map(({ symbol }) => symbol),
      }),
    ];
    const equity = new Map<string, number>();
    let shared = 0;
    for (const { podId, timeMs, podEquity } of of(events, "wish")) {
      const key = `${podId} ${timeMs}`;
      if (equity.has(key)) shared++;
      expect(podEquity).toBe(equity.get(key) ?? podEquity);
      equity.set(key, podEquity);
    }
    expect(shared).toBeGreaterThan(50);
    expect(of(events, "transfer").length).toBeGreaterThan(10);
  });
});

describe("a flip", () => {
  it("is no reducing order: below the minimum notional it does not pass", () => {
    const run = (second: number) =>
      runScript({
        pods: [{ podId: "a", capital: 10_000 }],
        symbols: [{ symbol: "BTC", minNotional: 1000 }],
        slices: [
          { bars: { BTC: at(100) }, weights: { "a/BTC": 0.2 } },
          { bars: { BTC: at(10) }, weights: { "a/BTC": second } },
          { bars: { BTC: at(10) } },
        ],
      }).events;
    // 20 held at 10 are 200; closing passes, turning to −200 (an order of 400) does not.
    expect(of(run(0), "fill")).toHaveLength(2);
    expect(of(run(-0.0244), "fill")).toHaveLength(1);
    expect(of(run(-0.0244), "lapse")[0]).toMatchObject({ reason: "MIN_NOTIONAL" });
  });
});

describe("a trade", () => {
  it("ends when its position does: an opposite fill that only reduces ends none", () => {
    const weight = (w: number) => ({ bars: { BTC: at(100) }, weights: { "a/BTC": w } });
    const { events } = runScript({
      pods: [{ podId: "a" }],
      symbols: ["BTC"],
      slices: [weight(0.5), weight(0.3), weight(0.6), weight(0.1), weight(-0.2), weight(0), { bars: { BTC: at(100) } }],
    });
    expect(of(events, "fill")).toHaveLength(6);
    expect(of(events, "trade").map(({ timeMs, side }) => [(timeMs - T0) / DAY, side])).toEqual([
      [5, "long"],
      [6, "short"],
    ]);
  });
});

describe("history", () => {
  it("of a long run is whole: more than 10,000 slices keep their beginning", () => {
    const config = resolveConfig({
      pods: [{ pod_id: "hold", strategy: "buy-and-hold", symbols: ["BTC/USDT"] }],
      backtest: { start: "2019-02-01", end: "2019-03-10" },
      data: { path: "synthetic", base_timeframe: "5m", funding: "none" },
    });
    const { record } = simulate(config, openConfigMarket(config), { fast: true, orchestrated: false });
    expect(record.curve.timeMs).toHaveLength(38 * 288);
    expect(record.curve.timeMs[0]).toBe(Date.UTC(2019, 1, 1));
    expect(record.days.timeMs).toHaveLength(38);
  });
});
