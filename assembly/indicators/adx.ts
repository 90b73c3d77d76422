import { trueRange } from "./true-range";
import { wilderDefined, wilderLength, wilderStep } from "./wilder";

const STARTED: i32 = 0;
const HIGH: i32 = 1;
const LOW: i32 = 2;
const CLOSE: i32 = 3;
/** Wilder blocks: +DM, −DM, true range, DX. */
const SMOOTHED: i32 = 4;

/**
 * Average directional index: Wilder smoothing of DX.
 *
 *   +DM = H − H′ when it is above 0 and above L′ − L, else 0;  −DM mirrored
 *   ±DI = 100 · W(±DM) / W(TR),   DX = 100 · |+DI − −DI| / (+DI + −DI);   0/0 = 0
 *
 * The first bar has no directional movement, and DI's smoothing of the true range starts with the second bar too.
 *
 * Shapes   state[at … at + adxLength()), zeroed at the start.
 * Units    0 … 100.
 * Source   Wilder (1978).
 */
export function adxLength(): i32 {
  return SMOOTHED + 4 * wilderLength();
}

/** Takes the next candle and returns the index (0 while undefined). Writes state. */
export function adxStep(state: StaticArray<f64>, at: i32, n: i32, high: f64, low: f64, close: f64): f64 {
  const started: bool = unchecked(state[at + STARTED]) > 0.0;
  const up: f64 = high - unchecked(state[at + HIGH]);
  const down: f64 = unchecked(state[at + LOW]) - low;
  const range: f64 = trueRange(high, low, unchecked(state[at + CLOSE]));
  unchecked((state[at + STARTED] = 1.0));
  unchecked((state[at + HIGH] = high));
  unchecked((state[at + LOW] = low));
  unchecked((state[at + CLOSE] = close));
  if (!started) return 0.0;

  const plus: i32 = at + SMOOTHED;
  const minus: i32 = plus + wilderLength();
  const ranges: i32 = minus + wilderLength();
  const plusMove: f64 = wilderStep(state, plus, n, up > 0.0 && up > down ? up : 0.0);
  const minusMove: f64 = wilderStep(state, minus, n, down > 0.0 && down > up ? down : 0.0);
  const smoothedRange: f64 = wilderStep(state, ranges, n, range);
  if (!wilderDefined(state, ranges, n)) return 0.0;

  const plusIndex: f64 = ratio(plusMove, smoothedRange);
  const minusIndex: f64 = ratio(minusMove, smoothedRange);
  const directional: f64 = ratio(Math.abs(plusIndex - minusIndex), plusIndex + minusIndex);
  return wilderStep(state, ranges + wilderLength(), n, directional);
}

/** Whether n values of DX (2n candles) were seen. */
export function adxDefined(state: StaticArray<f64>, at: i32, n: i32): bool {
  return wilderDefined(state, at + SMOOTHED + 3 * wilderLength(), n);
}

/** 100 · part / whole of two values ≥ 0 with part = 0 where whole = 0. */
function ratio(part: f64, whole: f64): f64 {
  return whole > 0.0 ? (100.0 * part) / whole : 0.0;
}
