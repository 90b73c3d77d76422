import { msToDate } from "../../lib/utc.ts";
import type { RunRecord } from "../../orchestrator/run-record.ts";
import { MICRO } from "../exact-decimal.ts";
import { csvLine } from "./csv.ts";

/**
 * equity.csv: date, portfolio, every pod, reserve, benchmark, at the close of each UTC day that had a slice.
 *
 * Shapes   benchmark[day], null without a bar.
 * Units    quote units; shortest decimals that read back as the f64 of result.json. The reserve is what the pods leave of
 *          the portfolio, rounded to a micro-unit, in which it is kept.
 */
export function* equityTable({ pods, days }: RunRecord, benchmark: readonly (number | null)[]): Generator<string> {
  yield csvLine(["date", "portfolio", ...pods.map(({ podId }) => podId), "reserve", "benchmark"]);
  for (let d = 0; d < days.timeMs.length; d++) {
    const own = days.pods.map((column) => column[d] as number);
    const portfolio = days.equity[d] as number;
    yield csvLine([msToDate(days.timeMs[d] as number), portfolio, ...own, reserveOf(portfolio, own), benchmark[d]]);
  }
}

function reserveOf(portfolio: number, pods: readonly number[]): number {
  return Math.round(pods.reduce((left, equity) => left - equity, portfolio) * MICRO) / MICRO + 0;
}
