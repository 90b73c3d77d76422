// Goal: the solver meets its definition (risk share = budget) wherever an answer exists, and says so where none does.
// Method: golden cases, then the definition itself, measured naively on the returned weights, over random positive definite
// matrices of three kinds; scale and order invariance; one test per status.

import { describe, expect, it } from "vitest";
import { addRidge, loadCovariance } from "../../src/kernels/covariance.ts";
import { type RiskBudgetOptions, type RiskBudgetSolution, riskBudget } from "../../src/kernels/erc.ts";
import { instantiateKernels } from "../../src/kernels/load.ts";
import type { MatrixWorkspace } from "../../src/kernels/matrix-workspace.ts";
import golden from "../golden/erc.json" with { type: "json" };
import degenerate from "../golden/erc-degenerate.json" with { type: "json" };
import { uniform } from "../support/candles.ts";
import {
  normal,
  permuted,
  type RiskProblem,
  randomProblem,
  setCovariance,
  shuffled,
  workspaceOf,
} from "../support/matrices.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import * as naive from "./naive/matrix.ts";

type Usable = Extract<RiskBudgetSolution, { weights: Float64Array }>;

function unwrap(solution: RiskBudgetSolution): Usable {
  if (!("weights" in solution)) throw new Error(solution.status);
  return solution;
}

/** max |PRCᵢ − bᵢ| of weights, from the definition. */
function shareError({ cov, n, budget }: RiskProblem, weights: Float64Array): number {
  const total = budget.reduce((a, b) => a + b, 0);
  const shares = naive.riskShares(naive.rowsOf(cov, n), [...weights]);
  return Math.max(...shares.map((share, i) => Math.abs(share - (budget[i] ?? 0) / total)));
}

describe.each([
  ["wasm", instantiateKernels, 1000],
  ["plain", plainKernels, 200],
])("risk budget (%s)", (_, make, problems) => {
  const workspace: MatrixWorkspace = workspaceOf(make, { assets: 64, days: 1 });

  const solve = (cov: ArrayLike<number>, budget: ArrayLike<number>, options?: RiskBudgetOptions) => {
    setCovariance(workspace, cov);
    return riskBudget(workspace, Float64Array.from(budget), options);
  };

  it.each(golden.cases)("golden: $id", ({ n, cov, budgets, expect: expected, tolerance, signs }) => {
    const sign = signs ?? cov.map(() => 1);
    const loaded = Float64Array.from(cov.flat());
    expect(loadCovariance(workspace, loaded)).toBe("OK");
    // A tolerance near rounding: the golden weights are the exact ones.
    const options = { tolerance: 1e-14, signs: sign };
    const { status, weights } = unwrap(riskBudget(workspace, Float64Array.from(budgets), options));
    expect(["OK", "FLOOR"]).toContain(status);
    // Σ is as it was.
    expect([...workspace.covariance.view.subarray(0, n * n)]).toEqual([...loaded]);
    const signed = [...weights];
    expect(signed.every((w, i) => Math.sign(w) === sign[i])).toBe(true);
    const total = signed.reduce((a, b) => a + b, 0);
    expected.weights.forEach((w, i) => {
      expect(Math.abs((signed[i] ?? 0) / total / w - 1)).toBeLessThan(tolerance.weightsRel);
    });
    const error = shareError({ kind: "golden", n, cov: loaded, budget: Float64Array.from(budgets) }, weights);
    expect(error).toBeLessThan(tolerance.riskShareAbs);
  });

  it.each(degenerate.cases)("degenerate: $id", ({ cov, budgets, expectStatus, expectWeights }) => {
    const loaded = loadCovariance(workspace, Float64Array.from(cov.flat().map(Number)));
    const solution = loaded === "OK" ? riskBudget(workspace, Float64Array.from(budgets)) : { status: loaded };
    expect(expectStatus.startsWith(solution.status)).toBe(true);
    expectWeights?.forEach((w, i) => {
      expect(unwrap(solution as RiskBudgetSolution).weights[i]).toBeCloseTo(w, 9);
    });
  });

  it.each([1, 2, 3, 5, 8, 16, 17, 33, 64])("risk shares equal the budget, n = %i", (n) => {
    for (let seed = 1; seed <= 10; seed++) {
      const problem = randomProblem(n, 1000 * n + seed);
      const { weights, status, iterations, residual } = unwrap(solve(problem.cov, problem.budget));
      const kappa = naive.riskBudgetCondition(naive.rowsOf(problem.cov, n), [...problem.budget], [...weights]);
      expect(["OK", "FLOOR"]).toContain(status);
      expect(iterations).toBeLessThanOrEqual(25);
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      // The oracle rounds too: its own error is what the last term allows for.
      expect(shareError(problem, weights)).toBeLessThanOrEqual(Math.max(1e-10, 1e-15 * kappa));
      expect(residual).toBeLessThanOrEqual(Math.max(1e-10, 1e-15 * kappa));
    }
  });

  it(`${problems} random matrices, n 2 … 33, budgets 1e-4 … 1, volatilities over 8 decades: OK or at the floor`, () => {
    let difficult = 0;
    let worst = 0;
    for (let seed = 1; seed <= problems; seed++) {
      const problem = randomProblem(2 + (seed % 32), seed);
      const { status, weights } = unwrap(solve(problem.cov, problem.budget));
      expect([...weights].every((w) => w > 0 && w <= 1)).toBe(true);
      const kappa = naive.riskBudgetCondition(naive.rowsOf(problem.cov, problem.n), [...problem.budget], [...weights]);
      if (kappa > 1e6) continue;
      if (kappa > 1e3) difficult++;
      expect(["OK", "FLOOR"], `seed ${seed}`).toContain(status);
      const error = shareError(problem, weights);
      worst = Math.max(worst, error);
      expect(error, `seed ${seed}, κ ${kappa}`).toBeLessThanOrEqual(Math.max(1e-10, 1e-15 * kappa));
    }
    // The hedged matrices are in the sample.
    expect(difficult).toBeGreaterThan(problems / 20);
    expect(worst).toBeGreaterThan(0);
  });

  it.each([2, 4, 10, 20])("weights of c·Σ are those of Σ for c = 1e-12 … 1e12, n = %i", (n) => {
    const { cov, budget } = randomProblem(n, 4 + n);
    const { weights: one } = unwrap(solve(cov, budget));
    for (let power = -12; power <= 12; power += 3) {
      const scaled = cov.map((c) => c * 10 ** power);
      unwrap(solve(scaled, budget)).weights.forEach((w, i) => {
        expect(Math.abs(w / (one[i] ?? 0) - 1)).toBeLessThan(1e-12);
      });
      // By a power of two not one bit changes.
      const binary = unwrap(
        solve(
          cov.map((c) => c * 4 ** power),
          budget,
        ),
      ).weights;
      expect([...binary]).toEqual([...one]);
    }
    const scaledBudget = unwrap(
      solve(
        cov,
        budget.map((b) => b * 1024),
      ),
    ).weights;
    expect([...scaledBudget]).toEqual([...one]);
  });

  it.each([2, 3, 5, 8, 17, 33])("a permutation of the assets permutes the weights, n = %i", (n) => {
    const { cov, budget } = randomProblem(n, 77 + n);
    const order = shuffled(n, 3);
    const options = { tolerance: 1e-13 };
    const { weights } = unwrap(solve(cov, budget, options));
    const moved = unwrap(
      solve(
        permuted(cov, n, order),
        order.map((i) => budget[i] ?? 0),
        options,
      ),
    );
    order.forEach((i, k) => {
      expect(Math.abs((moved.weights[k] ?? 0) / (weights[i] ?? 0) - 1)).toBeLessThan(1e-9);
    });
  });

  it("without correlation the weights are the exact inverse volatilities, after no iteration", () => {
    const cov = [0.01, 0, 0, 0, 0.04, 0, 0, 0, 0.16];
    const { weights, iterations } = unwrap(solve(cov, [1, 1, 1]));
    expect(iterations).toBe(0);
    [4 / 7, 2 / 7, 1 / 7].forEach((w, i) => {
      expect(weights[i]).toBeCloseTo(w, 15);
    });
  });

  it.each([3, 5, 8, 16, 17, 33, 64])("without hedges the start saves the damped steps: few iterations, n = %i", (n) => {
    let total = 0;
    const problems = 30;
    for (let seed = 1; seed <= problems; seed++) {
      const { cov } = randomProblem(n, 500 * n + seed);
      // Every correlation positive: the signs of a hedge are taken out.
      const { iterations } = unwrap(solve(cov.map(Math.abs), new Float64Array(n).fill(1), { polish: false }));
      expect(iterations).toBeLessThanOrEqual(5);
      total += iterations;
    }
    expect(total / problems).toBeLessThan(3.2);
  });

  /** One solution by the kernel itself, and whether it formed a Hessian: whether anything was written behind its vectors. */
  const solveWatched = ({ n, cov, budget }: Omit<RiskProblem, "kind">) => {
    const { exports, arena } = make(8 * (3 * n * n + 21 * (n + 2)) + 4096);
    const [matrix, budgets, weights, report] = [arena.f64(n * n), arena.f64(n), arena.f64(n), arena.f64(3)];
    const [length, vectors] = [exports.riskBudgetWorkLength(n), 16 * (n + (n & 1))];
    const work = arena.f64(length);
    arena.viewF64(matrix, n * n).set(cov);
    arena.viewF64(budgets, n).set(budget);
    const workView = arena.viewF64(work, length).fill(7);
    const status = exports.riskBudget(matrix, n, budgets, 1e-10, 60, 0, 0, weights, work, report);
    return { status, factored: workView.subarray(vectors).some((x) => x !== 7) };
  };

  it.each([17, 20, 33, 50, 64])("without hedges gradients are enough: no Hessian is formed, n = %i", (n) => {
    for (let seed = 1; seed <= 20; seed++) {
      const { kind, cov, budget } = randomProblem(n, 900 * n + seed);
      if (kind === "wishart") continue;
      // Budgets over four decades and volatilities over eight are no difficulty for the preconditioned directions.
      for (const budgets of [budget, new Float64Array(n).fill(1)]) {
        expect(solveWatched({ n, cov: cov.map(Math.abs), budget: budgets })).toEqual({ status: 0, factored: false });
      }
    }
  });

  it.each([33, 64])("a book of hedges is factored after a few products, n = %i", (n) => {
    let factored = 0;
    for (let seed = 1; factored === 0 || seed <= 60; seed++) {
      const problem = randomProblem(n, 300 * n + seed);
      if (problem.kind !== "hedged") continue;
      const solved = solveWatched(problem);
      expect([0, 1]).toContain(solved.status);
      if (solved.factored) factored++;
    }
    expect(factored).toBeGreaterThan(5);
  });

  it.each([2, 3, 8, 16, 17, 33])("the difficulty is what its definition says of the answer, n = %i", (n) => {
    for (let seed = 1; seed <= 12; seed++) {
      const { cov, budget } = randomProblem(n, 40 * n + seed);
      const { weights, difficulty } = unwrap(solve(cov, budget));
      const variance = naive.portfolioVariance(naive.rowsOf(cov, n), [...weights]);
      const total = budget.reduce((a, b) => a + b, 0);
      const shares = [...weights].map(
        (w, i) => (w * w * (cov[i * n + i] ?? 0) * total) / ((budget[i] ?? 0) * variance),
      );
      expect(difficulty / Math.max(...shares)).toBeCloseTo(1, 6);
    }
  });

  it("a floor above 1e-9 is one where the difficulty explains it", () => {
    const seen: number[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      // Two halves that hedge each other but for a share of 1e-8 … 1e-9 of their variance.
      const n = 6;
      const own = 10 ** (-8 - (seed % 10) / 10);
      const cov = Float64Array.from({ length: n * n }, (_, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        return (i + j) % 2 === 0 ? 1 + (i === j ? own * (1 + i * (seed % 7)) : 0) : -1;
      });
      const solution = solve(cov, [1, 2, 3, 4, 5, 6], { tolerance: 1e-13 });
      if (!("weights" in solution)) continue;
      expect(["OK", "FLOOR"]).toContain(solution.status);
      if (solution.residual > 1e-9) seen.push(solution.residual / solution.difficulty);
    }
    expect(seen.length).toBeGreaterThan(20);
    expect(Math.max(...seen)).toBeLessThanOrEqual(1e-15);
  });

  it("a warm start gives the same answer in fewer iterations; an unusable one is not used", () => {
    for (const n of [8, 33]) {
      const { cov, budget } = randomProblem(n, 5);
      const cold = unwrap(solve(cov, budget));
      const warm = unwrap(solve(cov, budget, { start: cold.weights }));
      expect(warm.iterations).toBeLessThan(cold.iterations);
      expect(warm.residual).toBeLessThanOrEqual(1e-10);
      for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        const start = cold.weights.slice();
        start[1] = bad;
        expect(unwrap(solve(cov, budget, { start })).weights).toEqual(cold.weights);
      }
    }
  });

  it("an asset without budget gets nothing and is not read", () => {
    const { cov, budget } = randomProblem(6, 12);
    const kept = [0, 2, 3, 5];
    const small = Float64Array.from(kept.flatMap((i) => kept.map((j) => cov[i * 6 + j] ?? 0)));
    const expected = unwrap(
      solve(
        small,
        kept.map((i) => budget[i] ?? 0),
      ),
    );
    for (const i of [1, 4]) {
      budget[i] = 0;
      for (let j = 0; j < 6; j++) {
        cov[i * 6 + j] = Number.NaN;
        cov[j * 6 + i] = Number.NaN;
      }
    }
    const { weights, iterations, residual } = unwrap(solve(cov, budget, { start: Float64Array.of(1, 0, 1, 1, 0, 1) }));
    expect(weights[1]).toBe(0);
    expect(weights[4]).toBe(0);
    expect(residual).toBeLessThanOrEqual(1e-10);
    expect(iterations).toBeGreaterThan(0);
    kept.forEach((i, k) => {
      expect(weights[i]).toBeCloseTo(expected.weights[k] ?? 0, 9);
    });
    expect(unwrap(solve([0.04, 0, 0, 0], [1, 0])).weights).toEqual(Float64Array.of(1, 0));
  });

  it("the residual and the iterations are reported with MAX_ITER, and the weights still sum to 1", () => {
    const { cov, budget } = randomProblem(12, 9);
    for (const maxIterations of [1, 2]) {
      const solution = unwrap(solve(cov, budget, { maxIterations }));
      expect(solution).toMatchObject({ status: "MAX_ITER", iterations: maxIterations });
      expect(solution.residual).toBeGreaterThan(1e-10);
      expect(solution.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
    const large = randomProblem(40, 9);
    expect(solve(large.cov, large.budget, { maxIterations: 1 })).toMatchObject({ status: "MAX_ITER", iterations: 1 });
  });

  it("a tolerance below rounding ends at the floor, for the closed form too", () => {
    for (const n of [2, 3, 20]) {
      const problem = randomProblem(n, 31);
      const solution = unwrap(solve(problem.cov, problem.budget, { tolerance: 1e-30 }));
      if (solution.status === "OK") expect(solution.residual).toBe(0);
      else expect(solution.status).toBe("FLOOR");
      expect(solution.residual).toBeLessThan(1e-11);
    }
  });

  it("two assets at every correlation and budget equal Newton on three with a vanishing third", () => {
    for (const rho of [-0.999, -0.9, -0.3, 0, 0.3, 0.9, 0.999, 1]) {
      for (const b of [1e-4, 0.2, 0.5, 0.8, 0.9999]) {
        const cov = Float64Array.of(4, rho * 6, rho * 6, 9);
        const { weights, iterations } = unwrap(solve(cov, [b, 1 - b]));
        expect(iterations).toBe(0);
        const error = shareError({ kind: "pair", n: 2, cov, budget: Float64Array.of(b, 1 - b) }, weights);
        expect(error).toBeLessThan(1e-11);
      }
    }
  });

  it.each([
    ["a perfect hedge of two", [4, -6, -6, 9], [1, 1]],
    ["more than a perfect hedge of two", [4, -6.1, -6.1, 9], [1, 1]],
    ["a perfect hedge in a larger book", [4, -6, 0, -6, 9, 0, 0, 0, 1], [1, 1, 1]],
    ["an indefinite matrix", [1, -0.9, -0.9, -0.9, 1, -0.9, -0.9, -0.9, 1], [1, 1, 1]],
  ])("NOT_PD: %s", (_, cov, budget) => {
    expect(solve(cov, budget).status).toBe("NOT_PD");
  });

  it("NOT_PD, not a floor, where fewer days than assets leave a portfolio without risk", () => {
    const [n, days] = [6, 3];
    const seen = new Set<string>();
    for (let seed = 1; seed <= 100; seed++) {
      const draw = normal(seed);
      const rows = Array.from({ length: days }, () => Array.from({ length: n }, draw));
      const cov = Float64Array.from({ length: n * n }, (_, at) =>
        rows.reduce((sum, row) => sum + (row[Math.floor(at / n)] ?? 0) * (row[at % n] ?? 0), 0),
      );
      const budget = new Float64Array(n).fill(1);
      const solution = solve(cov, budget);
      seen.add(solution.status);
      if (!("weights" in solution)) continue;
      expect(shareError({ kind: "singular", n, cov, budget }, solution.weights)).toBeLessThan(1e-6);
    }
    expect([...seen].sort()).toEqual(["NOT_PD", "OK"]);
  });

  it.each([18, 40])("NOT_PD from the gradients' side: a hedge without risk among %i assets", (n) => {
    const cov = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      if (i < 2 && j < 2) return i === j ? 1 : -1;
      return i === j ? 1 : 0;
    });
    expect(solve(cov, new Float64Array(n).fill(1)).status).toBe("NOT_PD");
    const indefinite = Float64Array.from({ length: n * n }, (_, at) => (Math.floor(at / n) === at % n ? 1 : -0.9));
    expect(solve(indefinite, new Float64Array(n).fill(1)).status).toBe("NOT_PD");
  });

  it.each([3, 8, 20])("of indefinite matrices only a true answer is usable, n = %i", (n) => {
    const random = uniform(n);
    const seen = new Set<string>();
    for (let k = 0; k < 100; k++) {
      const cov = new Float64Array(n * n).fill(1);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++) {
          const rho = (k % 10) * (random() - 0.4);
          cov[i * n + j] = rho;
          cov[j * n + i] = rho;
        }
      }
      const budget = Float64Array.from({ length: n }, () => 10 ** (-2 * random()));
      const solution = solve(cov, budget);
      seen.add(solution.status);
      if (solution.status === "OK") {
        expect(shareError({ kind: "any", n, cov, budget }, unwrap(solution).weights)).toBeLessThan(1e-8);
      }
    }
    expect(seen).toContain("OK");
    expect(seen).toContain("NOT_PD");
    expect(seen).not.toContain("INVALID_INPUT");
  });

  it("one relative ridge turns a hedge without risk into a usable answer", () => {
    const cov = [4, -6, 0, -6, 9, 0, 0, 0, 1];
    expect(solve(cov, [1, 1, 1]).status).toBe("NOT_PD");
    setCovariance(workspace, cov);
    addRidge(workspace, 3, 1e-8);
    const { status, weights } = unwrap(riskBudget(workspace, Float64Array.of(1, 1, 1), { tolerance: 1e-8 }));
    expect(["OK", "FLOOR"]).toContain(status);
    expect((weights[0] ?? 0) / (weights[1] ?? 1)).toBeCloseTo(1.5, 6);
  });

  it.each([
    ["a variance of 0", [0, 0, 0, 1], [1, 1]],
    ["a negative variance", [-1, 0, 0, 1], [1, 1]],
    ["a NaN variance", [Number.NaN, 0, 0, 1], [1, 1]],
    ["an infinite variance", [Number.POSITIVE_INFINITY, 0, 0, 1], [1, 1]],
    ["a NaN covariance", [1, Number.NaN, Number.NaN, 1], [1, 1]],
    ["a NaN covariance among three", [1, 0, 0, 0, 1, 0, Number.NaN, 0, 1], [1, 1, 1]],
    ["an infinite covariance", [1, 0, 0, 0, 1, 0, Number.POSITIVE_INFINITY, 0, 1], [1, 1, 1]],
    ["a negative budget", [1, 0, 0, 1], [-1, 1]],
    ["a NaN budget", [1, 0, 0, 1], [Number.NaN, 1]],
    ["an infinite budget", [1, 0, 0, 1], [Number.POSITIVE_INFINITY, 1]],
    ["no budget at all", [1, 0, 0, 1], [0, 0]],
  ])("INVALID_INPUT: %s; the weights are left alone", (_, cov, budget) => {
    workspace.output.view.fill(7);
    expect(solve(cov, budget)).toEqual({ status: "INVALID_INPUT", iterations: 0 });
    expect(workspace.output.view.every((w) => w === 7)).toBe(true);
  });

  it("throws on sizes and options that are bugs in the caller", () => {
    expect(() => solve([1], new Float64Array(65).fill(1))).toThrow("65 assets");
    expect(() => solve([1], [1], { tolerance: 0 })).toThrow("positive");
    expect(() => solve([1], [1], { signs: [0] })).toThrow("signs");
    expect(() => solve([1], [1], { signs: [1, 1] })).toThrow("signs");
    expect(() => solve([1], [1], { start: Float64Array.of(1, 1) })).toThrow("2 weights");
  });
});
