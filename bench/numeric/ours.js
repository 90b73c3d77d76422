// Our kernels as contenders: the WASM build, and the same sources as plain JavaScript (dialect.js).

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { instantiateKernels } from "../../dist/kernels/load.js";
import { DETECTOR, filledOf, STREAMS } from "./cases.js";

const TOLERANCE = 1e-10;

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
  state: 5 * STREAMS,
  scores: Math.max(STREAMS, days * n),
  alarms: days * n,
  parts: days * n,
});

/** @param {(name: string, index: number) => unknown} from an array from an index on, as the kernels take it. */
function contenderOf(kernels, at, from, views, { n, days, ...inputs }) {
  for (const name of ["cov", "budget", "mu", "returns"]) views[name].set(inputs[name]);
  views.settings.set(DETECTOR);
  const covariance = () => kernels.sampleCovariance(at.returns, days, n, at.sigma, at.work, at.report);
  const solve = (sigma) => kernels.riskBudget(sigma, n, at.budget, TOLERANCE, 60, 0, 0, at.weights, at.work, at.report);
  const kelly = (sigma) => kernels.kelly(sigma, at.mu, n, 0, at.fractions, at.work, at.report);
  const oneStream = () => kernels.pageHinkleyRun(at.settings, at.state, at.returns, days, at.scores, at.alarms);
  const ticks = Array.from({ length: Math.floor(days / STREAMS) }, (_, t) => from("returns", STREAMS * t));
  const manyStreams = () => {
    for (const tick of ticks) kernels.pageHinkleyTick(at.settings, at.state, STREAMS, tick, at.scores);
  };
  const filled = Array.from({ length: days }, (_, s) => filledOf({ n, ...inputs }, s));
  const parts = filled.map((_, s) => from("parts", s * n));
  const fresh = (call) => {
    views.state.fill(0);
    return call();
  };
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
    ph: { call: oneStream, answer: () => Float64Array.of(fresh(oneStream)) },
    ph64: {
      call: manyStreams,
      answer: () => {
        fresh(manyStreams);
        return views.scores.slice(0, STREAMS);
      },
    },
    attribute: {
      call: () => {
        for (let s = 0; s < days; s++)
          kernels.attribute(at.returns, s * n, n, filled[s], parts[s], at.weights, at.fractions);
      },
      answer: () => views.parts.slice(),
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
  return contenderOf(exports, at, (name, index) => at[name] + 8 * index, views, problem);
}

export async function plain(folder, problem) {
  const load = (file) => import(pathToFileURL(join(folder, `${file}.mjs`)).href);
  const modules = await Promise.all(["attribution", "covariance", "erc", "kelly", "page-hinkley"].map(load));
  const kernels = Object.assign({}, ...modules);
  const { buffer } = await load("memory");
  let next = 0;
  const views = {};
  for (const [name, length] of Object.entries(lengthsOf(kernels, problem.n, problem.days))) {
    views[name] = new Float64Array(buffer, next, length);
    next += 16 * Math.ceil((length + 2) / 2);
  }
  const contenders = contenderOf(kernels, views, (name, index) => views[name].subarray(index), views, problem);
  // Without lanes the pairs of streams are no gain: the scalar step, stream by stream, gives the same bits.
  const scalarTicks = () => {
    for (let t = 0; t + STREAMS <= problem.days; t += STREAMS) {
      for (let s = 0; s < STREAMS; s++)
        kernels.pageHinkleyStep(views.settings, views.state, STREAMS, s, views.returns[t + s]);
    }
  };
  contenders.ph64 = {
    call: scalarTicks,
    answer: () => {
      views.state.fill(0);
      scalarTicks();
      return Float64Array.from({ length: STREAMS }, (_, s) => kernels.pageHinkleyScore(views.state, STREAMS, s));
    },
  };
  return contenders;
}
