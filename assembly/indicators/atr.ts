import { trueRange } from "./true-range";
import { wilderLength, wilderStep } from "./wilder";

const PERIOD: i32 = 0;
const STARTED: i32 = 1;
const PREVIOUS: i32 = 2;
const AVERAGE: i32 = 3;

export function atrStateLength(): i32 {
  return AVERAGE + wilderLength();
}

/**
 * Average true range: Wilder smoothing of the true range over `period` candles, the first bar's being H − L.
 *
 * Shapes   state[atrStateLength()] = [period, memory…], memory zeroed at the start; columns [n].
 * Units    price; 0 while undefined (before `period` candles).
 * Writes   state, out.
 * Source   Wilder (1978).
 */
export function atrRun(
  state: StaticArray<f64>,
  high: StaticArray<f64>,
  low: StaticArray<f64>,
  close: StaticArray<f64>,
  _volume: StaticArray<f64>,
  n: i32,
  out: StaticArray<f64>,
): void {
  const period: i32 = i32(unchecked(state[PERIOD]));
  for (let i: i32 = 0; i < n; i++) {
    const h: f64 = unchecked(high[i]);
    const l: f64 = unchecked(low[i]);
    const started: bool = unchecked(state[STARTED]) > 0.0;
    const range: f64 = started ? trueRange(h, l, unchecked(state[PREVIOUS])) : h - l;
    unchecked((state[STARTED] = 1.0));
    unchecked((state[PREVIOUS] = close[i]));
    unchecked((out[i] = wilderStep(state, AVERAGE, period, range)));
  }
}
