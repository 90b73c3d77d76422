import { B, CURVATURE, E, GAP } from "./erc-vectors";

/** Relative accuracy of the step length; near the solution one step from α = 1 is far more accurate than this. */
const ACCURACY: f64 = 1e-4;
const MAX_STEPS: i32 = 30;

/**
 * The α that minimises F(x + α·X·e), from
 *
 *   φ'(α) = −Σ gapᵢeᵢ + α·eᵀ(XΣX)e + Σ bᵢeᵢ·(1 − 1/(1 + αeᵢ))
 *
 * by Newton inside a shrinking bracket. φ is convex where Σ is positive definite and infinite where a weight reaches 0, so
 * the whole path is used and no weight changes its sign. No logarithm is needed.
 *
 * Shapes   work as in erc-vectors: e, curvature, gap and b of length n are read.
 * Returns  α > 0; at most half the way to the boundary is left when φ does not turn.
 * Cost     O(n) for each of a few steps.
 */
export function lineSearch(work: StaticArray<f64>, n: i32): f64 {
  let slopeAtZero: f64 = 0.0;
  let quadratic: f64 = 0.0;
  let steepest: f64 = 0.0;
  for (let i: i32 = 0; i < n; i++) {
    const e: f64 = unchecked(work[E * n + i]);
    slopeAtZero -= unchecked(work[GAP * n + i]) * e;
    quadratic += e * unchecked(work[CURVATURE * n + i]);
    steepest = Math.min(steepest, e);
  }
  // Without a boundary the doubled step is the limit of a single search; the next iteration goes on from there.
  let high: f64 = steepest < 0.0 ? -1.0 / steepest : Infinity;
  let low: f64 = 0.0;
  let alpha: f64 = high > 1.0 ? 1.0 : 0.5 * high;
  for (let step: i32 = 0; step < MAX_STEPS; step++) {
    let slope: f64 = slopeAtZero + alpha * quadratic;
    let curvature: f64 = quadratic;
    for (let i: i32 = 0; i < n; i++) {
      const e: f64 = unchecked(work[E * n + i]);
      const shrunk: f64 = e / (1.0 + alpha * e);
      const weighted: f64 = unchecked(work[B * n + i]) * shrunk;
      slope += alpha * e * weighted;
      curvature += weighted * shrunk;
    }
    if (slope > 0.0) high = alpha;
    else low = alpha;
    let next: f64 = alpha - slope / curvature;
    if (!(next > low && next < high)) next = high < Infinity ? 0.5 * (low + high) : 2.0 * alpha;
    const change: f64 = Math.abs(next - alpha);
    alpha = next;
    if (change <= ACCURACY * alpha) break;
  }
  return alpha;
}
