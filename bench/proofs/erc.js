// npm run proof:erc [-- COUNT]: COUNT (10,000) random problems of risk budgeting, n 1 … 64, and COUNT / 5 with fewer days than
// assets beside them. Every answer is checked from the definition in twice the precision; exit 1 when one fails.

import { riskBudget } from "../../dist/kernels/erc.js";
import { MatrixWorkspace } from "../../dist/kernels/matrix-workspace.js";
import { difficulty, shareError } from "./erc-optimality.js";
import { makeProblem, SOLVABLE } from "./erc-problems.js";

const COUNT = Number(process.argv[2] ?? 10_000);
const SIZES = 64;
/** Beyond, doubles carry no answer to 1e-10: only error ≤ 1e-15·κ, or a status that says so, is asked for. */
const DIFFICULT = 1e6;
const SCALES = [1e-12, 3.7e-5, 1e5, 1e12];
if (!(COUNT >= 1)) throw new Error(`COUNT '${process.argv[2]}' is no number of problems`);

const workspace = MatrixWorkspace.create({ assets: SIZES, days: 1 });
const failures = [];
const rows = {};

function solve({ cov, budget }, factor = 1) {
  workspace.covariance.view.set(factor === 1 ? cov : cov.map((c) => c * factor));
  return riskBudget(workspace, budget);
}

/** Counts an outcome; `reason` makes it a failure. */
function note(problem, seed, solution, kappa, error, reason) {
  rows[problem.kind] ??= {
    problems: 0,
    OK: 0,
    FLOOR: 0,
    MAX_ITER: 0,
    NOT_PD: 0,
    INVALID_INPUT: 0,
    iterations: 0,
    worst: 0,
    kappa: 0,
  };
  const row = rows[problem.kind];
  row.problems++;
  row[solution.status]++;
  row.iterations = Math.max(row.iterations, solution.iterations);
  if (kappa <= DIFFICULT) row.worst = Math.max(row.worst, error);
  row.kappa = Math.max(row.kappa, kappa);
  if (reason)
    failures.push(
      `${problem.kind} n=${problem.n} seed=${seed}: ${reason} (${solution.status}, error ${error}, κ ${kappa})`,
    );
}

function isSound({ weights }) {
  return weights.every((w) => w > 0 && w <= 1) && Math.abs(weights.reduce((a, b) => a + b, 0) - 1) < 1e-12;
}

function checkSolvable(problem, seed) {
  const solution = solve(problem);
  if (!("weights" in solution)) return note(problem, seed, solution, 0, 0, "no answer");
  const kappa = difficulty(problem, solution.weights);
  const error = shareError(problem, solution.weights);
  const allowed = Math.max(1e-10, 1e-15 * kappa);
  let reason = "";
  if (!isSound(solution)) reason = "weights are not positive, at most 1 and summing to 1";
  else if (solution.status === "MAX_ITER" && kappa <= DIFFICULT) reason = "iterations ran out";
  else if (solution.status !== "MAX_ITER" && !(error <= allowed)) reason = "the risk shares are not the budgets";
  else if (!(solution.residual <= Math.max(error, 1e-10) * 2 + 1e-15 * kappa))
    reason = "the reported residual is not the error";
  else reason = scaleFailure(problem, solution, kappa);
  note(problem, seed, solution, kappa, error, reason);
}

/** Weights of c·Σ: by a power of 4 those of Σ to the bit, else equal to 1e-12 or to what κ makes of the rounding of c·Σ itself. */
function scaleFailure(problem, { weights, status }, kappa) {
  if (status === "MAX_ITER") return "";
  for (const power of [-20, 20]) {
    const scaled = solve(problem, 4 ** power).weights;
    if (!scaled?.every((w, i) => w === weights[i])) return `4^${power}·Σ changes a bit`;
  }
  if (kappa > 1e3) return "";
  for (const factor of SCALES) {
    const scaled = solve(problem, factor).weights;
    const gap = scaled?.reduce((worst, w, i) => Math.max(worst, Math.abs(w / weights[i] - 1)), 0);
    if (!(gap <= Math.max(1e-12, 4e-15 * kappa))) return `weights of ${factor}·Σ differ by ${gap}`;
  }
  return "";
}

/** A singular Σ may have no answer: then the status says so. What is given as an answer must be one. */
function checkSingular(problem, seed) {
  const solution = solve(problem);
  if (!("weights" in solution) || solution.status === "MAX_ITER")
    return note(problem, seed, solution, 0, 0, solution.status === "INVALID_INPUT" ? "refused as input" : "");
  const kappa = difficulty(problem, solution.weights);
  const error = shareError(problem, solution.weights);
  const wrong = !isSound(solution) || !(error <= Math.max(1e-10, 1e-15 * kappa));
  note(problem, seed, solution, kappa, error, wrong ? "an answer that is none" : "");
}

for (let seed = 1; seed <= COUNT; seed++) {
  const n = 1 + (seed % SIZES);
  checkSolvable(makeProblem(SOLVABLE[Math.floor(seed / SIZES) % SOLVABLE.length], n, seed), seed);
}
for (let seed = 1; seed <= COUNT / 5; seed++)
  checkSingular(makeProblem("tooFewDays", 2 + (seed % (SIZES - 1)), COUNT + seed), COUNT + seed);

console.table(rows);
for (const failure of failures.slice(0, 20)) console.error(failure);
console.log(`${COUNT} problems and ${Math.floor(COUNT / 5)} with fewer days than assets: ${failures.length} failures`);
process.exitCode = failures.length === 0 ? 0 : 1;
