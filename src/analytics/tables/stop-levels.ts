import { dateToMs, msToDate } from "../../lib/utc.ts";
import type { StopLevel } from "../stop-levels.ts";
import { csvLine } from "./csv.ts";
import { readRows } from "./read-rows.ts";

const COLUMNS = ["date", "pod", "symbol", "side", "level"] as const;

/** stop-levels.csv: where protective stops stood at the closes of days; a row for each change, empty where there is none. */
export function* stopLevelsTable(levels: readonly StopLevel[]): Generator<string> {
  yield csvLine(COLUMNS);
  for (const { dayMs, podId, symbol, side, level } of levels)
    yield csvLine([msToDate(dayMs), podId, symbol, side, level]);
}

/** Reads what the table above wrote. */
export function readStopLevels(text: string): StopLevel[] {
  return readRows(text, COLUMNS).map(([date = "", podId = "", symbol = "", side, level]) => ({
    dayMs: dateToMs(date),
    podId,
    symbol,
    side: side === "long" || side === "short" ? side : null,
    level: level === undefined || level === "" ? null : Number(level),
  }));
}
