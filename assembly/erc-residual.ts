import { B, DIAGONAL, GAP, INVERSE_B, stride, X, Y } from "./erc-vectors";
import { addressOf, laneMax, laneSum } from "./lanes";
import { finite } from "./status";

/** A variance below this share of Σ Σᵢᵢxᵢ² is rounding: some portfolio has no risk. */
const NO_RISK: f64 = 1e-13;

/**
 * Scales x and Σx to xᵀΣx = 1. Returns the largest Σᵢᵢxᵢ²/(bᵢ·xᵀΣx), which rounding errors are multiplied by; 0 when the
 * risk is rounding or negative, NaN or Infinity when something is not finite.
 */
export function rescale(work: StaticArray<f64>, n: i32): f64 {
  const bytes: usize = usize(stride(n)) << 3;
  const x: usize = addressOf(work, X * stride(n));
  const y: usize = addressOf(work, Y * stride(n));
  const diagonal: usize = addressOf(work, DIAGONAL * stride(n));
  const inverse: usize = addressOf(work, INVERSE_B * stride(n));
  let variances: v128 = f64x2.splat(0.0);
  let owns: v128 = f64x2.splat(0.0);
  let ratios: v128 = f64x2.splat(0.0);
  for (let o: usize = 0; o < bytes; o += 16) {
    const xs: v128 = v128.load(x + o);
    const own: v128 = f64x2.mul(f64x2.mul(xs, xs), v128.load(diagonal + o));
    variances = f64x2.add(variances, f64x2.mul(xs, v128.load(y + o)));
    owns = f64x2.add(owns, own);
    ratios = f64x2.pmax(ratios, f64x2.mul(own, v128.load(inverse + o)));
  }
  const variance: f64 = laneSum(variances);
  if (!finite(variance)) return Infinity;
  if (variance <= NO_RISK * laneSum(owns)) return 0.0;
  const scale: v128 = f64x2.splat(1.0 / Math.sqrt(variance));
  for (let o: usize = 0; o < bytes; o += 16) {
    v128.store(x + o, f64x2.mul(v128.load(x + o), scale));
    v128.store(y + o, f64x2.mul(v128.load(y + o), scale));
  }
  return laneMax(ratios) / variance;
}

/** Writes the gaps bᵢ − xᵢ(Σx)ᵢ and returns the largest. */
export function shareError(work: StaticArray<f64>, n: i32): f64 {
  const bytes: usize = usize(stride(n)) << 3;
  const x: usize = addressOf(work, X * stride(n));
  const y: usize = addressOf(work, Y * stride(n));
  const b: usize = addressOf(work, B * stride(n));
  const gap: usize = addressOf(work, GAP * stride(n));
  let worst: v128 = f64x2.splat(0.0);
  for (let o: usize = 0; o < bytes; o += 16) {
    const gaps: v128 = f64x2.sub(v128.load(b + o), f64x2.mul(v128.load(x + o), v128.load(y + o)));
    v128.store(gap + o, gaps);
    worst = f64x2.pmax(worst, f64x2.abs(gaps));
  }
  return laneMax(worst);
}
