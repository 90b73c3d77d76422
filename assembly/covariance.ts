import { finite, STATUS_INVALID_INPUT, STATUS_OK } from "./status";

/** Where `report` holds the number of columns without variance. */
const FLAT_COLUMNS: i32 = 0;
/** Where `report` holds the Ledoit–Wolf shrinkage; 0 for the other estimators. */
const SHRINKAGE: i32 = 1;

/** f64 that an estimator needs as `work`. */
export function covarianceWorkLength(days: i32, n: i32): i32 {
  return n * columnLength(days);
}

/** f64 of `report`: columns without variance, shrinkage. */
export function covarianceReportLength(): i32 {
  return 2;
}

/**
 * Sample covariance, two-pass:
 *
 *   mᵢ = x₀ᵢ + Σₜ (xₜᵢ − x₀ᵢ) / T,   Σᵢⱼ = Σₜ (xₜᵢ − mᵢ)(xₜⱼ − mⱼ) / (T − 1)
 *
 * The shift by the first row keeps price-like levels exact and makes the variance of a constant column exactly 0. Every
 * entry is summed over even and over odd t apart and then added, so it depends on its two columns alone: the result is
 * symmetric and follows a permutation of the columns to the last bit.
 *
 * Shapes   returns[days × n] time-major; cov[n × n] row-major; work[covarianceWorkLength(days, n)]; report[2].
 * Units    cov in (unit of the returns)²; ddof 1.
 * Writes   cov (both triangles), report, work.
 * Returns  OK; INVALID_INPUT (days < 2, n < 1, a value not finite, overflow): cov has no meaning then.
 * Cost     O(days · n²); no allocation.
 */
export function sampleCovariance(
  returns: StaticArray<f64>,
  days: i32,
  n: i32,
  cov: StaticArray<f64>,
  work: StaticArray<f64>,
  report: StaticArray<f64>,
): i32 {
  if (!centre(returns, days, n, work)) return STATUS_INVALID_INPUT;
  return products(work, days, n, f64(days - 1), cov, report);
}

/**
 * Exponentially weighted covariance with zero mean, weights normalised over the window (the last row is the newest):
 *
 *   Σᵢⱼ = Σₜ vₜ xₜᵢ xₜⱼ / Σₜ vₜ,   vₜ = decay^(T − 1 − t)
 *
 * Shapes   returns[days × n] time-major; cov[n × n] row-major; work[covarianceWorkLength(days, n)]; report[2].
 * Units    decay per row in (0, 1]; for a half-life of h rows it is 2^(−1/h), by the module's pow.
 * Writes   cov (both triangles), report, work.
 * Returns  OK; INVALID_INPUT (days < 1, n < 1, decay out of range, a value not finite, overflow).
 * Cost     O(days · n²); no allocation.
 * Source   RiskMetrics Technical Document (1996), normalised rather than recursive initialisation.
 */
export function ewmaCovariance(
  returns: StaticArray<f64>,
  days: i32,
  n: i32,
  decay: f64,
  cov: StaticArray<f64>,
  work: StaticArray<f64>,
  report: StaticArray<f64>,
): i32 {
  if (!(days >= 1 && n >= 1 && decay > 0.0 && decay <= 1.0)) return STATUS_INVALID_INPUT;
  const length = columnLength(days);
  let weight: f64 = 1.0;
  let total: f64 = 0.0;
  for (let t: i32 = days - 1; t >= 0; t--) {
    const root: f64 = Math.sqrt(weight);
    for (let i: i32 = 0; i < n; i++) unchecked((work[i * length + t] = root * unchecked(returns[t * n + i])));
    total += weight;
    weight *= decay;
  }
  padColumns(work, days, n);
  return products(work, days, n, total, cov, report);
}

/**
 * Ledoit–Wolf covariance, shrunk towards a multiple of the identity. With S the sample covariance of ddof 0:
 *
 *   μ = tr S / n,   d² = ‖S − μI‖² / n,   b² = min(d², (Σₜ (Σᵢ xₜᵢ²)² / T − ‖S‖²) / (n T)),   s = b² / d²
 *   Σ = ((1 − s) S + s μ I) · T / (T − 1)
 *
 * Shapes   returns[days × n] time-major; cov[n × n] row-major; work[covarianceWorkLength(days, n)]; report[2].
 * Units    cov in (unit of the returns)²; shrinkage s in [0, 1], 0 where S already is μI (also for n = 1).
 * Writes   cov (both triangles), report (a column without variance counts although its shrunk variance is positive), work.
 * Returns  OK; INVALID_INPUT (days < 2, n < 1, a value not finite, overflow).
 * Cost     O(days · n²); no allocation.
 * Source   Ledoit & Wolf (2004), J. Multivariate Analysis 88; scikit-learn's ledoit_wolf.
 */
export function ledoitWolfCovariance(
  returns: StaticArray<f64>,
  days: i32,
  n: i32,
  cov: StaticArray<f64>,
  work: StaticArray<f64>,
  report: StaticArray<f64>,
): i32 {
  if (!centre(returns, days, n, work)) return STATUS_INVALID_INPUT;
  const status = products(work, days, n, f64(days), cov, report);
  if (status !== STATUS_OK) return status;

  const target = meanVariance(cov, n);
  const shrinkage = ledoitWolfShrinkage(work, days, n, cov, target);
  unchecked((report[SHRINKAGE] = shrinkage));
  const rescale: f64 = f64(days) / f64(days - 1);
  for (let i: i32 = 0; i < n; i++) {
    for (let j: i32 = 0; j < n; j++) {
      const shrunk: f64 = (1.0 - shrinkage) * unchecked(cov[i * n + j]) + (i === j ? shrinkage * target : 0.0);
      unchecked((cov[i * n + j] = shrunk * rescale));
    }
  }
  return STATUS_OK;
}

function meanVariance(cov: StaticArray<f64>, n: i32): f64 {
  let trace: f64 = 0.0;
  for (let i: i32 = 0; i < n; i++) trace += unchecked(cov[i * n + i]);
  return trace / f64(n);
}

/** b² / d² of the docblock above, from the centred columns and their covariance of ddof 0. */
function ledoitWolfShrinkage(work: StaticArray<f64>, days: i32, n: i32, cov: StaticArray<f64>, target: f64): f64 {
  const length = columnLength(days);
  let fourth: f64 = 0.0;
  for (let t: i32 = 0; t < days; t++) {
    let squares: f64 = 0.0;
    for (let i: i32 = 0; i < n; i++) {
      const x: f64 = unchecked(work[i * length + t]);
      squares += x * x;
    }
    fourth += squares * squares;
  }
  let norm: f64 = 0.0;
  let distance: f64 = 0.0;
  for (let i: i32 = 0; i < n; i++) {
    for (let j: i32 = 0; j < n; j++) {
      const c: f64 = unchecked(cov[i * n + j]);
      const d: f64 = i === j ? c - target : c;
      norm += c * c;
      distance += d * d;
    }
  }
  // Both over n: it cancels in the ratio.
  const noise: f64 = (fourth / f64(days) - norm) / f64(days);
  if (!(noise > 0.0 && distance > 0.0)) return 0.0;
  return noise < distance ? noise / distance : 1.0;
}

/** Columns are padded to an even length with a zero, so the products have no tail. */
function columnLength(days: i32): i32 {
  return days + (days & 1);
}

function padColumns(work: StaticArray<f64>, days: i32, n: i32): void {
  if ((days & 1) === 0) return;
  const length = columnLength(days);
  for (let i: i32 = 1; i <= n; i++) unchecked((work[i * length - 1] = 0.0));
}

/** Writes the centred columns one after the other; false when there is too little data or a column's sum is not finite. */
function centre(returns: StaticArray<f64>, days: i32, n: i32, work: StaticArray<f64>): boolean {
  if (days < 2 || n < 1) return false;
  const length = columnLength(days);
  for (let i: i32 = 0; i < n; i++) {
    const first: f64 = unchecked(returns[i]);
    const column = i * length;
    let sum: f64 = 0.0;
    for (let t: i32 = 0; t < days; t++) {
      const shifted: f64 = unchecked(returns[t * n + i]) - first;
      unchecked((work[column + t] = shifted));
      sum += shifted;
    }
    if (!finite(sum)) return false;
    const mean: f64 = sum / f64(days);
    for (let t: i32 = 0; t < days; t++) unchecked((work[column + t] = unchecked(work[column + t]) - mean));
  }
  padColumns(work, days, n);
  return true;
}

/** cov = (columns · columnsᵀ) / divisor, and the report without shrinkage. */
function products(
  work: StaticArray<f64>,
  days: i32,
  n: i32,
  divisor: f64,
  cov: StaticArray<f64>,
  report: StaticArray<f64>,
): i32 {
  const length = columnLength(days);
  let flat: i32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    for (let j: i32 = 0; j <= i; j++) {
      const entry: f64 = columnProduct(work, i * length, j * length, length) / divisor;
      unchecked((cov[i * n + j] = entry));
      unchecked((cov[j * n + i] = entry));
    }
    const variance: f64 = unchecked(cov[i * n + i]);
    if (!finite(variance)) return STATUS_INVALID_INPUT;
    if (variance === 0.0) flat++;
  }
  unchecked((report[FLAT_COLUMNS] = f64(flat)));
  unchecked((report[SHRINKAGE] = 0.0));
  return STATUS_OK;
}

function columnProduct(work: StaticArray<f64>, a: i32, b: i32, length: i32): f64 {
  let even: f64 = 0.0;
  let odd: f64 = 0.0;
  for (let t: i32 = 0; t < length; t += 2) {
    even += unchecked(work[a + t]) * unchecked(work[b + t]);
    odd += unchecked(work[a + t + 1]) * unchecked(work[b + t + 1]);
  }
  return even + odd;
}
