// node --expose-gc whole-run.js DAYS: one run of 5 pods × 5 symbols over synthetic minutes; prints its time, and how much
// resident memory it needed beyond the bars.

import { simulate } from "../../dist/engine/backtest.js";
import { openConfigMarket } from "../../dist/library.js";
import { minuteConfig } from "./minute-config.js";

const days = Number(process.argv[2]);
const config = minuteConfig("synthetic", "2021-01-01", new Date(Date.UTC(2021, 0, days)).toISOString().slice(0, 10));
const market = openConfigMarket(config);
simulate(minuteConfig("synthetic", "2021-01-01", "2021-01-02"), market, { fast: true });
globalThis.gc();
const before = process.memoryUsage.rss();
let peak = before;
const begin = performance.now();
const { record } = simulate(config, market, {
  fast: true,
  onProgress: () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  },
});
const seconds = (performance.now() - begin) / 1e3;
console.log(
  JSON.stringify({
    ns_per_slice: (seconds * 1e9) / record.counts.slices,
    run_mib: (peak - before) / 2 ** 20,
    seconds,
    bars: record.counts.bars,
  }),
);
