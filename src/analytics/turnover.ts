import { DAYS_PER_YEAR, known, type Metric, MIN_RETURNS, unknown } from "./metric.ts";
import { sum } from "./moments.ts";

/**
 * Traded value per year ÷ mean equity. Buying and selling both count, so replacing the whole capital once a year gives 2.
 *
 * @param traded Σ |filled lots| × fill price over the run, quote units.
 * @param equity daily closes.
 * @param days calendar days of the run.
 */
export function turnover(traded: number, equity: ArrayLike<number>, days: number): Metric {
  if (days < MIN_RETURNS) return unknown(`needs ${MIN_RETURNS} days, has ${days}`);
  const mean = sum(equity) / equity.length;
  if (!(mean > 0)) return unknown("mean equity is not positive");
  return known((traded / mean) * (DAYS_PER_YEAR / days));
}
