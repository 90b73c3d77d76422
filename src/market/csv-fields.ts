import { DAY_MS, HOUR_MS, MINUTE_MS } from "./timeframe.ts";

/** Epoch values below these are seconds, milliseconds, microseconds (until the year 5138 each). */
const SECONDS_BELOW = 1e11;
const MILLISECONDS_BELOW = SECONDS_BELOW * 1000;
const MICROSECONDS_BELOW = MILLISECONDS_BELOW * 1000;

/** 00:00 UTC of a calendar date in epoch ms; NaN when there is no such date (30 February, month 13). */
export function dayStartMs(year: number, month: number, day: number): number {
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  // Date.UTC takes years 0-99 as 1900-1999 and rolls 30 February over into March.
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? Math.floor(ms / DAY_MS) * DAY_MS : Number.NaN;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Any decimal notation ("-1.5e-7" too) to the nearest double; NaN for all else (empty, "NaN", "Infinity", "1e999"). */
export function parseNumber(text: string): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  // + 0 turns −0 into 0.
  return Number.isFinite(value) ? value + 0 : Number.NaN;
}

const EPOCH = /^\d+\.?0*$/;
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{3})\d*)?(?:Z|\+00:?00))?$/;

/**
 * A timestamp in epoch ms: ISO-8601 with the zone Z or +00:00 and "T" or a space before the time, a date alone (its 00:00
 * UTC), or epoch seconds, milliseconds or microseconds. NaN for all else: a time without a zone is nobody's.
 */
export function parseTimestamp(text: string): number {
  if (EPOCH.test(text)) return epochMs(Number(text));
  const match = ISO.exec(text);
  if (match === null) return Number.NaN;
  const [year, month, day, hour, minute, second, ms] = match.slice(1).map((part) => Number(part ?? 0)) as number[];
  if (!((hour as number) < 24 && (minute as number) < 60 && (second as number) < 60)) return Number.NaN;
  const start = dayStartMs(year as number, month as number, day as number);
  return (
    start + (hour as number) * HOUR_MS + (minute as number) * MINUTE_MS + (second as number) * 1000 + (ms as number)
  );
}

function epochMs(value: number): number {
  if (value < SECONDS_BELOW) return value * 1000;
  if (value < MILLISECONDS_BELOW) return value;
  return value < MICROSECONDS_BELOW ? value / 1000 : Number.NaN;
}
