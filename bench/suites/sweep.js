// Sweeps through the full engine (spec 8.2, S5, S9, S10): points run by worker threads, metrics and hash included. One point
// is run as a plain backtest first and must have the same hash.

import { simulate } from "../../dist/engine/backtest.js";
import { openConfigMarket, resolveConfig } from "../../dist/library.js";
import { outcomeOfRecord, ParameterSweep } from "../../dist/tuning/parameter-sweep.js";
import { outcomeHash, TALLY_SLOT } from "../../dist/tuning/point-outcome.js";
import { shareMarket } from "../../dist/tuning/shared-market.js";
import { startSweepPool } from "../../dist/tuning/sweep-pool.js";
import { pointConfig } from "../../dist/tuning/sweep-space.js";

export const title =
  "sweeps through the full engine; ema-cross, long and short, 9 bps a side; seconds, best of the rounds";

const MAJORS = ["AVAX/USDT", "BNB/USDT", "BTC/USDT", "ETH/USDT", "SOL/USDT"];
const range = (count, first, step) => Array.from({ length: count }, (_, i) => first + i * step);
const MINUTES = { timeframe: "1m", end: "2021-12-31", symbols: ["BTC/USDT"], batch: 4 };
const CASES = [
  {
    name: "daily, 5 symbols",
    timeframe: "1D",
    end: "2022-12-31",
    symbols: MAJORS,
    fasts: range(100, 2, 1),
    slows: range(100, 102, 1),
    batch: 128,
  },
  { ...MINUTES, name: "minutes, 1 symbol", fasts: range(20, 60, 30), slows: range(50, 720, 120) },
  // Twelve thousand trades a year ruin every account: the slices afterwards are the engine's slow ones.
  { ...MINUTES, name: "minutes, ruined accounts", fasts: range(10, 2, 2), slows: range(20, 102, 4) },
];
const PATHS = ["pods[0].params.fast", "pods[0].params.slow"];

function configOf({ timeframe, end, symbols }) {
  return resolveConfig({
    pods: [
      {
        pod_id: "p",
        strategy: "ema-cross",
        params: { fast: 10, slow: 200, short_mode: "full" },
        symbols,
        timeframe,
        initial_fraction: 1,
        max_fraction: 1,
        risk: { system_stop_loss: null, max_leverage: 1 },
      },
    ],
    backtest: { start: "2021-01-01", end, capital: 100_000 },
    data: { path: "synthetic", base_timeframe: timeframe, funding: "none" },
  });
}

export async function run({ quick }) {
  const rows = [];
  for (const each of CASES) {
    const data = configOf(each);
    const space = { data, paths: PATHS, orchestrated: false };
    const market = shareMarket(openConfigMarket(data));
    const points = each.fasts
      .flatMap((fast) => each.slows.map((slow) => [fast, slow]))
      .map((values, index) => ({ index, values }))
      .filter((_, i) => !quick || i % 10 === 0);
    assertBacktest(space, market, points[0].values);
    const seconds = { 1: Number.POSITIVE_INFINITY, 2: Number.POSITIVE_INFINITY };
    const hashes = new Set();
    let trades = 0;
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      for (const workers of [1, 2]) {
        const timed = await timeSweep(space, market, points, workers, each.batch);
        seconds[workers] = Math.min(seconds[workers], timed.seconds);
        hashes.add(timed.outcomes.map(({ hash }) => hash).join());
        trades = timed.outcomes.reduce((sum, { tally }) => sum + tally[TALLY_SLOT.trades], 0) / points.length;
      }
    }
    if (hashes.size !== 1) throw new Error(`${each.name}: results depend on the number of workers`);
    rows.push({
      sweep: each.name,
      points: points.length,
      trades_per_point: trades,
      one_worker_s: seconds[1],
      two_workers_s: seconds[2],
      two_over_one: seconds[1] / seconds[2],
      microseconds_per_point: (seconds[2] * 1e6) / points.length,
      memory_growth: each.timeframe === "1D" ? await memoryGrowth(space, market, points) : null,
    });
  }
  return { rows };
}

function assertBacktest(space, market, values) {
  const sweep = new ParameterSweep(space, market);
  const { record } = simulate(pointConfig(space, values).config, market, { orchestrated: false, fast: true });
  const same =
    outcomeHash(sweep.evaluate(values)) === outcomeHash(outcomeOfRecord(record, sweep.timeline.dayMs.length));
  if (!same) throw new Error("a point of the sweep is not the backtest of its config");
}

/** Workers are up and have packed the market before the clock starts: a sweep of thousands pays that once. */
async function timeSweep(space, market, points, workers, batch) {
  const pool = startSweepPool(space, market, workers);
  await Promise.all(Array.from({ length: workers }, () => pool.run({ jobs: points.slice(0, batch) })));
  const begun = performance.now();
  const batches = [];
  for (let at = 0; at < points.length; at += batch) batches.push(pool.run({ jobs: points.slice(at, at + batch) }));
  const outcomes = (await Promise.all(batches)).flat();
  const seconds = (performance.now() - begun) / 1000;
  await pool.destroy();
  if (outcomes.length !== points.length || !outcomes.every(({ ok }) => ok)) throw new Error("a point failed");
  return { seconds, outcomes };
}

/** Resident memory of the process after 5,000 jobs of a worker ÷ after the first 500 − 1. */
async function memoryGrowth(space, market, points) {
  const pool = startSweepPool(space, market, 1);
  let done = 0;
  const runJobs = async (count) => {
    for (const end = done + count; done < end; done += 50)
      await pool.run({ jobs: Array.from({ length: 50 }, (_, k) => points[(done + k) % points.length]) });
    return process.memoryUsage().rss;
  };
  const early = await runJobs(500);
  const late = await runJobs(4500);
  await pool.destroy();
  return late / early - 1;
}
