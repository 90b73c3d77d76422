// node --expose-gc whole-run.js STORE MONTHS: one run of 5 pods × 5 symbols over minutes of a store, from 2021 on; prints its
// time, and the peak of the resident memory.

import { existsSync, readFileSync } from "node:fs";
import { simulate } from "../../dist/engine/backtest.js";
import { openConfigMarket } from "../../dist/library.js";
import { minuteConfig } from "./minute-config.js";

const [store, months] = [process.argv[2], Number(process.argv[3])];
const run = (end) => {
  const config = minuteConfig(store, "2021-01-01", end);
  return simulate(config, openConfigMarket(config), { fast: true });
};
run("2021-01-31");
globalThis.gc();
const begin = performance.now();
const { record } = run(new Date(Date.UTC(2021, months, 0)).toISOString().slice(0, 10));
const seconds = (performance.now() - begin) / 1e3;
const { slices, bars } = record.counts;
console.log(
  JSON.stringify({
    seconds,
    slices,
    bars,
    peak_mib: peakMib(),
    // What has to grow: equity, gross and net of each slice, and the records of what happened.
    kept_mib: (24 * slices + record.records.byteLength) / 2 ** 20,
  }),
);

/** Linux counts what the parent had into a child's `maxRSS`, but not into its status. */
function peakMib() {
  const status = "/proc/self/status";
  const text = existsSync(status) ? readFileSync(status, "utf8") : "";
  return Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? process.resourceUsage().maxRSS) / 1024;
}
