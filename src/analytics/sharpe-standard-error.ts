import { DAYS_PER_YEAR, known, type Metric, MIN_RETURNS, tooFewReturns, unknown } from "./metric.ts";
import { momentsOf } from "./moments.ts";

/**
 * Standard error of the annualised Sharpe ratio for independent returns of any distribution:
 *
 *   SE = √365 × √[(1 + ½S² − γ₃S + ¼(γ₄ − 3)S²) ÷ n]
 *
 * with the daily Sharpe ratio S, skewness γ₃ and kurtosis γ₄ (population moments). For normal returns it is Lo's
 * √[(1 + ½S²) ÷ n]; the further terms are Mertens'. Serial correlation is not corrected for.
 *
 * Source   Mertens (2002), "Comments on variance of the IID estimator in Lo (2002)"; Lo (2002), "The Statistics of
 *          Sharpe Ratios", Financial Analysts Journal 58(4).
 */
export function sharpeStandardError(returns: ArrayLike<number>, minReturns = MIN_RETURNS): Metric {
  const n = returns.length;
  const reason = tooFewReturns(n, minReturns);
  if (reason !== null) return unknown(reason);
  const { mean, deviation, skewness, kurtosis, varies } = momentsOf(returns);
  if (!varies) return unknown("daily returns do not vary");
  const ratio = mean / deviation;
  const variance = 1 + ratio * ratio * (0.5 + (kurtosis - 3) / 4) - skewness * ratio;
  // The quadratic is never negative (γ₄ ≥ 1 + γ₃²); rounding may leave −1e-17 for a series of two values.
  return known(Math.sqrt(DAYS_PER_YEAR) * Math.sqrt(Math.max(0, variance) / n));
}
