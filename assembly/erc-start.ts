import { measure } from "./erc-residual";
import { B, BEST, copy, DIAGONAL, stride, X, Y } from "./erc-vectors";
import { addressOf, whereAbove0 } from "./lanes";
import { symmetricProduct } from "./linalg";

/** A start whose error is below this share of the mean budget is left to Newton, which is quadratic there. */
const NEAR: f64 = 0.05;
/** A Jacobi step that leaves more of the error than this is no better place to start Newton from. */
const WORTH: f64 = 0.5;

/**
 * Computes Σx, and replaces x by one Jacobi step when that has a much smaller error: every xᵢ at its own minimum with the others held,
 *
 *   Σᵢᵢxᵢ² + ((Σx)ᵢ − Σᵢᵢxᵢ)·xᵢ = bᵢ
 *
 * For one more product it saves two Newton steps on ordinary matrices; on hedged ones it overshoots and is not taken.
 *
 * Shapes   matrix[at … at + n²), lower triangle; work as in erc-vectors with x, b and the diagonal filled in.
 * Writes   x and y = Σx, both scaled, and what `measure` writes; best (scratch).
 * Returns  as `measure`.
 * Cost     1 to 3 products.
 * Source   Choi & Chen (2022), J. Derivatives and Quantitative Studies 30(2), their start.
 */
export function improveStart(matrix: StaticArray<f64>, at: i32, n: i32, work: StaticArray<f64>): f64 {
  const s: i32 = stride(n);
  symmetricProduct(matrix, at, n, work, X * s, work, Y * s);
  const before: f64 = measure(work, n);
  if (!(before * f64(n) > NEAR)) return before;
  copy(work, n, X, BEST);
  jacobiStep(work, n);
  symmetricProduct(matrix, at, n, work, X * s, work, Y * s);
  const after: f64 = measure(work, n);
  if (after >= 0.0 && after < WORTH * before) return after;
  copy(work, n, BEST, X);
  symmetricProduct(matrix, at, n, work, X * s, work, Y * s);
  return measure(work, n);
}

function jacobiStep(work: StaticArray<f64>, n: i32): void {
  const bytes: usize = usize(stride(n)) << 3;
  const x: usize = addressOf(work, X * stride(n));
  const y: usize = addressOf(work, Y * stride(n));
  const b: usize = addressOf(work, B * stride(n));
  const diagonal: usize = addressOf(work, DIAGONAL * stride(n));
  let o: usize = 0;
  do {
    const bs: v128 = v128.load(b + o);
    const own: v128 = v128.load(diagonal + o);
    const others: v128 = f64x2.sub(v128.load(y + o), f64x2.mul(own, v128.load(x + o)));
    const half: v128 = f64x2.mul(f64x2.splat(0.5), others);
    const root: v128 = f64x2.sqrt(f64x2.add(f64x2.mul(half, half), f64x2.mul(own, bs)));
    // The positive root, in the form that does not cancel.
    const top: v128 = whereAbove0(half, bs, f64x2.sub(root, half));
    const bottom: v128 = whereAbove0(half, f64x2.add(root, half), own);
    v128.store(x + o, f64x2.div(top, bottom));
    o += 16;
  } while (o < bytes);
  // 0/0 in the padding.
  if ((n & 1) === 1) unchecked((work[X * stride(n) + n] = 1.0));
}
