/*
 * Float reference: small helpers, statistics, matrices and the solvers of 4.2 in the most obvious form.
 * The readings are listed in float-reference.ts.
 */

export const DAY_MS = 86_400_000;
export const DAYS_PER_YEAR = 365;

export function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`index ${index} outside 0..${items.length - 1}`);
  return item;
}

export function get<K, V>(map: Map<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`no entry for ${String(key)}`);
  return value;
}

export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function utcDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Days since the epoch. */
export function dayNumber(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

export function dateOfDay(day: number): string {
  return utcDate(day * DAY_MS);
}

// ---------------------------------------------------------------------------------------------------------------------
// Statistics
// ---------------------------------------------------------------------------------------------------------------------

export function sumOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

export function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

export function sampleStd(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  return Math.sqrt(squares / (values.length - 1));
}

/** Annualised Sharpe ratio of daily returns (ddof 1, risk-free 0); undefined below two values or without variance. */
export function sharpeOf(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const deviation = sampleStd(values);
  return deviation > 0 ? (meanOf(values) / deviation) * Math.sqrt(DAYS_PER_YEAR) : undefined;
}

/** Standard error of that Sharpe ratio for i.i.d. normal returns (Lo 2002). */
export function sharpeErrorOf(values: readonly number[]): number | undefined {
  const sharpe = sharpeOf(values);
  if (sharpe === undefined) return undefined;
  const daily = sharpe / Math.sqrt(DAYS_PER_YEAR);
  return Math.sqrt((1 + (daily * daily) / 2) / values.length) * Math.sqrt(DAYS_PER_YEAR);
}

/** Signed correlation; undefined without variance on either side. */
export function correlationOf(x: readonly number[], y: readonly number[]): number | undefined {
  const meanX = meanOf(x);
  const meanY = meanOf(y);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  x.forEach((value, i) => {
    const dx = value - meanX;
    const dy = at(y, i) - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  });
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : undefined;
}

// ---------------------------------------------------------------------------------------------------------------------
// Covariance of daily returns; `series` holds one array per pod, all of the same days
// ---------------------------------------------------------------------------------------------------------------------

export type Estimator = "sample" | "ewma" | "ledoit_wolf";

const EWMA_HALFLIFE = 30;

function products(series: number[][], weight: (t: number) => number): number[][] {
  return series.map((a) => series.map((b) => sumOf(a.map((value, t) => weight(t) * value * at(b, t)))));
}

function centred(series: number[][]): number[][] {
  return series.map((values) => {
    const mean = meanOf(values);
    return values.map((value) => value - mean);
  });
}

/** Ledoit and Wolf 2004: shrinkage to mu x identity with ddof 0, then x T/(T-1). */
function ledoitWolf(series: number[][]): number[][] {
  const p = series.length;
  const count = at(series, 0).length;
  const x = centred(series);
  const s = products(x, () => 1 / count);
  const mu = sumOf(s.map((row, i) => at(row, i))) / p;
  const norm = sumOf(s.flat().map((value) => value * value));
  const delta = (norm - p * mu * mu) / p; // squared distance of S from mu x identity, per dimension
  let fourth = 0; // sum over t of |x_t|^4
  for (let t = 0; t < count; t++) {
    const length = sumOf(x.map((values) => at(values, t) * at(values, t)));
    fourth += length * length;
  }
  const beta = Math.max(Math.min((fourth / count - norm) / (count * p), delta), 0);
  const shrinkage = delta > 0 ? beta / delta : 0;
  return s.map((row, i) =>
    row.map((value, j) => (((1 - shrinkage) * value + (i === j ? shrinkage * mu : 0)) * count) / (count - 1)),
  );
}

/** Daily covariance; undefined with fewer than two days. */
export function covariance(series: number[][], estimator: Estimator): number[][] | undefined {
  const first = series[0];
  if (first === undefined || first.length < 2) return undefined;
  const count = first.length;
  if (estimator === "ledoit_wolf") return ledoitWolf(series);
  if (estimator === "ewma") {
    const raw = first.map((_, t) => Math.pow(0.5, (count - 1 - t) / EWMA_HALFLIFE));
    const total = sumOf(raw);
    return products(series, (t) => at(raw, t) / total);
  }
  return products(centred(series), () => 1 / (count - 1));
}

// ---------------------------------------------------------------------------------------------------------------------
// Matrices
// ---------------------------------------------------------------------------------------------------------------------

export function timesVector(matrix: number[][], vector: readonly number[]): number[] {
  return matrix.map((row) => sumOf(row.map((value, j) => value * at(vector, j))));
}

export function quadraticForm(matrix: number[][], vector: readonly number[]): number {
  return sumOf(timesVector(matrix, vector).map((value, i) => value * at(vector, i)));
}

/** Percentage risk contributions; undefined when there is no risk. */
export function riskContributions(cov: number[][], weights: readonly number[]): number[] | undefined {
  const marginal = timesVector(cov, weights);
  const variance = sumOf(marginal.map((value, i) => value * at(weights, i)));
  if (!(variance > 0)) return undefined;
  return marginal.map((value, i) => (value * at(weights, i)) / variance);
}

/** Lower Cholesky factor; undefined when a pivot is not above `relativePivot` x its diagonal element. */
function cholesky(matrix: number[][], relativePivot: number): number[][] | undefined {
  const n = matrix.length;
  const lower = matrix.map(() => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++) {
    const row = at(lower, i);
    for (let j = 0; j <= i; j++) {
      const other = at(lower, j);
      let value = at(at(matrix, i), j);
      for (let k = 0; k < j; k++) value -= at(row, k) * at(other, k);
      if (j < i) {
        row[j] = value / at(other, j);
      } else {
        if (!(value > relativePivot * at(at(matrix, i), i))) return undefined;
        row[i] = Math.sqrt(value);
      }
    }
  }
  return lower;
}

/** Solution of matrix x = right for a symmetric positive definite matrix; undefined when it is not (well enough). */
export function solvePositive(
  matrix: number[][],
  right: readonly number[],
  relativePivot: number,
): number[] | undefined {
  const lower = cholesky(matrix, relativePivot);
  if (lower === undefined) return undefined;
  const n = right.length;
  const y: number[] = [];
  for (let i = 0; i < n; i++) {
    let value = at(right, i);
    for (let k = 0; k < i; k++) value -= at(at(lower, i), k) * at(y, k);
    y.push(value / at(at(lower, i), i));
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let value = at(y, i);
    for (let k = i + 1; k < n; k++) value -= at(at(lower, k), i) * at(x, k);
    x[i] = value / at(at(lower, i), i);
  }
  return x.every((value) => Number.isFinite(value)) ? x : undefined;
}

/** matrix + ridge x its own diagonal */
function ridged(matrix: number[][], ridge: number): number[][] {
  return matrix.map((row, i) => row.map((value, j) => (i === j ? value * (1 + ridge) : value)));
}

// ---------------------------------------------------------------------------------------------------------------------
// 4.2.2 base weights
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Spinu: min 1/2 x'Cx - sum b ln x, w = x / sum x, by damped Newton on the correlation matrix (x scaled by the
 * deviations). Undefined when it does not reach a residual of 1e-10 in the risk contributions.
 */
function spinu(cov: number[][], budgets: number[]): number[] | undefined {
  const n = cov.length;
  const deviations = cov.map((row, i) => Math.sqrt(at(row, i)));
  if (!deviations.every((value) => value > 0 && Number.isFinite(value))) return undefined;
  if (!budgets.every((budget) => budget > 0 && Number.isFinite(budget))) return undefined;
  const totalBudget = sumOf(budgets);
  const b = budgets.map((budget) => budget / totalBudget);
  const r = cov.map((row, i) => row.map((value, j) => value / (at(deviations, i) * at(deviations, j))));

  const objective = (y: number[]): number =>
    quadraticForm(r, y) / 2 - sumOf(y.map((value, i) => at(b, i) * Math.log(value)));
  let y = new Array<number>(n).fill(1 / Math.sqrt(n));
  let best: number[] | undefined;
  let bestResidual = Infinity;
  for (let iteration = 0; iteration < 500; iteration++) {
    const contributions = riskContributions(r, y);
    if (contributions === undefined) break;
    const residual = Math.max(...contributions.map((value, i) => Math.abs(value - at(b, i))));
    if (residual < bestResidual) {
      bestResidual = residual;
      best = y;
    }
    const gradient = timesVector(r, y).map((value, i) => value - at(b, i) / at(y, i));
    const hessian = r.map((row, i) => row.map((value, j) => (i === j ? value + at(b, i) / at(y, i) ** 2 : value)));
    const step = solvePositive(
      hessian,
      gradient.map((value) => -value),
      0,
    );
    if (step === undefined) break;
    const decrement = -sumOf(step.map((value, i) => value * at(gradient, i)));
    if (!(decrement > 1e-30)) break;
    let length = 1;
    const moved = (): number[] => y.map((value, i) => value + length * at(step, i));
    while (length > 1e-12) {
      const next = moved();
      const positive = next.every((value) => value > 0);
      if (positive && decrement < 1e-10) break; // quadratic convergence: full steps, below the noise of the objective
      if (positive && objective(next) <= objective(y) - 1e-4 * length * decrement) break;
      length /= 2;
    }
    y = moved();
  }
  if (best === undefined || bestResidual > 1e-10) return undefined;
  const x = best.map((value, i) => value / at(deviations, i));
  const total = sumOf(x);
  return x.map((value) => value / total);
}

export function equalWeights(n: number): number[] {
  return new Array<number>(n).fill(1 / n);
}

/** Inverse volatility, else equal weight. */
export function inverseVolatility(cov: number[][] | undefined, n: number): number[] {
  if (cov === undefined) return equalWeights(n);
  const inverse = cov.map((row, i) => 1 / Math.sqrt(at(row, i)));
  if (!inverse.every((value) => value > 0 && Number.isFinite(value))) return equalWeights(n);
  const total = sumOf(inverse);
  return inverse.map((value) => value / total);
}

const RISK_PARITY_RIDGE = 1e-8;

/** Risk parity; when it fails: ridge once, then inverse volatility, then equal weight. */
export function riskParity(cov: number[][] | undefined, budgets: number[]): number[] {
  if (cov === undefined) return equalWeights(budgets.length);
  return (
    spinu(cov, budgets) ?? spinu(ridged(cov, RISK_PARITY_RIDGE), budgets) ?? inverseVolatility(cov, budgets.length)
  );
}

// ---------------------------------------------------------------------------------------------------------------------
// 4.2.3 Kelly
// ---------------------------------------------------------------------------------------------------------------------

/** Full Kelly of daily moments: negatives to 0, then scaled down to the volatility limit (annual) and to sum <= 1. */
export function cappedKelly(cov: number[][] | undefined, means: number[], maxVolatility: number): number[] {
  const none = means.map(() => 0);
  if (cov === undefined) return none;
  const annualCov = cov.map((row) => row.map((value) => value * DAYS_PER_YEAR));
  const annualMeans = means.map((value) => value * DAYS_PER_YEAR);
  let raw = solvePositive(annualCov, annualMeans, 1e-10);
  for (const ridge of [1e-4, 1e-3, 1e-2, 1e-1]) raw ??= solvePositive(ridged(annualCov, ridge), annualMeans, 1e-10);
  if (raw === undefined) return none;
  const f = raw.map((value, i) => (value < 0 || at(annualMeans, i) < 0 ? 0 : value));
  const volatility = Math.sqrt(Math.max(quadraticForm(annualCov, f), 0));
  const total = sumOf(f);
  let scale = 1;
  if (volatility > maxVolatility) scale = Math.min(scale, maxVolatility / volatility);
  if (total > 1) scale = Math.min(scale, 1 / total);
  return f.map((value) => value * scale);
}

// ---------------------------------------------------------------------------------------------------------------------
// 4.2.4 box
// ---------------------------------------------------------------------------------------------------------------------

/** clip(c v, min, max) with the c that keeps the total; at most all at max; minima above the total are scaled. */
export function boxProjection(v: number[], total: number, minima: number[], maxima: number[]): number[] {
  const minimum = sumOf(minima);
  if (minimum > total) return minima.map((value) => (value * total) / minimum);
  const clipped = (c: number): number[] =>
    v.map((value, i) => Math.min(Math.max(c * value, at(minima, i)), at(maxima, i)));
  const corners: number[] = [];
  v.forEach((value, i) => {
    if (value > 0) corners.push(at(minima, i) / value, at(maxima, i) / value);
  });
  corners.sort((a, b) => a - b);
  let lower = 0;
  for (const upper of corners) {
    const sumLower = sumOf(clipped(lower));
    const sumUpper = sumOf(clipped(upper));
    if (sumUpper >= total) {
      // linear between two corners
      const share = sumUpper > sumLower ? (total - sumLower) / (sumUpper - sumLower) : 0;
      return clipped(lower + share * (upper - lower));
    }
    lower = upper;
  }
  return clipped(lower);
}
