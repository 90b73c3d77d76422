import { directionByCholesky, directionByGradients } from "./erc-direction";
import { lineSearch } from "./erc-line-search";
import { rescale, shareError } from "./erc-residual";
import { improveStart } from "./erc-start";
import { BEST, CURVATURE, E, stride, X, Y } from "./erc-vectors";
import { symmetricProduct } from "./linalg";
import { STATUS_FLOOR, STATUS_INVALID_INPUT, STATUS_MAX_ITER, STATUS_NOT_PD, STATUS_OK } from "./status";

/** Up to here the Hessian is factored; above, conjugate gradients are cheaper. */
const FACTORED_UP_TO: i32 = 16;
/** Products of one direction before the solver gives up on gradients and factors, plus n/4. */
const GRADIENT_PRODUCTS: i32 = 8;
/** Below this error a step that does not halve it has met rounding … */
const FLOOR_ERROR: f64 = 1e-9;
/** … as it has below this multiple of the difficulty, which is what rounding is amplified by. */
const FLOOR_PER_DIFFICULTY: f64 = 1e-15;
/** An error above this is no answer, however much rounding explains it: the risk that is left is rounding itself. */
const FLOOR_LIMIT: f64 = 1e-6;
/** No status of a kernel: the loop goes on. */
const RUNNING: i32 = 99;

// Places in `report`.
export const ITERATIONS: i32 = 0;
export const RESIDUAL: i32 = 1;
export const DIFFICULTY: i32 = 2;

/**
 * Minimises F(x) = ½ xᵀΣx − Σ bᵢ ln xᵢ by Newton's method. The minimiser has xᵢ(Σx)ᵢ = bᵢ.
 *
 * Each iteration first scales x to xᵀΣx = 1 = Σb, the minimum of F along its ray, which costs nothing; the direction comes
 * from Cholesky or conjugate gradients, its length from an exact search. The iterate with the smallest error is kept, and an
 * error only counts when it was measured with a fresh product Σx.
 *
 * Shapes   matrix[at … at + n²), lower triangle; work as in erc-vectors with x, b and the diagonal filled in; report[3].
 * Writes   best (the answer), the rest of work, report = iterations, residual max|xᵢ(Σx)ᵢ/xᵀΣx − bᵢ|, difficulty.
 * Returns  OK, FLOOR, MAX_ITER, NOT_PD, INVALID_INPUT (a value of Σ is not finite).
 * Cost     2 to 4 iterations without hedges, 6 to 15 with, whatever the condition of Σ is; skewed budgets on top of hedges
 *          have taken up to 37.
 * Source   Spinu (2013), SSRN 2297383.
 */
export function newton(
  matrix: StaticArray<f64>,
  at: i32,
  n: i32,
  work: StaticArray<f64>,
  tolerance: f64,
  maxIterations: i32,
  report: StaticArray<f64>,
): i32 {
  let factored: boolean = n <= FACTORED_UP_TO;
  let fresh: boolean = true;
  let best: f64 = Infinity;
  let previous: f64 = Infinity;
  let iteration: i32 = 0;
  let status: i32 = RUNNING;
  if (maxIterations > 0) improveStart(matrix, at, n, work);
  else symmetricProduct(matrix, at, n, work, X * stride(n), work, Y * stride(n));
  while (status === RUNNING) {
    const difficulty = rescale(work, n);
    if (!(difficulty < Infinity)) return STATUS_INVALID_INPUT;
    if (difficulty <= 0.0) return STATUS_NOT_PD;
    const error = shareError(work, n);
    if (!fresh && (error <= FLOOR_ERROR || iteration >= maxIterations)) {
      symmetricProduct(matrix, at, n, work, X * stride(n), work, Y * stride(n));
      fresh = true;
      continue;
    }
    if (fresh) {
      if (error < best) {
        best = error;
        keep(work, n, report, error, difficulty);
      }
      const floor: f64 = Math.max(FLOOR_ERROR, FLOOR_PER_DIFFICULTY * difficulty);
      if (error <= tolerance) status = STATUS_OK;
      else if (best <= floor && error > 0.5 * previous) {
        if (best > FLOOR_LIMIT) return STATUS_NOT_PD;
        status = STATUS_FLOOR;
      } else if (iteration >= maxIterations) status = STATUS_MAX_ITER;
      previous = error;
    }
    if (status !== RUNNING) break;

    if (!factored) {
      const limit: i32 = (n >> 2) + GRADIENT_PRODUCTS;
      factored = directionByGradients(matrix, at, n, work, reductionFor(error, n), limit) === 0;
    }
    if (factored && !directionByCholesky(matrix, at, n, work)) return STATUS_NOT_PD;
    const alpha = lineSearch(work, n);
    iteration++;
    fresh = factored;
    if (!fresh) advanceProduct(work, n, alpha);
    advance(work, n, alpha);
    if (fresh) symmetricProduct(matrix, at, n, work, X * stride(n), work, Y * stride(n));
  }
  unchecked((report[ITERATIONS] = f64(iteration)));
  return status;
}

/** How far the gradients must get: less accuracy while the error is large, superlinear at the end. */
function reductionFor(error: f64, n: i32): f64 {
  return Math.max(1e-4, Math.min(0.1, error * f64(n)));
}

function keep(work: StaticArray<f64>, n: i32, report: StaticArray<f64>, error: f64, difficulty: f64): void {
  const s: i32 = stride(n);
  for (let i: i32 = 0; i < n; i++) unchecked((work[BEST * s + i] = unchecked(work[X * s + i])));
  unchecked((report[RESIDUAL] = error));
  unchecked((report[DIFFICULTY] = difficulty));
}

/** x after the step x + α·X·e. */
function advance(work: StaticArray<f64>, n: i32, alpha: f64): void {
  const s: i32 = stride(n);
  for (let i: i32 = 0; i < n; i++) {
    unchecked((work[X * s + i] = unchecked(work[X * s + i]) * (1.0 + alpha * unchecked(work[E * s + i]))));
  }
}

/** Σx after the same step, from x before it: Σ(X·e) = X⁻¹·curvature. Its rounding adds up, so it never decides. */
function advanceProduct(work: StaticArray<f64>, n: i32, alpha: f64): void {
  const s: i32 = stride(n);
  for (let i: i32 = 0; i < n; i++) {
    const change: f64 = (alpha * unchecked(work[CURVATURE * s + i])) / unchecked(work[X * s + i]);
    unchecked((work[Y * s + i] = unchecked(work[Y * s + i]) + change));
  }
}
