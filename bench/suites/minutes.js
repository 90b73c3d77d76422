// Pods of several timeframes with stops and funding over years of minutes: whole runs, from the store and from CSV, every
// path with the same hash. Real minutes of BTC and ETH when MCBOT_DATA names a folder that has them.

import { simulate } from "../../dist/engine/backtest.js";
import { openConfigMarket } from "../../dist/library.js";
import { RECORD_LENGTH, TAG } from "../../dist/orchestrator/events.js";
import { minuteConfig } from "../lib/minute-config.js";
import { minuteStore } from "../lib/minute-store.js";

export const title = "whole runs on minute bars, 5 pods of 5 timeframes with stops: fast, event, and odd chunks";

/** A run of seconds is no guard: `bench:check` leaves it out. */
export const guarded = false;

export function run({ quick }) {
  const markets = [
    ["generated, 5 symbols, store", minuteConfig(minuteStore(), "2021-01-01", quick ? "2021-03-31" : "2025-12-31")],
  ];
  const skipped = {};
  const folder = process.env.MCBOT_DATA;
  if (folder === undefined) skipped["BTC and ETH 2023-2025"] = "MCBOT_DATA is not set";
  else {
    const end = quick ? "2023-03-31" : "2025-12-31";
    markets.push(["BTC and ETH, real", minuteConfig(folder, "2023-01-01", end, ["BTC/USDT", "ETH/USDT"])]);
  }
  return { rows: markets.flatMap(([name, config]) => compare(name, config)), skipped };
}

function compare(name, config) {
  const opening = performance.now();
  const market = openConfigMarket(config);
  const opened = (performance.now() - opening) / 1e3;
  const paths = {
    fast: { fast: true },
    event: {},
    "fast, 97 slices a chunk": { fast: true, chunk: 97 },
    "fast, 4,096 slices a chunk": { fast: true, chunk: 4096 },
  };
  let hash = null;
  const best = {};
  let record;
  for (let round = 0; round < 2; round++) {
    for (const [path, options] of Object.entries(paths)) {
      const begin = performance.now();
      const run = simulate(config, market, options);
      best[path] = Math.min(best[path] ?? Number.POSITIVE_INFINITY, (performance.now() - begin) / 1e3);
      hash ??= run.resultHash;
      if (run.resultHash !== hash) throw new Error(`${name}, ${path}: another hash`);
      record = run.record;
    }
  }
  const happened = { stops: count(record, TAG.stop), fundings: count(record, TAG.funding) };
  if (happened.stops === 0 || happened.fundings === 0) throw new Error(`${name}: no stop or no funding`);
  return Object.entries(best).map(([path, seconds]) => ({
    market: name,
    path,
    million_bars: record.counts.bars / 1e6,
    seconds,
    ns_per_slice: (seconds * 1e9) / record.counts.slices,
    million_bars_per_s: record.counts.bars / seconds / 1e6,
    open_market_s: opened,
    ...happened,
    hash: hash.slice(0, 12),
  }));
}

function count({ records }, tag) {
  let found = 0;
  for (let at = 0; at < records.length; at += RECORD_LENGTH[records[at]]) if (records[at] === tag) found++;
  return found;
}
