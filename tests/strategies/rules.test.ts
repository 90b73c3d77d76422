// Goal: each rule of spec part 3 in a case small enough to check by hand.
// Method: vol_target = min_volatility = 100 pins the vol scalar at 1, so weights are directions; closes double or halve
// where the scalar itself is the subject.

import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import { type Candles, flatCandles } from "../support/candles.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { runSignal, strategyStream } from "../support/signals.ts";

const unit = { vol_window: 2, vol_target: 100, min_volatility: 100 };
const shorts = { short_mode: "full", hedge_threshold: 0.07, hedge_strength_ratio: 0.8, hedge_lookback: 365 };

function weights(name: string, params: object, candles: Candles | number[], barsPerYear = 1): number[] {
  const columns = Array.isArray(candles) ? flatCandles(candles) : candles;
  const stream = strategyStream(name, params, barsPerYear);
  const out = [...runSignal(instantiateKernels, stream, columns).out];
  expect([...runSignal(plainKernels, stream, columns).out]).toEqual(out);
  return out;
}

describe("vol scalar", () => {
  const p = { ...shorts, lookback: 2, momentum_smoothing: null, vol_window: 2, vol_target: 0.1, min_volatility: 0.05 };

  it("is vol_target over the sample deviation of log returns, in units of a year", () => {
    // Returns −ln 2 and 2 ln 2 lie 1.5 ln 2 from their mean: the sample deviation is 1.5 √2 ln 2 a bar.
    const volatility = 1.5 * Math.SQRT2 * Math.LN2;
    expect(weights("tsmom", p, [1, 2, 1, 4])[3]).toBeCloseTo(0.1 / volatility, 12);
    expect(weights("tsmom", p, [1, 2, 1, 4], 2190)[3]).toBeCloseTo(0.1 / (volatility * Math.sqrt(2190)), 12);
  });

  it("never divides by less than min_volatility", () => {
    expect(weights("tsmom", p, [1, 2, 4, 8, 16])).toEqual([0, 0, 2, 2, 2]);
  });
});

describe("short mode", () => {
  const prices = [16, 8, 4, 2];
  const p = { ...unit, ...shorts, lookback: 1, momentum_smoothing: null };

  it("disabled drops shorts, full keeps them, hedge_only keeps a share of them", () => {
    expect(weights("tsmom", { ...p, short_mode: "disabled" }, prices)).toEqual([0, 0, 0, 0]);
    expect(weights("tsmom", { ...p, short_mode: "full" }, prices)).toEqual([0, 0, -1, -1]);
    expect(weights("tsmom", { ...p, short_mode: "hedge_only" }, prices)).toEqual([0, 0, -0.8, -0.8]);
  });

  it("hedge_only needs a close strictly below the running maximum × (1 − threshold)", () => {
    const at = (threshold: number) =>
      weights("tsmom", { ...p, short_mode: "hedge_only", hedge_threshold: threshold }, [16, 14, 12]).at(-1);
    expect(at(0.25)).toBe(0);
    expect(at(0.2499)).toBe(-0.8);
  });

  it("the running maximum forgets closes older than hedge_lookback and includes the current one", () => {
    const p2 = { ...shorts, short_mode: "hedge_only", fast: 1, slow: 2 };
    expect(weights("ema-cross", { ...p2, hedge_lookback: 2 }, [20, 10, 9.9])).toEqual([0, -0.8, 0]);
    expect(weights("ema-cross", { ...p2, hedge_lookback: 3 }, [20, 10, 9.9])).toEqual([0, -0.8, -0.8]);
  });

  it("leaves longs alone", () => {
    expect(weights("tsmom", { ...p, short_mode: "hedge_only" }, [2, 4, 8])).toEqual([0, 0, 1]);
  });
});

describe("tsmom", () => {
  const p = { ...unit, ...shorts, lookback: 2, momentum_smoothing: null };

  it("compares the close with the one `lookback` candles ago; equal is 0", () => {
    expect(weights("tsmom", p, [4, 5, 6, 5, 3, 6])).toEqual([0, 0, 1, 0, -1, 1]);
  });

  it("momentum_smoothing averages the momentum and waits for as many of them", () => {
    // Momenta (ln 2 / 2) · (2, 3, −2, −4): two of them average to (ln 2 / 2) · (8/3, −4/9, −76/27).
    const turning = [1, 2, 4, 16, 1, 1];
    expect(weights("tsmom", { ...p, momentum_smoothing: 2 }, turning)).toEqual([0, 0, 0, 1, -1, -1]);
    expect(weights("tsmom", p, turning)).toEqual([0, 0, 1, 1, -1, -1]);
    // A mild step back turns the momentum of the day and not the average of three.
    const dipping = [1, 4, 16, 64, 256, 60];
    expect(weights("tsmom", { ...p, momentum_smoothing: 3 }, dipping)).toEqual([0, 0, 0, 0, 1, 1]);
    expect(weights("tsmom", p, dipping)).toEqual([0, 0, 1, 1, 1, -1]);
    // Momenta of 0 average to exactly 0.
    expect(weights("tsmom", { ...p, momentum_smoothing: 2 }, [7, 7, 7, 7, 7])).toEqual([0, 0, 0, 0, 0]);
  });
});

describe("vw-tsmom", () => {
  const p = { ...unit, ...shorts, lookback: 2, momentum_smoothing: null };
  const there = (volumes: number[]): Candles => ({ ...flatCandles([8, 16, 8]), volume: Float64Array.from(volumes) });

  it("weights a return with the volume of its own candle", () => {
    expect(weights("vw-tsmom", p, there([99, 3, 1]))).toEqual([0, 0, 1]);
    expect(weights("vw-tsmom", p, there([99, 1, 3]))).toEqual([0, 0, -1]);
  });

  it("is undefined without any volume, and the smoothing does not count such a candle", () => {
    expect(weights("vw-tsmom", p, there([99, 0, 0]))).toEqual([0, 0, 0]);
    const candles = { ...flatCandles([1, 2, 4, 8, 16, 32]), volume: Float64Array.of(1, 0, 0, 1, 1, 1) };
    expect(weights("vw-tsmom", { ...p, momentum_smoothing: 2 }, candles)).toEqual([0, 0, 0, 0, 1, 1]);
  });
});

describe("donchian", () => {
  const p = { ...unit, ...shorts, entry_period: 3, exit_period: 2 };
  //              0   1   2   3   4   5  6  7
  const prices = [10, 10, 10, 11, 10, 9, 9, 10];

  it("enters on a break, holds on a touch, turns on one candle, leaves on the shorter channel", () => {
    expect(weights("donchian", p, prices)).toEqual([0, 0, 0, 1, 1, -1, -1, 0]);
  });

  it("without shorts the same break only closes the long", () => {
    expect(weights("donchian", { ...p, short_mode: "disabled" }, prices)).toEqual([0, 0, 0, 1, 1, 0, 0, 0]);
  });

  it("the hedge condition acts on the weight: the machine is short before the weight is", () => {
    const hedged = { ...p, short_mode: "hedge_only", hedge_threshold: 0.2 };
    expect(weights("donchian", hedged, [10, 10, 10, 11, 9, 9, 8])).toEqual([0, 0, 0, 1, 0, 0, -0.8]);
  });

  it("runs on while the volatility is undefined", () => {
    const late = { ...p, entry_period: 2, exit_period: 1, vol_window: 5 };
    // The break is at index 2; later closes never exceed the channel again.
    expect(weights("donchian", late, [10, 10, 11, 11, 11, 11, 11])).toEqual([0, 0, 0, 0, 0, 1, 1]);
  });

  it("breaks the highs and lows, not the closes", () => {
    const candles = {
      high: Float64Array.of(12, 12, 12, 12, 14),
      low: Float64Array.of(8, 8, 8, 8, 8),
      close: Float64Array.of(10, 10, 10, 11, 13),
      volume: new Float64Array(5),
    };
    expect(weights("donchian", p, candles)).toEqual([0, 0, 0, 0, 1]);
  });
});

describe("donchian-ensemble", () => {
  it("averages the votes, and is 0 until the longest lookback is defined", () => {
    const p = { ...unit, ...shorts, lookbacks: [1, 2, 3] };
    // 12 breaks only the channel of one; 9 breaks all; 10 only that of one.
    expect(weights("donchian-ensemble", p, [10, 12, 11, 12, 9, 10])).toEqual([0, 0, 0, 1 / 3, -1, 1 / 3]);
    const reversed = { ...p, lookbacks: [3, 2, 1] };
    expect(weights("donchian-ensemble", reversed, [10, 12, 11, 12, 9, 10])).toEqual([0, 0, 0, 1 / 3, -1, 1 / 3]);
  });
});

describe("vol-adaptive", () => {
  const p = {
    ...unit,
    ...shorts,
    ema_fast: 2,
    ema_slow: 3,
    rsi_period: 2,
    rsi_upper: 50,
    rsi_lower: 50,
    adx_period: 2,
    adx_threshold: 20,
  };
  const rising = [1, 2, 3, 4, 5, 6];
  const falling = [9, 8, 7, 6, 5, 4];

  it("follows a clean trend from the fourth candle, the first with an ADX", () => {
    expect(weights("vol-adaptive", p, rising)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(weights("vol-adaptive", p, falling)).toEqual([0, 0, 0, -1, -1, -1]);
  });

  it("every filter is strict: an index at its threshold does not pass", () => {
    const none = [0, 0, 0, 0, 0, 0];
    expect(weights("vol-adaptive", { ...p, adx_threshold: 100 }, rising)).toEqual(none);
    expect(weights("vol-adaptive", { ...p, rsi_upper: 100 }, rising)).toEqual(none);
    expect(weights("vol-adaptive", { ...p, rsi_lower: 0 }, falling)).toEqual(none);
  });
});

describe("ema-cross", () => {
  it("is the side of the fast average, ±1, from `slow` candles on", () => {
    // EMA(1) is the price; EMA(2) is 1, 5/3, 11/9, 11/9 + 2/3 · (3 − 11/9).
    const p = { ...shorts, fast: 1, slow: 2 };
    expect(weights("ema-cross", p, [1, 2, 1, 3])).toEqual([0, 1, -1, 1]);
    expect(weights("ema-cross", { ...p, short_mode: "disabled" }, [1, 2, 1, 3])).toEqual([0, 1, 0, 1]);
    expect(weights("ema-cross", p, [7, 7, 7])).toEqual([0, 0, 0]);
  });
});

describe("buy-and-hold", () => {
  it("is 1 from the first candle", () => {
    expect(weights("buy-and-hold", {}, [3, 2, 1])).toEqual([1, 1, 1]);
  });
});
