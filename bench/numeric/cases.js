// The inputs of a row, the same for every contender, and how far an answer is from the truth.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { shareError } from "../proofs/erc-optimality.js";
import { makeProblem, uniform } from "../proofs/erc-problems.js";

const DAILY = 0.01;
/** Of the detectors: δ, λ, α, inputs before the first alarm, restart after an alarm. */
export const DETECTOR = [0.1, 20, 1, 30, 1];
export const STREAMS = 64;

/** @param {string} kind of covariance; returns are independent of it. */
export function makeCase(folder, { kernel = "erc", kind = "factor", n, days, seed = 7 }) {
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
  const { returns } = problem;
  // Attribution: whole lots that [day] symbols want of [n] pods; detectors: deviations.
  if (kernel === "attribute") returns.set(returns.map(() => Math.trunc((random() - 0.4) * 2 ** 40)));
  else if (kernel.startsWith("ph")) returns.set(returns.map(draw));
  else {
    for (let t = 0; t < days; t++) {
      const market = draw();
      for (let i = 0; i < n; i++) returns[t * n + i] = DAILY * (0.5 * market + draw());
    }
  }
  for (const name of ["cov", "budget", "mu", "returns"]) writeFileSync(join(folder, `${name}.f64`), problem[name]);
  return problem;
}

/** Two thirds of what a symbol's pods want together. */
export function filledOf({ n, returns }, symbol) {
  return Math.trunc((returns.subarray(symbol * n, (symbol + 1) * n).reduce((a, b) => a + b, 0) * 2) / 3);
}

/** From the definition: the score after the last input, and the alarms on the way, each of which restarts the detector. */
function detect(values) {
  const [delta, lambda, alpha, minInputs] = DETECTOR;
  let [seen, m, low, alarms, wasAlarm] = [[], 0, 0, 0, false];
  for (const x of values) {
    if (wasAlarm) [seen, m, low] = [[], 0, 0];
    seen.push(x);
    m = alpha * m + (seen.reduce((a, b) => a + b, 0) / seen.length - x - delta);
    low = Math.min(low, m);
    wasAlarm = seen.length >= minInputs && m - low > lambda;
    if (wasAlarm) alarms++;
  }
  return { alarms, score: m - low };
}

/** How many alarms too few or too many. */
export const alarmError = ({ returns }, [alarms]) => Math.abs(alarms - detect(returns).alarms);

/** Largest error of a stream's last score. */
export function scoreError({ returns }, scores) {
  return scores.reduce((worst, score, s) => {
    const own = returns.filter((_, t) => t % STREAMS === s);
    return Math.max(worst, Math.abs(score - detect(own).score));
  }, 0);
}

/** How many lots are not those of the rule in whole numbers. */
export function attributionError(problem, parts) {
  const exact = attributeAll(problem);
  return parts.reduce((wrong, lots, c) => wrong + (BigInt(lots) === exact[c] ? 0 : 1), 0);
}

/** Every symbol's fill back to its pods by the definition in BigInt. */
export function attributeAll(problem) {
  const { n, days, returns } = problem;
  return Array.from({ length: days }, (_, s) =>
    attributeExactly(Array.from(returns.subarray(s * n, (s + 1) * n), BigInt), BigInt(filledOf(problem, s))),
  ).flat();
}

/** The rule in whole numbers: minority in full, majority pro rata by largest remainder, ties to the lower index. */
function attributeExactly(demand, filled) {
  const net = demand.reduce((a, b) => a + b, 0n);
  const side = net > 0n ? 1n : -1n;
  const wanted = demand.map((d) => (d * side > 0n ? d * side : 0n));
  const majority = wanted.reduce((a, b) => a + b, 0n);
  if (majority === 0n) return demand;
  const total = majority - net * side + filled * side;
  const shares = wanted.map((w) => (total * w) / majority);
  const remainders = wanted.map((w, i) => total * w - shares[i] * majority);
  const order = [...shares.keys()].sort((i, j) =>
    remainders[j] === remainders[i] ? i - j : remainders[j] > remainders[i] ? 1 : -1,
  );
  let left = total - shares.reduce((a, b) => a + b, 0n);
  for (const i of order) {
    if (left === 0n) break;
    shares[i] += 1n;
    left -= 1n;
  }
  return demand.map((d, i) => (d * side > 0n ? shares[i] * side : d));
}

/** Of the budget under the sample covariance of the returns, computed in the plainest way. */
export function pipelineError({ n, days, returns, budget }, weights) {
  const means = Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let t = 0; t < days; t++) sum += returns[t * n + i];
    return sum / days;
  });
  const cov = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let t = 0; t < days; t++) sum += (returns[t * n + i] - means[i]) * (returns[t * n + j] - means[j]);
    return sum / (days - 1);
  });
  return shareError({ cov, n, budget }, weights);
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
