import { DAYS_PER_YEAR, known, type Metric, MIN_RETURNS, tooFewReturns, unknown } from "./metric.ts";
import { momentsOf } from "./moments.ts";

/** Annualised Sharpe ratio: mean ÷ sample standard deviation (ddof 1) of daily returns × √365, risk-free rate 0. */
export function sharpe(returns: ArrayLike<number>, minReturns = MIN_RETURNS): Metric {
  const reason = tooFewReturns(returns.length, minReturns);
  if (reason !== null) return unknown(reason);
  const { mean, deviation, varies } = momentsOf(returns);
  if (!varies) return unknown("daily returns do not vary");
  return known((mean / deviation) * Math.sqrt(DAYS_PER_YEAR));
}
