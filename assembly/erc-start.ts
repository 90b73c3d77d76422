import { rescale, shareError } from "./erc-residual";
import { B, BEST, DIAGONAL, stride, X, Y } from "./erc-vectors";
import { symmetricProduct } from "./linalg";
import { finite } from "./status";

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
 * Writes   x and y = Σx; gap and best (scratch).
 * Cost     1 to 3 products.
 * Source   Choi & Chen (2022), J. Derivatives and Quantitative Studies 30(2), their start.
 */
export function improveStart(matrix: StaticArray<f64>, at: i32, n: i32, work: StaticArray<f64>): void {
  const s: i32 = stride(n);
  symmetricProduct(matrix, at, n, work, X * s, work, Y * s);
  // What cannot be scaled is refused by the caller, who sees the same.
  if (!(rescale(work, n) > 0.0)) return;
  const before = shareError(work, n);
  if (!(before * f64(n) > NEAR)) return;
  for (let i: i32 = 0; i < n; i++) {
    const x: f64 = unchecked(work[X * s + i]);
    const b: f64 = unchecked(work[B * s + i]);
    const own: f64 = unchecked(work[DIAGONAL * s + i]);
    const half: f64 = 0.5 * (unchecked(work[Y * s + i]) - own * x);
    const root: f64 = Math.sqrt(half * half + own * b);
    unchecked((work[BEST * s + i] = x));
    unchecked((work[X * s + i] = half > 0.0 ? b / (root + half) : (root - half) / own));
  }
  symmetricProduct(matrix, at, n, work, X * s, work, Y * s);
  const difficulty = rescale(work, n);
  if (difficulty > 0.0 && finite(difficulty) && shareError(work, n) < WORTH * before) return;
  for (let i: i32 = 0; i < n; i++) unchecked((work[X * s + i] = unchecked(work[BEST * s + i])));
  symmetricProduct(matrix, at, n, work, X * s, work, Y * s);
}
