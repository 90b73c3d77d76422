/**
 * A ring of the last `n` values whose window is contiguous memory.
 *
 * Every value is written twice, `n` slots apart, so wherever the ring stands, its last n values lie in one piece, oldest
 * first, and a window is summed left to right without wrapping. The position lives in a local of the caller while it
 * works through a chunk; `state` carries it between chunks.
 *
 * Shapes   state[at … at + ringLength(n)).
 */
export function ringLength(n: i32): i32 {
  return 2 * n;
}

/**
 * Writes `x` at `position`, 0 ≤ position < n.
 *
 * Writes   state.
 * Returns  the next position; the window now starts there: state[at + position … at + position + n).
 */
export function ringPush(state: StaticArray<f64>, at: i32, n: i32, position: i32, x: f64): i32 {
  unchecked((state[at + position] = x));
  unchecked((state[at + position + n] = x));
  return position + 1 === n ? 0 : position + 1;
}
