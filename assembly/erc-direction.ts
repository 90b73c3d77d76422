import {
  B,
  CURVATURE,
  copy,
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
import { addressOf, laneMax, laneSum } from "./lanes";
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
  for (let i: i32 = 0; i < n; i++) hessianRow(matrix, at, n, i, work);
  copy(work, n, GAP, E);
  if (!(choleskyFactor(work, hessian, n, work, DIRECTION * s) > 0.0)) return false;
  choleskySolve(work, hessian, n, work, E * s);
  const bytes: usize = usize(s) << 3;
  const b: usize = addressOf(work, B * s);
  const e: usize = addressOf(work, E * s);
  const gap: usize = addressOf(work, GAP * s);
  const curvature: usize = addressOf(work, CURVATURE * s);
  let o: usize = 0;
  do {
    const own: v128 = f64x2.mul(v128.load(b + o), v128.load(e + o));
    v128.store(curvature + o, f64x2.sub(v128.load(gap + o), own));
    o += 16;
  } while (o < bytes);
  return true;
}

/** Row i of XΣX + B from an even column on, so that what is stored in pairs is loaded in the same pairs. */
function hessianRow(matrix: StaticArray<f64>, at: i32, n: i32, i: i32, work: StaticArray<f64>): void {
  const s: i32 = stride(n);
  const even: i32 = i - (i & 1);
  const xi: f64 = unchecked(work[X * s + i]);
  const own: v128 = f64x2.splat(xi);
  let x: usize = addressOf(work, X * s + even);
  let from: usize = addressOf(matrix, at + i * n + even);
  let to: usize = addressOf(work, MATRIX * s + i * n + even);
  const end: usize = addressOf(work, X * s + n - (n & 1));
  for (; x < end; x += 16) {
    v128.store(to, f64x2.mul(f64x2.mul(own, v128.load(x)), v128.load(from)));
    from += 16;
    to += 16;
  }
  if ((n & 1) === 1) store<f64>(to, xi * load<f64>(x) * load<f64>(from));
  const diagonal: i32 = MATRIX * s + i * n + i;
  unchecked((work[diagonal] = unchecked(work[diagonal]) + unchecked(work[B * s + i])));
}

/**
 * The same direction by conjugate gradients on Σ itself, preconditioned by the Hessian's diagonal, until the residual has
 * fallen by `reduction` in the norm of B⁻¹, or none of its entries is above `enough`. That norm bounds the Hessian's own from
 * above; the preconditioner's would not see the assets of a hedge. The product XΣX·e comes out of the residual for free.
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
  enough: f64,
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
  let o: usize = 0;
  do {
    norms = f64x2.add(norms, f64x2.mul(v128.load(residual + o), v128.load(direction + o)));
    o += 16;
  } while (o < bytes);
  let norm: f64 = laneSum(norms);
  for (let k: i32 = 1; k <= limit; k++) {
    const step: f64 = norm / applyHessian(matrix, at, n, work);
    if (!(step > 0.0)) return 0;
    const steps: v128 = f64x2.splat(step);
    let nexts: v128 = f64x2.splat(0.0);
    let lefts: v128 = f64x2.splat(0.0);
    let worst: v128 = f64x2.splat(0.0);
    let o: usize = 0;
    do {
      const r: v128 = f64x2.sub(v128.load(residual + o), f64x2.mul(steps, v128.load(image + o)));
      const squared: v128 = f64x2.mul(r, r);
      v128.store(e + o, f64x2.add(v128.load(e + o), f64x2.mul(steps, v128.load(direction + o))));
      v128.store(residual + o, r);
      nexts = f64x2.add(nexts, f64x2.mul(squared, v128.load(inverse + o)));
      lefts = f64x2.add(lefts, f64x2.mul(squared, v128.load(inverseB + o)));
      worst = f64x2.pmax(worst, f64x2.abs(r));
      o += 16;
    } while (o < bytes);
    if (laneSum(lefts) <= target || laneMax(worst) <= enough) {
      storeCurvature(work, n);
      return k;
    }
    const next: f64 = laneSum(nexts);
    const beta: v128 = f64x2.splat(next / norm);
    o = 0;
    do {
      const scaled: v128 = f64x2.mul(v128.load(residual + o), v128.load(inverse + o));
      v128.store(direction + o, f64x2.add(scaled, f64x2.mul(beta, v128.load(direction + o))));
      o += 16;
    } while (o < bytes);
    norm = next;
  }
  return 0;
}

/** e = 0, residual = gap, direction = the preconditioned gap; returns the gap's square in the norm of B⁻¹. */
function startGradients(n: i32, work: StaticArray<f64>): f64 {
  const s: i32 = stride(n);
  const bytes: usize = usize(s) << 3;
  const x: usize = addressOf(work, X * s);
  const b: usize = addressOf(work, B * s);
  const e: usize = addressOf(work, E * s);
  const gap: usize = addressOf(work, GAP * s);
  const diagonal: usize = addressOf(work, DIAGONAL * s);
  const residual: usize = addressOf(work, RESIDUAL * s);
  const direction: usize = addressOf(work, DIRECTION * s);
  const inverse: usize = addressOf(work, INVERSE * s);
  const inverseB: usize = addressOf(work, INVERSE_B * s);
  let squares: v128 = f64x2.splat(0.0);
  let o: usize = 0;
  do {
    const gaps: v128 = v128.load(gap + o);
    const xs: v128 = v128.load(x + o);
    const own: v128 = f64x2.mul(f64x2.mul(xs, xs), v128.load(diagonal + o));
    const inverses: v128 = f64x2.div(f64x2.splat(1.0), f64x2.add(own, v128.load(b + o)));
    v128.store(inverse + o, inverses);
    v128.store(e + o, f64x2.splat(0.0));
    v128.store(residual + o, gaps);
    v128.store(direction + o, f64x2.mul(gaps, inverses));
    squares = f64x2.add(squares, f64x2.mul(f64x2.mul(gaps, gaps), v128.load(inverseB + o)));
    o += 16;
  } while (o < bytes);
  // 1/0 in the padding.
  if ((n & 1) === 1) {
    unchecked((work[INVERSE * s + n] = 0.0));
    unchecked((work[DIRECTION * s + n] = 0.0));
  }
  return laneSum(squares);
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
  let o: usize = 0;
  do {
    v128.store(scaled + o, f64x2.mul(v128.load(x + o), v128.load(direction + o)));
    o += 16;
  } while (o < bytes);
  symmetricProduct(matrix, at, n, work, SCALED * s, work, PRODUCT * s);
  let along: v128 = f64x2.splat(0.0);
  o = 0;
  do {
    const d: v128 = v128.load(direction + o);
    const bent: v128 = f64x2.mul(v128.load(x + o), v128.load(product + o));
    const images: v128 = f64x2.add(bent, f64x2.mul(v128.load(b + o), d));
    v128.store(image + o, images);
    along = f64x2.add(along, f64x2.mul(d, images));
    o += 16;
  } while (o < bytes);
  return laneSum(along);
}

/** XΣX·e = gap − residual − B·e. */
function storeCurvature(work: StaticArray<f64>, n: i32): void {
  const s: i32 = stride(n);
  const bytes: usize = usize(s) << 3;
  const b: usize = addressOf(work, B * s);
  const e: usize = addressOf(work, E * s);
  const gap: usize = addressOf(work, GAP * s);
  const residual: usize = addressOf(work, RESIDUAL * s);
  const curvature: usize = addressOf(work, CURVATURE * s);
  let o: usize = 0;
  do {
    const image: v128 = f64x2.sub(v128.load(gap + o), v128.load(residual + o));
    v128.store(curvature + o, f64x2.sub(image, f64x2.mul(v128.load(b + o), v128.load(e + o))));
    o += 16;
  } while (o < bytes);
}
