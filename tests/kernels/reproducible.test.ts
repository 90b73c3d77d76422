// Goal: the same input gives the same bits, whatever is done to the kernels' speed (spec 2.7): a change of the path to an
// answer, be it one step more or another order of a sum, is seen here and is a decision.
// Method: seeded problems made with + − × ÷ alone, so that inputs are the same on every machine; the hash of every weight and
// count of iterations is pinned.

import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { riskBudget } from "../../src/kernels/erc.ts";
import { fullKelly } from "../../src/kernels/kelly.ts";
import { instantiateKernels } from "../../src/kernels/load.ts";
import { uniform } from "../support/candles.ts";
import { setCovariance, workspaceOf } from "../support/matrices.ts";

const SIZES = [1, 2, 3, 4, 5, 7, 8, 10, 13, 16, 17, 24, 33, 50, 64];
const SEEDS = 12;

/** L·Lᵀ with volatilities over four decades, and budgets over two. */
function problem(n: number, seed: number): { cov: Float64Array; budget: Float64Array } {
  const random = uniform(seed);
  const own = [1, 0.1, 0.001][seed % 3] as number;
  const scale = Array.from({ length: n }, () => [0.01, 0.1, 1, 10][Math.floor(4 * random())] as number);
  const rows = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_unused, k) => (k > i ? 0 : k === i ? own * (0.5 + random()) : random() - 0.4)),
  );
  const cov = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += ((rows[i]?.[k] as number) * (rows[j]?.[k] as number)) / n;
      cov[i * n + j] = sum * (scale[i] as number) * (scale[j] as number);
    }
  }
  const budget = Float64Array.from({ length: n }, () => [0.01, 0.3, 1][Math.floor(3 * random())] as number);
  return { cov, budget };
}

it("a risk budget has the bits it had, and takes the steps it took", () => {
  const workspace = workspaceOf(instantiateKernels, { assets: 64, days: 1 });
  const hash = createHash("sha256");
  let iterations = 0;
  for (const n of SIZES) {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { cov, budget } = problem(n, 1000 * n + seed);
      for (const polish of [true, false]) {
        setCovariance(workspace, cov);
        const solution = riskBudget(workspace, budget, { polish });
        hash.update(`${solution.status} ${solution.iterations}\n`);
        if ("weights" in solution) hash.update(new Uint8Array(solution.weights.slice().buffer));
        iterations += solution.iterations;
      }
    }
  }
  expect(iterations).toBe(2173);
  expect(hash.digest("hex")).toBe("2924f0d9cef9d1b6de001bd392dae1006b7c0bad219d9edd873c126a68e3c963");
});

it("Kelly fractions of well and badly conditioned matrices have the bits they had", () => {
  const workspace = workspaceOf(instantiateKernels, { assets: 64, days: 1 });
  const hash = createHash("sha256");
  for (const n of [1, 2, 3, 5, 8, 17, 33]) {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { cov, budget } = problem(n, 500 * n + seed);
      setCovariance(workspace, cov);
      const solution = fullKelly(workspace, budget);
      hash.update(solution.status);
      if (solution.status === "OK") hash.update(new Uint8Array(solution.fractions.slice().buffer));
    }
  }
  expect(hash.digest("hex")).toBe("f96f24d0a392122fc3dd0afddbdc5ea0417bce4b3e1105c4dd205cea2c9317f9");
});
