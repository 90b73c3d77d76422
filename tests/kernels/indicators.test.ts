// Goal: every indicator meets its definition at every window, on both ways to run it.
// Method: a from-scratch oracle per indicator on candles with ties, gaps and empty volume; windows run past every
// block, so a ring or a block that is right only in its first round cannot pass.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantiateKernels, type Kernels } from "../../src/kernels/load.ts";
import { type Candles, flatCandles, randomCandles } from "../support/candles.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { averageTrueRange, runSignal } from "../support/signals.ts";
import * as naive from "./naive/indicators.ts";

const WINDOWS = [1, 2, 3, 5, 8, 17, 33];
const candles = randomCandles(150, 11);
const ways = [
  ["WASM", instantiateKernels],
  ["plain", plainKernels],
] as const;

/** The indicators are exported for tests only, so they are not part of KernelExports. */
type Call = Record<string, (...args: number[]) => number>;

interface Bench {
  readonly call: (name: string, ...args: number[]) => number;
  readonly state: Float64Array;
  readonly at: number;
}

/** A state with room for the indicator at an odd offset: an offset that is ignored shows. */
function bench(make: (bytes: number) => Kernels): Bench {
  const { arena, exports } = make(100_000);
  const pointer = arena.f64(1000);
  const call = (name: string, ...args: number[]) => Number((exports as unknown as Call)[name]?.(pointer, ...args));
  return { call, state: arena.viewF64(pointer, 1000), at: 7 };
}

/** Undefined values are compared as such; the others to 1e-9 of the larger of the value and 1e-9. */
function expectClose(actual: naive.Column, expected: naive.Column): void {
  expect(actual.map((x) => x === undefined)).toEqual(expected.map((x) => x === undefined));
  actual.forEach((x, t) => {
    const y = expected[t];
    if (x === undefined || y === undefined) return;
    // Written so that NaN is no match.
    if (!(Math.abs(x - y) <= 1e-9 * Math.max(1e-9, Math.abs(y)))) expect({ t, value: x }).toEqual({ t, value: y });
  });
}

describe.each(ways)("indicators, %s", (_, make) => {
  const closes = [...candles.close];

  it.each(WINDOWS)("ema, n = %i", (n) => {
    const { call, at } = bench(make);
    const actual = closes.map((x) => {
      const value = call("emaStep", at, n, x);
      return call("emaDefined", at, n) ? value : undefined;
    });
    expectClose(actual, naive.ema(closes, n));
  });

  it.each(WINDOWS)("wilder, n = %i", (n) => {
    const { call, at } = bench(make);
    const actual = closes.map((x) => {
      const value = call("wilderStep", at, n, x);
      return call("wilderDefined", at, n) ? value : undefined;
    });
    expectClose(actual, naive.wilder(closes, n));
  });

  it.each(WINDOWS)("rsi, n = %i", (n) => {
    const { call, at } = bench(make);
    const actual = closes.map((x) => {
      const value = call("rsiStep", at, n, x);
      return call("rsiDefined", at, n) ? value : undefined;
    });
    expectClose(actual, naive.rsi(closes, n));
  });

  it.each(WINDOWS)("adx, n = %i", (n) => {
    const { call, at } = bench(make);
    const actual = closes.map((c, t) => {
      const value = call("adxStep", at, n, candles.high[t] as number, candles.low[t] as number, c);
      return call("adxDefined", at, n) ? value : undefined;
    });
    expectClose(actual, naive.adx(candles, n));
  });

  it.each(WINDOWS)("atr, n = %i", (n) => {
    const expected = naive.atr(candles, n).map((value) => value ?? 0);
    expectClose([...runSignal(make, averageTrueRange(n), candles).out], expected);
  });

  it.each(WINDOWS)("ring and rolling standard deviation, n = %i", (n) => {
    const { call, at } = bench(make);
    let position = 0;
    closes.forEach((x, t) => {
      position = call("ringPush", at, n, position, x);
      const values = naive.window(closes, t, n);
      if (values === undefined) return;
      expect(call("windowSum", at + position, n)).toBe(values.reduce((a, b) => a + b, 0));
      if (n > 1) expectClose([call("rollingStd", at + position, n)], [naive.std(values)]);
    });
  });

  it.each(WINDOWS)("rolling maximum, exact, of as many values as there are, n = %i", (n) => {
    const values = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 4 * n + 3 });
    const property = fc.property(values, (xs) => {
      const { call, state, at } = bench(make);
      state.fill(0);
      let position = 0;
      xs.forEach((x, t) => {
        position = call("rollingMaxPush", at, n, position, x);
        expect(call("rollingMax", at, position)).toBe(Math.max(...xs.slice(Math.max(0, t + 1 - n), t + 1)));
      });
    });
    fc.assert(property, { seed: 3, numRuns: 20 });
  });

  it.each(WINDOWS)("Donchian channel: strict, of the candles before, exact, n = %i", (n) => {
    // Few distinct prices: most closes touch a bound, and touching is not breaking.
    const prices = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 * n + 3 });
    const property = fc.property(prices, (xs) => {
      const { call, at } = bench(make);
      let position = 0;
      const actual = xs.map((x) => {
        const breakout = call("channelBreakout", at, n, position, x);
        position = call("channelPush", at, n, position, x, x);
        return breakout;
      });
      expect(actual).toEqual(naive.breakouts(flatCandles(xs), n).map((vote) => vote ?? 0));
    });
    fc.assert(property, { seed: 4, numRuns: 20 });
  });

  it("high and low bound the channel separately", () => {
    const wide: Candles = randomCandles(120, 5);
    for (const n of WINDOWS) {
      const { call, at } = bench(make);
      let position = 0;
      const actual = [...wide.close].map((c, t) => {
        const breakout = call("channelBreakout", at, n, position, c);
        position = call("channelPush", at, n, position, wide.high[t] as number, wide.low[t] as number);
        return breakout;
      });
      expect(actual).toEqual(naive.breakouts(wide, n).map((vote) => vote ?? 0));
    }
  });

  it.each(WINDOWS)("an indicator's state is as long as it says and all of it is used, n = %i", (n) => {
    const steps: [string, number, (call: Bench["call"], at: number, t: number) => void][] = [
      ["emaLength", 2, (call, at, t) => call("emaStep", at, n, t + 1)],
      ["wilderLength", 2, (call, at, t) => call("wilderStep", at, n, t + 1)],
      ["rsiLength", 6, (call, at, t) => call("rsiStep", at, n, (t * t) % 7)],
      ["adxLength", 12, (call, at, t) => call("adxStep", at, n, 9 + ((t * t) % 7), 1 + ((t * t) % 5), 5)],
      ["ringLength", 2 * n, (call, at, t) => call("ringPush", at, n, t % n, t + 1)],
      ["rollingMaxLength", 2 + n, (call, at, t) => call("rollingMaxPush", at, n, t % n, t + 1)],
      ["channelLength", 3 + 2 * n, (call, at, t) => call("channelPush", at, n, t % n, t + 2, t + 1)],
    ];
    for (const [length, expected, step] of steps) {
      const { exports } = make(0);
      expect((exports as unknown as Call)[length]?.(n), length).toBe(expected);
      const { call, state, at } = bench(make);
      for (let t = 0; t < 5 * n + 20; t++) step(call, at, t);
      const used = [...state.keys()].filter((k) => state[k] !== 0);
      expect([used[0], used.at(-1)], length).toEqual([at, at + expected - 1]);
    }
  });

  it("nothing moved: RSI 50, ADX 0, EMAs equal to the last bit", () => {
    const { call, at } = bench(make);
    for (let t = 0; t < 30; t++) {
      const rsi = call("rsiStep", at, 5, 0.1);
      const adx = call("adxStep", at + 50, 5, 0.1, 0.1, 0.1);
      expect(call("emaStep", at + 100, 3, 0.1)).toBe(call("emaStep", at + 150, 10, 0.1));
      if (call("rsiDefined", at, 5)) expect(rsi).toBe(50);
      if (call("adxDefined", at + 50, 5)) expect(adx).toBe(0);
    }
  });
});

describe("by hand", () => {
  it("ATR: the first true range is H − L, a gap counts from the previous close", () => {
    const gap: Candles = {
      high: Float64Array.of(11, 15, 9, 9),
      low: Float64Array.of(9, 14, 8, 8),
      close: Float64Array.of(10, 14, 9, 8),
      volume: Float64Array.of(1, 1, 1, 1),
    };
    // True ranges 2, max(1, 5, 4) = 5, max(1, 5, 6) = 6, 1; mean of two, then halves.
    expect([...runSignal(instantiateKernels, averageTrueRange(2), gap).out]).toEqual([0, 3.5, 4.75, 2.875]);
  });

  it("Wilder: mean of the first n, then a step of 1/n", () => {
    const { call, at } = bench(plainKernels);
    expect([2, 4, 6, 4].map((x) => call("wilderStep", at, 3, x))).toEqual([0, 0, 4, 4]);
    expect(call("wilderStep", at, 3, 7)).toBe(5);
  });

  it("RSI: 100 when only gains, 0 when only losses, 75 at gain 3 to loss 1", () => {
    for (const [prices, expected] of [
      [[1, 2, 3], 100],
      [[3, 2, 1], 0],
      [[10, 13, 12], 75],
    ] as const) {
      const { call, at } = bench(plainKernels);
      expect(prices.map((x) => call("rsiStep", at, 2, x)).at(-1)).toBe(expected);
    }
  });

  it("ADX: equal up and down moves count for neither; a one-way market is 100", () => {
    const { call, at } = bench(plainKernels);
    const rising = [1, 2, 3, 4, 5].map((x) => call("adxStep", at, 2, x + 1, x, x + 0.5));
    expect(rising).toEqual([0, 0, 0, 100, 100]);
    const outside = [1, 2, 3, 4, 5].map((x) => call("adxStep", at + 50, 2, 10 + x, 10 - x, 10));
    expect(outside).toEqual([0, 0, 0, 0, 0]);
  });
});
