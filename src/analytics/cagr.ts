import { math } from "../kernels/math.ts";
import { DAYS_PER_YEAR, known, type Metric, unknown } from "./metric.ts";

/** Below a month the exponent exceeds 12, and a good week reads like a fortune. */
export const MIN_CAGR_DAYS = 30;

/**
 * Compound annual growth: (end ÷ start)^(365 ÷ days) − 1; −1 when nothing is left.
 *
 * @param days calendar days from the first day to the last, both included.
 */
export function cagr(start: number, end: number, days: number, minDays = MIN_CAGR_DAYS): Metric {
  if (!(start > 0)) return unknown("no capital at the start");
  if (days < minDays) return unknown(`needs ${minDays} days, has ${days}`);
  if (end <= 0) return known(-1);
  return known(math.pow(end / start, DAYS_PER_YEAR / days) - 1);
}
