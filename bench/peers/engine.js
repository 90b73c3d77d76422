// Whole engines: one rule, one symbol, the same bars and costs through each and through us. Trades and final equity are
// compared before a time counts.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { simulate } from "../../dist/engine/backtest.js";
import { openConfigMarket, resolveConfig } from "../../dist/library.js";
import { npmEnvironment, pythonEnvironment } from "../lib/environment.js";
import { runGrademark } from "./grademark.js";
import { podOf, RULES } from "./rules.js";

export const title = "moving-average cross and Donchian breakout, one symbol, 6 bp per side, filled at the next open";

const CAPITAL = 1_000_000;
const FEE_BPS = 6;
/** Relative difference of final equity that rounding to micro-units explains. */
const SAME = 1e-9;
const FOLDER = fileURLToPath(new URL("../.peers/", import.meta.url));
const HERE = fileURLToPath(new URL("./", import.meta.url));

/** `minutes`: bars of the minute run; the slow ones get fewer, and so do we in their rows. */
const PYTHON = [
  {
    name: "vectorbt 0.28.5",
    venv: "vectorbt-0.28.5",
    needs: ["vectorbt==0.28.5", "pandas<3", "plotly<6"],
    script: "vectorbt_peer.py",
    minutes: 525_600,
  },
  {
    name: "vectorbt, newest",
    venv: "vectorbt-newest",
    needs: ["vectorbt"],
    script: "vectorbt_peer.py",
    minutes: 525_600,
  },
  {
    name: "backtesting.py",
    venv: "backtesting",
    needs: ["backtesting==0.6.5"],
    script: "backtesting_peer.py",
    minutes: 525_600,
  },
  {
    name: "backtrader",
    venv: "backtrader",
    needs: ["backtrader==1.9.78.123", "pandas"],
    script: "backtrader_peer.py",
    minutes: 50_000,
  },
];

export function run({ quick }) {
  const skipped = {
    nautilus_trader:
      "its wheel installs, but a fill at the next open with our sizing needs an adapter that nobody has written yet",
  };
  const rows = [];
  for (const [kind, rules] of Object.entries(RULES)) {
    for (const rule of rules) rows.push(...compare(kind, rule, quick, skipped));
  }
  return { rows, skipped };
}

function compare(kind, rule, quick, skipped) {
  const timeframe = kind === "minute" ? "1m" : "1D";
  const rows = [];
  const row = (peer, bars, ours, result) => {
    if (result.trades !== ours.trades || Math.abs(result.equity / ours.equity - 1) > SAME) {
      skipped[`${peer}, ${kind}, ${rule.name}`] =
        `results differ: ${result.trades} trades and ${result.equity}, ours ${ours.trades} and ${ours.equity}`;
      return;
    }
    rows.push({
      peer: `${peer.replace(", newest", "")} ${peer.includes(result.version) ? "" : result.version}`.trim(),
      bars: `${bars} ${kind}`,
      rule: rule.name,
      trades: result.trades,
      equity_differs_by: Math.abs(result.equity / ours.equity - 1),
      peer_ms: result.seconds * 1e3,
      event_ms: ours.event * 1e3,
      chunked_ms: ours.chunked * 1e3,
      peer_over_event: result.seconds / ours.event,
      peer_over_chunked: result.seconds / ours.chunked,
    });
  };
  for (const { name, venv, needs, script, minutes } of PYTHON) {
    const { python, reason } = pythonEnvironment(venv, needs);
    if (reason) {
      skipped[name] = reason;
      continue;
    }
    const bars = kind === "minute" ? (quick ? Math.min(minutes, 50_000) : minutes) : 1_825;
    const market = marketOf(timeframe, bars);
    const file = writeColumns(market.bars[0]);
    const args = JSON.stringify({ market: file, bars, rule, rounds: script.startsWith("vectorbt") ? 5 : 1 });
    // Peer, we, peer, we: neighbours on the machine disturb both alike.
    let best = null;
    let ours = null;
    for (let round = 0; round < (minutes < 525_600 || quick ? 2 : 3); round++) {
      const result = JSON.parse(
        execFileSync(python, [`${HERE}${script}`, args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
      );
      best = best === null || result.seconds < best.seconds ? result : best;
      ours = faster(ours, timeOurs(market, rule, timeframe, FEE_BPS));
    }
    row(name, bars, ours, best);
  }
  const { require, reason } = npmEnvironment("grademark", ["grademark@0.3.0", "data-forge@1.10.4", "chai@4"]);
  if (reason) skipped.grademark = reason;
  else {
    const bars = kind === "minute" ? (quick ? 50_000 : 525_600) : 1_825;
    const market = marketOf(timeframe, bars);
    let best = null;
    let ours = null;
    for (let round = 0; round < 3; round++) {
      ours = faster(ours, timeOurs(market, rule, timeframe, 0));
      const result = runGrademark(require, market.bars[0], ours.wanted, CAPITAL);
      best = best === null || result.seconds < best.seconds ? result : best;
    }
    row("grademark", bars, ours, best);
  }
  return rows;
}

function marketOf(timeframe, bars) {
  const start = Date.UTC(2021, 0, 1);
  const length = timeframe === "1m" ? 60_000 : 86_400_000;
  const config = configOf(RULES.minute[0], timeframe, 0, start + bars * length);
  const market = openConfigMarket({ ...config, data: { ...config.data, path: "synthetic" } });
  const clip = (column) => {
    const from = market.bars[0].timeMs.findIndex((time) => time >= start);
    return column.slice(from, from + bars);
  };
  const [own] = market.bars;
  const columns = ["timeMs", "open", "high", "low", "close", "volume"].map((name) => [name, clip(own[name])]);
  return { ...market, bars: [{ ...own, ...Object.fromEntries(columns) }] };
}

function configOf(rule, timeframe, feeBps, endMs) {
  const day = (ms) => new Date(ms).toISOString().slice(0, 10);
  return resolveConfig({
    orchestrator: { risk: { max_portfolio_drawdown: 1, daily_loss_limit: 1, max_gross_leverage: 10 } },
    pods: [{ ...podOf(rule, timeframe), symbols: ["BTC/USDT"] }],
    backtest: { start: "2021-01-01", end: day(endMs - 1), capital: CAPITAL },
    portfolio: { cost_bps: feeBps, slippage_bps: 0 },
    data: { funding: "none", base_timeframe: timeframe, seed: 1 },
  });
}

function timeOurs(market, rule, timeframe, feeBps) {
  const { timeMs } = market.bars[0];
  const config = configOf(rule, timeframe, feeBps, timeMs.at(-1) + 1);
  const times = {};
  let run;
  for (const fast of [true, false]) {
    const begin = performance.now();
    run = simulate(config, market, { fast, orchestrated: false });
    times[fast ? "chunked" : "event"] = (performance.now() - begin) / 1e3;
  }
  const { trades, wanted } = readRecords(run.record.records, timeMs);
  return { trades, wanted, equity: run.record.curve.equity.at(-1), ...times };
}

/** Closed trades, and whether the rule wants to be long after each close: a fill was decided at the close before it. */
function readRecords(records, timeMs) {
  const length = { 1: 2, 2: 3, 3: 6, 4: 6, 5: 8, 6: 9, 7: 4, 8: 5, 9: 4, 10: 4, 11: 5, 12: 6, 13: 4, 14: 3, 16: 5 };
  const wanted = new Array(timeMs.length).fill(false);
  const slices = new Map(Array.from(timeMs, (time, i) => [time, i]));
  let trades = 0;
  let slice = 0;
  const changes = [];
  for (let at = 0; at < records.length; at += length[records[at]]) {
    if (records[at] === 1) slice = slices.get(records[at + 1]);
    else if (records[at] === 6) changes.push([slice - 1, records[at + 8] > 0]);
    else if (records[at] === 9) trades++;
  }
  for (const [n, [from, long]] of changes.entries()) wanted.fill(long, from, changes[n + 1]?.[0] ?? wanted.length);
  return { trades, wanted };
}

function faster(a, b) {
  if (a === null) return b;
  return { ...b, event: Math.min(a.event, b.event), chunked: Math.min(a.chunked, b.chunked) };
}

function writeColumns({ timeMs, open, high, low, close }) {
  const file = `${FOLDER}market.f64`;
  const columns = [timeMs, open, high, low, close].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  writeFileSync(file, Buffer.concat(columns));
  return file;
}
