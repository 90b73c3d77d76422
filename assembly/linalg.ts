import { finite } from "./status";

/**
 * y = A·x of a symmetric matrix, reading its lower triangle once.
 *
 * Shapes   matrix[at … at + n²) row-major; x[xAt … xAt + n), y[yAt … yAt + n), not overlapping.
 * Writes   y.
 * Cost     n² multiply-adds over n²/2 entries.
 */
export function symmetricProduct(
  matrix: StaticArray<f64>,
  at: i32,
  n: i32,
  x: StaticArray<f64>,
  xAt: i32,
  y: StaticArray<f64>,
  yAt: i32,
): void {
  for (let i: i32 = 0; i < n; i++) {
    const row = at + i * n;
    const xi: f64 = unchecked(x[xAt + i]);
    let sum: f64 = 0.0;
    for (let j: i32 = 0; j < i; j++) {
      const a: f64 = unchecked(matrix[row + j]);
      sum += a * unchecked(x[xAt + j]);
      unchecked((y[yAt + j] = unchecked(y[yAt + j]) + a * xi));
    }
    unchecked((y[yAt + i] = sum + unchecked(matrix[row + i]) * xi));
  }
}

/**
 * Cholesky factor in place: A = L·Lᵀ. The lower triangle becomes L with the RECIPROCALS of its diagonal on the diagonal.
 *
 * The relative pivot Lᵢᵢ² / Aᵢᵢ is the share of a variable that the ones before it do not explain; it does not depend on the
 * scale of any variable, so one threshold fits every matrix.
 *
 * Shapes   matrix[at … at + n²) row-major, lower triangle read and written, diagonal positive.
 * Writes   matrix.
 * Returns  the smallest relative pivot; 0 when a pivot is not positive (or NaN), where it stops.
 * Cost     n³/6 multiply-adds.
 */
export function choleskyFactor(matrix: StaticArray<f64>, at: i32, n: i32): f64 {
  let smallest: f64 = 1.0;
  for (let i: i32 = 0; i < n; i++) {
    const row = at + i * n;
    for (let j: i32 = 0; j < i; j++) {
      const rest: f64 = unchecked(matrix[row + j]) - rowProduct(matrix, row, at + j * n, j);
      unchecked((matrix[row + j] = rest * unchecked(matrix[at + j * n + j])));
    }
    const diagonal: f64 = unchecked(matrix[row + i]);
    const pivot: f64 = diagonal - rowProduct(matrix, row, row, i);
    if (!(pivot > 0.0)) return 0.0;
    smallest = Math.min(smallest, pivot / diagonal);
    unchecked((matrix[row + i] = 1.0 / Math.sqrt(pivot)));
  }
  return smallest;
}

/** Σ of the products of the first `length` entries of two rows. */
function rowProduct(matrix: StaticArray<f64>, a: i32, b: i32, length: i32): f64 {
  let sum: f64 = 0.0;
  for (let k: i32 = 0; k < length; k++) sum += unchecked(matrix[a + k]) * unchecked(matrix[b + k]);
  return sum;
}

/**
 * Solves A·x = b in place with the factor that `choleskyFactor` left.
 *
 * Shapes   factor[at … at + n²); x[xAt … xAt + n) holds b.
 * Writes   x.
 * Cost     n² multiply-adds.
 */
export function choleskySolve(factor: StaticArray<f64>, at: i32, n: i32, x: StaticArray<f64>, xAt: i32): void {
  for (let i: i32 = 0; i < n; i++) {
    const row = at + i * n;
    let rest: f64 = unchecked(x[xAt + i]);
    for (let j: i32 = 0; j < i; j++) rest -= unchecked(factor[row + j]) * unchecked(x[xAt + j]);
    unchecked((x[xAt + i] = rest * unchecked(factor[row + i])));
  }
  for (let i: i32 = n - 1; i >= 0; i--) {
    const row = at + i * n;
    const xi: f64 = unchecked(x[xAt + i]) * unchecked(factor[row + i]);
    unchecked((x[xAt + i] = xi));
    for (let j: i32 = 0; j < i; j++) {
      unchecked((x[xAt + j] = unchecked(x[xAt + j]) - unchecked(factor[row + j]) * xi));
    }
  }
}

/** Whether every |aᵢⱼ − aⱼᵢ| is at most 1e-10 of √(aᵢᵢ aⱼⱼ): for matrices that come from the
 * host. 1 or 0; a value that is not finite or a negative variance gives 0. */
export function isSymmetric(matrix: StaticArray<f64>, n: i32): i32 {
  for (let i: i32 = 0; i < n; i++) {
    const variance: f64 = unchecked(matrix[i * n + i]);
    if (!(variance >= 0.0 && finite(variance))) return 0;
    const deviation: f64 = Math.sqrt(variance);
    for (let j: i32 = 0; j < i; j++) {
      const gap: f64 = Math.abs(unchecked(matrix[i * n + j]) - unchecked(matrix[j * n + i]));
      if (!(gap <= SYMMETRY * deviation * Math.sqrt(unchecked(matrix[j * n + j])))) return 0;
    }
  }
  return 1;
}

const SYMMETRY: f64 = 1e-10;
