// Goal: Kelly fractions solve Σf = μ to the last digits the data has, a ridge appears only where it must and is reported,
// and the limits of spec 4.2 hold exactly once.
// Method: golden cases, elimination with pivoting as oracle, identities of Kelly, and the limits as properties.

import { describe, expect, it } from "vitest";
import { capKelly, fullKelly, type KellySolution } from "../../src/kernels/kelly.ts";
import { instantiateKernels } from "../../src/kernels/load.ts";
import golden from "../golden/kelly.json" with { type: "json" };
import { normal, randomProblem, setCovariance, workspaceOf } from "../support/matrices.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { exactSolve } from "./naive/exact-solve.ts";
import * as naive from "./naive/matrix.ts";

const SIZES = [1, 2, 3, 5, 8, 17, 33];

interface GoldenFractions {
  readonly f: readonly number[] | number;
  readonly growth?: number;
}

function unwrap(solution: KellySolution): Extract<KellySolution, { status: "OK" }> {
  if (solution.status !== "OK") throw new Error(solution.status);
  return solution;
}

describe.each([
  ["wasm", instantiateKernels],
  ["plain", plainKernels],
])("kelly (%s)", (_, make) => {
  const workspace = workspaceOf(make, { assets: 33, days: 1 });

  const solve = (cov: ArrayLike<number>, mu: ArrayLike<number>, ridge?: number) => {
    setCovariance(workspace, cov);
    return fullKelly(workspace, Float64Array.from(mu), ridge);
  };

  it("what a larger problem left behind changes no bit of a smaller one", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const small = randomProblem(3, seed);
      const mu = [0.01, 0.02, 0.005].map((own, i) => own * (small.cov[i * 3 + i] as number) * 20);
      const capped = (on: typeof workspace): number[] => {
        setCovariance(on, small.cov);
        fullKelly(on, Float64Array.from(mu));
        setCovariance(on, small.cov);
        return [...capKelly(on, Float64Array.from(mu), Float64Array.from([0.2, 0.3, 0.1]), 1e9).fractions];
      };
      const fresh = capped(workspaceOf(make, { assets: 33, days: 1 }));
      const large = randomProblem(9, seed + 100);
      solve(large.cov, new Float64Array(9).fill(5));
      expect(capped(workspace)).toEqual(fresh);
    }
  });

  it.each(golden.cases.filter((c) => "f" in c.expect))("golden: $id", (c) => {
    const { f, growth } = c.expect as unknown as GoldenFractions;
    // A predictive distribution with T observations has the covariance Σ(1 + 1/T).
    const widened = "T" in c ? 1 + 1 / (c.T?.[0] ?? 1) : 1;
    const cov = c.cov.flat().map((x) => x * widened);
    const excess = c.mu.map((m) => m - c.riskFree);
    const fraction = c.fraction ?? 1;
    // The golden ridge is a share of the mean variance; where it is used all variances are equal.
    const solution = unwrap(solve(cov, excess, c.ridgeRel ?? 0));
    const fractions = [...solution.fractions].map((x) => x * fraction);
    [f].flat().forEach((expected, i) => {
      expect(Math.abs((fractions[i] ?? 0) / expected - 1)).toBeLessThan(c.tolerance?.rel ?? 0);
    });
    if (growth !== undefined) {
      const drift = fractions.reduce((sum, x, i) => sum + x * (excess[i] ?? 0), c.riskFree);
      const variance = naive.portfolioVariance(c.cov, fractions);
      expect(drift - variance / 2).toBeCloseTo(growth, 11);
    }
  });

  it("golden: a singular matrix gets a ridge, which is reported, and no infinity", () => {
    const c = golden.cases.find(({ id }) => id === "singular-exact");
    const { fractions, ridge, pivot } = unwrap(solve(c?.cov.flat() ?? [], c?.mu ?? []));
    expect(ridge).toBe(1e-4);
    expect(pivot).toBeGreaterThan(1e-5);
    expect([...fractions].every(Number.isFinite)).toBe(true);
  });

  it.each(SIZES)("equals elimination, n = %i", (n) => {
    const draw = normal(n);
    for (let seed = 0; seed < 20; seed++) {
      const { cov, kind } = randomProblem(n, 50 * n + seed);
      const mu = Float64Array.from({ length: n }, (_, i) => draw() * Math.sqrt(cov[i * n + i] ?? 0));
      const { fractions, ridge, pivot } = unwrap(solve(cov, mu));
      const oracle = naive.solve(naive.rowsOf(cov, n), [...mu]);
      expect(ridge, kind).toBe(0);
      expect(pivot).toBeLessThanOrEqual(1);
      const scale = Math.max(...oracle.map((f, i) => Math.abs(f) * Math.sqrt(cov[i * n + i] ?? 0)));
      oracle.forEach((f, i) => {
        // Elimination loses what the correlations' condition takes; relative to the largest fraction in deviations.
        const gap = Math.abs((fractions[i] ?? 0) - f) * Math.sqrt(cov[i * n + i] ?? 0);
        expect(gap).toBeLessThan((1e-13 * scale * n) / pivot);
      });
    }
  });

  it("keeps its digits next to a singular matrix: two assets against the closed form in exact arithmetic", () => {
    // Entries are short binary fractions, so 1 − ρ² and the numerators are exact in doubles.
    for (const power of [8, 16, 24]) {
      const rho = 1 - 2 ** -power;
      const determinant = 2 ** -power * (2 - 2 ** -power);
      const { fractions } = unwrap(solve([1, rho, rho, 1], [0.5, 0.25]));
      const expected = [(0.5 - rho * 0.25) / determinant, (0.25 - rho * 0.5) / determinant];
      expected.forEach((f, i) => {
        expect(Math.abs((fractions[i] ?? 0) / f - 1)).toBeLessThan(4e-16);
      });
    }
  });

  it.each([2, 3, 5, 6])("the last digits are right however ill-conditioned, with and without a ridge, n = %i", (n) => {
    const draw = normal(500 + n);
    const smallest: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      // One asset is nearly what the others are; entries rounded to short fractions stay symmetric.
      const near = 2 ** -(4 + (seed % 8));
      const loadings = Array.from({ length: n }, () => Array.from({ length: n + 1 }, draw));
      const last = loadings[n - 1] as number[];
      last.forEach((x, k) => {
        last[k] = (loadings[0]?.[k] as number) + near * x;
      });
      const rows = loadings.map((x) => loadings.map((y) => x.reduce((sum, value, k) => sum + value * (y[k] ?? 0), 0)));
      const cov = rows.map((row, i) => row.map((_, j) => (i < j ? rows[j]?.[i] : row[j]) as number));
      const mu = Array.from({ length: n }, draw);
      for (const ridge of [0, 1e-7, 2 ** -12]) {
        const { fractions, pivot, ridge: used } = unwrap(solve(cov.flat(), mu, ridge));
        expect(used).toBe(ridge);
        smallest.push(pivot);
        const exact = exactSolve(cov, mu, ridge);
        const largest = Math.max(...exact.map(Math.abs));
        // Without refinement what cancels is lost: up to 1e-16 over the smallest pivot, which 1e-2 still allows.
        exact.forEach((f, i) => {
          expect(Math.abs((fractions[i] ?? 0) - f)).toBeLessThan(pivot < 1e-2 ? 4e-16 * largest : 1e-13 * largest);
        });
      }
    }
    expect(Math.min(...smallest)).toBeLessThan(1e-6);
  });

  it("a value that is not finite behind the matrix is not read", () => {
    const { kernels, covariance, input, output, work, report } = workspace;
    covariance.view.set([1, 1, 1, 1, Number.NaN]);
    input.view.set([1, 1]);
    expect(kernels.kelly(covariance.at, input.at, 2, 0, output.at, work, report.at)).toBe(0);
  });

  it("is zero at no edge, linear in μ, and inverse to the scale of Σ", () => {
    const { cov } = randomProblem(6, 3);
    expect([...unwrap(solve(cov, new Float64Array(6))).fractions]).toEqual([0, 0, 0, 0, 0, 0]);
    const mu = Float64Array.from({ length: 6 }, normal(1));
    const one = unwrap(solve(cov, mu)).fractions;
    expect([
      ...unwrap(
        solve(
          cov,
          mu.map((m) => m / 2),
        ),
      ).fractions,
    ]).toEqual([...one].map((f) => f / 2));
    expect([
      ...unwrap(
        solve(
          cov.map((c) => c * 4 ** 20),
          mu,
        ),
      ).fractions,
    ]).toEqual([...one].map((f) => f / 4 ** 20));
  });

  it("the ridge is the one asked for, or the first larger one that is enough", () => {
    const asked = unwrap(solve([4, 0, 0, 1], [1, 1], 0.25));
    expect(asked.ridge).toBe(0.25);
    expect(asked.fractions[0]).toBeCloseTo(0.2, 15);
    expect(asked.fractions[1]).toBeCloseTo(0.8, 15);
    // Indefinite by 5e-4: a ridge of 1e-4 is not enough.
    expect(unwrap(solve([1, 1.0005, 1.0005, 1], [1, 1])).ridge).toBe(1e-3);
    expect(unwrap(solve([1, 1.0005, 1.0005, 1], [1, 1], 1e-3)).ridge).toBe(1e-3);
    expect(unwrap(solve([1, 1, 1, 1], [1, 1], 1e-12)).ridge).toBe(1e-4);
    expect(unwrap(solve([1, 1.05, 1.05, 1], [1, 1])).ridge).toBeCloseTo(0.1, 15);
  });

  it("NOT_PD when no ridge helps; the fractions are left alone", () => {
    workspace.output.view.fill(7);
    expect(solve([1, 2, 2, 1], [1, 1])).toEqual({ status: "NOT_PD" });
    expect(workspace.output.view.every((f) => f === 7)).toBe(true);
  });

  it.each([
    ["a variance of 0", [0, 0, 0, 1], [1, 1], 0],
    ["a negative variance", [-1, 0, 0, 1], [1, 1], 0],
    ["a NaN variance", [Number.NaN, 0, 0, 1], [1, 1], 0],
    ["a NaN covariance", [1, Number.NaN, Number.NaN, 1], [1, 1], 0],
    ["an infinite covariance", [1, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 1], [1, 1], 0],
    ["an infinite variance", [1, 0, 0, Number.POSITIVE_INFINITY], [1, 1], 0],
    ["a NaN expectation", [1, 0, 0, 1], [1, Number.NaN], 0],
    ["an infinite expectation", [1, 0, 0, 1], [Number.POSITIVE_INFINITY, 1], 0],
    ["a negative ridge", [1, 0, 0, 1], [1, 1], -1e-9],
    ["a NaN ridge", [1, 0, 0, 1], [1, 1], Number.NaN],
    ["an infinite ridge", [1, 0, 0, 1], [1, 1], Number.POSITIVE_INFINITY],
  ])("INVALID_INPUT: %s", (_, cov, mu, ridge) => {
    expect(solve(cov, mu, ridge)).toEqual({ status: "INVALID_INPUT" });
  });

  it("refuses no assets", () => {
    const { kernels, covariance, input, output, work, report } = workspace;
    expect(kernels.kelly(covariance.at, input.at, 0, 0, output.at, work, report.at)).toBe(-2);
  });

  it("limits: negatives to 0, by fraction or by expectation", () => {
    setCovariance(workspace, [1e-6, 0, 0, 0, 1e-6, 0, 0, 0, 1e-6]);
    const cap = (mu: number[], f: number[]) => capKelly(workspace, Float64Array.from(mu), Float64Array.from(f), 1);
    expect(cap([1, 1, -1], [0.5, -0.5, 0.5])).toEqual({ fractions: Float64Array.of(0.5, 0, 0), factor: 1 });
    expect(cap([-1, -1, -1], [0.5, 0.5, 0.5])).toEqual({ fractions: Float64Array.of(0, 0, 0), factor: 1 });
    expect(cap([1, 1, 1], [2, 1, 1])).toEqual({ fractions: Float64Array.of(0.5, 0.25, 0.25), factor: 0.25 });
    expect(cap([1, 1, 1], [Number.NaN, 0.25, 0.25]).fractions).toEqual(Float64Array.of(0, 0.25, 0.25));
  });

  it("limits: volatility first, one factor for all, never upwards", () => {
    setCovariance(workspace, [0.04, 0, 0, 0.04]);
    const cap = (f: number[], limit: number) => capKelly(workspace, Float64Array.of(1, 1), Float64Array.from(f), limit);
    expect(cap([0.5, 0], 0.05).fractions[0]).toBeCloseTo(0.25, 15);
    expect(cap([0.5, 0], 0.1)).toEqual({ fractions: Float64Array.of(0.5, 0), factor: 1 });
    expect(cap([0.3, 0.4], 10)).toEqual({ fractions: Float64Array.of(0.3, 0.4), factor: 1 });
  });

  it.each(SIZES)("limits as properties, n = %i", (n) => {
    const draw = normal(1000 + n);
    for (let seed = 0; seed < 20; seed++) {
      const { cov } = randomProblem(n, 90 * n + seed);
      const mu = Float64Array.from({ length: n }, draw);
      const fractions = Float64Array.from({ length: n }, () => draw() * 3);
      const limit = 10 ** (4 * draw());
      setCovariance(workspace, cov);
      const capped = capKelly(workspace, mu, fractions, limit);
      const total = capped.fractions.reduce((a, b) => a + b, 0);
      const volatility = Math.sqrt(naive.portfolioVariance(naive.rowsOf(cov, n), [...capped.fractions]));
      expect(total).toBeLessThanOrEqual(1 + 1e-14);
      expect(volatility).toBeLessThanOrEqual(limit * (1 + 1e-10));
      expect(capped.factor).toBeGreaterThan(0);
      expect(capped.factor).toBeLessThanOrEqual(1);
      capped.fractions.forEach((f, i) => {
        const kept = (fractions[i] ?? 0) > 0 && (mu[i] ?? 0) >= 0;
        expect(f).toBe(kept ? (fractions[i] ?? 0) * capped.factor : 0);
      });
    }
  });

  it("throws on sizes that are bugs in the caller", () => {
    expect(() => fullKelly(workspace, new Float64Array(34))).toThrow("34 assets");
    expect(() => capKelly(workspace, Float64Array.of(1), Float64Array.of(1, 2), 1)).toThrow("2 fractions");
    expect(() => capKelly(workspace, Float64Array.of(1), Float64Array.of(1), 0)).toThrow("limit 0");
  });
});
