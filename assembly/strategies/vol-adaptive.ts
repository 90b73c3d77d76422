import { adxDefined, adxLength, adxStep } from "../indicators/adx";
import { emaDefined, emaLength, emaStep } from "../indicators/ema";
import { rsiDefined, rsiLength, rsiStep } from "../indicators/rsi";
import { applyShortMode, shortModeLength, shortModeParams } from "./short-mode";
import { scaleByVolatility, volScalarLength, volScalarParams } from "./vol-scalar";

const EMA_FAST: i32 = 0;
const EMA_SLOW: i32 = 1;
const RSI_PERIOD: i32 = 2;
const RSI_UPPER: i32 = 3;
const RSI_LOWER: i32 = 4;
const ADX_PERIOD: i32 = 5;
const ADX_THRESHOLD: i32 = 6;
const PARAMS: i32 = 7;

export function volAdaptiveStateLength(volWindow: i32, hedgeLookback: i32): i32 {
  const own: i32 = PARAMS + 2 * emaLength() + rsiLength() + adxLength();
  return own + volScalarParams() + shortModeParams() + volScalarLength(volWindow) + shortModeLength(hedgeLookback);
}

/**
 * Trend following behind a strength filter × vol scalar.
 *
 *   long    EMA(fast) > EMA(slow), RSI > rsi_upper and ADX > adx_threshold
 *   short   EMA(fast) < EMA(slow), RSI < rsi_lower and ADX > adx_threshold
 *
 * Shapes   state = [ema_fast, ema_slow, rsi_period, rsi_upper, rsi_lower, adx_period, adx_threshold, vol params (4),
 *          short params (4), memory…], memory zeroed at the start; columns [n]; ema_fast < ema_slow.
 * Units    signed weight, a fraction of equity; 0 while any indicator is undefined.
 * Writes   state, out.
 */
export function volAdaptiveRun(
  state: StaticArray<f64>,
  high: StaticArray<f64>,
  low: StaticArray<f64>,
  close: StaticArray<f64>,
  _volume: StaticArray<f64>,
  n: i32,
  out: StaticArray<f64>,
): void {
  const emaFast: i32 = i32(unchecked(state[EMA_FAST]));
  const emaSlow: i32 = i32(unchecked(state[EMA_SLOW]));
  const rsiPeriod: i32 = i32(unchecked(state[RSI_PERIOD]));
  const rsiUpper: f64 = unchecked(state[RSI_UPPER]);
  const rsiLower: f64 = unchecked(state[RSI_LOWER]);
  const adxPeriod: i32 = i32(unchecked(state[ADX_PERIOD]));
  const adxThreshold: f64 = unchecked(state[ADX_THRESHOLD]);
  const vol: i32 = PARAMS;
  const short: i32 = vol + volScalarParams();
  const fastMemory: i32 = short + shortModeParams();
  const slowMemory: i32 = fastMemory + emaLength();
  const rsiMemory: i32 = slowMemory + emaLength();
  const adxMemory: i32 = rsiMemory + rsiLength();
  const volMemory: i32 = adxMemory + adxLength();
  const shortMemory: i32 = volMemory + volScalarLength(i32(unchecked(state[vol])));

  for (let i: i32 = 0; i < n; i++) {
    const c: f64 = unchecked(close[i]);
    const fast: f64 = emaStep(state, fastMemory, emaFast, c);
    const slow: f64 = emaStep(state, slowMemory, emaSlow, c);
    const rsi: f64 = rsiStep(state, rsiMemory, rsiPeriod, c);
    const adx: f64 = adxStep(state, adxMemory, adxPeriod, unchecked(high[i]), unchecked(low[i]), c);
    const defined: bool =
      emaDefined(state, slowMemory, emaSlow) &&
      rsiDefined(state, rsiMemory, rsiPeriod) &&
      adxDefined(state, adxMemory, adxPeriod);
    let direction: f64 = 0.0;
    if (defined && adx > adxThreshold) {
      if (fast > slow && rsi > rsiUpper) direction = 1.0;
      else if (fast < slow && rsi < rsiLower) direction = -1.0;
    }
    unchecked((out[i] = direction));
  }
  scaleByVolatility(state, vol, volMemory, close, n, out);
  applyShortMode(state, short, shortMemory, close, n, out);
}
