// Exact integer arithmetic on f64. Lots and micro-units are whole numbers below 2^53; their products are not, so
// products are carried as an unevaluated sum of two doubles (Dekker 1971, Veltkamp split).

const SPLITTER: f64 = 134217729.0; // 2^27 + 1

/** More units left over than this are given to most of their owners in one go. */
const MANY: f64 = 4.0;
/** The part of them that goes so: remainders are spread evenly, and a threshold that is too low gives nothing. */
const AT_ONCE: f64 = 0.8;
/** Each pass leaves a fifth: enough for thousands. */
const PASSES: i32 = 4;
/** Taken from a remainder that has had its unit: below every remainder. */
const SERVED: f64 = 9007199254740992.0; // 2^53

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
 * Cost     O(n), and O(n) more for each of the few units that are left after most were given at once.
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
  let sharing: f64 = 0.0;
  for (let i: i32 = 0; i < n; i++) {
    const w: f64 = unchecked(weight[i]);
    // The share of all of the weight is all, that of none is 0, with the sign of the total.
    let floor: f64 = w === 0.0 ? total * w : total;
    let rest: f64 = 0.0;
    sharing += f64(i32(w > 0.0));
    if (w !== divisor && w !== 0.0) {
      floor = Math.floor((total * w) / divisor);
      rest = exactDifference(total, w, floor, divisor);
      // As in floorDivide: the estimate is at most one away.
      if (rest < 0.0) {
        floor -= 1.0;
        rest += divisor;
      } else if (rest >= divisor) {
        floor += 1.0;
        rest -= divisor;
      }
    }
    unchecked((share[i] = floor));
    unchecked((remainder[i] = rest));
    left -= floor;
  }
  let threshold: f64 = divisor;
  for (let pass: i32 = 0; pass < PASSES && left > MANY; pass++) {
    threshold *= 1.0 - (AT_ONCE * left) / sharing;
    const given: f64 = giveAbove(threshold, left, n, share, remainder);
    left -= given;
    sharing -= given;
  }
  for (let unit: i32 = 0; unit < n && left > 0.0; unit++) {
    let best: i32 = 0;
    let most: f64 = unchecked(remainder[0]);
    for (let i: i32 = 1; i < n; i++) {
      const rest: f64 = unchecked(remainder[i]);
      if (rest > most) {
        most = rest;
        best = i;
      }
    }
    unchecked((share[best] = unchecked(share[best]) + 1.0));
    unchecked((remainder[best] = most - SERVED));
    left -= 1.0;
  }
}

/**
 * One unit to every remainder above `threshold`, unless they are more than the units: whatever lies above a threshold comes before
 * everything below it. Nobody can foretell which do, so no branch depends on it.
 *
 * Writes   share, remainder.
 * Returns  the units given.
 */
function giveAbove(threshold: f64, left: f64, n: i32, share: StaticArray<f64>, remainder: StaticArray<f64>): f64 {
  let above: i32 = 0;
  for (let i: i32 = 0; i < n; i++) above += i32(unchecked(remainder[i]) > threshold);
  if (f64(above) > left) return 0.0;
  for (let i: i32 = 0; i < n; i++) {
    const rest: f64 = unchecked(remainder[i]);
    const unit: f64 = f64(i32(rest > threshold));
    unchecked((share[i] = unchecked(share[i]) + unit));
    unchecked((remainder[i] = rest - unit * SERVED));
  }
  return f64(above);
}
