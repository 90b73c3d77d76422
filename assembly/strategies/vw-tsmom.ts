import { ringLength, ringPush } from "../indicators/ring";
import { windowSum } from "../indicators/rolling-std";
import { log } from "../math";
import { momentumDirection, momentumLength } from "./momentum";
import { applyShortMode, shortModeLength, shortModeParams } from "./short-mode";
import { scaleByVolatility, volScalarLength, volScalarParams } from "./vol-scalar";

const LOOKBACK: i32 = 0;
const SMOOTHING: i32 = 1;
const PARAMS: i32 = 2;

// Memory of the momentum, before its two rings.
const SEEN: i32 = 0;
const PREVIOUS: i32 = 1;
const POSITION: i32 = 2;
const RINGS: i32 = 3;

export function vwTsmomStateLength(lookback: i32, volWindow: i32, hedgeLookback: i32): i32 {
  const own: i32 = PARAMS + momentumLength() + RINGS + 2 * ringLength(lookback);
  return own + volScalarParams() + shortModeParams() + volScalarLength(volWindow) + shortModeLength(hedgeLookback);
}

/**
 * Volume-weighted time-series momentum: sign of the volume-weighted mean log return × vol scalar.
 *
 *   momentumₜ = Σ r · ln(1 + V) / Σ ln(1 + V) over the last `lookback` candles, undefined when the divisor is 0;
 *   optionally smoothed by an EMA over the defined momenta
 *
 * Shapes   state = [lookback, momentum_smoothing (0 = none), vol params (4), short params (4), memory…], memory zeroed
 *          at the start; columns [n].
 * Units    V in base units; signed weight, a fraction of equity; 0 while undefined.
 * Writes   state, out.
 */
export function vwTsmomRun(
  state: StaticArray<f64>,
  _high: StaticArray<f64>,
  _low: StaticArray<f64>,
  close: StaticArray<f64>,
  volume: StaticArray<f64>,
  n: i32,
  out: StaticArray<f64>,
): void {
  const lookback: i32 = i32(unchecked(state[LOOKBACK]));
  const smoothing: i32 = i32(unchecked(state[SMOOTHING]));
  const vol: i32 = PARAMS;
  const short: i32 = vol + volScalarParams();
  const average: i32 = short + shortModeParams();
  const memory: i32 = average + momentumLength();
  const products: i32 = memory + RINGS;
  const weights: i32 = products + ringLength(lookback);
  const volMemory: i32 = weights + ringLength(lookback);
  const shortMemory: i32 = volMemory + volScalarLength(i32(unchecked(state[vol])));

  let seen: i32 = i32(unchecked(state[memory + SEEN]));
  let previous: f64 = unchecked(state[memory + PREVIOUS]);
  let position: i32 = i32(unchecked(state[memory + POSITION]));
  for (let i: i32 = 0; i < n; i++) {
    const c: f64 = unchecked(close[i]);
    let direction: f64 = 0.0;
    if (seen > 0) {
      const weight: f64 = log(1.0 + unchecked(volume[i]));
      ringPush(state, products, lookback, position, log(c / previous) * weight);
      position = ringPush(state, weights, lookback, position, weight);
    }
    if (seen >= lookback) {
      const divisor: f64 = windowSum(state, weights + position, lookback);
      if (divisor > 0.0) {
        const sum: f64 = windowSum(state, products + position, lookback);
        direction = momentumDirection(state, average, smoothing, sum / divisor);
      }
    }
    unchecked((out[i] = direction));
    previous = c;
    seen++;
  }
  unchecked((state[memory + SEEN] = f64(seen)));
  unchecked((state[memory + PREVIOUS] = previous));
  unchecked((state[memory + POSITION] = f64(position)));

  scaleByVolatility(state, vol, volMemory, close, n, out);
  applyShortMode(state, short, shortMemory, close, n, out);
}
