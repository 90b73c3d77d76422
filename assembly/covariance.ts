import { addressOf, laneSum } from "./lanes";
import { finite, STATUS_INVALID_INPUT, STATUS_OK } from "./status";

/** Where `report` holds the number of columns without variance. */
const FLAT_COLUMNS: i32 = 0;
/** Where `report` holds the Ledoit–Wolf shrinkage; 0 for the other estimators. */
const SHRINKAGE: i32 = 1;

/** Columns that lie side by side in the scratch, so that one pass over time serves all their pairs. */
const PANEL: i32 = 4;

/** f64 that an estimator needs as `work`: columns padded with zeros to whole panels and an even number of days. */
export function covarianceWorkLength(days: i32, n: i32): i32 {
  return panels(n) * panelLength(days);
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
 * Source   RiskMetrics Technical Document (1996).
 *
 * @param recursive 1 for the recursion S_t = decay·S_(t−1) + (1 − decay)·x_t·x_tᵀ from S_0 = x_0·x_0ᵀ, whose first row weighs
 *        1 / (1 − decay) times as much; needs decay < 1. 0 for the formula above.
 */
export function ewmaCovariance(
  returns: StaticArray<f64>,
  days: i32,
  n: i32,
  decay: f64,
  recursive: i32,
  cov: StaticArray<f64>,
  work: StaticArray<f64>,
  report: StaticArray<f64>,
): i32 {
  if (!(days >= 1 && n >= 1 && decay > 0.0 && decay <= 1.0)) return STATUS_INVALID_INPUT;
  if (recursive === 1 && decay === 1.0) return STATUS_INVALID_INPUT;
  let weight: f64 = 1.0;
  let total: f64 = 0.0;
  clearPadding(work, days, n);
  for (let t: i32 = days - 1; t >= 0; t--) {
    if (recursive === 1 && t === 0 && days > 1) weight /= 1.0 - decay;
    const root: f64 = Math.sqrt(weight);
    weighRow(returns, t * n, n, root, work, place(days, 0, t), panelLength(days));
    total += weight;
    weight *= decay;
  }
  return products(work, days, n, total, cov, report);
}

/** One row, times `root`, to its places in the scratch: the first column's is `to`. */
function weighRow(
  returns: StaticArray<f64>,
  from: i32,
  n: i32,
  root: f64,
  work: StaticArray<f64>,
  to: i32,
  panel: i32,
): void {
  for (let i: i32 = 0; i < n; i++) {
    unchecked((work[to + (i >> 2) * panel + (i & 3) * 2] = root * unchecked(returns[from + i])));
  }
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
  const noise: f64 = (fourthMoment(work, days, n) / f64(days) - norm) / f64(days);
  if (!(noise > 0.0 && distance > 0.0)) return 0.0;
  return noise < distance ? noise / distance : 1.0;
}

/** Σₜ (Σᵢ xₜᵢ²)². */
function fourthMoment(work: StaticArray<f64>, days: i32, n: i32): f64 {
  const panelBytes: usize = usize(panelLength(days)) << 3;
  const columns: usize = addressOf(work, 0);
  const end: usize = columns + usize(panels(n)) * panelBytes;
  let lanes: v128 = f64x2.splat(0.0);
  for (let pair: usize = columns; pair < columns + panelBytes; pair += PAIR_BYTES) {
    let squares: v128 = f64x2.splat(0.0);
    for (let p: usize = pair; p < end; p += panelBytes) {
      const x0: v128 = v128.load(p);
      const x1: v128 = v128.load(p, 16);
      const x2: v128 = v128.load(p, 32);
      const x3: v128 = v128.load(p, 48);
      const left: v128 = f64x2.add(f64x2.mul(x0, x0), f64x2.mul(x1, x1));
      squares = f64x2.add(squares, f64x2.add(left, f64x2.add(f64x2.mul(x2, x2), f64x2.mul(x3, x3))));
    }
    lanes = f64x2.add(lanes, f64x2.mul(squares, squares));
  }
  return laneSum(lanes);
}

// Scratch layout: panels of four columns; in a panel, for each pair of days, the pair of each column: x₀ₜ x₀ₜ₊₁ x₁ₜ x₁ₜ₊₁ …

/** Bytes of one pair of days in a panel. */
const PAIR_BYTES: usize = 64;

function panels(n: i32): i32 {
  return (n + PANEL - 1) >> 2;
}

function panelLength(days: i32): i32 {
  return PANEL * (days + (days & 1));
}

function place(days: i32, i: i32, t: i32): i32 {
  return (i >> 2) * panelLength(days) + (t >> 1) * 8 + (i & 3) * 2 + (t & 1);
}

/** Zeroes what the columns do not fill: the odd day and the rest of the last panel. */
function clearPadding(work: StaticArray<f64>, days: i32, n: i32): void {
  const columns: i32 = panels(n) * PANEL;
  if ((days & 1) === 1) {
    for (let i: i32 = 0; i < columns; i++) unchecked((work[place(days, i, days)] = 0.0));
  }
  for (let i: i32 = n; i < columns; i++) {
    for (let t: i32 = 0; t < days; t++) unchecked((work[place(days, i, t)] = 0.0));
  }
}

/** Writes the centred columns; false when there is too little data or a column's sum is not finite. */
function centre(returns: StaticArray<f64>, days: i32, n: i32, work: StaticArray<f64>): boolean {
  if (days < 2 || n < 1) return false;
  for (let i: i32 = 0; i + 1 < n; i += 2) {
    const columns: usize = addressOf(work, place(days, i, 0));
    if (!centrePair(addressOf(returns, i), usize(n) << 3, days, columns)) return false;
  }
  if ((n & 1) === 1 && !centreOne(returns, days, n, n - 1, work)) return false;
  clearPadding(work, days, n);
  return true;
}

/** Two neighbouring columns: `from` is the address of the first in the first row, `to` its place in the scratch. */
function centrePair(from: usize, stride: usize, days: i32, to: usize): boolean {
  const first: v128 = v128.load(from);
  const lastPair: usize = to + (usize(days >> 1) << 6);
  let sum0: v128 = f64x2.splat(0.0);
  let sum1: v128 = f64x2.splat(0.0);
  let row: usize = from;
  let q: usize = to;
  for (; q < lastPair; q += PAIR_BYTES) {
    const even: v128 = f64x2.sub(v128.load(row), first);
    const odd: v128 = f64x2.sub(v128.load(row + stride), first);
    const x0: v128 = v128.shuffle<f64>(even, odd, 0, 2);
    const x1: v128 = v128.shuffle<f64>(even, odd, 1, 3);
    v128.store(q, x0);
    v128.store(q, x1, 16);
    sum0 = f64x2.add(sum0, x0);
    sum1 = f64x2.add(sum1, x1);
    row += stride << 1;
  }
  if ((days & 1) === 1) {
    const even: v128 = f64x2.sub(v128.load(row), first);
    const none: v128 = f64x2.splat(0.0);
    const x0: v128 = v128.shuffle<f64>(even, none, 0, 2);
    const x1: v128 = v128.shuffle<f64>(even, none, 1, 3);
    v128.store(q, x0);
    v128.store(q, x1, 16);
    sum0 = f64x2.add(sum0, x0);
    sum1 = f64x2.add(sum1, x1);
    q += PAIR_BYTES;
  }
  const total0: f64 = laneSum(sum0);
  const total1: f64 = laneSum(sum1);
  if (!(finite(total0) && finite(total1))) return false;
  const mean0: v128 = f64x2.splat(total0 / f64(days));
  const mean1: v128 = f64x2.splat(total1 / f64(days));
  let p: usize = to;
  do {
    v128.store(p, f64x2.sub(v128.load(p), mean0));
    v128.store(p, f64x2.sub(v128.load(p, 16), mean1), 16);
    p += PAIR_BYTES;
  } while (p < q);
  return true;
}

/** A last column without a neighbour, in the same order. */
function centreOne(returns: StaticArray<f64>, days: i32, n: i32, i: i32, work: StaticArray<f64>): boolean {
  const first: f64 = unchecked(returns[i]);
  let even: f64 = 0.0;
  let odd: f64 = 0.0;
  for (let t: i32 = 0; t < days; t++) {
    const shifted: f64 = unchecked(returns[t * n + i]) - first;
    unchecked((work[place(days, i, t)] = shifted));
    if ((t & 1) === 0) even += shifted;
    else odd += shifted;
  }
  if (!finite(even + odd)) return false;
  const mean: f64 = (even + odd) / f64(days);
  for (let t: i32 = 0; t < days; t++) {
    const at: i32 = place(days, i, t);
    unchecked((work[at] = unchecked(work[at]) - mean));
  }
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
  const length = panelLength(days);
  const bytes: usize = usize(length) << 3;
  for (let i: i32 = 0; i < n; i += PANEL) {
    const own: usize = addressOf(work, (i >> 2) * length);
    // Both halves of i's panel against one panel while that is near.
    for (let j: i32 = 0; j <= i; j += PANEL) {
      const other: usize = addressOf(work, (j >> 2) * length);
      panelProducts(own, other, bytes, divisor, cov, n, i, j);
      if (i + 2 < n) panelProducts(own + 32, other, bytes, divisor, cov, n, i + 2, j);
    }
  }
  let flat: i32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    const variance: f64 = unchecked(cov[i * n + i]);
    if (!finite(variance)) return STATUS_INVALID_INPUT;
    if (variance === 0.0) flat++;
  }
  unchecked((report[FLAT_COLUMNS] = f64(flat)));
  unchecked((report[SHRINKAGE] = 0.0));
  return STATUS_OK;
}

/** Columns i, i + 1 (at `a`) with columns j … j + 3 (at `b`): eight sums in lanes of even and odd days. */
function panelProducts(
  a: usize,
  b: usize,
  bytes: usize,
  divisor: f64,
  cov: StaticArray<f64>,
  n: i32,
  i: i32,
  j: i32,
): void {
  let sum00: v128 = f64x2.splat(0.0);
  let sum01: v128 = f64x2.splat(0.0);
  let sum02: v128 = f64x2.splat(0.0);
  let sum03: v128 = f64x2.splat(0.0);
  let sum10: v128 = f64x2.splat(0.0);
  let sum11: v128 = f64x2.splat(0.0);
  let sum12: v128 = f64x2.splat(0.0);
  let sum13: v128 = f64x2.splat(0.0);
  let p: usize = a;
  const end: usize = b + bytes;
  for (let q: usize = b; q < end; q += PAIR_BYTES) {
    const x0: v128 = v128.load(p);
    const x1: v128 = v128.load(p, 16);
    const y0: v128 = v128.load(q);
    const y1: v128 = v128.load(q, 16);
    sum00 = f64x2.add(sum00, f64x2.mul(x0, y0));
    sum10 = f64x2.add(sum10, f64x2.mul(x1, y0));
    sum01 = f64x2.add(sum01, f64x2.mul(x0, y1));
    sum11 = f64x2.add(sum11, f64x2.mul(x1, y1));
    const y2: v128 = v128.load(q, 32);
    const y3: v128 = v128.load(q, 48);
    sum02 = f64x2.add(sum02, f64x2.mul(x0, y2));
    sum12 = f64x2.add(sum12, f64x2.mul(x1, y2));
    sum03 = f64x2.add(sum03, f64x2.mul(x0, y3));
    sum13 = f64x2.add(sum13, f64x2.mul(x1, y3));
    p += PAIR_BYTES;
  }
  storeEntry(cov, n, i, j, laneSum(sum00), divisor);
  storeEntry(cov, n, i, j + 1, laneSum(sum01), divisor);
  storeEntry(cov, n, i, j + 2, laneSum(sum02), divisor);
  storeEntry(cov, n, i, j + 3, laneSum(sum03), divisor);
  storeEntry(cov, n, i + 1, j, laneSum(sum10), divisor);
  storeEntry(cov, n, i + 1, j + 1, laneSum(sum11), divisor);
  storeEntry(cov, n, i + 1, j + 2, laneSum(sum12), divisor);
  storeEntry(cov, n, i + 1, j + 3, laneSum(sum13), divisor);
}

/** Both mirrored entries, when they are in the matrix. */
function storeEntry(cov: StaticArray<f64>, n: i32, i: i32, j: i32, sum: f64, divisor: f64): void {
  if (j > i || i >= n) return;
  const entry: f64 = sum / divisor;
  unchecked((cov[i * n + j] = entry));
  unchecked((cov[j * n + i] = entry));
}
