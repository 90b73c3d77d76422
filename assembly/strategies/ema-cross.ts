import { emaDefined, emaKeep, emaLength, emaShare, emaStep, emaValue } from "../indicators/ema";
import { applyShortMode, shortModeLength, shortModeParams } from "./short-mode";

const FAST: i32 = 0;
const SLOW: i32 = 1;
const PARAMS: i32 = 2;

export function emaCrossStateLength(hedgeLookback: i32): i32 {
  return PARAMS + shortModeParams() + 2 * emaLength() + shortModeLength(hedgeLookback);
}

/**
 * Moving-average cross: +1 when EMA(fast) > EMA(slow), −1 when below, 0 when equal; then the short mode.
 *
 * Shapes   state = [fast, slow, short params (4), memory…], memory zeroed at the start; columns [n]; fast < slow.
 * Units    signed weight, a fraction of equity; 0 before `slow` candles.
 * Writes   state, out.
 */
export function emaCrossRun(
  state: StaticArray<f64>,
  _high: StaticArray<f64>,
  _low: StaticArray<f64>,
  close: StaticArray<f64>,
  _volume: StaticArray<f64>,
  n: i32,
  out: StaticArray<f64>,
): void {
  const fastPeriod: i32 = i32(unchecked(state[FAST]));
  const slowPeriod: i32 = i32(unchecked(state[SLOW]));
  const short: i32 = PARAMS;
  const fastMemory: i32 = short + shortModeParams();
  const slowMemory: i32 = fastMemory + emaLength();
  const shortMemory: i32 = slowMemory + emaLength();

  let i: i32 = 0;
  for (; i < n && !emaDefined(state, slowMemory, slowPeriod - 1); i++) {
    emaStep(state, fastMemory, fastPeriod, unchecked(close[i]));
    emaStep(state, slowMemory, slowPeriod, unchecked(close[i]));
    unchecked((out[i] = 0.0));
  }
  // Once both are defined they move as emaStep moves them, in locals: this loop sees every candle of every point of a sweep.
  const fastShare = emaShare(fastPeriod);
  const slowShare = emaShare(slowPeriod);
  let fast = emaValue(state, fastMemory);
  let slow = emaValue(state, slowMemory);
  const begun = i;
  for (; i < n; i++) {
    const c: f64 = unchecked(close[i]);
    fast = fast + fastShare * (c - fast);
    slow = slow + slowShare * (c - slow);
    unchecked((out[i] = fast > slow ? 1.0 : fast < slow ? -1.0 : 0.0));
  }
  emaKeep(state, fastMemory, n - begun, fast);
  emaKeep(state, slowMemory, n - begun, slow);
  applyShortMode(state, short, shortMemory, close, n, out);
}
