import { emaDefined, emaLength, emaStep } from "../indicators/ema";
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

  for (let i: i32 = 0; i < n; i++) {
    const c: f64 = unchecked(close[i]);
    const fast: f64 = emaStep(state, fastMemory, fastPeriod, c);
    const slow: f64 = emaStep(state, slowMemory, slowPeriod, c);
    let direction: f64 = 0.0;
    if (emaDefined(state, slowMemory, slowPeriod)) {
      if (fast > slow) direction = 1.0;
      else if (fast < slow) direction = -1.0;
    }
    unchecked((out[i] = direction));
  }
  applyShortMode(state, short, shortMemory, close, n, out);
}
