// Goal: the defaults are those of spec part 3, a key that a strategy does not use is an error, and every bound refuses
// with a message that names the key.

import { describe, expect, it } from "vitest";
import { findStrategy, strategyNames } from "../../src/strategies/registry.ts";

const hedge = { hedge_threshold: 0.07, hedge_strength_ratio: 0.8, hedge_lookback: 365 };
const floor = { min_volatility: 0.05 };

const defaults: Record<string, { params: object; warmup: number }> = {
  tsmom: {
    params: {
      lookback: 30,
      momentum_smoothing: null,
      vol_window: 30,
      vol_target: 0.3,
      short_mode: "hedge_only",
      ...floor,
      ...hedge,
    },
    warmup: 31,
  },
  "vw-tsmom": {
    params: {
      lookback: 21,
      momentum_smoothing: null,
      vol_window: 30,
      vol_target: 0.35,
      short_mode: "hedge_only",
      ...floor,
      ...hedge,
    },
    warmup: 31,
  },
  donchian: {
    params: {
      entry_period: 20,
      exit_period: 10,
      vol_window: 14,
      vol_target: 0.4,
      short_mode: "disabled",
      ...floor,
      ...hedge,
    },
    warmup: 21,
  },
  "donchian-ensemble": {
    params: {
      lookbacks: [5, 10, 20, 30, 60, 90, 150, 250, 360],
      vol_window: 14,
      vol_target: 0.4,
      short_mode: "disabled",
      ...floor,
      ...hedge,
    },
    warmup: 361,
  },
  "vol-adaptive": {
    params: {
      ema_fast: 10,
      ema_slow: 50,
      rsi_period: 14,
      rsi_upper: 50,
      rsi_lower: 50,
      adx_period: 14,
      adx_threshold: 20,
      vol_window: 20,
      vol_target: 0.4,
      short_mode: "disabled",
      ...floor,
      ...hedge,
    },
    warmup: 50,
  },
  "ema-cross": { params: { fast: 10, slow: 50, short_mode: "disabled", ...hedge }, warmup: 50 },
  "buy-and-hold": { params: {}, warmup: 1 },
};

function strategy(name: string) {
  const found = findStrategy(name);
  if (found === undefined) throw new Error(name);
  return found;
}

function issues(name: string, params: object): string[] {
  const { error } = strategy(name).params.safeParse(params);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("registry", () => {
  it("lists the strategies and knows no other", () => {
    expect(strategyNames).toEqual([...Object.keys(defaults), "ensemble"]);
    for (const name of strategyNames) expect(strategy(name).name).toBe(name);
    expect(findStrategy("martingale")).toBeUndefined();
    expect(findStrategy("toString")).toBeUndefined();
  });
});

describe("parameters", () => {
  it.each(Object.entries(defaults))("defaults and warm-up of %s", (name, { params, warmup }) => {
    const parsed = strategy(name).params.parse({});
    expect(parsed).toEqual(params);
    expect(strategy(name).warmup(parsed, findStrategy)).toBe(warmup);
  });

  it("momentum_smoothing lengthens the warm-up", () => {
    const { params, warmup } = strategy("tsmom");
    expect(warmup(params.parse({ momentum_smoothing: 5 }), findStrategy)).toBe(35);
  });

  it.each(Object.keys(defaults))("%s refuses a key it does not know", (name) => {
    expect(issues(name, { lookbak: 3 })).toEqual([expect.stringContaining("lookbak")]);
  });

  it("shared keys exist only where they have an effect", () => {
    expect(issues("ema-cross", { min_volatility: 0.1 })).toHaveLength(1);
    expect(issues("ema-cross", { vol_target: 0.1 })).toHaveLength(1);
    expect(issues("buy-and-hold", { hedge_lookback: 100 })).toHaveLength(1);
  });

  it.each([
    ["tsmom", { lookback: 1 }, "lookback: lookback must be at least 2 candles"],
    ["tsmom", { lookback: 2.5 }, "lookback: lookback must be a whole number of candles"],
    ["tsmom", { lookback: "30" }, "lookback: lookback must be a whole number of candles"],
    ["tsmom", { lookback: 2e6 }, "lookback: lookback must be at most 1051200 candles"],
    ["tsmom", { momentum_smoothing: 0 }, "momentum_smoothing: momentum_smoothing must be at least 2 candles"],
    ["tsmom", { vol_window: 1 }, "vol_window: vol_window must be at least 2 candles"],
    ["tsmom", { vol_target: 0 }, "vol_target: vol_target must be above 0"],
    ["tsmom", { vol_target: Number.NaN }, "vol_target: vol_target must be a number"],
    ["tsmom", { min_volatility: 0 }, "min_volatility: min_volatility must be above 0"],
    ["tsmom", { short_mode: "hedge" }, "short_mode: short_mode must be one of disabled, hedge_only, full"],
    ["tsmom", { hedge_threshold: 1 }, "hedge_threshold: hedge_threshold must be below 1"],
    ["tsmom", { hedge_threshold: -0.1 }, "hedge_threshold: hedge_threshold must be at least 0"],
    ["tsmom", { hedge_strength_ratio: 1.1 }, "hedge_strength_ratio: hedge_strength_ratio must be at most 1"],
    ["tsmom", { hedge_lookback: 1 }, "hedge_lookback: hedge_lookback must be at least 2 candles"],
    ["donchian", { exit_period: 20 }, "exit_period: exit_period must be below entry_period"],
    ["donchian-ensemble", { lookbacks: [] }, "lookbacks: lookbacks must name at least one channel"],
    ["donchian-ensemble", { lookbacks: 20 }, "lookbacks: lookbacks must be a list of whole numbers"],
    ["donchian-ensemble", { lookbacks: [5, 1] }, "lookbacks.1: a lookback must be at least 2 candles"],
    ["donchian-ensemble", { lookbacks: Array(101).fill(5) }, "lookbacks: lookbacks must name at most 100 channels"],
    ["vol-adaptive", { ema_fast: 50 }, "ema_fast: ema_fast must be below ema_slow"],
    ["vol-adaptive", { rsi_upper: 101 }, "rsi_upper: rsi_upper must be at most 100"],
    ["vol-adaptive", { adx_threshold: -1 }, "adx_threshold: adx_threshold must be at least 0"],
    ["ema-cross", { fast: 60 }, "fast: fast must be below slow"],
  ])("%s refuses %o", (name, params, issue) => {
    expect(issues(name, params)).toEqual([issue]);
  });

  it("a hedging share of nothing is refused: that is short_mode disabled", () => {
    expect(issues("tsmom", { hedge_strength_ratio: 0 })).toEqual([
      "hedge_strength_ratio: hedge_strength_ratio must be above 0; short_mode disabled drops shorts",
    ]);
  });

  it("all issues come at once", () => {
    expect(issues("tsmom", { lookback: 1, vol_target: -1, other: 0 })).toHaveLength(3);
  });
});
