import {
  B,
  CURVATURE,
  DIAGONAL,
  DIRECTION,
  E,
  GAP,
  IMAGE,
  INVERSE,
  MATRIX,
  PRODUCT,
  RESIDUAL,
  SCALED,
  X,
} from "./erc-vectors";
import { choleskyFactor, choleskySolve, symmetricProduct } from "./linalg";

/**
 * Newton direction (XΣX + B)·e = gap by Cholesky.
 *
 * Shapes   matrix[at … at + n²), lower triangle; work as in erc-vectors.
 * Writes   e, curvature, the matrix of work.
 * Returns  whether the Hessian is positive definite.
 * Cost     n³/6 + 2n² multiply-adds.
 */
export function directionByCholesky(matrix: StaticArray<f64>, at: i32, n: i32, work: StaticArray<f64>): boolean {
  const hessian: i32 = MATRIX * n;
  for (let i: i32 = 0; i < n; i++) {
    const xi: f64 = unchecked(work[X * n + i]);
    for (let j: i32 = 0; j <= i; j++) {
      unchecked((work[hessian + i * n + j] = xi * unchecked(work[X * n + j]) * unchecked(matrix[at + i * n + j])));
    }
    unchecked((work[hessian + i * n + i] = unchecked(work[hessian + i * n + i]) + unchecked(work[B * n + i])));
    unchecked((work[E * n + i] = unchecked(work[GAP * n + i])));
  }
  if (!(choleskyFactor(work, hessian, n) > 0.0)) return false;
  choleskySolve(work, hessian, n, work, E * n);
  for (let i: i32 = 0; i < n; i++) {
    const rest: f64 = unchecked(work[GAP * n + i]) - unchecked(work[B * n + i]) * unchecked(work[E * n + i]);
    unchecked((work[CURVATURE * n + i] = rest));
  }
  return true;
}

/**
 * The same direction by conjugate gradients on Σ itself, preconditioned by the Hessian's diagonal, until the residual has
 * fallen by `reduction` in the norm of B⁻¹. That norm bounds the Hessian's own from above; the preconditioner's would not
 * see the assets of a hedge. The product XΣX·e comes out of the residual for free.
 *
 * Shapes   matrix[at … at + n²), lower triangle; work as in erc-vectors.
 * Writes   e, curvature and the four vectors of the method.
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
  let norm: f64 = 0.0;
  let gapSquared: f64 = 0.0;
  for (let i: i32 = 0; i < n; i++) {
    const gap: f64 = unchecked(work[GAP * n + i]);
    const x: f64 = unchecked(work[X * n + i]);
    const b: f64 = unchecked(work[B * n + i]);
    const inverse: f64 = 1.0 / (x * x * unchecked(work[DIAGONAL * n + i]) + b);
    const direction: f64 = gap * inverse;
    unchecked((work[INVERSE * n + i] = inverse));
    unchecked((work[E * n + i] = 0.0));
    unchecked((work[RESIDUAL * n + i] = gap));
    unchecked((work[DIRECTION * n + i] = direction));
    norm += gap * direction;
    gapSquared += (gap * gap) / b;
  }
  const target: f64 = reduction * reduction * gapSquared;
  for (let k: i32 = 1; k <= limit; k++) {
    const step: f64 = norm / applyHessian(matrix, at, n, work);
    if (!(step > 0.0)) return 0;
    let next: f64 = 0.0;
    let left: f64 = 0.0;
    for (let i: i32 = 0; i < n; i++) {
      const residual: f64 = unchecked(work[RESIDUAL * n + i]) - step * unchecked(work[IMAGE * n + i]);
      const squared: f64 = residual * residual;
      unchecked((work[E * n + i] = unchecked(work[E * n + i]) + step * unchecked(work[DIRECTION * n + i])));
      unchecked((work[RESIDUAL * n + i] = residual));
      next += squared * unchecked(work[INVERSE * n + i]);
      left += squared / unchecked(work[B * n + i]);
    }
    if (left <= target) {
      storeCurvature(work, n);
      return k;
    }
    const beta: f64 = next / norm;
    for (let i: i32 = 0; i < n; i++) {
      const scaled: f64 = unchecked(work[RESIDUAL * n + i]) * unchecked(work[INVERSE * n + i]);
      unchecked((work[DIRECTION * n + i] = scaled + beta * unchecked(work[DIRECTION * n + i])));
    }
    norm = next;
  }
  return 0;
}

/** image = (XΣX + B)·direction; returns direction · image. */
function applyHessian(matrix: StaticArray<f64>, at: i32, n: i32, work: StaticArray<f64>): f64 {
  for (let i: i32 = 0; i < n; i++) {
    unchecked((work[SCALED * n + i] = unchecked(work[X * n + i]) * unchecked(work[DIRECTION * n + i])));
  }
  symmetricProduct(matrix, at, n, work, SCALED * n, work, PRODUCT * n);
  let along: f64 = 0.0;
  for (let i: i32 = 0; i < n; i++) {
    const direction: f64 = unchecked(work[DIRECTION * n + i]);
    const image: f64 =
      unchecked(work[X * n + i]) * unchecked(work[PRODUCT * n + i]) + unchecked(work[B * n + i]) * direction;
    unchecked((work[IMAGE * n + i] = image));
    along += direction * image;
  }
  return along;
}

/** XΣX·e = gap − residual − B·e. */
function storeCurvature(work: StaticArray<f64>, n: i32): void {
  for (let i: i32 = 0; i < n; i++) {
    const image: f64 = unchecked(work[GAP * n + i]) - unchecked(work[RESIDUAL * n + i]);
    unchecked((work[CURVATURE * n + i] = image - unchecked(work[B * n + i]) * unchecked(work[E * n + i])));
  }
}
