import { directionByCholesky, directionByGradients } from "./erc-direction";
import { lineSearch } from "./erc-line-search";
import { measure, NO_RISK } from "./erc-residual";
import { improveStart } from "./erc-start";
import { BEST, CURVATURE, copy, E, MEASURES, stride, X, Y } from "./erc-vectors";
import { addressOf } from "./lanes";
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
/** Gradients need not get below this share of the tolerance: what they leave is the next error. */
const ENOUGH: f64 = 0.25;
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
 * Gradients end where the tolerance is met, and how far below, or after how many products a factor takes over, depends on rounding.
 * With `polish` one more direction follows where gradients began, so that the weights are the same whatever the scale of Σ.
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
  polish: boolean,
  report: StaticArray<f64>,
): i32 {
  const s: i32 = stride(n);
  let factored: boolean = n <= FACTORED_UP_TO;
  let fresh: boolean = true;
  let best: f64 = Infinity;
  let previous: f64 = Infinity;
  let iteration: i32 = 0;
  let status: i32 = RUNNING;
  let polished: boolean = !polish || n <= FACTORED_UP_TO;
  let error: f64 = 0.0;
  if (maxIterations > 0) error = improveStart(matrix, at, n, work);
  else error = freshError(matrix, at, n, work);
  while (status === RUNNING) {
    if (!fresh && ((error >= 0.0 && error <= FLOOR_ERROR) || iteration >= maxIterations)) {
      error = freshError(matrix, at, n, work);
      fresh = true;
    }
    if (!(error >= 0.0)) {
      if (best <= tolerance) break;
      return error === NO_RISK ? STATUS_NOT_PD : STATUS_INVALID_INPUT;
    }
    if (fresh) {
      const difficulty: f64 = unchecked(work[MEASURES * s]);
      if (error < best) {
        best = error;
        copy(work, n, X, BEST);
        unchecked((report[RESIDUAL] = error));
        unchecked((report[DIFFICULTY] = difficulty));
      }
      const floor: f64 = Math.max(FLOOR_ERROR, FLOOR_PER_DIFFICULTY * difficulty);
      if (best <= tolerance) {
        if (polished || error === 0.0 || iteration >= maxIterations) break;
        polished = true;
      } else if (best <= floor && error > 0.5 * previous) {
        if (best > FLOOR_LIMIT) return STATUS_NOT_PD;
        status = STATUS_FLOOR;
      } else if (iteration >= maxIterations) status = STATUS_MAX_ITER;
      previous = error;
    }
    if (status !== RUNNING) break;

    // With an answer at hand a direction that cannot be found is no reason to refuse.
    const polishing: boolean = best <= tolerance;
    if (!factored) {
      const limit: i32 = (n >> 2) + GRADIENT_PRODUCTS;
      const enough: f64 = polishing ? 0.0 : ENOUGH * tolerance;
      factored = directionByGradients(matrix, at, n, work, reductionFor(error, n), enough, limit) === 0;
    }
    if (factored && !directionByCholesky(matrix, at, n, work)) {
      if (polishing) break;
      return STATUS_NOT_PD;
    }
    const alpha: f64 = lineSearch(work, n);
    iteration++;
    fresh = factored;
    if (fresh) {
      advance(work, n, alpha);
      error = freshError(matrix, at, n, work);
    } else {
      advanceProduct(work, n, alpha);
      advance(work, n, alpha);
      error = measure(work, n);
    }
  }
  unchecked((report[ITERATIONS] = f64(iteration)));
  return best <= tolerance ? STATUS_OK : status;
}

/** What the iterate is worth by a product of its own. */
function freshError(matrix: StaticArray<f64>, at: i32, n: i32, work: StaticArray<f64>): f64 {
  symmetricProduct(matrix, at, n, work, X * stride(n), work, Y * stride(n));
  return measure(work, n);
}

/** How far the gradients must get: less accuracy while the error is large, superlinear at the end. */
function reductionFor(error: f64, n: i32): f64 {
  return Math.max(1e-4, Math.min(0.1, error * f64(n)));
}

/** x after the step x + α·X·e. */
function advance(work: StaticArray<f64>, n: i32, alpha: f64): void {
  const bytes: usize = usize(stride(n)) << 3;
  const x: usize = addressOf(work, X * stride(n));
  const e: usize = addressOf(work, E * stride(n));
  const alphas: v128 = f64x2.splat(alpha);
  let o: usize = 0;
  do {
    const growth: v128 = f64x2.add(f64x2.splat(1.0), f64x2.mul(alphas, v128.load(e + o)));
    v128.store(x + o, f64x2.mul(v128.load(x + o), growth));
    o += 16;
  } while (o < bytes);
}

/** Σx after the same step, from x before it: Σ(X·e) = X⁻¹·curvature. Its rounding adds up, so it never decides. */
function advanceProduct(work: StaticArray<f64>, n: i32, alpha: f64): void {
  const bytes: usize = usize(stride(n)) << 3;
  const x: usize = addressOf(work, X * stride(n));
  const y: usize = addressOf(work, Y * stride(n));
  const curvature: usize = addressOf(work, CURVATURE * stride(n));
  const alphas: v128 = f64x2.splat(alpha);
  let o: usize = 0;
  do {
    const change: v128 = f64x2.div(f64x2.mul(alphas, v128.load(curvature + o)), v128.load(x + o));
    v128.store(y + o, f64x2.add(v128.load(y + o), change));
    o += 16;
  } while (o < bytes);
}
