import { DAYS_PER_YEAR, known, type Metric, MIN_RETURNS, tooFewReturns, unknown } from "./metric.ts";
import { momentsOf } from "./moments.ts";

/** Annualised volatility: sample standard deviation (ddof 1) of daily returns × √365. */
export function volatility(returns: ArrayLike<number>, minReturns = MIN_RETURNS): Metric {
  const reason = tooFewReturns(returns.length, minReturns);
  if (reason !== null) return unknown(reason);
  const { deviation, varies } = momentsOf(returns);
  return known(varies ? deviation * Math.sqrt(DAYS_PER_YEAR) : 0);
}

/** Returns of a rolling volatility. */
export const ROLLING_WINDOW = 30;

/** Volatility of the last 30 daily returns. */
export function rollingVolatility(returns: Float64Array): Metric {
  return volatility(returns.subarray(Math.max(0, returns.length - ROLLING_WINDOW)), ROLLING_WINDOW);
}
