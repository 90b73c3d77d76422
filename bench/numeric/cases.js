// The inputs of a row, the same for every contender, and how far an answer is from the truth.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { shareError } from "../proofs/erc-optimality.js";
import { makeProblem, uniform } from "../proofs/erc-problems.js";

const DAILY = 0.01;

/** @param {string} kind of covariance; returns are independent of it. */
export function makeCase(folder, { kind = "factor", n, days, seed = 7 }) {
  const { cov } = makeProblem(kind, n, seed + n, { decades: 1 });
  const random = uniform(seed);
  const draw = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const problem = {
    n,
    days,
    folder,
    cov: cov.map((c) => c * DAILY * DAILY),
    budget: new Float64Array(n).fill(1 / n),
    mu: Float64Array.from({ length: n }, () => 1e-4 * draw()),
    returns: new Float64Array(days * n),
  };
  for (let t = 0; t < days; t++) {
    const market = draw();
    for (let i = 0; i < n; i++) problem.returns[t * n + i] = DAILY * (0.5 * market + draw());
  }
  for (const name of ["cov", "budget", "mu", "returns"]) writeFileSync(join(folder, `${name}.f64`), problem[name]);
  return problem;
}

export const riskError = (problem, weights) => shareError(problem, weights);

/** max |Σf − μ| over the largest |μ|. */
export function solveError({ n, cov, mu }, f) {
  let worst = 0;
  for (let i = 0; i < n; i++) {
    let sum = -mu[i];
    for (let j = 0; j < n; j++) sum += cov[i * n + j] * f[j];
    worst = Math.max(worst, Math.abs(sum));
  }
  return worst / Math.max(...mu.map(Math.abs));
}

/** Largest gap from the naive two-pass covariance, relative to the deviations; columns are sampled beyond 100. */
export function covarianceError({ n, days, returns }, cov) {
  const step = Math.max(1, Math.floor(n / 20));
  const column = (i) => Float64Array.from({ length: days }, (_, t) => returns[t * n + i]);
  const centred = (x) => x.map((value) => value - x.reduce((a, b) => a + b, 0) / days);
  const columns = [];
  for (let i = 0; i < n; i += step) columns.push([i, centred(column(i))]);
  let worst = 0;
  for (const [i, x] of columns) {
    for (const [j, y] of columns) {
      const exact = x.reduce((sum, value, t) => sum + value * y[t], 0) / (days - 1);
      worst = Math.max(worst, Math.abs(cov[i * n + j] - exact) / Math.sqrt(cov[i * n + i] * cov[j * n + j]));
    }
  }
  return worst;
}
