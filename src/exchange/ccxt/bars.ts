import { assert } from "../../lib/assert.ts";
import { compareDecimals, isDecimal } from "../decimal-text.ts";
import type { VenueBar } from "../port.ts";

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "4h" → ms. */
export function timeframeLength(timeframe: string): number {
  const [, count = "", unit = ""] = /^([1-9]\d*)([mhd])$/i.exec(timeframe) ?? [];
  const length = Number(count) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
  assert(Number.isSafeInteger(length) && length > 0, `${timeframe} is no timeframe such as 1m, 4h or 1d`);
  return length;
}

export interface BarsAsked {
  readonly timeframe: string;
  readonly sinceMs: number;
  readonly limit: number;
}

/**
 * The rows that are sound bars of what was asked for, oldest first, each time once; and a sentence for each that is not. A row
 * is [open time, open, high, low, close, volume, close time, …], numbers as text, times in ms.
 */
export function checkBars(
  rows: readonly unknown[],
  { timeframe, sinceMs, limit }: BarsAsked,
): { readonly bars: VenueBar[]; readonly refused: readonly string[] } {
  const lengthMs = timeframeLength(timeframe);
  const byTime = new Map<number, VenueBar>();
  const refused: string[] = [];
  for (const row of rows) {
    const bar = readRow(row);
    const problem = bar === null ? "it is no row of numbers" : problemOf(bar, lengthMs, sinceMs, byTime);
    if (bar !== null && problem === null) byTime.set(bar.openMs, bar);
    else refused.push(`${describe(row)}: ${problem}`);
  }
  const bars = [...byTime.values()].sort((a, b) => a.openMs - b.openMs);
  for (const extra of bars.splice(limit)) refused.push(`${extra.openMs}: more than the ${limit} bars asked for`);
  return { bars, refused };
}

function readRow(row: unknown): VenueBar | null {
  if (!Array.isArray(row)) return null;
  const [openMs, closeMs] = [Number(row[0]), Number(row[6])];
  const [open, high, low, close, volume] = row.slice(1, 6).map((value) => (typeof value === "string" ? value : ""));
  const texts = [open, high, low, close, volume];
  if (!Number.isSafeInteger(openMs) || !Number.isSafeInteger(closeMs)) return null;
  if (!texts.every((text) => text !== undefined && isDecimal(text))) return null;
  return { openMs, closeMs, open, high, low, close, volume } as VenueBar;
}

function problemOf(
  bar: VenueBar,
  lengthMs: number,
  sinceMs: number,
  seen: ReadonlyMap<number, VenueBar>,
): string | null {
  const { openMs, closeMs, open, high, low, close, volume } = bar;
  if (openMs % lengthMs !== 0 || closeMs !== openMs + lengthMs - 1) return "it is no bar of this timeframe";
  if (openMs < sinceMs) return "it is older than what was asked for";
  if (compareDecimals(low, "0") <= 0) return `low ${low} is not above 0`;
  if (compareDecimals(volume, "0") < 0) return `volume ${volume} is below 0`;
  for (const price of [open, close, high])
    if (compareDecimals(price, low) < 0) return `${price} is below the low ${low}`;
  for (const price of [open, close]) if (compareDecimals(price, high) > 0) return `${price} is above the high ${high}`;
  return seen.has(openMs) ? "its time has come already" : null;
}

function describe(row: unknown): string {
  return JSON.stringify(Array.isArray(row) ? row.slice(0, 7) : row)?.slice(0, 120) ?? "undefined";
}
