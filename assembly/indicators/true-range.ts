/** True range: max(H − L, |H − C′|, |L − C′|) with the previous close C′. The first bar has none: use H − L. */
export function trueRange(high: f64, low: f64, previousClose: f64): f64 {
  return Math.max(high - low, Math.max(Math.abs(high - previousClose), Math.abs(low - previousClose)));
}
