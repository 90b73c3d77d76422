import { log } from "../math";
import { momentumDirection, momentumLength } from "./momentum";
import { applyShortMode, shortModeLength, shortModeParams } from "./short-mode";
import { scaleByVolatility, volScalarLength, volScalarParams } from "./vol-scalar";

const LOOKBACK: i32 = 0;
const SMOOTHING: i32 = 1;
const PARAMS: i32 = 2;

// Memory of the momentum: a ring of the last `lookback` closes behind its counters.
const SEEN: i32 = 0;
const POSITION: i32 = 1;
const CLOSES: i32 = 2;

export function tsmomStateLength(lookback: i32, volWindow: i32, hedgeLookback: i32): i32 {
  const own: i32 = PARAMS + momentumLength() + CLOSES + lookback;
  return own + volScalarParams() + shortModeParams() + volScalarLength(volWindow) + shortModeLength(hedgeLookback);
}

/**
 * Time-series momentum: sign of the mean log return over `lookback` × vol scalar.
 *
 *   momentumₜ = ln(Cₜ / Cₜ₋ₗ) / l, optionally smoothed by an EMA over `momentum_smoothing` momenta
 *
 * Shapes   state = [lookback, momentum_smoothing (0 = none), vol params (4), short params (4), memory…], memory zeroed
 *          at the start; columns [n].
 * Units    signed weight, a fraction of equity; 0 while undefined.
 * Writes   state, out.
 * Source   Moskowitz, Ooi & Pedersen, Time Series Momentum (2012).
 */
export function tsmomRun(
  state: StaticArray<f64>,
  _high: StaticArray<f64>,
  _low: StaticArray<f64>,
  close: StaticArray<f64>,
  _volume: StaticArray<f64>,
  n: i32,
  out: StaticArray<f64>,
): void {
  const lookback: i32 = i32(unchecked(state[LOOKBACK]));
  const smoothing: i32 = i32(unchecked(state[SMOOTHING]));
  const vol: i32 = PARAMS;
  const short: i32 = vol + volScalarParams();
  const average: i32 = short + shortModeParams();
  const memory: i32 = average + momentumLength();
  const closes: i32 = memory + CLOSES;
  const volMemory: i32 = closes + lookback;
  const shortMemory: i32 = volMemory + volScalarLength(i32(unchecked(state[vol])));

  let seen: i32 = i32(unchecked(state[memory + SEEN]));
  let position: i32 = i32(unchecked(state[memory + POSITION]));
  for (let i: i32 = 0; i < n; i++) {
    const c: f64 = unchecked(close[i]);
    let direction: f64 = 0.0;
    if (seen >= lookback) {
      const past: f64 = unchecked(state[closes + position]);
      // Unsmoothed, only the sign counts, and the logarithm of a quotient has exactly the sign of the difference.
      const momentum: f64 = smoothing === 0 ? c - past : log(c / past) / f64(lookback);
      direction = momentumDirection(state, average, smoothing, momentum);
    }
    unchecked((out[i] = direction));
    unchecked((state[closes + position] = c));
    position = position + 1 === lookback ? 0 : position + 1;
    seen++;
  }
  unchecked((state[memory + SEEN] = f64(seen)));
  unchecked((state[memory + POSITION] = f64(position)));

  scaleByVolatility(state, vol, volMemory, close, n, out);
  applyShortMode(state, short, shortMemory, close, n, out);
}
