/** 1 once the first block is complete. */
const FULL: i32 = 0;
/** Maximum of the block being filled; between blocks, of the whole previous one. */
const HEAD: i32 = 1;
const BLOCK: i32 = 2;

/**
 * Maximum of the last `n` values, exact, amortised O(1), without data-dependent loops.
 *
 * Time is cut into blocks of n values. A window is a tail of the previous block and a head of the current one; the
 * head's maximum is carried along, the maxima of all tails are computed once per block, backwards and in place.
 * As with the ring, the position in the block lives with the caller.
 *
 * Shapes   state[at … at + rollingMaxLength(n)), zeroed at the start.
 * Cost     3 comparisons per value on average.
 * Source   van Herk (1992), Gil & Werman (1993).
 */
export function rollingMaxLength(n: i32): i32 {
  return BLOCK + n;
}

/** Takes the next value at `position`, 0 ≤ position < n. Writes state. Returns the next position. */
export function rollingMaxPush(state: StaticArray<f64>, at: i32, n: i32, position: i32, x: f64): i32 {
  const block: i32 = at + BLOCK;
  const head: f64 = unchecked(state[at + HEAD]);
  // The tail that began here was needed for the last time at the previous value.
  unchecked((state[block + position] = x));
  unchecked((state[at + HEAD] = position === 0 || x > head ? x : head));
  if (position + 1 < n) return position + 1;

  let tail: f64 = x;
  for (let k: i32 = n - 2; k >= 0; k--) {
    const value: f64 = unchecked(state[block + k]);
    if (value > tail) tail = value;
    unchecked((state[block + k] = tail));
  }
  unchecked((state[at + FULL] = 1.0));
  return 0;
}

/** Maximum of the last min(n, seen) values, given the position after the latest push; one must have been pushed. */
export function rollingMax(state: StaticArray<f64>, at: i32, position: i32): f64 {
  const head: f64 = unchecked(state[at + HEAD]);
  if (unchecked(state[at + FULL]) === 0.0) return head;
  const tail: f64 = unchecked(state[at + BLOCK + position]);
  return tail > head ? tail : head;
}
