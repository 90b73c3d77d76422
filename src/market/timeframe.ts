/** A bar length as written in configuration: minutes, hours or days ("1m", "4h", "1D"). */
export type Timeframe = string;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const UNIT_MS: Record<string, number> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, D: DAY_MS };

/** Length in ms, or null when it is not a timeframe that divides a UTC day ("7m", "1w", ""). */
export function timeframeMs(timeframe: Timeframe): number | null {
  const match = /^([1-9]\d*)([mhdD])$/.exec(timeframe);
  if (match === null) return null;
  const ms = Number(match[1]) * (UNIT_MS[match[2] ?? ""] ?? Number.NaN);
  return DAY_MS % ms === 0 ? ms : null;
}

/** Bars per year of 365 days: 1D 365, 4h 2190, 1h 8760. */
export function barsPerYear(timeframe: Timeframe): number {
  return (365 * DAY_MS) / (timeframeMs(timeframe) ?? Number.NaN);
}

/** The usual name of a length that divides a UTC day into whole minutes: 60,000 "1m", 14,400,000 "4h", 86,400,000 "1D". */
export function formatTimeframe(ms: number): Timeframe {
  if (ms % DAY_MS === 0) return `${ms / DAY_MS}D`;
  return ms % HOUR_MS === 0 ? `${ms / HOUR_MS}h` : `${ms / MINUTE_MS}m`;
}
