import { DAYS_PER_YEAR, known, type Metric, MIN_RETURNS, tooFewReturns, unknown } from "./metric.ts";
import { sum } from "./moments.ts";

/**
 * Annualised Sortino ratio with a target of 0: mean ÷ √(Σ min(r, 0)² ÷ n) × √365.
 *
 * The downside deviation is over ALL days; libraries that divide by the number of losing days report smaller ratios.
 */
export function sortino(returns: ArrayLike<number>, minReturns = MIN_RETURNS): Metric {
  const n = returns.length;
  const reason = tooFewReturns(n, minReturns);
  if (reason !== null) return unknown(reason);
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const loss = Math.min(returns[i] as number, 0);
    squares += loss * loss;
  }
  if (squares === 0) return unknown("no losing day");
  return known((sum(returns) / n / Math.sqrt(squares / n)) * Math.sqrt(DAYS_PER_YEAR));
}
