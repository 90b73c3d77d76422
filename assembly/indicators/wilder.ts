const SEEN: i32 = 0;
/** The running sum before the n-th value, the average from then on. */
const VALUE: i32 = 1;

/**
 * Wilder smoothing: seeded with the mean of the first n values, then α = 1 / n; defined from the n-th.
 *
 *   wₜ = wₜ₋₁ + (x − wₜ₋₁) / n
 *
 * Shapes   state[at … at + wilderLength()), zeroed at the start.
 * Source   Wilder, New Concepts in Technical Trading Systems (1978).
 */
export function wilderLength(): i32 {
  return 2;
}

/** Takes the next value and returns the average (0 while undefined). Writes state. */
export function wilderStep(state: StaticArray<f64>, at: i32, n: i32, x: f64): f64 {
  const size: f64 = f64(n);
  const seen: f64 = unchecked(state[at + SEEN]) + 1.0;
  const previous: f64 = unchecked(state[at + VALUE]);
  unchecked((state[at + SEEN] = seen));
  if (seen > size) {
    // 1 / n does not wait for the previous value, so the division costs no latency.
    const value: f64 = previous + (1.0 / size) * (x - previous);
    unchecked((state[at + VALUE] = value));
    return value;
  }
  const sum: f64 = previous + x;
  const average: f64 = seen === size ? sum / size : 0.0;
  unchecked((state[at + VALUE] = seen === size ? average : sum));
  return average;
}

/** Whether n values were seen. */
export function wilderDefined(state: StaticArray<f64>, at: i32, n: i32): bool {
  return unchecked(state[at + SEEN]) >= f64(n);
}
