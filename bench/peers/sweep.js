// Sweeps beside vectorbt: the same grid of moving-average crosses on the same bars and costs, one thread each, with return,
// Sharpe ratio and drawdown. Closed trades of every point must be equal, and final equities to rounding, before a time counts.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openConfigMarket, resolveConfig } from "../../dist/library.js";
import { evaluateJobs } from "../../dist/tuning/evaluate-jobs.js";
import { ParameterSweep } from "../../dist/tuning/parameter-sweep.js";
import { pointMetrics, TALLY_SLOT } from "../../dist/tuning/point-outcome.js";
import { pythonEnvironment } from "../lib/environment.js";
import { podOf } from "./rules.js";

export const title =
  "sweeps of a moving-average cross, long or flat, 6 bp per side, one thread each, return, Sharpe and drawdown included";

const CAPITAL = 1_000_000;
const FEE_BPS = 6;
const MAJORS = ["AVAX/USDT", "BNB/USDT", "BTC/USDT", "ETH/USDT", "SOL/USDT"];
const FOLDER = fileURLToPath(new URL("../.peers/", import.meta.url));
const SCRIPT = fileURLToPath(new URL("./vectorbt_sweep_peer.py", import.meta.url));
/** What rounding to micro-units and lots explains of a final equity. */
const SAME = 1e-7;
const ONE_THREAD = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", NUMBA_NUM_THREADS: "1" };

const range = (count, first, step) => Array.from({ length: count }, (_, i) => first + i * step);
/** `chunk`: combinations a call, the fastest of those tried with vectorbt. */
const SWEEPS = [
  {
    name: "10,000 points × 730 days × 5 symbols",
    timeframe: "1D",
    start: "2021-01-01",
    end: "2022-12-31",
    symbols: MAJORS,
    fasts: range(100, 2, 1),
    slows: range(100, 102, 1),
    chunk: 500,
    freq: "1D",
    rounds: 2,
  },
  {
    // A fifth of the sweep's 1,000 points: the time is that of the points, for both.
    name: "200 points × 1 year of minutes × 1 symbol",
    timeframe: "1m",
    start: "2021-01-01",
    end: "2021-12-31",
    symbols: ["BTC/USDT"],
    fasts: range(10, 60, 60),
    slows: range(20, 720, 300),
    chunk: 4,
    freq: "1min",
    rounds: 1,
  },
];
const PEERS = [
  { name: "vectorbt 0.28.5", venv: "vectorbt-0.28.5", needs: ["vectorbt==0.28.5", "pandas<3", "plotly<6"] },
  { name: "vectorbt, newest", venv: "vectorbt-newest", needs: ["vectorbt"] },
];

export function run({ quick }) {
  const skipped = {};
  const rows = [];
  for (const each of SWEEPS) {
    const thinned = quick ? { ...each, fasts: thin(each.fasts), slows: thin(each.slows) } : each;
    const first = timeOurs(thinned);
    for (const { name, venv, needs } of PEERS) {
      const { python, reason } = pythonEnvironment(venv, needs);
      if (reason) {
        skipped[name] = reason;
        continue;
      }
      const peer = runPeer(python, thinned, first.markets);
      // We, peer, we: neighbours on the machine disturb both alike.
      const ours = faster(first, timeOurs(thinned));
      const difference = compare(peer, ours);
      if (difference !== null) {
        skipped[`${name}, ${each.name}`] = difference;
        continue;
      }
      rows.push({
        peer: `${name.replace(", newest", "")} ${name.includes(peer.version) ? "" : peer.version}`.trim(),
        sweep: quick ? `${each.name}, thinned to ${ours.points.length}` : each.name,
        trades: peer.trades.reduce((sum, count) => sum + count, 0),
        equity_differs_by: worst(peer, ours),
        peer_s: peer.seconds,
        ours_s: ours.seconds,
        peer_over_ours: peer.seconds / ours.seconds,
      });
    }
  }
  return { rows, skipped };
}

/** Every symbol is a sweep of its own, as vectorbt's columns are: nothing is shared between symbols. */
function timeOurs({ timeframe, start, end, symbols, fasts, slows }) {
  const points = fasts.flatMap((fast) => slows.map((slow) => [fast, slow])).map((values, index) => ({ index, values }));
  const result = { points, markets: [], trades: [], equity: [], seconds: 0 };
  for (const symbol of symbols) {
    const data = configOf(symbol, timeframe, start, end);
    const market = openConfigMarket(data);
    const { bars, ...rest } = market;
    // Averages begin with the run, for both.
    const from = bars[0].timeMs.findIndex((time) => time >= Date.parse(start));
    const cut = Object.fromEntries(
      Object.entries(bars[0]).map(([key, value]) => [key, value instanceof Float64Array ? value.slice(from) : value]),
    );
    const own = { ...rest, bars: [cut] };
    result.markets.push(writeColumns(symbol, cut));
    const space = { data, paths: ["pods[0].params.fast", "pods[0].params.slow"], orchestrated: false };
    const sweep = new ParameterSweep(space, own);
    evaluateJobs(sweep, { jobs: points.slice(0, 50) });
    const fresh = new ParameterSweep(space, own);
    const begin = performance.now();
    const outcomes = evaluateJobs(fresh, { jobs: points });
    for (const outcome of outcomes) pointMetrics(outcome, fresh.timeline.dayMs, CAPITAL);
    result.seconds += (performance.now() - begin) / 1e3;
    for (const { tally, equity } of outcomes) {
      result.trades.push(tally[TALLY_SLOT.trades]);
      result.equity.push(equity.at(-1));
    }
  }
  return result;
}

function configOf(symbol, timeframe, start, end) {
  return resolveConfig({
    orchestrator: { risk: { max_portfolio_drawdown: 1, daily_loss_limit: 1, max_gross_leverage: 10 } },
    pods: [{ ...podOf({ name: "ema-cross", fast: 10, slow: 10_000 }, timeframe), symbols: [symbol] }],
    backtest: { start, end, capital: CAPITAL },
    portfolio: { cost_bps: FEE_BPS, slippage_bps: 0 },
    data: { path: "synthetic", funding: "none", base_timeframe: timeframe, seed: 1 },
  });
}

function runPeer(python, { fasts, slows, chunk, freq, rounds }, markets) {
  const args = JSON.stringify({ markets, fasts, slows, chunk, freq, rounds });
  const stdout = execFileSync(python, [SCRIPT, args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, ...ONE_THREAD },
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout);
}

/** Why the results are not those of the same sweep; null when they are. */
function compare(peer, ours) {
  const unlike = ours.trades.filter((count, i) => count !== peer.trades[i]).length;
  if (unlike > 0) return `${unlike} of ${ours.trades.length} points close other numbers of trades`;
  const off = worst(peer, ours);
  return off > SAME ? `final equities differ by up to ${off}` : null;
}

function worst(peer, ours) {
  return ours.equity.reduce((most, value, i) => Math.max(most, Math.abs(peer.equity[i] / value - 1)), 0);
}

function faster(a, b) {
  return a.seconds < b.seconds ? a : b;
}

function thin(list) {
  return list.filter((_, i) => i % 5 === 0);
}

function writeColumns(symbol, { timeMs, open, high, low, close }) {
  mkdirSync(FOLDER, { recursive: true });
  const file = `${FOLDER}${symbol.replace("/", "-")}.f64`;
  const columns = [timeMs, open, high, low, close].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  writeFileSync(file, Buffer.concat(columns));
  return file;
}
