// What more bars cost a whole run from the store, in time and in resident memory; a process each.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { minuteStore, storeBytes, YEARS } from "../lib/minute-store.js";

export const title =
  "growth: whole runs from the store over bars × 1, 2, 4; 5 pods of 5 timeframes × 5 symbols, minutes";

const CHILD = fileURLToPath(new URL("../lib/whole-run.js", import.meta.url));

export function run({ quick }) {
  const store = minuteStore();
  const rows = [12, 24, 48].map((months) => {
    const row = { months, million_bars: 0, seconds: Number.POSITIVE_INFINITY, peak_mib: Number.POSITIVE_INFINITY };
    for (let round = 0; round < (quick ? 2 : 3); round++) {
      const args = ["--expose-gc", CHILD, store, String(months)];
      const { seconds, slices, bars, peak_mib, kept_mib } = JSON.parse(
        execFileSync(process.execPath, args, { encoding: "utf8" }),
      );
      row.million_bars = bars / 1e6;
      row.seconds = Math.min(row.seconds, seconds);
      row.ns_per_slice = (row.seconds * 1e9) / slices;
      row.peak_mib = Math.min(row.peak_mib, peak_mib);
      row.kept_mib = kept_mib;
    }
    return row;
  });
  const [first, , last] = rows;
  const stored = ((Date.UTC(2021 + YEARS, 0, 1) - Date.UTC(2021, 0, 1)) / 60_000) * 5;
  return {
    rows: rows.map((row) => ({ ...row, disk_bytes_per_bar: storeBytes(store) / stored })),
    guards: {
      "ns per slice, bars × 4": last.ns_per_slice / first.ns_per_slice,
      "peak memory ÷ what is kept, from bars × 1 to × 4":
        (last.peak_mib - first.peak_mib) / (last.kept_mib - first.kept_mib),
    },
  };
}
