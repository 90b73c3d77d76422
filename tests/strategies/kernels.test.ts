// Goal: every strategy's kernel computes the table of spec part 3, the same bits however it is called.
// Method: from-scratch oracle at windows from 1 to 33 in every short mode; WASM in chunks against one batch against the
// plain run, values and state byte for byte; prefixes (look-ahead); warm-up; prices without movement, tiny and huge.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import { findStrategy } from "../../src/strategies/registry.ts";
import { naiveStrategies } from "../kernels/naive/strategies.ts";
import { firstCandles, flatCandles, randomCandles } from "../support/candles.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { averageTrueRange, kernelStrategyNames, runSignal, strategyStream } from "../support/signals.ts";

const WINDOWS = [1, 2, 3, 5, 8, 17, 33];
const MODES = ["disabled", "hedge_only", "full"];

/** Windows of the given size wherever the strategy has one; a standard deviation needs two. */
function paramsAt(name: string, n: number, mode: string): Record<string, unknown> {
  const strategy = findStrategy(name);
  const defaults = strategy?.params.parse({}) as Record<string, unknown>;
  const sized: Record<string, unknown> = {
    lookback: n,
    vol_window: Math.max(2, n),
    entry_period: n + 1,
    exit_period: n,
    lookbacks: [n, n + 3, 2 * n],
    ema_fast: n,
    ema_slow: 2 * n + 1,
    fast: n,
    slow: 2 * n + 1,
    rsi_period: n,
    adx_period: n,
    adx_threshold: 10,
    short_mode: mode,
    hedge_lookback: 3 * n,
    hedge_threshold: 0.03,
  };
  return Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, sized[key] ?? value]));
}

function expectClose(actual: Float64Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((x, t) => {
    const y = expected[t] as number;
    if (Math.abs(x - y) > 1e-9 * Math.abs(y)) expect({ t, weight: x }).toEqual({ t, weight: y });
  });
}

const bytes = (values: Float64Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

describe.each(kernelStrategyNames)("%s", (name) => {
  const naive = naiveStrategies[name];
  const strategy = findStrategy(name);
  if (naive === undefined || strategy === undefined) throw new Error(`${name} has no oracle`);

  it.each(WINDOWS)("equals the oracle in every short mode, windows of %i", (n) => {
    for (const mode of MODES) {
      const params = paramsAt(name, n, mode);
      for (const seed of [1, 2]) {
        const candles = randomCandles(200, seed);
        const { out } = runSignal(instantiateKernels, strategyStream(name, params, 8760), candles);
        expectClose(out, naive(params, candles, 8760));
      }
    }
  });

  it("equals the oracle with its defaults", () => {
    const candles = randomCandles(700, 3);
    const params = strategy.params.parse({});
    const { out } = runSignal(instantiateKernels, strategyStream(name, params), candles);
    expectClose(out, naive(params, candles, 365));
    expect(out.some((weight) => weight !== 0)).toBe(true);
  });

  it("chunks of 1, 7 and 256, one batch and the plain run: the same bytes, state included", () => {
    const candles = randomCandles(700, 4);
    for (const mode of MODES) {
      for (const params of [paramsAt(name, 8, mode), { ...(strategy.params.parse({}) as object), short_mode: mode }]) {
        const make = strategyStream(name, params);
        const batch = runSignal(instantiateKernels, make, candles);
        const others = [
          ...[1, 7, 256].map((chunk) => runSignal(instantiateKernels, make, candles, chunk)),
          runSignal(plainKernels, make, candles),
          runSignal(plainKernels, make, candles, 7),
        ];
        for (const { out, state } of others) {
          expect(bytes(out).equals(bytes(batch.out))).toBe(true);
          expect(bytes(state).equals(bytes(batch.state))).toBe(true);
        }
      }
    }
  });

  it("does not look ahead: cutting the future off changes no weight", () => {
    const candles = randomCandles(300, 5);
    const make = strategyStream(name, paramsAt(name, 5, "full"));
    const { out } = runSignal(instantiateKernels, make, candles);
    const property = fc.property(fc.integer({ min: 0, max: 300 }), (cut) => {
      const prefix = runSignal(instantiateKernels, make, firstCandles(candles, cut));
      expect(bytes(prefix.out).equals(bytes(out.subarray(0, cut)))).toBe(true);
    });
    fc.assert(property, { seed: 5, numRuns: 25 });
  });

  it("uses the state it asked for, and no more", () => {
    const { state } = runSignal(
      instantiateKernels,
      strategyStream(name, paramsAt(name, 8, "hedge_only")),
      randomCandles(200, 6),
    );
    if (state.length > 0) expect(state.at(-1)).not.toBe(0);
  });

  it.each([1e-6, 1, 1e12])("price %d without movement: finite weights, never −0", (price) => {
    for (const mode of MODES) {
      const params = { ...(strategy.params.parse({}) as object), short_mode: mode };
      const { out } = runSignal(instantiateKernels, strategyStream(name, params), flatCandles(Array(500).fill(price)));
      expect([...out]).toEqual(Array(500).fill(name === "buy-and-hold" ? 1 : 0));
    }
  });

  it.each([1e-6, 1e12])("weights do not depend on the unit of the price: starting at %d", (price) => {
    const params = paramsAt(name, 8, "full");
    const candles = randomCandles(300, 7, price);
    const { out } = runSignal(instantiateKernels, strategyStream(name, params), candles);
    expectClose(out, naive(params, candles, 365));
    expect(out.every(Number.isFinite)).toBe(true);
  });

  it("the first weight of a steady market appears exactly after the warm-up", () => {
    for (const n of [2, 3, 5, 8, 17]) {
      for (const smoothing of [null, 4]) {
        const params = { ...paramsAt(name, n, "full"), adx_threshold: 0, momentum_smoothing: smoothing };
        const prices = Array.from({ length: 120 }, (_, t) => 100 * 1.01 ** t);
        const { out } = runSignal(instantiateKernels, strategyStream(name, params), flatCandles(prices));
        expect(out.findIndex((weight) => weight !== 0) + 1).toBe(strategy.warmup(params, findStrategy));
      }
    }
  });

  it("points the right way: long in a rising market, short in a falling one when it may", () => {
    const last = (growth: number, mode: string) => {
      const prices = Array.from({ length: 120 }, (_, t) => 100 * growth ** t);
      return runSignal(instantiateKernels, strategyStream(name, paramsAt(name, 5, mode)), flatCandles(prices)).out.at(
        -1,
      );
    };
    if (name === "buy-and-hold") return expect(last(0.99, "full")).toBe(1);
    for (const mode of MODES) expect(last(1.01, mode)).toBeGreaterThan(0);
    expect(last(0.99, "full")).toBeLessThan(0);
    expect(last(0.99, "hedge_only")).toBeCloseTo(0.8 * (last(0.99, "full") ?? 0), 12);
    expect(last(0.99, "disabled")).toBe(0);
  });
});

describe("momentum_smoothing", () => {
  it.each(["tsmom", "vw-tsmom"])("%s equals the oracle, chunks and plain run the same bytes", (name) => {
    for (const n of [1, 2, 5, 17]) {
      const params = { ...paramsAt(name, 8, "hedge_only"), momentum_smoothing: n };
      const candles = randomCandles(300, 8);
      const make = strategyStream(name, params);
      const { out, state } = runSignal(instantiateKernels, make, candles);
      expectClose(out, naiveStrategies[name]?.(params, candles, 365) ?? []);
      for (const kernels of [instantiateKernels, plainKernels]) {
        const chunked = runSignal(kernels, make, candles, 7);
        expect(bytes(chunked.out).equals(bytes(out))).toBe(true);
        expect(bytes(chunked.state).equals(bytes(state))).toBe(true);
      }
    }
  });
});

describe("atr", () => {
  it("chunks of 1, 7 and 256, one batch and the plain run: the same bytes, state included", () => {
    const candles = randomCandles(600, 9);
    const batch = runSignal(instantiateKernels, averageTrueRange(14), candles);
    for (const chunk of [1, 7, 256]) {
      for (const kernels of [instantiateKernels, plainKernels]) {
        const { out, state } = runSignal(kernels, averageTrueRange(14), candles, chunk);
        expect(bytes(out).equals(bytes(batch.out))).toBe(true);
        expect(bytes(state).equals(bytes(batch.state))).toBe(true);
      }
    }
  });
});
