/**
 * Correlations ρᵢⱼ = Σᵢⱼ / √(Σᵢᵢ Σⱼⱼ), limited to [−1, 1].
 *
 * A column without variance has no correlation: its row and column are 0, its diagonal too, which is how it is known.
 *
 * Shapes   cov, corr [n × n] row-major; cov's lower triangle is read, both triangles of corr are written.
 * Writes   corr.
 * Returns  the number of columns without correlation.
 * Cost     O(n²), no allocation.
 */
export function correlation(cov: StaticArray<f64>, n: i32, corr: StaticArray<f64>): i32 {
  let undefinedColumns: i32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    const deviation: f64 = Math.sqrt(unchecked(cov[i * n + i]));
    if (deviation > 0.0) {
      unchecked((corr[i * n + i] = deviation));
    } else {
      unchecked((corr[i * n + i] = 0.0));
      undefinedColumns++;
    }
  }
  for (let i: i32 = 0; i < n; i++) {
    for (let j: i32 = 0; j < i; j++) {
      const scale: f64 = unchecked(corr[i * n + i]) * unchecked(corr[j * n + j]);
      const ratio: f64 = scale > 0.0 ? unchecked(cov[i * n + j]) / scale : 0.0;
      const rho: f64 = Math.max(-1.0, Math.min(1.0, ratio));
      unchecked((corr[i * n + j] = rho));
      unchecked((corr[j * n + i] = rho));
    }
  }
  for (let i: i32 = 0; i < n; i++) {
    if (unchecked(corr[i * n + i]) > 0.0) unchecked((corr[i * n + i] = 1.0));
  }
  return undefinedColumns;
}

/**
 * Mean of the correlations of all pairs of columns that have one.
 *
 * Shapes   corr[n × n] as `correlation` writes it.
 * Returns  the mean; 0 when there is no pair, which the caller knows from n and the count of undefined columns.
 */
export function meanCorrelation(corr: StaticArray<f64>, n: i32): f64 {
  let sum: f64 = 0.0;
  let pairs: i32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    if (unchecked(corr[i * n + i]) === 0.0) continue;
    for (let j: i32 = 0; j < i; j++) {
      if (unchecked(corr[j * n + j]) === 0.0) continue;
      sum += unchecked(corr[i * n + j]);
      pairs++;
    }
  }
  return pairs > 0 ? sum / f64(pairs) : 0.0;
}
