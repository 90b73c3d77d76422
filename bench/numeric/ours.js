// Our kernels as contenders: the WASM build, and the same sources as plain JavaScript (dialect.js).

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { instantiateKernels } from "../../dist/kernels/load.js";

const TOLERANCE = 1e-10;
const SETTINGS = [0.1, 8, 1, 30, 1];

/** Lengths of the arrays of a case, in f64. */
const lengthsOf = (k, n, days) => ({
  returns: days * n,
  cov: n * n,
  sigma: n * n,
  budget: n,
  mu: n,
  weights: n,
  fractions: n,
  work: Math.max(k.covarianceWorkLength(days, n), k.riskBudgetWorkLength(n), k.kellyWorkLength(n)),
  report: 8,
  settings: 8,
  state: 5 * 64,
  scores: Math.max(64, days * n),
  alarms: days * n,
});

function contenderOf(kernels, at, views, { n, days, ...inputs }) {
  for (const name of ["cov", "budget", "mu", "returns"]) views[name].set(inputs[name]);
  views.settings.set(SETTINGS);
  const covariance = () => kernels.sampleCovariance(at.returns, days, n, at.sigma, at.work, at.report);
  const solve = (sigma) => kernels.riskBudget(sigma, n, at.budget, TOLERANCE, 60, 0, 0, at.weights, at.work, at.report);
  const kelly = (sigma) => kernels.kelly(sigma, at.mu, n, 0, at.fractions, at.work, at.report);
  return {
    erc: { call: () => solve(at.cov), answer: () => views.weights.slice() },
    kelly: { call: () => kelly(at.cov), answer: () => views.fractions.slice() },
    cov: { call: covariance, answer: () => views.sigma.slice() },
    pipeline: {
      call: () => {
        covariance();
        solve(at.sigma);
        return kelly(at.sigma);
      },
      answer: () => views.weights.slice(),
    },
    ph: {
      call: () => kernels.pageHinkleyRun(at.settings, at.state, at.returns, days, at.scores, at.alarms),
      answer: () => views.scores.slice(0, 1),
    },
    ph64: {
      call: () => {
        for (let t = 0; t + 64 <= days; t += 64)
          kernels.pageHinkleyTick(at.settings, at.state, 64, at.slice(t), at.scores);
      },
      answer: () => views.scores.slice(0, 1),
    },
  };
}

export function wasm(problem) {
  const { n, days } = problem;
  const lengths = lengthsOf(instantiateKernels(0).exports, n, days);
  const total = Object.values(lengths).reduce((a, b) => a + b, 0);
  const { exports, arena } = instantiateKernels(8 * total + 4096);
  const at = Object.fromEntries(Object.entries(lengths).map(([name, length]) => [name, arena.f64(length)]));
  const views = Object.fromEntries(
    Object.entries(lengths).map(([name, length]) => [name, arena.viewF64(at[name], length)]),
  );
  return contenderOf(exports, { ...at, slice: (t) => at.returns + 8 * t }, views, problem);
}

export async function plain(folder, problem) {
  const load = (file) => import(pathToFileURL(join(folder, `${file}.mjs`)).href);
  const modules = await Promise.all(["covariance", "erc", "kelly", "page-hinkley"].map(load));
  const kernels = Object.assign({}, ...modules);
  const { buffer } = await load("memory");
  let next = 0;
  const views = {};
  for (const [name, length] of Object.entries(lengthsOf(kernels, problem.n, problem.days))) {
    views[name] = new Float64Array(buffer, next, length);
    next += 16 * Math.ceil((length + 2) / 2);
  }
  const contenders = contenderOf(kernels, { ...views, slice: () => views.returns }, views, problem);
  // Without lanes the pairs of streams are no gain: the scalar step, stream by stream, gives the same bits.
  contenders.ph64.call = () => {
    for (let t = 0; t + 64 <= problem.days; t += 64) {
      for (let s = 0; s < 64; s++) kernels.pageHinkleyStep(views.settings, views.state, 64, s, views.returns[t + s]);
    }
    views.scores[0] = kernels.pageHinkleyScore(views.state, 64, 0);
  };
  return contenders;
}
