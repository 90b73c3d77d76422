// State of one candle builder: 9 f64. START must be −1 at first; parameters are written by the host.
const START: i32 = 0; // open time of the candle being built, −1 = none
const HIGH: i32 = 1;
const LOW: i32 = 2;
const CLOSE: i32 = 3;
const VOLUME: i32 = 4; // whole units of 10^−decimals
const LENGTH_MS: i32 = 5; // parameter
const BASE_MS: i32 = 6; // parameter
const VOLUME_SCALE: i32 = 7; // parameter, 10^decimals
const OPEN: i32 = 8;

/**
 * Aggregates base bars into candles of a longer timeframe, aligned to 00:00 UTC, as a streaming machine.
 *
 * A candle is complete in the slice that closes at its end. One whose last bars are missing becomes history when the next
 * bar arrives: it is written with end = −1 − that bar and gives no signal. The partial candle at the end of the data stays in the state.
 * Volume is summed in whole units, so any grouping of the bars gives the same number.
 *
 * Shapes   time, open, high, low, close, volume [n] bars of one symbol; out* [n] room for every candle the bars can complete.
 * Writes   outTime (open time, ms), outOpen, outHigh, outLow, outClose, outVolume, outEnd = index of the bar that completed the candle, or −1 − the bar that
 *          displaced it.
 * Returns  number of candles written, at most n + 1 (a gap can close one candle and a bar complete another).
 */
export function candles(
  state: StaticArray<f64>,
  time: StaticArray<f64>,
  open: StaticArray<f64>,
  high: StaticArray<f64>,
  low: StaticArray<f64>,
  close: StaticArray<f64>,
  volume: StaticArray<f64>,
  n: i32,
  outTime: StaticArray<f64>,
  outOpen: StaticArray<f64>,
  outHigh: StaticArray<f64>,
  outLow: StaticArray<f64>,
  outClose: StaticArray<f64>,
  outVolume: StaticArray<f64>,
  outEnd: StaticArray<i32>,
): i32 {
  const length: f64 = unchecked(state[LENGTH_MS]);
  const base: f64 = unchecked(state[BASE_MS]);
  const scale: f64 = unchecked(state[VOLUME_SCALE]);
  let start: f64 = unchecked(state[START]);
  let first: f64 = unchecked(state[OPEN]);
  let top: f64 = unchecked(state[HIGH]);
  let bottom: f64 = unchecked(state[LOW]);
  let last: f64 = unchecked(state[CLOSE]);
  let units: f64 = unchecked(state[VOLUME]);
  let count: i32 = 0;

  for (let i: i32 = 0; i < n; i++) {
    const at: f64 = unchecked(time[i]);
    const begins = Math.floor(at / length) * length;
    if (start !== begins) {
      if (start >= 0.0) {
        unchecked((outTime[count] = start));
        unchecked((outOpen[count] = first));
        unchecked((outHigh[count] = top));
        unchecked((outLow[count] = bottom));
        unchecked((outClose[count] = last));
        unchecked((outVolume[count] = units / scale));
        unchecked((outEnd[count] = -1 - i));
        count++;
      }
      start = begins;
      first = unchecked(open[i]);
      top = unchecked(high[i]);
      bottom = unchecked(low[i]);
      units = 0.0;
    }
    if (unchecked(high[i]) > top) top = unchecked(high[i]);
    if (unchecked(low[i]) < bottom) bottom = unchecked(low[i]);
    last = unchecked(close[i]);
    units += Math.floor(unchecked(volume[i]) * scale + 0.5);
    if (at + base === start + length) {
      unchecked((outTime[count] = start));
      unchecked((outOpen[count] = first));
      unchecked((outHigh[count] = top));
      unchecked((outLow[count] = bottom));
      unchecked((outClose[count] = last));
      unchecked((outVolume[count] = units / scale));
      unchecked((outEnd[count] = i));
      count++;
      start = -1.0;
    }
  }

  unchecked((state[START] = start));
  unchecked((state[OPEN] = first));
  unchecked((state[HIGH] = top));
  unchecked((state[LOW] = bottom));
  unchecked((state[CLOSE] = last));
  unchecked((state[VOLUME] = units));
  return count;
}
