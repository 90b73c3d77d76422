import { productError } from "./exact";
import { choleskySolve, factorLength, factorWithRidge } from "./linalg";
import { portfolioVariance } from "./portfolio-risk";
import { finite, STATUS_INVALID_INPUT, STATUS_NOT_PD, STATUS_OK } from "./status";

/** A smallest relative pivot below this is ill-conditioned: the answer would be rounding. */
const PIVOT_FLOOR: f64 = 1e-10;
/** The first ridge after none; each further one is ten times the last. */
const FIRST_RIDGE: f64 = 1e-4;
const LAST_RIDGE: f64 = 0.1;
/** Below this smallest pivot the solution is refined with exact products, which gives back the digits that cancelled. */
const REFINED_BELOW: f64 = 1e-2;
const REFINEMENTS: i32 = 2;

// Places in `report`.
const RIDGE: i32 = 0;
const PIVOT: i32 = 1;

/** f64 that `kelly` needs as `work`. */
export function kellyWorkLength(n: i32): i32 {
  return factorLength(n) + n;
}

/** f64 of `report`: ridge, smallest relative pivot. */
export function kellyReportLength(): i32 {
  return 2;
}

/**
 * Full Kelly fractions:
 *
 *   (Σ + γ·diag Σ)·f = μ
 *
 * γ is the given ridge when that matrix is well enough conditioned (smallest relative Cholesky pivot ≥ 1e-10), else the first of
 * 1e-4, 1e-3, 1e-2, 1e-1 above it that is. The smallest relative pivot is 1 − R² of the asset that the ones before it explain
 * best; its inverse stands in for the condition number of the correlations.
 *
 * Shapes   cov[n × n] row-major, symmetric; mu, fractions [n]; work[kellyWorkLength(n)]; report[2].
 * Units    mu the excess return and cov over the same period; fractions of capital, leverage and shorts included.
 * Writes   fractions, work, report = ridge used, smallest relative pivot.
 * Returns  OK; NOT_PD (no ridge up to 0.1 helps) and INVALID_INPUT (n < 1, ridge < 0, a variance not positive, a value not finite):
 *          fractions are not written.
 * Cost     n³/6 per factorisation, 2n² per solve; no allocation.
 * Source   Thorp (2006), The Kelly criterion, §7–8.
 */
export function kelly(
  cov: StaticArray<f64>,
  mu: StaticArray<f64>,
  n: i32,
  ridge: f64,
  fractions: StaticArray<f64>,
  work: StaticArray<f64>,
  report: StaticArray<f64>,
): i32 {
  unchecked((report[RIDGE] = 0.0));
  unchecked((report[PIVOT] = 0.0));
  if (!(n >= 1 && ridge >= 0.0 && finite(ridge) && isUsable(cov, mu, n))) return STATUS_INVALID_INPUT;
  let gamma: f64 = ridge;
  let pivot: f64 = factorWithRidge(cov, n, gamma, work);
  // A covariance that is not finite spoils a pivot, so only a bad pivot is a reason to look for one.
  if (pivot < PIVOT_FLOOR && !isFiniteMatrix(cov, n)) return STATUS_INVALID_INPUT;
  let next: f64 = FIRST_RIDGE;
  while (pivot < PIVOT_FLOOR && next <= LAST_RIDGE) {
    if (next > gamma) {
      gamma = next;
      pivot = factorWithRidge(cov, n, gamma, work);
    }
    next *= 10.0;
  }
  unchecked((report[RIDGE] = gamma));
  unchecked((report[PIVOT] = pivot));
  if (pivot < PIVOT_FLOOR) return STATUS_NOT_PD;

  for (let i: i32 = 0; i < n; i++) unchecked((fractions[i] = unchecked(mu[i])));
  choleskySolve(work, 0, n, fractions, 0);
  const refinements: i32 = pivot < REFINED_BELOW ? REFINEMENTS : 0;
  for (let round: i32 = 0; round < refinements; round++) refine(cov, mu, n, gamma, fractions, work);
  return STATUS_OK;
}

/** Variances positive, and they and the expectations finite. */
function isUsable(cov: StaticArray<f64>, mu: StaticArray<f64>, n: i32): boolean {
  for (let i: i32 = 0; i < n; i++) {
    const variance: f64 = unchecked(cov[i * n + i]);
    if (!(variance > 0.0 && finite(variance) && finite(unchecked(mu[i])))) return false;
  }
  return true;
}

function isFiniteMatrix(cov: StaticArray<f64>, n: i32): boolean {
  for (let k: i32 = 0; k < n * n; k++) {
    if (!finite(unchecked(cov[k]))) return false;
  }
  return true;
}

/** f += A⁻¹(μ − A·f), the residual with exact products (twice the working precision). */
function refine(
  cov: StaticArray<f64>,
  mu: StaticArray<f64>,
  n: i32,
  gamma: f64,
  fractions: StaticArray<f64>,
  work: StaticArray<f64>,
): void {
  const residual: i32 = factorLength(n);
  for (let i: i32 = 0; i < n; i++) unchecked((work[residual + i] = exactResidual(cov, mu, n, gamma, fractions, i)));
  choleskySolve(work, 0, n, work, residual);
  for (let i: i32 = 0; i < n; i++) {
    unchecked((fractions[i] = unchecked(fractions[i]) + unchecked(work[residual + i])));
  }
}

/**
 * μᵢ − Σⱼ Aᵢⱼfⱼ as if computed in twice the precision and rounded once.
 *
 * Source   Ogita, Rump & Oishi (2005), Accurate sum and dot product: Dot2.
 */
function exactResidual(
  cov: StaticArray<f64>,
  mu: StaticArray<f64>,
  n: i32,
  gamma: f64,
  fractions: StaticArray<f64>,
  i: i32,
): f64 {
  let sum: f64 = unchecked(mu[i]);
  let lost: f64 = -gamma * unchecked(cov[i * n + i]) * unchecked(fractions[i]);
  for (let j: i32 = 0; j < n; j++) {
    const a: f64 = -unchecked(cov[i * n + j]);
    const f: f64 = unchecked(fractions[j]);
    const product: f64 = a * f;
    const next: f64 = sum + product;
    const before: f64 = next - sum;
    lost += sum - (next - before) + (product - before) + productError(a, f, product);
    sum = next;
  }
  return sum + lost;
}

/**
 * The limits of spec 4.2, in place: fractions that are negative, or whose expectation is, become 0; the rest is scaled down by
 * one factor until √(fᵀΣf) ≤ maxVolatility and Σf ≤ 1. Nothing is scaled up.
 *
 * Shapes   cov[n × n] row-major, lower triangle read; mu, fractions, sigmaF [n].
 * Units    maxVolatility on the period of cov (annual with annual).
 * Writes   fractions; sigmaF (scratch).
 * Returns  the factor, in (0, 1].
 * Cost     O(n²), no allocation.
 */
export function kellyCap(
  cov: StaticArray<f64>,
  mu: StaticArray<f64>,
  n: i32,
  maxVolatility: f64,
  fractions: StaticArray<f64>,
  sigmaF: StaticArray<f64>,
): f64 {
  let total: f64 = 0.0;
  for (let i: i32 = 0; i < n; i++) {
    if (!(unchecked(fractions[i]) > 0.0 && unchecked(mu[i]) >= 0.0)) unchecked((fractions[i] = 0.0));
    total += unchecked(fractions[i]);
  }
  const volatility: f64 = Math.sqrt(portfolioVariance(cov, n, fractions, sigmaF));
  let factor: f64 = 1.0;
  if (volatility > maxVolatility) factor = maxVolatility / volatility;
  if (total * factor > 1.0) factor = 1.0 / total;
  for (let i: i32 = 0; i < n; i++) unchecked((fractions[i] = unchecked(fractions[i]) * factor));
  return factor;
}
