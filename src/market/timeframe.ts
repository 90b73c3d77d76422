/** A bar length as written in configuration: seconds, minutes, hours or days ("10s", "1m", "4h", "1D"). */
export type Timeframe = string;

export const SECOND_MS = 1000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const UNIT_MS: Record<string, number> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, D: DAY_MS };

/** Length in ms, or null when it is not a timeframe that divides a UTC day ("7m", "1w", ""). */
export function timeframeMs(timeframe: Timeframe): number | null {
  const match = /^([1-9]\d*)([smhdD])$/.exec(timeframe);
  if (match === null) return null;
  const ms = Number(match[1]) * (UNIT_MS[match[2] ?? ""] ?? Number.NaN);
  return DAY_MS % ms === 0 ? ms : null;
}

/** Bars per year of 365 days: 1D 365, 4h 2190, 1h 8760. */
export function barsPerYear(timeframe: Timeframe): number {
  return (365 * DAY_MS) / (timeframeMs(timeframe) ?? Number.NaN);
}

/** The longest timeframe that divides them all: the coarsest bars all of their candles can be made of. */
export function commonTimeframe(timeframes: readonly Timeframe[]): Timeframe {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return formatTimeframe(timeframes.map((own) => timeframeMs(own) ?? Number.NaN).reduce(divisor));
}

/** The usual name of a length that divides a UTC day into whole seconds: 10,000 "10s", 60,000 "1m", 14,400,000 "4h", 86,400,000 "1D". */
export function formatTimeframe(ms: number): Timeframe {
  if (ms % DAY_MS === 0) return `${ms / DAY_MS}D`;
  if (ms % HOUR_MS === 0) return `${ms / HOUR_MS}h`;
  return ms % MINUTE_MS === 0 ? `${ms / MINUTE_MS}m` : `${ms / SECOND_MS}s`;
}
