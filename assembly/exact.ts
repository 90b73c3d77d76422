// Exact integer arithmetic on f64. Lots and micro-units are whole numbers below 2^53; their products are not, so
// products are carried as an unevaluated sum of two doubles (Dekker 1971, Veltkamp split).

const SPLITTER: f64 = 134217729.0; // 2^27 + 1

/** The rounding error of `product = a·b`, exactly: a·b = product + productError(a, b, product). */
export function productError(a: f64, b: f64, product: f64): f64 {
  const at = SPLITTER * a;
  const aHigh = at - (at - a);
  const aLow = a - aHigh;
  const bt = SPLITTER * b;
  const bHigh = bt - (bt - b);
  const bLow = b - bHigh;
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

/**
 * a·b − c·d without rounding, for whole numbers below 2^53 whose difference is below 2^53.
 */
export function exactDifference(a: f64, b: f64, c: f64, d: f64): f64 {
  const left = a * b;
  const right = c * d;
  return left - right + (productError(a, b, left) - productError(c, d, right));
}

/**
 * floor(a·b ÷ c), exactly, floor towards −∞.
 *
 * Units    whole numbers; |a|, |b| < 2^53, 0 < c < 2^53, |a·b ÷ c| < 2^51.
 */
export function floorDivide(a: f64, b: f64, c: f64): f64 {
  const quotient = Math.floor((a * b) / c);
  const remainder = exactDifference(a, b, quotient, c);
  // Two roundings in the estimate are at most one away from the floor below 2^51.
  if (remainder < 0.0) return quotient - 1.0;
  if (remainder >= c) return quotient + 1.0;
  return quotient;
}

/** Nearest whole number, halves upwards. The one place where money is rounded. */
export function roundHalfUp(x: f64): f64 {
  return Math.floor(x + 0.5);
}

/**
 * Splits a whole `total` in proportion to whole weights by the largest-remainder rule: every share is floored towards −∞,
 * the units left over go to the largest remainders, ties to the lower index. The shares sum to `total` exactly.
 *
 * Shapes   weight[n] ≥ 0 summing to `divisor` > 0; share[n], remainder[n] (scratch).
 * Units    whole numbers below 2^53; the sign of `total` is free.
 * Writes   share, remainder.
 * Cost     O(n) and O(n) more for every unit left over (at most n − 1).
 */
export function apportion(
  total: f64,
  weight: StaticArray<f64>,
  n: i32,
  divisor: f64,
  share: StaticArray<f64>,
  remainder: StaticArray<f64>,
): void {
  let left: f64 = total;
  for (let i: i32 = 0; i < n; i++) {
    const w: f64 = unchecked(weight[i]);
    const floor: f64 = w === divisor ? total : floorDivide(total, w, divisor);
    unchecked((share[i] = floor));
    unchecked((remainder[i] = exactDifference(total, w, floor, divisor)));
    left -= floor;
  }
  for (let unit: i32 = 0; unit < n && left > 0.0; unit++) {
    let best: i32 = 0;
    for (let i: i32 = 1; i < n; i++) {
      if (unchecked(remainder[i]) > unchecked(remainder[best])) best = i;
    }
    unchecked((share[best] = unchecked(share[best]) + 1.0));
    unchecked((remainder[best] = -1.0));
    left -= 1.0;
  }
}
