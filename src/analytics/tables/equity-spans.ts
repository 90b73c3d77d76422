import { msToIso } from "../../lib/utc.ts";
import type { RunRecord } from "../../orchestrator/run-record.ts";
import { type EquitySpan, equitySpans } from "../equity-spans.ts";
import { csvLine } from "./csv.ts";
import { readRows } from "./read-rows.ts";

const COLUMNS = ["time", "low", "high", "close", "drawdown", "gross_leverage", "net_leverage"] as const;

/** equity-slices.csv: the curve of every slice in spans of equal length (src/analytics/equity-spans.ts). */
export function* equitySpansTable({ curve, baseMs, capital }: RunRecord): Generator<string> {
  yield csvLine(COLUMNS);
  for (const { timeMs, low, high, close, drawdown, gross_leverage, net_leverage } of equitySpans(
    curve,
    baseMs,
    capital,
  ))
    yield csvLine([msToIso(timeMs), low, high, close, drawdown, gross_leverage, net_leverage]);
}

/** Reads what the table above wrote. */
export function readEquitySpans(text: string): EquitySpan[] {
  return readRows(text, COLUMNS).map(([time = "", low, high, close, drawdown, gross, net]) => ({
    timeMs: Date.parse(time),
    low: Number(low),
    high: Number(high),
    close: Number(close),
    drawdown: Number(drawdown),
    gross_leverage: gross === "" ? null : Number(gross),
    net_leverage: net === "" ? null : Number(net),
  }));
}
