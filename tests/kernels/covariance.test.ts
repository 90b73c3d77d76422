// Goal: the three estimators, correlation and portfolio risk meet their definitions, and refuse what has none.
// Method: golden vectors, a naive oracle at sizes around every block, exact rationals for price levels, and properties.

import { describe, expect, it } from "vitest";
import {
  addRidge,
  type CovarianceEstimate,
  type CovarianceEstimator,
  correlations,
  estimateCovariance,
  loadCovariance,
  portfolioRisk,
} from "../../src/kernels/covariance.ts";
import { instantiateKernels } from "../../src/kernels/load.ts";
import type { MatrixWorkspace } from "../../src/kernels/matrix-workspace.ts";
import golden from "../golden/covariance.json" with { type: "json" };
import {
  normal,
  permuted,
  randomReturns,
  setCovariance,
  setReturns,
  shuffled,
  workspaceOf,
} from "../support/matrices.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import * as naive from "./naive/matrix.ts";

const SIZES = [1, 2, 3, 5, 8, 17, 33];
const SAMPLE: CovarianceEstimator = { kind: "sample" };
const EWMA: CovarianceEstimator = { kind: "ewma", halflife: 30 };
const LEDOIT_WOLF: CovarianceEstimator = { kind: "ledoit_wolf" };

function unwrap(estimate: CovarianceEstimate): Extract<CovarianceEstimate, { status: "OK" }> {
  if (estimate.status !== "OK") throw new Error(estimate.status);
  return estimate;
}

/** Entries differ by at most `tolerance` of the product of the deviations. */
function expectClose(actual: ArrayLike<number>, expected: naive.Matrix, tolerance: number): void {
  const n = expected.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const scale = Math.sqrt((expected[i]?.[i] ?? 0) * (expected[j]?.[j] ?? 0));
      const gap = Math.abs((actual[i * n + j] ?? Number.NaN) - (expected[i]?.[j] ?? 0));
      expect(gap, `entry ${i}, ${j}`).toBeLessThanOrEqual(tolerance * scale);
    }
  }
}

/** A double as a whole number of 2^-60, for |x| < 2^60 and bits no finer than that. */
function exact(x: number): bigint {
  const whole = Math.trunc(x);
  return (BigInt(whole) << 60n) + BigInt((x - whole) * 2 ** 60);
}

/** The sample covariance in rationals, rounded once: T·Σxy − Σx·Σy over T(T − 1). */
function exactCovariance(a: readonly number[], b: readonly number[]): number {
  const days = BigInt(a.length);
  const [x, y] = [a.map(exact), b.map(exact)];
  const total = (values: readonly bigint[]) => values.reduce((s, v) => s + v, 0n);
  const numerator = days * total(x.map((v, t) => v * (y[t] ?? 0n))) - total(x) * total(y);
  return Number(numerator / (days * (days - 1n))) / 2 ** 120;
}

describe.each([
  ["wasm", instantiateKernels],
  ["plain", plainKernels],
])("covariance (%s)", (_, make) => {
  const workspace: MatrixWorkspace = workspaceOf(make, { assets: 33, days: 1001 });

  const estimate = (returns: ArrayLike<number>, n: number, estimator: CovarianceEstimator) => {
    setReturns(workspace, returns);
    return estimateCovariance(workspace, estimator, returns.length / n, n);
  };

  it.each(golden.cases.filter((c) => "mean" in c.expect))(
    "golden: $id",
    ({ N, returns, expect: expected, tolerance }) => {
      const { covariance, flatColumns } = unwrap(estimate(returns.flat(), N, SAMPLE));
      expectClose(covariance, expected.cov, (tolerance as { normRel: number }).normRel);
      const { matrix, undefinedColumns } = correlations(workspace, N);
      expect(undefinedColumns).toEqual(flatColumns);
      (expected.corr ?? []).flat().forEach((rho, at) => {
        if (rho === null) expect(undefinedColumns.some((i) => i === at % N || i === Math.floor(at / N))).toBe(true);
        else expect(matrix[at]).toBeCloseTo(rho, 9);
      });
    },
  );

  it.each(golden.cases.filter((c) => "shrinkage" in c.expect))("golden: $id", ({ T, N, returns, expect: expected }) => {
    const { covariance, shrinkage } = unwrap(estimate(returns.flat(), N, LEDOIT_WOLF));
    expect(Math.abs(shrinkage / (expected.shrinkage ?? 0) - 1)).toBeLessThan(1e-11);
    const corrected = expected.cov.map((row) => row.map((c) => (c * T) / (T - 1)));
    expectClose(covariance, corrected, 1e-12);
  });

  it.each(SIZES)("equals the definitions and is symmetric, n = %i", (n) => {
    for (const days of [2, 3, 4, 30, 91]) {
      const returns = randomReturns(days, n, 100 * n + days);
      const rows = naive.rowsOf(returns, n);
      const sample = unwrap(estimate(returns, n, SAMPLE));
      // Rounding of sums of T terms, and of the centring.
      expectClose(sample.covariance, naive.sampleCovariance(rows), 1e-13);
      expect([...permuted(sample.covariance, n, shuffled(n, 0))]).toHaveLength(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++) expect(sample.covariance[i * n + j]).toBe(sample.covariance[j * n + i]);
      }
      expect(sample).toMatchObject({ flatColumns: [], shrinkage: 0 });
      expectClose(unwrap(estimate(returns, n, EWMA)).covariance, naive.ewmaCovariance(rows, 0.5 ** (1 / 30)), 1e-13);
      const shrunk = unwrap(estimate(returns, n, LEDOIT_WOLF));
      const oracle = naive.ledoitWolf(rows);
      expect(shrunk.shrinkage).toBeGreaterThanOrEqual(0);
      expect(shrunk.shrinkage).toBeLessThanOrEqual(1);
      expect(shrunk.shrinkage).toBeCloseTo(n === 1 ? 0 : oracle.shrinkage, 10);
      if (n > 1) expectClose(shrunk.covariance, oracle.cov, 1e-10);
    }
  });

  it.each(SIZES)("follows a permutation of the columns to the last bit, n = %i", (n) => {
    const returns = randomReturns(45, n, n);
    const order = shuffled(n, 9);
    const moved = naive.rowsOf(returns, n).flatMap((row) => order.map((i) => row[i] ?? 0));
    for (const estimator of [SAMPLE, EWMA]) {
      const before = unwrap(estimate(returns, n, estimator)).covariance.slice();
      const after = unwrap(estimate(moved, n, estimator)).covariance;
      expect([...after]).toEqual([...permuted(before, n, order)]);
    }
  });

  it.each([1e3, 1e6, 1e7])("keeps the digits at price levels around %f (as NIST NumAcc3 and 4)", (level) => {
    const draw = normal(4);
    const first = Array.from({ length: 1001 }, (_, t) => level + (t === 0 ? 0.2 : t % 2 === 0 ? 0.3 : 0.1));
    const second = first.map((x) => x + 0.05 * draw());
    const { covariance } = unwrap(
      estimate(
        first.flatMap((x, t) => [x, second[t] ?? 0]),
        2,
        SAMPLE,
      ),
    );
    const oracle = [first, second].map((a) => [first, second].map((b) => exactCovariance(a, b)));
    expectClose(covariance, oracle, 1e-12);
    // NIST certifies a deviation of 0.1; the doubles nearest to the data have it to the rounding of the level.
    expect(Math.sqrt(covariance[0] ?? 0)).toBeCloseTo(0.1, 8);
  });

  it("ewma: weight 1 for every row at an endless half-life, all of it on the last row at a short one", () => {
    const returns = randomReturns(20, 3, 5);
    const rows = naive.rowsOf(returns, 3);
    const flat = unwrap(estimate(returns, 3, { kind: "ewma", halflife: 1e12 })).covariance;
    expectClose(flat, naive.ewmaCovariance(rows, 1), 1e-9);
    const last = unwrap(estimate(returns, 3, { kind: "ewma", halflife: 0.01 })).covariance;
    expectClose(last, naive.ewmaCovariance(rows.slice(-1), 1), 1e-12);
    expect(estimate(returns.subarray(0, 3), 3, EWMA).status).toBe("OK");
  });

  it.each([1, 2, 3, 17, 90])("ewma, recursive: RiskMetrics' recursion from the first row, %i days", (days) => {
    const n = 3;
    const returns = randomReturns(days, n, 6);
    const decay = 0.5 ** (1 / 30);
    const rows = naive.rowsOf(returns, n);
    const outer = (x: readonly number[]) => x.map((a) => x.map((b) => a * b));
    const expected = rows
      .slice(1)
      .reduce(
        (s, x) => s.map((row, i) => row.map((c, j) => decay * c + (1 - decay) * (x[i] ?? 0) * (x[j] ?? 0))),
        outer(rows[0] ?? []),
      );
    const { covariance } = unwrap(estimate(returns, n, { kind: "ewma", halflife: 30, start: "recursive" }));
    expectClose(covariance, expected, 1e-13);
    const { kernels, returns: column, covariance: out, work, report } = workspace;
    expect(kernels.ewmaCovariance(column.at, days, n, 1, 1, out.at, work, report.at)).toBe(-2);
  });

  it("ledoit-wolf: nothing to shrink where S is the target, all of it for noise around it", () => {
    const square = [1, 1, 1, -1, -1, 1, -1, -1];
    expect(unwrap(estimate(square, 2, LEDOIT_WOLF)).shrinkage).toBe(0);
    expect(unwrap(estimate(randomReturns(40, 1, 3), 1, LEDOIT_WOLF)).shrinkage).toBe(0);
    // Uncorrelated but for one row each: the noise of S is larger than its distance from the target.
    const noise = [3, 0.1, 0.1, 3.1, -3, 0.1, 0.1, -3, 0.2, 0.1];
    expect(unwrap(estimate(noise, 2, LEDOIT_WOLF)).shrinkage).toBe(1);
  });

  it("reports columns without variance, whatever their level", () => {
    const returns = naive.rowsOf(randomReturns(31, 4, 8), 4).flatMap(([a = 0, , c = 0]) => [a, 0.1, c, 0]);
    expect(unwrap(estimate(returns, 4, SAMPLE)).flatColumns).toEqual([1, 3]);
    expect(correlations(workspace, 4)).toMatchObject({ undefinedColumns: [1, 3] });
    const shrunk = unwrap(estimate(returns, 4, LEDOIT_WOLF));
    expect(shrunk.flatColumns).toEqual([1, 3]);
    expect(shrunk.covariance[5]).toBeGreaterThan(0);
    expect(unwrap(estimate(returns, 4, EWMA)).flatColumns).toEqual([1, 3]);
  });

  it.each([
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    ["a value whose square overflows", 1e200],
  ])("refuses %s anywhere", (_, bad) => {
    for (const at of [0, 5, 29]) {
      const returns = randomReturns(10, 3, 1);
      returns[at] = bad;
      for (const estimator of [SAMPLE, EWMA, LEDOIT_WOLF]) {
        expect(estimate(returns, 3, estimator)).toEqual({ status: "INVALID_INPUT" });
      }
    }
  });

  it("refuses too few days", () => {
    expect(estimate([1, 2], 2, SAMPLE)).toEqual({ status: "INVALID_INPUT" });
    expect(estimate([1, 2], 2, LEDOIT_WOLF)).toEqual({ status: "INVALID_INPUT" });
    expect(estimate([], 2, EWMA)).toEqual({ status: "INVALID_INPUT" });
    const { kernels, returns, covariance, work, report } = workspace;
    expect(kernels.sampleCovariance(returns.at, 5, 0, covariance.at, work, report.at)).toBe(-2);
    expect(kernels.ewmaCovariance(returns.at, 5, 0, 1, 0, covariance.at, work, report.at)).toBe(-2);
    for (const decay of [0, 1.01, Number.NaN]) {
      expect(kernels.ewmaCovariance(returns.at, 5, 2, decay, 0, covariance.at, work, report.at)).toBe(-2);
    }
  });

  it.each(SIZES)("correlation and its mean equal the definition, n = %i", (n) => {
    const { covariance } = unwrap(estimate(randomReturns(60, n, n), n, SAMPLE));
    const oracle = naive.correlation(naive.rowsOf(covariance, n));
    const { matrix, mean, undefinedColumns } = correlations(workspace, n);
    expect(undefinedColumns).toEqual([]);
    const pairs: number[] = [];
    oracle.forEach((row, i) => {
      row.forEach((rho, j) => {
        expect(matrix[i * n + j]).toBeCloseTo(rho, 13);
        if (j < i) pairs.push(rho);
      });
    });
    if (n === 1) expect(mean).toBeNull();
    else expect(mean).toBeCloseTo(pairs.reduce((a, b) => a + b, 0) / pairs.length, 12);
  });

  it("a pair that is exactly uncorrelated counts in the mean like any other", () => {
    setCovariance(workspace, [1, 0, 0.5, 0, 1, 0.5, 0.5, 0.5, 1]);
    expect(correlations(workspace, 3).mean).toBeCloseTo(1 / 3, 15);
  });

  it("a perfect correlation is exactly 1, and one defined column has no mean", () => {
    setCovariance(workspace, [0.04, 0.06, 0.06, 0.09]);
    expect([...correlations(workspace, 2).matrix]).toEqual([1, 1, 1, 1]);
    setCovariance(workspace, [0.04, -0.06, -0.06, 0.09]);
    expect(correlations(workspace, 2).mean).toBe(-1);
    setCovariance(workspace, [0.04, 0, 0, 0]);
    expect(correlations(workspace, 2)).toMatchObject({ undefinedColumns: [1], mean: null });
    expect(workspace.kernels.meanCorrelation(workspace.correlation.at, 2)).toBe(0);
    setCovariance(workspace, [0.04, 0, 0.02, 0, 0, 0, 0.02, 0, 0.04]);
    expect(correlations(workspace, 3)).toMatchObject({ undefinedColumns: [1], mean: expect.closeTo(0.5, 15) });
  });

  it("a correlation of exactly 0 is one, and counts in the mean", () => {
    setCovariance(workspace, [1, 0, 0.5, 0, 1, 0.25, 0.5, 0.25, 1]);
    expect(correlations(workspace, 3)).toMatchObject({ undefinedColumns: [], mean: 0.25 });
  });

  it.each(SIZES)("risk shares equal the definition and sum to 1, n = %i", (n) => {
    const { covariance } = unwrap(estimate(randomReturns(60, n, 7 * n), n, SAMPLE));
    const draw = normal(n);
    const weights = Float64Array.from({ length: n }, draw);
    const cov = naive.rowsOf(covariance, n);
    const { variance, shares } = portfolioRisk(workspace, weights);
    expect(variance / naive.portfolioVariance(cov, [...weights])).toBeCloseTo(1, 12);
    naive.riskShares(cov, [...weights]).forEach((share, i) => {
      expect(shares?.[i]).toBeCloseTo(share, 10);
    });
  });

  it("a portfolio without risk has no shares", () => {
    setCovariance(workspace, [0.04, 0.01, 0.01, 0.09]);
    expect(portfolioRisk(workspace, Float64Array.of(0, 0))).toEqual({ variance: 0, shares: null });
    setCovariance(workspace, [0.04, Number.NaN, Number.NaN, 0.09]);
    expect(portfolioRisk(workspace, Float64Array.of(1, 1))).toEqual({ variance: 0, shares: null });
  });

  it("takes a symmetric matrix from elsewhere and refuses one that is not", () => {
    expect(loadCovariance(workspace, Float64Array.of(0.04, 0.01, 0.01, 0.09))).toBe("OK");
    expect(loadCovariance(workspace, Float64Array.of(0.04, 0.01, 0.01 + 5e-12, 0.09))).toBe("OK");
    expect(loadCovariance(workspace, Float64Array.of(0, 0, 0, 0.09))).toBe("OK");
    for (const bad of [
      [1, 0.2, 0.3, 1],
      [1, Number.NaN, Number.NaN, 1],
      [Number.NaN],
      [-1],
      [Number.POSITIVE_INFINITY],
    ]) {
      expect(loadCovariance(workspace, Float64Array.from(bad))).toBe("INVALID_INPUT");
    }
  });

  it("tells a singular matrix from an indefinite one", () => {
    const load = (...entries: number[]) => loadCovariance(workspace, Float64Array.from(entries));
    expect(load(0.04, 0.06, 0.06, 0.09)).toBe("OK");
    expect(load(4, -6, -6, 9)).toBe("OK");
    expect(load(1, 2, 2, 1)).toBe("NOT_PD");
    expect(load(1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1)).toBe("NOT_PD");
    expect(load(0, 0, 0, 0)).toBe("OK");
    expect(load(0, 0, 0, 1)).toBe("OK");
    expect(load(0, 1e-3, 1e-3, 1)).toBe("NOT_PD");
  });

  it("a ridge is relative to the diagonal", () => {
    setCovariance(workspace, [4, 1, 1, 8]);
    addRidge(workspace, 2, 0.25);
    expect([...workspace.covariance.view.subarray(0, 4)]).toEqual([5, 1, 1, 10]);
  });

  it("throws on sizes that were not reserved: that is a bug in the caller", () => {
    expect(() => estimateCovariance(workspace, SAMPLE, 1002, 2)).toThrow("1002 days");
    expect(() => estimateCovariance(workspace, SAMPLE, 2, 34)).toThrow("34 assets");
    expect(() => loadCovariance(workspace, new Float64Array(3))).toThrow("no square matrix");
    expect(() => estimateCovariance(workspace, { kind: "ewma", halflife: 0 }, 2, 2)).toThrow("half-life");
    expect(() => workspaceOf(make, { assets: 0, days: 1 })).toThrow("0 assets");
  });
});
