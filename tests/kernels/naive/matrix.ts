// The matrix kernels once more from their definitions, on arrays of arrays, with no thought for speed.

export type Matrix = number[][];

const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((x, i) => x * (b[i] ?? 0)));

/** Rows of a flat row-major matrix. */
export function rowsOf(flat: ArrayLike<number>, columns: number): Matrix {
  const rows = flat.length / columns;
  return Array.from({ length: rows }, (_, t) => Array.from({ length: columns }, (_, i) => flat[t * columns + i] ?? 0));
}

export const columnOf = (matrix: Matrix, i: number): number[] => matrix.map((row) => row[i] ?? 0);

function square(n: number, entry: (i: number, j: number) => number): Matrix {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => entry(i, j)));
}

function centred(returns: Matrix): Matrix {
  const n = returns[0]?.length ?? 0;
  const means = Array.from({ length: n }, (_, i) => sum(columnOf(returns, i)) / returns.length);
  return returns.map((row) => row.map((x, i) => x - (means[i] ?? 0)));
}

export function sampleCovariance(returns: Matrix, ddof = 1): Matrix {
  const x = centred(returns);
  const n = returns[0]?.length ?? 0;
  return square(n, (i, j) => dot(columnOf(x, i), columnOf(x, j)) / (returns.length - ddof));
}

export function ewmaCovariance(returns: Matrix, decay: number): Matrix {
  const n = returns[0]?.length ?? 0;
  const weights = returns.map((_, t) => decay ** (returns.length - 1 - t));
  return square(
    n,
    (i, j) => sum(returns.map((row, t) => (weights[t] ?? 0) * (row[i] ?? 0) * (row[j] ?? 0))) / sum(weights),
  );
}

/** scikit-learn's formula, term by term, then × T/(T − 1). */
export function ledoitWolf(returns: Matrix): { cov: Matrix; shrinkage: number } {
  const x = centred(returns);
  const days = returns.length;
  const n = returns[0]?.length ?? 0;
  const s = sampleCovariance(returns, 0);
  const mu = sum(s.map((row, i) => row[i] ?? 0)) / n;
  const norm = sum(s.flat().map((c) => c * c));
  const delta = (norm - 2 * mu * sum(s.map((row, i) => row[i] ?? 0)) + n * mu * mu) / n;
  const squares = x.map((row) => row.map((v) => v * v));
  const products = square(n, (i, j) => dot(columnOf(squares, i), columnOf(squares, j)));
  const beta = Math.min((sum(products.flat()) / days - norm) / (n * days), delta);
  const shrinkage = beta <= 0 ? 0 : beta / delta;
  const cov = s.map((row, i) =>
    row.map((c, j) => ((1 - shrinkage) * c + (i === j ? shrinkage * mu : 0)) * (days / (days - 1))),
  );
  return { cov, shrinkage };
}

export function correlation(cov: Matrix): Matrix {
  return cov.map((row, i) => row.map((c, j) => c / Math.sqrt((cov[i]?.[i] ?? 0) * (cov[j]?.[j] ?? 0))));
}

export function product(matrix: Matrix, x: readonly number[]): number[] {
  return matrix.map((row) => dot(row, x));
}

export function portfolioVariance(cov: Matrix, weights: readonly number[]): number {
  return dot(weights, product(cov, weights));
}

/** wᵢ(Σw)ᵢ / wᵀΣw. */
export function riskShares(cov: Matrix, weights: readonly number[]): number[] {
  const variance = portfolioVariance(cov, weights);
  return product(cov, weights).map((y, i) => ((weights[i] ?? 0) * y) / variance);
}

/** Gaussian elimination with partial pivoting. */
export function solve(matrix: Matrix, b: readonly number[]): number[] {
  const a = matrix.map((row, i) => [...row, b[i] ?? 0]);
  const n = a.length;
  for (let k = 0; k < n; k++) {
    const best = a.slice(k).reduce((at, row, i) => (Math.abs(row[k] ?? 0) > Math.abs(a[at]?.[k] ?? 0) ? k + i : at), k);
    [a[k], a[best]] = [a[best] ?? [], a[k] ?? []];
    for (let i = k + 1; i < n; i++) {
      const factor = (a[i]?.[k] ?? 0) / (a[k]?.[k] ?? 0);
      a[i] = (a[i] ?? []).map((x, j) => x - factor * (a[k]?.[j] ?? 0));
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    const row = a[i] ?? [];
    x[i] = ((row[n] ?? 0) - sum(x.map((v, j) => (j > i ? v * (row[j] ?? 0) : 0)))) / (row[i] ?? 0);
  }
  return x;
}

/**
 * κ = 1 + λmax(B^-½ XΣX B^-½) at the solution (xᵀΣx = 1): how much a risk budget amplifies rounding. Power iteration.
 */
export function riskBudgetCondition(cov: Matrix, budget: readonly number[], weights: readonly number[]): number {
  const total = sum(budget);
  const scale = 1 / Math.sqrt(portfolioVariance(cov, weights));
  const root = weights.map((w, i) => (w * scale) / Math.sqrt((budget[i] ?? 0) / total));
  let v = root.map((_, i) => 1 + 0.1 * Math.sin(i + 1));
  let largest = 0;
  for (let k = 0; k < 60; k++) {
    const scaled = product(
      cov,
      v.map((x, i) => x * (root[i] ?? 0)),
    );
    const next = scaled.map((y, i) => y * (root[i] ?? 0));
    largest = Math.sqrt(dot(next, next) / dot(v, v));
    v = next.map((x) => x / Math.sqrt(dot(next, next)));
  }
  return 1 + largest;
}
