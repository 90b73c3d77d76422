/** A statistic, or the reason why there is none: never a 0 or a huge number in place of missing data. */
export interface Metric {
  readonly value: number | null;
  /** Present exactly when `value` is null. */
  readonly reason?: string;
}

/**
 * Fewest daily returns behind an annualised statistic: what the allocator asks of a pod before it measures it (20
 * returns). With fewer, √365 turns noise into large numbers.
 */
export const MIN_RETURNS = 20;

/** Days of a year: crypto markets do not close. */
export const DAYS_PER_YEAR = 365;

/** A known value; a value that is not finite counts as unknown, because JSON has no word for it. */
export function known(value: number): Metric {
  return Number.isFinite(value) ? { value } : unknown("the result is not a finite number");
}

export function unknown(reason: string): Metric {
  return { value: null, reason };
}

/** The reason why `count` daily returns are too few, or null when they are enough. */
export function tooFewReturns(count: number, minimum: number): string | null {
  return count < minimum ? `needs ${minimum} daily returns, has ${count}` : null;
}
