const SEEN: i32 = 0;
const VALUE: i32 = 1;

/**
 * Exponential moving average: α = 2 / (n + 1), seeded with the first value, defined from the n-th.
 *
 *   eₜ = eₜ₋₁ + α (x − eₜ₋₁)
 *
 * In this form a constant stays exactly itself, so two averages of a flat price compare equal.
 *
 * Shapes   state[at … at + emaLength()), zeroed at the start.
 */
export function emaLength(): i32 {
  return 2;
}

/** Takes the next value and returns the average. Writes state. */
export function emaStep(state: StaticArray<f64>, at: i32, n: i32, x: f64): f64 {
  const seen: f64 = unchecked(state[at + SEEN]);
  const previous: f64 = unchecked(state[at + VALUE]);
  const value: f64 = seen > 0.0 ? previous + emaShare(n) * (x - previous) : x;
  unchecked((state[at + SEEN] = seen + 1.0));
  unchecked((state[at + VALUE] = value));
  return value;
}

/** Whether n values were seen. */
export function emaDefined(state: StaticArray<f64>, at: i32, n: i32): bool {
  return unchecked(state[at + SEEN]) >= f64(n);
}

/** α: the share of a new value. */
export function emaShare(n: i32): f64 {
  return 2.0 / f64(n + 1);
}

/** The average as it stands. */
export function emaValue(state: StaticArray<f64>, at: i32): f64 {
  return unchecked(state[at + VALUE]);
}

/** Writes back an average that a caller moved over `count` values. */
export function emaKeep(state: StaticArray<f64>, at: i32, count: i32, value: f64): void {
  unchecked((state[at + SEEN] = unchecked(state[at + SEEN]) + f64(count)));
  unchecked((state[at + VALUE] = value));
}
