import { DIFFICULTY, ITERATIONS, newton, RESIDUAL } from "./erc-newton";
import { B, BEST, DIAGONAL, INVERSE_B, MATRIX, pad, stride, X } from "./erc-vectors";
import { addressOf } from "./lanes";
import { finite, STATUS_FLOOR, STATUS_INVALID_INPUT, STATUS_OK } from "./status";

/** f64 that `riskBudget` needs as `work`: vectors, the Hessian, and Σ without the assets of zero budget. */
export function riskBudgetWorkLength(n: i32): i32 {
  return MATRIX * stride(n) + 2 * n * n + 1;
}

/** f64 of `report`: iterations, residual, difficulty. */
export function riskBudgetReportLength(): i32 {
  return 3;
}

/**
 * Risk budgeting (equal risk contribution when the budgets are equal): the weights whose risk shares are the budgets,
 *
 *   wᵢ(Σw)ᵢ / wᵀΣw = bᵢ / Σb,   w = x / Σx,   x = argmin ½ xᵀΣx − Σ bᵢ ln xᵢ over x > 0
 *
 * Scale-free throughout: weights of c·Σ are those of Σ, and no threshold is absolute. An asset of budget 0 gets weight 0 and
 * its row of Σ is not read. One asset gets 1, two have a closed form, more go to Newton's method (erc-newton).
 *
 * Attainable accuracy depends on hedges, not on the condition of Σ: rounding is amplified by κ = 1 + λmax(B^-½XRXB^-½), of which
 * the reported difficulty max Σᵢᵢxᵢ²/(bᵢxᵀΣx) is a lower bound; κ = 2 when no correlation is negative.
 *
 * Σ must be positive semidefinite: estimates are, loadCovariance refuses others. Of an indefinite Σ only what meets the solver is
 * noticed (NOT_PD); an OK still means that the shares are the budgets.
 *
 * Shapes   cov[n × n] row-major, symmetric; budget, weights [n]; work[riskBudgetWorkLength(n)]; report[3].
 * Units    cov in any; budgets ≥ 0 on any scale; weights > 0 summing to 1; tolerance in risk shares.
 * Writes   weights, work, report = iterations, residual max|PRCᵢ − bᵢ|, difficulty. Weights are written for statuses ≥ 0 only.
 * Returns  OK: residual ≤ tolerance. FLOOR: the residual stopped falling below 1e-9 (or 1e-15 × difficulty), which is what rounding
 *          leaves, and never above 1e-6; two assets, whose residual is rounding by construction, have no other status above the
 *          tolerance. MAX_ITER: best iterate and its residual. NOT_PD: some portfolio of positive weights has no risk but rounding,
 *          or Σ is indefinite. INVALID_INPUT: n < 1, a budget negative or not finite, all zero, a variance not positive, a value not finite.
 * Cost     see erc-newton; no allocation.
 * Source   Spinu (2013), SSRN 2297383; two assets: Bruder & Roncalli (2012), SSRN 2009778.
 *
 * @param polish 1 for one more step after the tolerance is met where gradients began (more than 16 assets): costs a third
 *        more and makes the weights of c·Σ those of Σ; 0 without.
 * @param warm 1 when `weights` holds a start (positive, any scale), 0 to start from the budgets and volatilities.
 */
export function riskBudget(
  cov: StaticArray<f64>,
  n: i32,
  budget: StaticArray<f64>,
  tolerance: f64,
  maxIterations: i32,
  warm: i32,
  polish: i32,
  weights: StaticArray<f64>,
  work: StaticArray<f64>,
  report: StaticArray<f64>,
): i32 {
  unchecked((report[ITERATIONS] = 0.0));
  unchecked((report[RESIDUAL] = 0.0));
  unchecked((report[DIFFICULTY] = 0.0));
  const active = activeAssets(cov, n, budget);
  if (active < 1) return STATUS_INVALID_INPUT;

  // The layout of work depends on the number of assets in the problem; the reduced Σ lies behind everything else.
  const reduced: i32 = MATRIX * stride(active) + active * active + 1;
  let status: i32 = STATUS_OK;
  if (active === n) {
    prepare(cov, n, budget, active, weights, warm, work);
    status = solve(cov, 0, active, work, tolerance, maxIterations, polish === 1, report);
  } else {
    reduce(cov, n, budget, work, reduced);
    prepare(cov, n, budget, active, weights, warm, work);
    status = solve(work, reduced, active, work, tolerance, maxIterations, polish === 1, report);
  }
  if (status >= STATUS_OK) writeWeights(n, budget, active, work, weights);
  return status;
}

/** Assets with a budget; 0 when a budget or the variance of such an asset is refused. */
function activeAssets(cov: StaticArray<f64>, n: i32, budget: StaticArray<f64>): i32 {
  let active: i32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    const b: f64 = unchecked(budget[i]);
    if (!(b >= 0.0 && finite(b))) return 0;
    if (b === 0.0) continue;
    const variance: f64 = unchecked(cov[i * n + i]);
    if (!(variance > 0.0 && finite(variance))) return 0;
    active++;
  }
  return active;
}

/** Copies Σ without the rows and columns of zero budget. */
function reduce(cov: StaticArray<f64>, n: i32, budget: StaticArray<f64>, work: StaticArray<f64>, at: i32): void {
  const active = activeAssets(cov, n, budget);
  let row = at;
  for (let i: i32 = 0; i < n; i++) {
    if (unchecked(budget[i]) === 0.0) continue;
    let to = row;
    for (let j: i32 = 0; j < n; j++) {
      if (unchecked(budget[j]) > 0.0) unchecked((work[to++] = unchecked(cov[i * n + j])));
    }
    row += active;
  }
}

/** Fills in b (summing to 1), the diagonal and the start: the warm one, or xᵢ = √(bᵢ/Σᵢᵢ), exact without correlation. */
function prepare(
  cov: StaticArray<f64>,
  n: i32,
  budget: StaticArray<f64>,
  active: i32,
  weights: StaticArray<f64>,
  warm: i32,
  work: StaticArray<f64>,
): void {
  const s: i32 = stride(active);
  let total: f64 = 0.0;
  let cold: boolean = warm !== 1;
  let k: i32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    const b: f64 = unchecked(budget[i]);
    if (b === 0.0) continue;
    const start: f64 = warm === 1 ? unchecked(weights[i]) : 1.0;
    if (!(start > 0.0 && finite(start))) cold = true;
    total += b;
    unchecked((work[B * s + k] = b));
    unchecked((work[DIAGONAL * s + k] = unchecked(cov[i * n + i])));
    unchecked((work[X * s + k] = start));
    k++;
  }
  finishBudget(work, active, total, cold);
  pad(work, active);
}

function finishBudget(work: StaticArray<f64>, n: i32, total: f64, cold: boolean): void {
  const bytes: usize = usize(stride(n)) << 3;
  const x: usize = addressOf(work, X * stride(n));
  const b: usize = addressOf(work, B * stride(n));
  const diagonal: usize = addressOf(work, DIAGONAL * stride(n));
  const inverse: usize = addressOf(work, INVERSE_B * stride(n));
  let o: usize = 0;
  do {
    const bs: v128 = f64x2.div(v128.load(b + o), f64x2.splat(total));
    v128.store(b + o, bs);
    v128.store(inverse + o, f64x2.div(f64x2.splat(1.0), bs));
    if (cold) v128.store(x + o, f64x2.sqrt(f64x2.div(bs, v128.load(diagonal + o))));
    o += 16;
  } while (o < bytes);
}

function solve(
  matrix: StaticArray<f64>,
  at: i32,
  n: i32,
  work: StaticArray<f64>,
  tolerance: f64,
  maxIterations: i32,
  polish: boolean,
  report: StaticArray<f64>,
): i32 {
  if (n > 2) return newton(matrix, at, n, work, tolerance, maxIterations, polish, report);
  if (n === 1) {
    unchecked((work[BEST] = 1.0));
    unchecked((report[DIFFICULTY] = 1.0));
    return STATUS_OK;
  }
  closedForm(matrix, at, work);
  // No iteration is allowed: newton only measures the answer.
  const status = newton(matrix, at, n, work, tolerance, 0, false, report);
  return status > STATUS_OK ? STATUS_FLOOR : status;
}

/**
 * Two assets: with ρ their correlation, u = σ₁x₁, v = σ₂x₂, the ratio r = u/v solves b₂r² + ρ(b₂ − b₁)r − b₁ = 0. The root is
 * taken in the form without cancellation.
 */
function closedForm(matrix: StaticArray<f64>, at: i32, work: StaticArray<f64>): void {
  const n: i32 = 2;
  const first: f64 = Math.sqrt(unchecked(matrix[at]));
  const second: f64 = Math.sqrt(unchecked(matrix[at + 3]));
  const b1: f64 = unchecked(work[B * n]);
  const b2: f64 = unchecked(work[B * n + 1]);
  const skew: f64 = (unchecked(matrix[at + 2]) / (first * second)) * (b1 - b2);
  const root: f64 = Math.sqrt(skew * skew + 4.0 * b1 * b2);
  const ratio: f64 = skew > 0.0 ? (skew + root) / (2.0 * b2) : (2.0 * b1) / (root - skew);
  unchecked((work[X * n] = ratio / first));
  unchecked((work[X * n + 1] = 1.0 / second));
}

function writeWeights(
  n: i32,
  budget: StaticArray<f64>,
  active: i32,
  work: StaticArray<f64>,
  weights: StaticArray<f64>,
): void {
  const s: i32 = stride(active);
  let total: f64 = 0.0;
  for (let k: i32 = 0; k < active; k++) total += unchecked(work[BEST * s + k]);
  let k: i32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    const b: f64 = unchecked(budget[i]);
    unchecked((weights[i] = b > 0.0 ? unchecked(work[BEST * s + k]) / total : 0.0));
    if (b > 0.0) k++;
  }
}
