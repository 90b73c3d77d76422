import { capKelly, fullKelly } from "../../kernels/kelly.ts";
import type { MatrixWorkspace } from "../../kernels/matrix-workspace.ts";

const DAYS_PER_YEAR = 365;

/**
 * Kelly fractions of the pods whose returns and covariance are in the workspace: Σ⁻¹μ, negatives (of f or of μ) to 0, scaled
 * down to the volatility limit and to Σ ≤ 1. All 0 when Σ cannot be inverted even with its ridge: the Kelly share then stays
 * in the reserve.
 *
 * @param days rows of returns in the workspace.
 * @param maxVolatility annual.
 */
export function kellyFractions(
  workspace: MatrixWorkspace,
  days: number,
  n: number,
  maxVolatility: number,
): Float64Array {
  const mu = meanReturns(workspace.returns.view, days, n);
  const full = fullKelly(workspace, mu);
  if (full.status !== "OK") return new Float64Array(n);
  // μ and Σ are both daily, so f is the annual one; the limit is compared in daily units.
  return capKelly(workspace, mu, full.fractions, maxVolatility / Math.sqrt(DAYS_PER_YEAR)).fractions;
}

/** Share of the Kelly answer that a pod has earned: min(live days ÷ ramp, 1) × kelly_fraction. */
export function kellyTrust(liveDays: number, ramp: number, kellyFraction: number): number {
  return Math.min(liveDays / ramp, 1) * kellyFraction;
}

function meanReturns(returns: Float64Array, days: number, n: number): Float64Array {
  const mu = new Float64Array(n);
  for (let t = 0; t < days; t++) {
    for (let i = 0; i < n; i++) (mu[i] as number) += returns[t * n + i] as number;
  }
  for (let i = 0; i < n; i++) (mu[i] as number) /= days;
  return mu;
}
