/** 1 once n candles were taken. */
const FULL: i32 = 0;
/** Extremes of the block being filled; between blocks, of the whole previous one. */
const UPPER: i32 = 1;
const LOWER: i32 = 2;
const BLOCK: i32 = 3;

/**
 * Donchian channel: upper = max high, lower = min low of the `n` candles BEFORE the current one, exact, amortised O(1).
 *
 * Blocks of n candles as in `rollingMax`, both extremes side by side; the position lives with the caller.
 *
 * Shapes   state[at … at + channelLength(n)), zeroed at the start.
 */
export function channelLength(n: i32): i32 {
  return BLOCK + 2 * n;
}

/** +1 when close > upper, −1 when close < lower, 0 inside or while fewer than n candles were taken. */
export function channelBreakout(state: StaticArray<f64>, at: i32, n: i32, position: i32, close: f64): f64 {
  if (unchecked(state[at + FULL]) === 0.0) return 0.0;
  // The window is the current block so far and the tail of the previous one.
  const tail: i32 = at + BLOCK + position;
  if (close > unchecked(state[at + UPPER]) && close > unchecked(state[tail])) return 1.0;
  if (close < unchecked(state[at + LOWER]) && close < unchecked(state[tail + n])) return -1.0;
  return 0.0;
}

/** Takes a candle at `position`, 0 ≤ position < n. Writes state. Returns the next position. */
export function channelPush(state: StaticArray<f64>, at: i32, n: i32, position: i32, high: f64, low: f64): i32 {
  const highs: i32 = at + BLOCK;
  const lows: i32 = highs + n;
  const upper: f64 = unchecked(state[at + UPPER]);
  const lower: f64 = unchecked(state[at + LOWER]);
  unchecked((state[highs + position] = high));
  unchecked((state[lows + position] = low));
  unchecked((state[at + UPPER] = position === 0 || high > upper ? high : upper));
  unchecked((state[at + LOWER] = position === 0 || low < lower ? low : lower));
  if (position + 1 < n) return position + 1;

  let top: f64 = high;
  let bottom: f64 = low;
  for (let k: i32 = n - 2; k >= 0; k--) {
    const h: f64 = unchecked(state[highs + k]);
    const l: f64 = unchecked(state[lows + k]);
    if (h > top) top = h;
    if (l < bottom) bottom = l;
    unchecked((state[highs + k] = top));
    unchecked((state[lows + k] = bottom));
  }
  unchecked((state[at + FULL] = 1.0));
  return 0;
}
