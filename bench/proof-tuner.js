// npm run proof:tuner [-- --noise N --planted N --first SEED]: does the tuner refuse to lie?
//
// Every market goes the whole way: plan, engine, negative control, ranking, verdict. Three claims are tested:
//   noise    a candidate is offered on at most 5 % of markets whose prices are random walks;
//   planted  an edge of a true annual Sharpe ratio of 3 after costs, over four years of daily bars, in one cell of a 10 × 10
//            grid and its neighbours, is offered on at least 90 %;
//   copies   two hundred correlated copies of one strategy count as about one trial.

import { parseArgs } from "node:util";
import { instantiateKernels } from "../dist/kernels/load.js";
import { hashBars } from "../dist/market/market-hash.js";
import { RandomStream } from "../dist/market/synthetic/random-stream.js";
import { findStrategy } from "../dist/strategies/registry.js";
import { analyze } from "../dist/tuning/analyze.js";
import { buildSweepResults } from "../dist/tuning/build-sweep-results.js";
import { evaluateJobs } from "../dist/tuning/evaluate-jobs.js";
import { ParameterSweep } from "../dist/tuning/parameter-sweep.js";
import { planSession, valuesAt } from "../dist/tuning/plan-session.js";
import { outcomeHash, TALLY_SLOT } from "../dist/tuning/point-outcome.js";
import { sessionSchema } from "../dist/tuning/session-schema.js";
import { pointConfig } from "../dist/tuning/sweep-space.js";

const { values } = parseArgs({
  options: {
    noise: { type: "string", default: "200" },
    planted: { type: "string", default: "50" },
    first: { type: "string", default: "1" },
  },
});
/** Seeds are whole numbers from here on: another first seed makes other markets. */
const FIRST = Number(values.first);
const DAY_MS = 86_400_000;
const WARMUP = 200;
const START = Date.UTC(2021, 0, 1);
const DAYS = 1461;
const SIGMA = 0.015;
const FAST = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20];
const SLOW = [24, 32, 40, 48, 56, 64, 72, 80, 88, 96];
const LOOKBACKS = [2, 3, 5, 8, 12, 18, 27, 40, 60, 90];
const PURPOSE = 900;

const base = (strategy, params, bps = 1) => ({
  pods: [
    {
      pod_id: "p",
      strategy,
      params,
      symbols: ["A/USD"],
      initial_fraction: 1,
      max_fraction: 1,
      risk: { system_stop_loss: null, max_leverage: 1 },
    },
  ],
  backtest: { start: "2021-01-01", end: "2024-12-31", capital: 10_000 },
  portfolio: { cost_bps: 4 * bps, slippage_bps: 5 * bps },
  data: { path: "synthetic", funding: "none" },
});

const MOMENTUM = { vol_target: 0.25, short_mode: "full" };
/** Momentum on two symbols, a pod each: a point of the grid is a lookback for each. */
const pairConfig = () => {
  const config = base("tsmom", { ...MOMENTUM, lookback: 90 });
  const [pod] = config.pods;
  const half = { initial_fraction: 0.5, max_fraction: 0.5 };
  config.pods = [
    { ...pod, ...half, pod_id: "a" },
    { ...pod, ...half, pod_id: "b", symbols: ["B/USD"] },
  ];
  return config;
};
const pairGrids = [0, 1].map((pod) => ({ path: `pods[${pod}].params.lookback`, values: LOOKBACKS }));

const emaGrids = [
  { path: "pods[0].params.fast", values: FAST },
  { path: "pods[0].params.slow", values: SLOW },
];

/** Daily bars from returns that may depend on the closes so far. */
function makeBars(symbol, returnOf) {
  const n = WARMUP + DAYS;
  const column = () => new Float64Array(n);
  const bars = {
    symbol,
    timeMs: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    volumeDecimals: 0,
  };
  let price = 100;
  for (let t = 0; t < n; t++) {
    const close = price * (1 + returnOf(t));
    bars.timeMs[t] = START + (t - WARMUP) * DAY_MS;
    bars.open[t] = price;
    bars.close[t] = close;
    bars.high[t] = 1.001 * Math.max(price, close);
    bars.low[t] = 0.999 * Math.min(price, close);
    bars.volume[t] = 1000;
    price = close;
    returnOf.saw?.(bars, t);
  }
  return bars;
}

function marketOf(...bars) {
  const funding = bars.map(() => null);
  return { kind: "synthetic", label: "proof", timeframe: "1d", bars, funding, files: [], hash: hashBars(bars, "1d") };
}

/** Noise of one market: normal for even seeds, with volatility that clusters (and fat tails) for odd ones. */
function noiseOf(seed) {
  const random = new RandomStream(seed, 0, PURPOSE);
  let level = 0;
  return () => {
    if (seed % 2 === 0) return SIGMA * random.normal();
    level = 0.95 * level + 0.3 * random.normal();
    const scale = Math.min(3, Math.max(0.3, 1 + 0.5 * level));
    return Math.max(-0.5, SIGMA * scale * random.normal());
  };
}

/** Bars that move by `drift` a day in the direction of the weight that momentum over `lookback` days had the day before. */
function plantedBars(symbol, noise, lookback, drift) {
  const strategy = findStrategy("tsmom");
  const params = strategy.params.parse({ ...MOMENTUM, lookback });
  const context = { barsPerYear: 365, chunk: 1, find: findStrategy };
  const kernels = instantiateKernels(strategy.bytes(params, context) + 1024);
  const stream = strategy.open(kernels, params, context);
  const at = [1, 2, 3, 4, 5].map(() => kernels.arena.f64(1));
  const view = at.map((pointer) => kernels.arena.viewF64(pointer, 1));
  const returnOf = () => noise() + drift * Math.sign(view[4][0]);
  let held = 0;
  returnOf.saw = (bars, t) => {
    for (const [i, name] of ["high", "low", "close", "volume"].entries()) view[i][0] = bars[name][t];
    const [high, low, close, volume, out] = at;
    stream.run({ time: out, open: out, high, low, close, volume }, 1, out);
    if (t >= WARMUP) held += Math.min(1, Math.abs(view[4][0]));
  };
  const bars = makeBars(symbol, returnOf);
  return { bars, exposure: held / DAYS };
}

/** Two symbols, each with an edge at its own lookback. */
function plantedMarket(seed, i, j, drift) {
  const a = plantedBars("A/USD", noiseOf(4 * seed), LOOKBACKS[i], drift);
  const b = plantedBars("B/USD", noiseOf(4 * seed + 1), LOOKBACKS[j], drift);
  return { market: marketOf(a.bars, b.bars), exposure: (a.exposure + b.exposure) / 2 };
}

/** The whole way from a market to a verdict. */
function tune(data, grids, market, seed, rest = {}) {
  const file = sessionSchema.parse({ base: "proof", mode: "strategy", grids, seed, ...rest });
  const point = pointConfig({ data, paths: [], orchestrated: false }, []);
  const session = { file, text: "", folder: ".", data, grids, base: { config: point.config, text: "" } };
  const { plan, jobs } = planSession(session, market, "synthetic");
  const sweep = new ParameterSweep(plan.space, market);
  const outcomes = evaluateJobs(sweep, {
    jobs: plan.indexes.map((index, job) => ({ index: job, values: valuesAt(grids, index) })),
  });
  const lineage = { status: "known", trials: jobs.length, prior_effective: 0 };
  const results = buildSweepResults(plan, jobs, new Map(outcomes.map((each) => [each.index, each])), market, lineage);
  return {
    results,
    outcomes,
    tuning: analyze(
      results,
      outcomes.map((each) => (each.ok ? each.equity : null)),
      file,
    ),
  };
}

const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
let failed = 0;
function claim(text, holds) {
  if (!holds) failed++;
  console.log(`${holds ? "holds" : "FAILS"}  ${text}`);
}
const begun = performance.now();

// Noise.
const noiseMarkets = Number(values.noise);
let offered = 0;
const effective = [];
const missed = new Map();
for (let seed = FIRST; seed < FIRST + noiseMarkets; seed++) {
  // Costs make luck rarer: half of the markets have none.
  const data = base("ema-cross", { fast: 6, slow: 48, short_mode: "full" }, seed % 4 < 2 ? 1 : 0);
  const { tuning } = tune(data, emaGrids, marketOf(makeBars("A/USD", noiseOf(seed))), seed);
  effective.push(tuning.trials.effective);
  if (tuning.verdict === "CANDIDATES") offered++;
  for (const gate of tuning.top[0]?.gates ?? []) if (gate.met) missed.set(gate.name, (missed.get(gate.name) ?? 0) + 1);
}
console.log(`noise: the best point meets, in how many of ${noiseMarkets} markets`, Object.fromEntries(missed));
console.log(`noise: ${mean(effective).toFixed(1)} independent trials among 100 points on average`);
claim(`noise: a candidate in ${offered} of ${noiseMarkets} markets (at most 5 %)`, offered <= 0.05 * noiseMarkets);

// Planted.
const plantedMarkets = Number(values.planted);
let found = 0;
const [cells, nears, others] = [[], [], []];
for (let seed = FIRST; seed < FIRST + plantedMarkets; seed++) {
  const random = new RandomStream(seed, 1, PURPOSE);
  const [f, s] = [random.integer(1, 7), random.integer(1, 7)];
  const data = pairConfig();
  const space = { data, paths: pairGrids.map(({ path }) => path), orchestrated: false };
  // The drift that makes up for the cell's costs and earns the wanted ratio over the spread of its returns, found in steps.
  let drift = (3 * SIGMA) / Math.sqrt(2 * 365);
  for (let pass = 0; pass < 3; pass++) {
    const { market, exposure } = plantedMarket(seed, f, s, drift);
    const { tally, equity } = new ParameterSweep(space, market).evaluate([LOOKBACKS[f], LOOKBACKS[s]]);
    const returns = [...equity].map((value, day) => (day === 0 ? 0 : value / equity[day - 1] - 1));
    const centre = mean(returns);
    const spread = Math.sqrt(mean(returns.map((value) => (value - centre) ** 2)));
    const costs = (tally[TALLY_SLOT.fees] + tally[TALLY_SLOT.slippage]) / mean([...equity]) / DAYS;
    drift = ((3 * spread) / Math.sqrt(365) + costs) / exposure;
  }
  const { market } = plantedMarket(seed, f, s, drift);
  const { tuning, results } = tune(data, pairGrids, market, seed);
  if (tuning.verdict === "CANDIDATES") found++;
  else console.log(`  missed: market ${seed}, cell ${f},${s}:`, tuning.reasons.join("; "));
  for (const [job, index] of results.indexes.entries()) {
    const [df, ds] = [Math.abs(Math.floor(index / 10) - f), Math.abs((index % 10) - s)];
    const group = df + ds === 0 ? cells : Math.max(df, ds) === 1 ? nears : others;
    group.push(results.points[job].metrics.sharpe);
  }
}
console.log(
  `planted: mean Sharpe of the cell ${mean(cells).toFixed(2)}, of its neighbours ${mean(nears).toFixed(2)}, of the others ${mean(others).toFixed(2)}`,
);
claim(`planted: a candidate in ${found} of ${plantedMarkets} markets (at least 90 %)`, found >= 0.9 * plantedMarkets);

// Copies.
const targets = Array.from({ length: 200 }, (_, i) => 0.1 + i / 1000);
const copies = tune(
  base("tsmom", { lookback: 30, vol_target: 0.1 }),
  [{ path: "pods[0].params.vol_target", values: targets }],
  marketOf(makeBars("A/USD", noiseOf(4 * FIRST))),
  1,
);
const distinct = new Set(copies.outcomes.map((each) => outcomeHash(each))).size;
claim(
  `copies: ${distinct} distinct runs of one strategy count as ${copies.tuning.trials.effective} (at most 2)`,
  copies.tuning.trials.effective <= 2,
);

console.log(`${((performance.now() - begun) / 1000).toFixed(0)} s`);
process.exitCode = failed === 0 ? 0 : 1;
