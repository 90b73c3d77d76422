import { B, CURVATURE, E, GAP, stride } from "./erc-vectors";
import { addressOf, laneMax, laneSum } from "./lanes";

/** Relative change of the step length at which the search ends; the error left is of the order of its square. */
const ACCURACY: f64 = 1e-2;
/** Where no weight moves by more than this share, the full step is within a share of its square of the best one. */
const FULL_STEP: f64 = 0.05;
const MAX_STEPS: i32 = 30;

/**
 * The α that minimises F(x + α·X·e), from
 *
 *   φ'(α) = −Σ gapᵢeᵢ + α·eᵀ(XΣX)e + Σ bᵢeᵢ·(1 − 1/(1 + αeᵢ))
 *
 * by Newton inside a shrinking bracket. φ is convex where Σ is positive definite and infinite where a weight reaches 0, so
 * the whole path is used and no weight changes its sign. No logarithm is needed.
 *
 * Shapes   work as in erc-vectors: e, curvature, gap and b are read.
 * Returns  α > 0.
 * Cost     O(n) for each of a few steps.
 */
export function lineSearch(work: StaticArray<f64>, n: i32): f64 {
  const bytes: usize = usize(stride(n)) << 3;
  const e: usize = addressOf(work, E * stride(n));
  const b: usize = addressOf(work, B * stride(n));
  const gap: usize = addressOf(work, GAP * stride(n));
  const curvature: usize = addressOf(work, CURVATURE * stride(n));
  let rises: v128 = f64x2.splat(0.0);
  let falls: v128 = f64x2.splat(0.0);
  let o: usize = 0;
  do {
    const es: v128 = v128.load(e + o);
    rises = f64x2.pmax(rises, es);
    falls = f64x2.pmax(falls, f64x2.neg(es));
    o += 16;
  } while (o < bytes);
  const steepest: f64 = laneMax(falls);
  if (laneMax(rises) < FULL_STEP && steepest < FULL_STEP) return 1.0;

  let slopes: v128 = f64x2.splat(0.0);
  let quadratics: v128 = f64x2.splat(0.0);
  o = 0;
  do {
    const es: v128 = v128.load(e + o);
    slopes = f64x2.add(slopes, f64x2.mul(v128.load(gap + o), es));
    quadratics = f64x2.add(quadratics, f64x2.mul(v128.load(curvature + o), es));
    o += 16;
  } while (o < bytes);
  const slopeAtZero: f64 = -laneSum(slopes);
  const quadratic: f64 = laneSum(quadratics);
  let high: f64 = steepest > 0.0 ? 1.0 / steepest : Infinity;
  let low: f64 = 0.0;
  let alpha: f64 = high > 1.0 ? 1.0 : 0.5 * high;
  for (let step: i32 = 0; step < MAX_STEPS; step++) {
    const alphas: v128 = f64x2.splat(alpha);
    const one: v128 = f64x2.splat(1.0);
    let bends: v128 = f64x2.splat(0.0);
    let barrier: v128 = f64x2.splat(0.0);
    let o: usize = 0;
    do {
      const es: v128 = v128.load(e + o);
      const shrunk: v128 = f64x2.div(es, f64x2.add(one, f64x2.mul(alphas, es)));
      const weighted: v128 = f64x2.mul(v128.load(b + o), shrunk);
      barrier = f64x2.add(barrier, f64x2.mul(weighted, es));
      bends = f64x2.add(bends, f64x2.mul(weighted, shrunk));
      o += 16;
    } while (o < bytes);
    const slope: f64 = slopeAtZero + alpha * (quadratic + laneSum(barrier));
    if (slope > 0.0) high = alpha;
    else low = alpha;
    let next: f64 = alpha - slope / (quadratic + laneSum(bends));
    // Where no weight falls there is no boundary: doubling finds the turn.
    if (!(next > low && next < high)) next = high < Infinity ? 0.5 * (low + high) : 2.0 * alpha;
    const change: f64 = Math.abs(next - alpha);
    alpha = next;
    if (change <= ACCURACY * alpha) break;
  }
  return alpha;
}
