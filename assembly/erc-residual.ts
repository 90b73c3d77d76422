import { B, DIAGONAL, GAP, INVERSE_B, MEASURES, stride, X, Y } from "./erc-vectors";
import { addressOf, laneMax, laneSum } from "./lanes";
import { finite } from "./status";

/** A variance below this share of Σ Σᵢᵢxᵢ² is rounding: some portfolio has no risk. */
const NO_RISK_SHARE: f64 = 1e-13;

/** What `measure` returns where the risk is rounding or negative … */
export const NO_RISK: f64 = -1.0;
/** … and where something is not finite. */
export const NOT_FINITE: f64 = -2.0;

/**
 * Scales x and Σx to xᵀΣx = 1 and measures the answer they are: the gaps bᵢ − xᵢ(Σx)ᵢ.
 *
 * Shapes   work as in erc-vectors with x, y = Σx, b and the diagonal filled in.
 * Writes   x, y, gap, the difficulty max Σᵢᵢxᵢ²/(bᵢ·xᵀΣx), which rounding errors are multiplied by.
 * Returns  the largest |gap|, or NO_RISK or NOT_FINITE (below 0).
 */
export function measure(work: StaticArray<f64>, n: i32): f64 {
  const bytes: usize = usize(stride(n)) << 3;
  const x: usize = addressOf(work, X * stride(n));
  const y: usize = addressOf(work, Y * stride(n));
  const b: usize = addressOf(work, B * stride(n));
  const gap: usize = addressOf(work, GAP * stride(n));
  const diagonal: usize = addressOf(work, DIAGONAL * stride(n));
  const inverse: usize = addressOf(work, INVERSE_B * stride(n));
  let variances: v128 = f64x2.splat(0.0);
  let owns: v128 = f64x2.splat(0.0);
  let ratios: v128 = f64x2.splat(0.0);
  let o: usize = 0;
  do {
    const xs: v128 = v128.load(x + o);
    const own: v128 = f64x2.mul(f64x2.mul(xs, xs), v128.load(diagonal + o));
    variances = f64x2.add(variances, f64x2.mul(xs, v128.load(y + o)));
    owns = f64x2.add(owns, own);
    ratios = f64x2.pmax(ratios, f64x2.mul(own, v128.load(inverse + o)));
    o += 16;
  } while (o < bytes);
  const variance: f64 = laneSum(variances);
  if (!finite(variance)) return NOT_FINITE;
  if (variance <= NO_RISK_SHARE * laneSum(owns)) return NO_RISK;
  const difficulty: f64 = laneMax(ratios) / variance;
  if (!(difficulty < Infinity)) return NOT_FINITE;
  if (difficulty <= 0.0) return NO_RISK;
  unchecked((work[MEASURES * stride(n)] = difficulty));
  const scale: v128 = f64x2.splat(1.0 / Math.sqrt(variance));
  let worst: v128 = f64x2.splat(0.0);
  o = 0;
  do {
    const xs: v128 = f64x2.mul(v128.load(x + o), scale);
    const ys: v128 = f64x2.mul(v128.load(y + o), scale);
    const gaps: v128 = f64x2.sub(v128.load(b + o), f64x2.mul(xs, ys));
    v128.store(x + o, xs);
    v128.store(y + o, ys);
    v128.store(gap + o, gaps);
    worst = f64x2.pmax(worst, f64x2.abs(gaps));
    o += 16;
  } while (o < bytes);
  return laneMax(worst);
}
