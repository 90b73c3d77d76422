/**
 * Standard deviation of `n` contiguous values, two-pass, both sums left to right.
 *
 *   mean = Σ x / n,   std = √( Σ (x − mean)² / (n − 1) )
 *
 * The order is part of the definition: a window's value depends on its members alone.
 *
 * Shapes   values[start … start + n), n ≥ 2.
 * Units    that of the values; sample deviation (ddof 1).
 */
export function rollingStd(values: StaticArray<f64>, start: i32, n: i32): f64 {
  const mean: f64 = windowSum(values, start, n) / f64(n);
  const end: i32 = start + n;
  let squares: f64 = 0.0;
  for (let k: i32 = start; k < end; k++) {
    const d: f64 = unchecked(values[k]) - mean;
    squares += d * d;
  }
  return Math.sqrt(squares / f64(n - 1));
}

/** Σ of `n` contiguous values, left to right. */
export function windowSum(values: StaticArray<f64>, start: i32, n: i32): f64 {
  const end: i32 = start + n;
  let sum: f64 = 0.0;
  for (let k: i32 = start; k < end; k++) sum += unchecked(values[k]);
  return sum;
}
