// Goal: what `mcbot strategy check` demands holds for every registered strategy: no look-ahead, the same bits however it is
// fed, finite weights; and how far it depends on where history starts is what its indicators imply.

import { describe, expect, it } from "vitest";
import { simulate } from "../../src/engine/backtest.ts";
import { checkCandles } from "../../src/engine/user-strategies/check-file.ts";
import { openConfigMarket, resolveConfig } from "../../src/library.ts";
import { checkStrategy } from "../../src/strategies/check/check-strategy.ts";
import { findStrategy, strategyNames } from "../../src/strategies/registry.ts";

const MEMBERS = [{ name: "tsmom" }, { name: "donchian" }, { name: "vol-adaptive" }];
const AGGREGATIONS = ["equal_weight", "inverse_volatility", "majority_vote", "strategy_momentum"];
const CASES = [
  ...strategyNames.filter((name) => name !== "ensemble").map((name) => [name, {}] as const),
  ...AGGREGATIONS.map((aggregation) => ["ensemble", { aggregation, sub_strategies: MEMBERS }] as const),
];

/** Strategies whose indicators never forget: exponential and Wilder averages, and state machines. */
const RECURSIVE = new Set(["vol-adaptive", "ema-cross", "donchian", "ensemble"]);

describe("every registered strategy", () => {
  it.each(CASES)("%s %j passes its check", (name, given) => {
    const strategy = findStrategy(name);
    if (strategy === undefined) throw new Error(name);
    const params = strategy.params.parse(given);
    const items = checkStrategy({ strategy, params, candles: checkCandles(), find: findStrategy });
    expect(items.filter(({ ok }) => !ok)).toEqual([]);
    const start = items.find((item) => item.name === "start_dependence")?.detail ?? "";
    if (!RECURSIVE.has(name))
      expect(start).toMatch(/no weight depends on where history starts|longer than the test data/);
  });
});

describe("a pod with an ensemble beside pods without", () => {
  const pods = [
    { pod_id: "trend", strategy: "tsmom", symbols: ["BTC/USDT", "ETH/USDT"], initial_fraction: 0.3 },
    {
      pod_id: "views",
      strategy: "ensemble",
      params: { aggregation: "inverse_volatility" },
      sub_strategies: MEMBERS.map((member) => ({ ...member, params: {}, weight: 1 })),
      symbols: ["BTC/USDT", "SOL/USDT"],
      initial_fraction: 0.3,
    },
  ];
  const range = { start: "2021-01-01", end: "2022-12-31" };

  it("trades, leaves the others' signals alone, and every path gives one hash", () => {
    const config = resolveConfig({ pods, backtest: range, data: { path: "synthetic" } });
    const market = openConfigMarket(config);
    const { record, resultHash } = simulate(config, market);
    expect([...record.books.feesMicro].every((fee, cell) => fee > 0 || ![0, 1, 2, 5].includes(cell))).toBe(true);
    for (const options of [{ fast: true }, { fast: true, chunk: 7 }, { chunk: 3 }]) {
      expect(simulate(config, market, options).resultHash).toBe(resultHash);
    }
    const alone = resolveConfig({ pods: pods.slice(0, 1), backtest: range, data: { path: "synthetic" } });
    const signals = simulate(alone, openConfigMarket(alone)).record.books.target;
    // Cells are symbol by symbol; trend is the first pod of BTC and of ETH.
    expect([record.books.target[0], record.books.target[2]]).toEqual([signals[0], signals[1]]);
  });
});
