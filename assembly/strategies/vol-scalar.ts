import { ringLength, ringPush } from "../indicators/ring";
import { rollingStd } from "../indicators/rolling-std";
import { log } from "../math";

// Parameters.
const WINDOW: i32 = 0;
const TARGET: i32 = 1;
const MIN_VOLATILITY: i32 = 2;
const BARS_PER_YEAR: i32 = 3;

// Memory.
const SEEN: i32 = 0;
const PREVIOUS: i32 = 1;
const POSITION: i32 = 2;
const RETURNS: i32 = 3;

/** Slots of the parameters: [vol_window, vol_target, min_volatility, bars per year]. */
export function volScalarParams(): i32 {
  return 4;
}

/** Slots of the memory behind `scaleByVolatility`. */
export function volScalarLength(window: i32): i32 {
  return RETURNS + ringLength(window);
}

/**
 * Multiplies a column of directions by the vol scalar.
 *
 *   scalar = vol_target / max(std of the last vol_window log returns · √(bars per year), min_volatility)
 *
 * Shapes   state[params … params + 4), state[at … at + volScalarLength(vol_window)) zeroed at the start; close, out [n].
 * Units    weights, as fractions of equity; 0 while fewer than vol_window returns were seen.
 * Writes   state, out (in place).
 */
export function scaleByVolatility(
  state: StaticArray<f64>,
  params: i32,
  at: i32,
  close: StaticArray<f64>,
  n: i32,
  out: StaticArray<f64>,
): void {
  const window: i32 = i32(unchecked(state[params + WINDOW]));
  const target: f64 = unchecked(state[params + TARGET]);
  const floor: f64 = unchecked(state[params + MIN_VOLATILITY]);
  const annual: f64 = Math.sqrt(unchecked(state[params + BARS_PER_YEAR]));
  const ring: i32 = at + RETURNS;
  let seen: i32 = i32(unchecked(state[at + SEEN]));
  let previous: f64 = unchecked(state[at + PREVIOUS]);
  let position: i32 = i32(unchecked(state[at + POSITION]));

  for (let i: i32 = 0; i < n; i++) {
    const c: f64 = unchecked(close[i]);
    if (seen > 0) position = ringPush(state, ring, window, position, log(c / previous));
    if (seen >= window) {
      const volatility: f64 = rollingStd(state, ring + position, window) * annual;
      unchecked((out[i] = out[i] * (target / Math.max(volatility, floor))));
    } else {
      unchecked((out[i] = 0.0));
    }
    previous = c;
    seen++;
  }

  unchecked((state[at + SEEN] = f64(seen)));
  unchecked((state[at + PREVIOUS] = previous));
  unchecked((state[at + POSITION] = f64(position)));
}

export function volScalarStateLength(window: i32): i32 {
  return volScalarParams() + volScalarLength(window);
}

/**
 * `scaleByVolatility` with a state of its own, for weights that were made elsewhere.
 *
 * Shapes   state = [vol_window, vol_target, min_volatility, bars per year, memory…], memory zeroed at the start; close, out [n].
 * Writes   state, out (in place).
 */
export function volScalarRun(state: StaticArray<f64>, close: StaticArray<f64>, n: i32, out: StaticArray<f64>): void {
  scaleByVolatility(state, 0, volScalarParams(), close, n, out);
}
