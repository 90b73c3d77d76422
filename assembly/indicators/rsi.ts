import { wilderDefined, wilderLength, wilderStep } from "./wilder";

const STARTED: i32 = 0;
const PREVIOUS: i32 = 1;
const GAINS: i32 = 2;

/**
 * Relative strength index: 100 · gain / (gain + loss), both Wilder-smoothed over n changes; 50 when nothing moved.
 *
 * Shapes   state[at … at + rsiLength()), zeroed at the start.
 * Units    0 … 100.
 * Source   Wilder (1978).
 */
export function rsiLength(): i32 {
  return GAINS + 2 * wilderLength();
}

/** Takes the next close and returns the index (meaningless while undefined). Writes state. */
export function rsiStep(state: StaticArray<f64>, at: i32, n: i32, close: f64): f64 {
  const started: bool = unchecked(state[at + STARTED]) > 0.0;
  const change: f64 = close - unchecked(state[at + PREVIOUS]);
  unchecked((state[at + STARTED] = 1.0));
  unchecked((state[at + PREVIOUS] = close));
  if (!started) return 50.0;
  const gain: f64 = wilderStep(state, at + GAINS, n, change > 0.0 ? change : 0.0);
  const loss: f64 = wilderStep(state, at + GAINS + wilderLength(), n, change < 0.0 ? -change : 0.0);
  return gain + loss > 0.0 ? (100.0 * gain) / (gain + loss) : 50.0;
}

/** Whether n changes (n + 1 closes) were seen. */
export function rsiDefined(state: StaticArray<f64>, at: i32, n: i32): bool {
  return wilderDefined(state, at + GAINS, n);
}
