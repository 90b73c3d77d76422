// The numeric kernels beside their peers (spec 8.2, N1 … N9): the same inputs for all, processes interleaved, the fastest call
// counts, the error of every answer beside its time.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  alarmError,
  attributeAll,
  attributionError,
  covarianceError,
  makeCase,
  pipelineError,
  riskError,
  scoreError,
  solveError,
} from "./cases.js";
import { plain, wasm } from "./ours.js";
import { setUp } from "./setup.js";
import { fastest, Worker } from "./worker.js";

export const title =
  "numeric kernels, µs per call; ×: how many times faster the WASM kernel is; []: error of the answer";

const ROUNDS = 4;
const PER_CALL = 0.06;
/** A solver's iterations depend on the matrix: so many of each size, and the geometric mean of the times. */
const MATRICES = [7, 1, 2, 3, 4];

const ERRORS = {
  erc: riskError,
  kelly: solveError,
  cov: covarianceError,
  pipeline: pipelineError,
  ph: alarmError,
  ph64: scoreError,
  attribute: attributionError,
};

/** What "must" of spec 8.2 a ratio answers, by kernel, contender and size. */
const MUSTS = {
  erc: {
    slsqp_shares: { 4: 3000, 10: 3000, 50: 3000, 200: 3000 },
    slsqp_pairs: { 4: 3000, 10: 3000, 50: 3000, 200: 3000 },
    slsqp_tuned: { 4: 200, 10: 200, 50: 200, 200: 200 },
    riskparity: { 4: 1.5, 10: 1.4, 50: 1.3, 200: 0.9, 1000: 0.7 },
  },
  cov: { numpy: { "90x4": 40, "90x10": 10, "252x100": 0.85, "1000x500": 0.55 } },
  kelly: { scipy: { 4: 150, 10: 40, 50: 5, 200: 1.7 } },
  ph: { js: { 65536: 2 } },
  ph64: { js: { 65536: 2 } },
  pipeline: { js: { "90x10": 2.5 } },
};

/** Names that `only` takes. */
export const KERNELS = ["erc", "cov", "kelly", "ph", "ph64", "pipeline", "attribute"];

export async function run({ quick, only = KERNELS }) {
  const { peers, skipped, plain: plainFolder } = await setUp();
  const folder = mkdtempSync(join(tmpdir(), "mcbot-numeric-"));
  const workers = {};
  for (const [name, command] of Object.entries({
    python: peers.python,
    sse2: peers.twins?.sse2,
    native: peers.twins?.native,
    riskparity: peers.riskparity,
  })) {
    if (command) workers[name] = new Worker(command);
  }
  try {
    if (workers.python) console.log(await workers.python.line());
    const bench = { workers, peers, skipped, folder, plainFolder };
    const rows = [];
    for (const spec of casesOf(quick).filter(({ kernel }) => only.includes(kernel))) {
      const found = [];
      for (const seed of spec.seeds ?? [MATRICES[0]]) found.push(await measure(bench, { ...spec, seed }));
      rows.push(...rowsOf(spec, found));
    }
    return { rows, skipped };
  } finally {
    for (const worker of Object.values(workers)) worker.end();
    rmSync(folder, { recursive: true });
  }
}

function casesOf(quick) {
  const erc = (n, kind = "factor") => {
    const seeds = n <= 200 && kind === "factor" ? MATRICES : [MATRICES[0]];
    return { kernel: "erc", n, days: 2, size: n, kind, seeds };
  };
  const attribute = (n) => ({ kernel: "attribute", n, days: n, size: `${n}x${n}`, kind: "factor" });
  const cov = (days, n) => ({ kernel: "cov", n, days, size: `${days}x${n}`, kind: "factor" });
  const kelly = (n) => ({ kernel: "kelly", n, days: 2, size: n, kind: "factor" });
  const all = [
    ...[2, 4, 10, 50, 200, 1000].map((n) => erc(n)),
    ...[10, 50, 200].map((n) => erc(n, "hedged")),
    cov(90, 4),
    cov(90, 10),
    cov(252, 100),
    cov(1000, 500),
    ...[4, 10, 50, 200].map(kelly),
    { kernel: "ph", n: 1, days: 65536, size: 65536, kind: "factor" },
    { kernel: "ph64", n: 1, days: 65536, size: 65536, kind: "factor" },
    { kernel: "pipeline", n: 10, days: 90, size: "90x10", kind: "factor" },
    attribute(50),
    attribute(200),
  ];
  return quick ? all.filter(({ n, days }) => n <= 50 || days === 252) : all;
}

/** Contenders of a kernel in other processes: [worker, name there]. SLSQP of 1,000 assets takes minutes and fails. */
function foreign({ kernel, n, kind }) {
  const twins = { sse2: ["sse2", kernel], native: ["native", kernel] };
  if (kernel === "cov") return { numpy: ["python", "cov"], ...twins };
  if (kernel === "kelly") return { scipy: ["python", "kelly"], ...twins };
  if (kernel === "ph") return { river: ["python", "ph"], ...twins };
  if (kernel !== "erc") return twins;
  const slsqp =
    n <= 200 && kind === "factor"
      ? {
          slsqp_shares: ["python", "slsqp_shares"],
          slsqp_pairs: ["python", "slsqp_pairs"],
          slsqp_tuned: ["python", "slsqp_tuned"],
        }
      : {};
  const conic = n >= 4 && n <= 50 ? { skfolio: ["python", "skfolio"], riskfolio: ["python", "riskfolio"] } : {};
  return { ...slsqp, ...conic, riskparity: ["riskparity", "erc"], ...twins };
}

/** Seconds and errors of every contender on one input, by name. */
async function measure({ workers, peers, skipped, folder, plainFolder }, spec) {
  const { kernel, n, size, kind } = spec;
  const problem = makeCase(folder, spec);
  const error = ERRORS[kernel];
  const label = (name) => `${name}, ${kernel} ${size} ${kind}`;
  const best = {};
  const errors = {};
  const here = { wasm: wasm(problem)[kernel], js: (await plain(plainFolder, problem))[kernel] };
  for (const { call } of Object.values(here)) call();
  const [one, two] = [here.wasm.answer(), here.js.answer()];
  if (!one.every((x, i) => Object.is(x, two[i])))
    throw new Error(`${kernel} ${size}: WASM and plain JavaScript differ`);
  if (kernel === "erc" && peers.npm && n <= 200) here.npm = npmContender(peers.npm, problem);
  if (kernel === "attribute") here.bigint = bigintContender(problem);

  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, { call, answer }] of Object.entries(here)) {
      if (skipped[label(name)]) continue;
      try {
        call();
      } catch (reason) {
        skipped[label(name)] = reason.message;
        continue;
      }
      best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, fastest(PER_CALL, call));
      errors[name] ??= error(problem, answer());
    }
    for (const [name, [worker, remote]] of Object.entries(foreign(spec))) {
      if (!workers[worker] || best[name] > 2 || skipped[label(name)]) continue;
      try {
        const seconds = await workers[worker].time(remote, problem, PER_CALL);
        best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, seconds);
        errors[name] ??= error(problem, doubles(join(folder, "answer.f64")));
      } catch (reason) {
        skipped[label(name)] = String(reason.message);
      }
    }
  }
  return { best, errors };
}

/** A row per contender: geometric means of times and ratios over the matrices that it solved, its largest error. */
function rowsOf({ kernel, size, kind }, found) {
  const mean = (values) => Math.exp(values.reduce((sum, x) => sum + Math.log(x), 0) / values.length);
  return Object.keys(found[0].best).map((name) => {
    const solved = found.filter(({ best }) => best[name] !== undefined);
    const ratio = mean(solved.map(({ best }) => best[name] / best.wasm));
    const must = kind === "factor" ? MUSTS[kernel]?.[name]?.[size] : undefined;
    return {
      kernel,
      size: kind === "factor" ? size : `${size} ${kind}`,
      contender: name,
      us: 1e6 * mean(solved.map(({ best }) => best[name])),
      ratio,
      error: Math.max(...solved.map(({ errors }) => errors[name])),
      must: must ?? "",
      met: must === undefined ? "" : ratio >= must ? "yes" : "NO",
    };
  });
}

function bigintContender(problem) {
  let parts = [];
  return {
    call: () => {
      parts = attributeAll(problem);
    },
    answer: () => parts.map(Number),
  };
}

function npmContender(library, { n, cov }) {
  const matrix = Array.from({ length: n }, (_, i) => Array.from(cov.subarray(i * n, i * n + n)));
  let weights = [];
  return {
    call: () => {
      weights = library.equalRiskContributionWeights(matrix, { eps: 1e-10, maxIter: 10_000 });
    },
    answer: () => weights,
  };
}

function doubles(path) {
  const bytes = readFileSync(path);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
}
