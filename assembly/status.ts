// What a matrix kernel returns. From zero upwards the answer is usable, below zero it is not written or has no meaning.

/** The tolerance is met. */
export const STATUS_OK: i32 = 0;
/** The tolerance is below what rounding allows here; the answer is as good as doubles get. */
export const STATUS_FLOOR: i32 = 1;
/** The iterations ran out; the best iterate is returned with its residual. */
export const STATUS_MAX_ITER: i32 = 2;
/** The matrix is not positive definite enough: no finite answer exists or none can be computed. */
export const STATUS_NOT_PD: i32 = -1;
/** A value is not finite, a variance or a budget is out of range, or there is too little data. */
export const STATUS_INVALID_INPUT: i32 = -2;

/** False for NaN and ±Infinity. */
export function finite(x: f64): boolean {
  return Math.abs(x) < Infinity;
}
