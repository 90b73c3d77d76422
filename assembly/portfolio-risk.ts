import { symmetricProduct } from "./linalg";

/**
 * Portfolio variance and the percentage risk contributions (PRC):
 *
 *   v = wᵀΣw,   PRCᵢ = wᵢ (Σw)ᵢ / v
 *
 * Shapes   cov[n × n] row-major, lower triangle read; weights, shares [n].
 * Units    v in the unit of cov; shares sum to 1. Weights may have either sign.
 * Writes   shares; all 0 where v is not positive, when contributions are undefined.
 * Returns  v; 0 when it is not positive or not finite.
 * Cost     O(n²), no allocation.
 */
export function riskShares(cov: StaticArray<f64>, n: i32, weights: StaticArray<f64>, shares: StaticArray<f64>): f64 {
  const variance = portfolioVariance(cov, n, weights, shares);
  for (let i: i32 = 0; i < n; i++) {
    const contribution: f64 = unchecked(weights[i]) * unchecked(shares[i]);
    unchecked((shares[i] = variance > 0.0 ? contribution / variance : 0.0));
  }
  return variance;
}

/**
 * v = wᵀΣw, and Σw on the way.
 *
 * Shapes   cov[n × n] row-major, lower triangle read; weights, sigmaW [n], not the same array.
 * Units    v in the unit of cov.
 * Writes   sigmaW = Σw.
 * Returns  v; 0 when it is not positive or not finite.
 * Cost     O(n²), no allocation.
 */
export function portfolioVariance(
  cov: StaticArray<f64>,
  n: i32,
  weights: StaticArray<f64>,
  sigmaW: StaticArray<f64>,
): f64 {
  symmetricProduct(cov, 0, n, weights, 0, sigmaW, 0);
  let variance: f64 = 0.0;
  for (let i: i32 = 0; i < n; i++) variance += unchecked(weights[i]) * unchecked(sigmaW[i]);
  return variance > 0.0 && variance < Infinity ? variance : 0.0;
}
