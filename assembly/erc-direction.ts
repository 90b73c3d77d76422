import {
  B,
  CURVATURE,
  DIAGONAL,
  DIRECTION,
  E,
  GAP,
  IMAGE,
  INVERSE,
  INVERSE_B,
  MATRIX,
  PRODUCT,
  RESIDUAL,
  SCALED,
  stride,
  X,
} from "./erc-vectors";
import { addressOf, laneSum } from "./lanes";
import { choleskyFactor, choleskySolve, symmetricProduct } from "./linalg";

/**
 * Newton direction (XΣX + B)·e = gap by Cholesky.
 *
 * Shapes   matrix[at … at + n²), upper triangle; work as in erc-vectors.
 * Writes   e, curvature, direction (scratch), the matrix of work.
 * Returns  whether the Hessian is positive definite.
 * Cost     n³/6 + 2n² multiply-adds.
 */
export function directionByCholesky(matrix: StaticArray<f64>, at: i32, n: i32, work: StaticArray<f64>): boolean {
  const s: i32 = stride(n);
  const hessian: i32 = MATRIX * s;
  for (let i: i32 = 0; i < n; i++) {
    const xi: f64 = unchecked(work[X * s + i]);
    const row: i32 = hessian + i * n;
    for (let j: i32 = i; j < n; j++) {
      unchecked((work[row + j] = xi * unchecked(work[X * s + j]) * unchecked(matrix[at + i * n + j])));
    }
    unchecked((work[row + i] = unchecked(work[row + i]) + unchecked(work[B * s + i])));
    unchecked((work[E * s + i] = unchecked(work[GAP * s + i])));
  }
  if (!(choleskyFactor(work, hessian, n, work, DIRECTION * s) > 0.0)) return false;
  choleskySolve(work, hessian, n, work, E * s);
  for (let i: i32 = 0; i < n; i++) {
    const rest: f64 = unchecked(work[GAP * s + i]) - unchecked(work[B * s + i]) * unchecked(work[E * s + i]);
    unchecked((work[CURVATURE * s + i] = rest));
  }
  return true;
}

/**
 * The same direction by conjugate gradients on Σ itself, preconditioned by the Hessian's diagonal, until the residual has
 * fallen by `reduction` in the norm of B⁻¹. That norm bounds the Hessian's own from above; the preconditioner's would not
 * see the assets of a hedge. The product XΣX·e comes out of the residual for free.
 *
 * Shapes   matrix[at … at + n²), lower triangle; work as in erc-vectors.
 * Writes   e, curvature and the vectors of the method.
 * Returns  the number of products; 0 when `limit` of them were not enough or the Hessian is not positive definite.
 * Cost     n² multiply-adds per product.
 */
export function directionByGradients(
  matrix: StaticArray<f64>,
  at: i32,
  n: i32,
  work: StaticArray<f64>,
  reduction: f64,
  limit: i32,
): i32 {
  const s: i32 = stride(n);
  const bytes: usize = usize(s) << 3;
  const e: usize = addressOf(work, E * s);
  const residual: usize = addressOf(work, RESIDUAL * s);
  const direction: usize = addressOf(work, DIRECTION * s);
  const image: usize = addressOf(work, IMAGE * s);
  const inverse: usize = addressOf(work, INVERSE * s);
  const inverseB: usize = addressOf(work, INVERSE_B * s);
  const target: f64 = reduction * reduction * startGradients(n, work);
  let norms: v128 = f64x2.splat(0.0);
  for (let o: usize = 0; o < bytes; o += 16) {
    norms = f64x2.add(norms, f64x2.mul(v128.load(residual + o), v128.load(direction + o)));
  }
  let norm: f64 = laneSum(norms);
  for (let k: i32 = 1; k <= limit; k++) {
    const step: f64 = norm / applyHessian(matrix, at, n, work);
    if (!(step > 0.0)) return 0;
    const steps: v128 = f64x2.splat(step);
    let nexts: v128 = f64x2.splat(0.0);
    let lefts: v128 = f64x2.splat(0.0);
    for (let o: usize = 0; o < bytes; o += 16) {
      const r: v128 = f64x2.sub(v128.load(residual + o), f64x2.mul(steps, v128.load(image + o)));
      const squared: v128 = f64x2.mul(r, r);
      v128.store(e + o, f64x2.add(v128.load(e + o), f64x2.mul(steps, v128.load(direction + o))));
      v128.store(residual + o, r);
      nexts = f64x2.add(nexts, f64x2.mul(squared, v128.load(inverse + o)));
      lefts = f64x2.add(lefts, f64x2.mul(squared, v128.load(inverseB + o)));
    }
    if (laneSum(lefts) <= target) {
      storeCurvature(work, n);
      return k;
    }
    const next: f64 = laneSum(nexts);
    const beta: v128 = f64x2.splat(next / norm);
    for (let o: usize = 0; o < bytes; o += 16) {
      const scaled: v128 = f64x2.mul(v128.load(residual + o), v128.load(inverse + o));
      v128.store(direction + o, f64x2.add(scaled, f64x2.mul(beta, v128.load(direction + o))));
    }
    norm = next;
  }
  return 0;
}

/** e = 0, residual = gap, direction = the preconditioned gap; returns the gap's square in the norm of B⁻¹. */
function startGradients(n: i32, work: StaticArray<f64>): f64 {
  const s: i32 = stride(n);
  let squares: f64 = 0.0;
  for (let i: i32 = 0; i < n; i++) {
    const gap: f64 = unchecked(work[GAP * s + i]);
    const x: f64 = unchecked(work[X * s + i]);
    const inverse: f64 = 1.0 / (x * x * unchecked(work[DIAGONAL * s + i]) + unchecked(work[B * s + i]));
    unchecked((work[INVERSE * s + i] = inverse));
    unchecked((work[E * s + i] = 0.0));
    unchecked((work[RESIDUAL * s + i] = gap));
    unchecked((work[DIRECTION * s + i] = gap * inverse));
    squares += gap * gap * unchecked(work[INVERSE_B * s + i]);
  }
  return squares;
}

/** image = (XΣX + B)·direction; returns direction · image. */
function applyHessian(matrix: StaticArray<f64>, at: i32, n: i32, work: StaticArray<f64>): f64 {
  const s: i32 = stride(n);
  const bytes: usize = usize(s) << 3;
  const x: usize = addressOf(work, X * s);
  const b: usize = addressOf(work, B * s);
  const direction: usize = addressOf(work, DIRECTION * s);
  const image: usize = addressOf(work, IMAGE * s);
  const scaled: usize = addressOf(work, SCALED * s);
  const product: usize = addressOf(work, PRODUCT * s);
  for (let o: usize = 0; o < bytes; o += 16) {
    v128.store(scaled + o, f64x2.mul(v128.load(x + o), v128.load(direction + o)));
  }
  symmetricProduct(matrix, at, n, work, SCALED * s, work, PRODUCT * s);
  let along: v128 = f64x2.splat(0.0);
  for (let o: usize = 0; o < bytes; o += 16) {
    const d: v128 = v128.load(direction + o);
    const bent: v128 = f64x2.mul(v128.load(x + o), v128.load(product + o));
    const images: v128 = f64x2.add(bent, f64x2.mul(v128.load(b + o), d));
    v128.store(image + o, images);
    along = f64x2.add(along, f64x2.mul(d, images));
  }
  return laneSum(along);
}

/** XΣX·e = gap − residual − B·e. */
function storeCurvature(work: StaticArray<f64>, n: i32): void {
  const s: i32 = stride(n);
  for (let i: i32 = 0; i < n; i++) {
    const image: f64 = unchecked(work[GAP * s + i]) - unchecked(work[RESIDUAL * s + i]);
    unchecked((work[CURVATURE * s + i] = image - unchecked(work[B * s + i]) * unchecked(work[E * s + i])));
  }
}
