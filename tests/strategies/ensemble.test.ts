// Goal: each aggregation of spec part 3 by hand on ten candles, equal to an oracle at every window, the same bytes in any
// chunk and as plain TypeScript, and an ensemble of real strategies that neither looks ahead nor forgets its members.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantiateKernels, type Kernels } from "../../src/kernels/load.ts";
import { findStrategy, strategyNames } from "../../src/strategies/registry.ts";
import { naiveEnsemble } from "../kernels/naive/ensemble.ts";
import { randomCandles } from "../support/candles.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { columnOf } from "../support/weight-column.ts";

const AGGREGATIONS = ["equal_weight", "inverse_volatility", "majority_vote", "strategy_momentum"];

interface Combination {
  readonly aggregation: string;
  readonly window?: number;
  readonly top?: number;
  readonly minAgreement?: number;
  readonly weights?: readonly number[];
}

/** Runs the kernel over members' weights that are given, `chunk` candles a call. */
function combine(
  { aggregation, window = 0, top = 1, minAgreement = 0.5, weights = [] }: Combination,
  close: readonly number[],
  members: readonly (readonly number[])[],
  { chunk = close.length, make = instantiateKernels }: { chunk?: number; make?: (bytes: number) => Kernels } = {},
): number[] {
  const n = close.length;
  const { exports, arena } = make(1_000_000);
  const put = (values: readonly number[]): number => {
    const pointer = arena.f64(values.length);
    arena.viewF64(pointer, values.length).set(values);
    return pointer;
  };
  const length = exports.ensembleStateLength(members.length, window);
  const state = arena.f64(length);
  const view = arena.viewF64(state, length);
  view.set([AGGREGATIONS.indexOf(aggregation), members.length, window, top, minAgreement]);
  view.set(weights, 8);
  const closes = put(close);
  const columns = put(members.flat());
  const out = arena.f64(n);
  for (let from = 0; from < n; from += chunk) {
    const at = 8 * from;
    exports.ensembleRun(state, closes + at, columns + at, n, Math.min(chunk, n - from), out + at);
  }
  return [...arena.viewF64(out, n)];
}

describe("by hand, ten candles", () => {
  // Returns from the second candle on: +10 %, −10 %, 0, +10 %, …
  const close = [100, 110, 99, 99, 108.9, 108.9, 119.79, 119.79, 119.79, 131.769];
  const a = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
  const b = [0.5, 0.5, 0.5, -0.5, -0.5, -0.5, 0, 0, 0, 0.5];
  const c = [0, 0, -2, -2, -2, 2, 2, 0, -1, -1];

  it("equal_weight: static weights, normalised", () => {
    // (2a + 1b + 1c) / 4
    const expected = [0.625, 0.625, 0.125, -0.125, -0.125, 0.875, 1, 0.5, 0.25, 0.375];
    expect(combine({ aggregation: "equal_weight", weights: [2, 1, 1] }, close, [a, b, c])).toEqual(expected);
  });

  it("majority_vote: mean of the side that more of the active take; a tie is 0", () => {
    //              2:0 long   2:0   2:1 long  1:2 short 1:2 short 2:1 long 2:0   1:0  1:1 tie  2:1
    const expected = [0.75, 0.75, 0.75, -1.25, -1.25, 1.5, 1.5, 1, 0, 0.75];
    expect(combine({ aggregation: "majority_vote" }, close, [a, b, c])).toEqual(expected);
    // Two thirds do not reach 0.7; unanimity does.
    const strict = [0.75, 0.75, 0, 0, 0, 0, 1.5, 1, 0, 0];
    expect(combine({ aggregation: "majority_vote", minAgreement: 0.7 }, close, [a, b, c])).toEqual(strict);
  });

  it("inverse_volatility: equal until two returns each, then by 1/deviation of weight before × return", () => {
    const out = combine({ aggregation: "inverse_volatility", window: 2 }, close, [a, b]);
    // Returns of a: .1, −.1, 0, .1, 0, .1, 0, 0, .1; of b: .05, −.05, 0, −.05, 0, −.05, 0, 0, 0.
    const half = out.map((value) => Number(value.toFixed(12)));
    expect(half.slice(0, 2)).toEqual([0.75, 0.75]);
    // b's deviation is half of a's: shares 1/3 and 2/3.
    expect(half.slice(2, 7)).toEqual([0.666666666667, 0, 0, 0, 0.333333333333]);
    // The two last returns are 0, or those of b are: undefined, so equal.
    expect(half.slice(8)).toEqual([0.5, 0.75]);
  });

  it("strategy_momentum: the best Sharpe ratio of the past; all of them while undefined", () => {
    const out = combine({ aggregation: "strategy_momentum", window: 3, top: 1 }, close, [a, b]);
    const rounded = out.map((value) => Number(value.toFixed(12)));
    // Three returns exist at the fourth candle: a and b had the same Sharpe ratio so far, up to rounding; then b lost what a won.
    expect(rounded.slice(0, 3)).toEqual([0.75, 0.75, 0.75]);
    expect(rounded.slice(4, 9)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("properties", () => {
  const weight = fc.constantFrom(-1.5, -0.5, 0, 0.25, 1);
  const arbitrary = fc.record({
    aggregation: fc.constantFrom(...AGGREGATIONS),
    window: fc.constantFrom(2, 3, 5, 8),
    top: fc.integer({ min: 1, max: 5 }),
    minAgreement: fc.constantFrom(0, 0.5, 0.6, 1),
    members: fc
      .integer({ min: 1, max: 4 })
      .chain((m) => fc.array(fc.array(weight, { minLength: 30, maxLength: 30 }), { minLength: m, maxLength: m })),
    steps: fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 30, maxLength: 30 }),
  });

  it("equals the oracle, and any chunk and the plain run give the same bits", () => {
    const property = fc.property(arbitrary, ({ members, steps, ...rest }) => {
      let price = 100;
      const close = steps.map((step) => (price *= 1 + step));
      const weights = members.map((_, m) => m + 1);
      const needsWindow = rest.aggregation === "inverse_volatility" || rest.aggregation === "strategy_momentum";
      const p = { ...rest, weights, window: needsWindow ? rest.window : 0 };
      const out = combine(p, close, members);
      const naive = naiveEnsemble(p, close, members);
      for (const [t, value] of out.entries()) expect(Math.abs(value - (naive[t] as number))).toBeLessThan(1e-9);
      for (const options of [{ chunk: 1 }, { chunk: 7 }, { make: plainKernels }, { make: plainKernels, chunk: 7 }]) {
        expect(combine(p, close, members, options)).toEqual(out);
      }
    });
    fc.assert(property, { seed: 3, numRuns: 200 });
  });

  it("a member that failed makes the result NaN", () => {
    for (const aggregation of AGGREGATIONS) {
      const out = combine(
        { aggregation, window: 2, weights: [1, 1] },
        [1, 2, 3],
        [
          [1, 1, 1],
          [1, Number.NaN, 1],
        ],
      );
      expect(out[1]).toBeNaN();
    }
  });
});

describe.each(AGGREGATIONS)("an ensemble of real strategies, %s", (aggregation) => {
  const params = findStrategy("ensemble")?.params.parse({
    aggregation,
    vol_lookback: 10,
    momentum_lookback: 12,
    top_n: 2,
    vol_target: 0.3,
    sub_strategies: strategyNames
      .filter((name) => name !== "ensemble")
      .concat("tsmom")
      .map((name, i) => ({ name, params: name === "donchian-ensemble" ? { lookbacks: [5, 20] } : {}, weight: i + 1 })),
  });
  const candles = randomCandles(300, 11);
  const whole = columnOf("ensemble", params, candles);

  it("does not look ahead, and chunks give the same bits", () => {
    const other = columnOf("ensemble", params, candles, 7);
    expect(Buffer.from(other.buffer).equals(Buffer.from(whole.buffer))).toBe(true);
    for (const cut of [1, 50, 123, 299]) {
      const prefix = columnOf("ensemble", params, {
        high: candles.high.slice(0, cut),
        low: candles.low.slice(0, cut),
        close: candles.close.slice(0, cut),
        volume: candles.volume.slice(0, cut),
      });
      expect([...prefix]).toEqual([...whole.slice(0, cut)]);
    }
  });

  it("is made of its members' own columns", () => {
    const warmup = findStrategy("ensemble")?.warmup(params, findStrategy) ?? Number.NaN;
    expect(warmup).toBeGreaterThanOrEqual(50);
    expect([...whole].some((weight) => weight !== 0)).toBe(true);
    expect([...whole].every(Number.isFinite)).toBe(true);
  });
});
