// Goal: the WASM build and the plain TypeScript run of the matrix kernels give the same bytes.
// Method: the same inputs through both, then the whole of the kernels' memory compared, scratch included.

import { describe, expect, it } from "vitest";
import {
  type CovarianceEstimator,
  correlations,
  estimateCovariance,
  portfolioRisk,
} from "../../src/kernels/covariance.ts";
import { riskBudget } from "../../src/kernels/erc.ts";
import { capKelly, fullKelly } from "../../src/kernels/kelly.ts";
import { instantiateKernels, type Kernels } from "../../src/kernels/load.ts";
import { MatrixWorkspace } from "../../src/kernels/matrix-workspace.ts";
import { randomProblem, randomReturns, setCovariance, setReturns } from "../support/matrices.ts";
import { plainKernels } from "../support/plain-kernels.ts";

const LIMITS = { assets: 40, days: 100 };
const ESTIMATORS: CovarianceEstimator[] = [{ kind: "sample" }, { kind: "ewma", halflife: 30 }, { kind: "ledoit_wolf" }];

/** Everything the kernels of one run wrote, bit for bit. */
function trace(make: (bytes: number) => Kernels, act: (workspace: MatrixWorkspace) => unknown) {
  const kernels = make(MatrixWorkspace.bytes(LIMITS));
  const start = kernels.arena.used;
  const workspace = new MatrixWorkspace(kernels, LIMITS);
  const result = act(workspace);
  const bytes = new Uint8Array(kernels.arena.buffer, start, kernels.arena.used - start);
  return { result, memory: Buffer.from(bytes) };
}

function expectTwins(act: (workspace: MatrixWorkspace) => unknown): void {
  const [wasm, plain] = [trace(instantiateKernels, act), trace(plainKernels, act)];
  expect(wasm.result).toEqual(plain.result);
  expect(wasm.memory.equals(plain.memory)).toBe(true);
}

describe("matrix kernels: WASM = plain TypeScript, byte for byte", () => {
  it.each([1, 2, 3, 5, 8, 17, 33, 40])("from returns to limited Kelly, n = %i", (n) => {
    for (const estimator of ESTIMATORS) {
      expectTwins((workspace) => {
        setReturns(workspace, randomReturns(91, n, n));
        const estimate = estimateCovariance(workspace, estimator, 91, n);
        const budget = Float64Array.from({ length: n }, (_, i) => (n > 4 && i === 3 ? 0 : 1 + i));
        const mu = Float64Array.from({ length: n }, (_, i) => 0.001 * (i - n / 3));
        const solution = riskBudget(workspace, budget);
        const kelly = fullKelly(workspace, mu);
        if (!("weights" in solution) || kelly.status !== "OK") throw new Error(solution.status);
        const risk = portfolioRisk(workspace, solution.weights);
        const capped = capKelly(workspace, mu, kelly.fractions, 0.05);
        return { estimate: estimate.status, solution, kelly, risk, capped, rho: correlations(workspace, n) };
      });
    }
  });

  it("hedged, skewed and badly scaled problems, cold and warm", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { n, cov, budget } = randomProblem(2 + (seed % 39), 7000 + seed);
      expectTwins((workspace) => {
        setCovariance(workspace, cov);
        const cold = riskBudget(workspace, budget);
        const start = "weights" in cold ? { start: cold.weights } : {};
        const warm = riskBudget(workspace, budget, { ...start, tolerance: 1e-14 });
        return { cold, warm, kelly: fullKelly(workspace, Float64Array.from(budget)), n };
      });
    }
  });
});
