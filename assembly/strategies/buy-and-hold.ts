/**
 * Always long: weight 1 from the first candle.
 *
 * Shapes   state unused; columns [n].
 * Writes   out.
 */
export function buyAndHoldRun(
  _state: StaticArray<f64>,
  _high: StaticArray<f64>,
  _low: StaticArray<f64>,
  _close: StaticArray<f64>,
  _volume: StaticArray<f64>,
  n: i32,
  out: StaticArray<f64>,
): void {
  for (let i: i32 = 0; i < n; i++) unchecked((out[i] = 1.0));
}
