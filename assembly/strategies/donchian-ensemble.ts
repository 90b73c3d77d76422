import { channelBreakout, channelLength, channelPush } from "../indicators/channel";
import { applyShortMode, shortModeLength, shortModeParams } from "./short-mode";
import { scaleByVolatility, volScalarLength, volScalarParams } from "./vol-scalar";

const COUNT: i32 = 0;
const LOOKBACKS: i32 = 1;

/** Slots without the lookbacks. */
export function donchianEnsembleStateLength(volWindow: i32, hedgeLookback: i32): i32 {
  const own: i32 = LOOKBACKS + 1;
  return own + volScalarParams() + shortModeParams() + volScalarLength(volWindow) + shortModeLength(hedgeLookback);
}

/** Slots of one lookback: its parameter, its position and its channel. */
export function donchianEnsembleVoteLength(lookback: i32): i32 {
  return 1 + voteMemory(lookback);
}

function voteMemory(lookback: i32): i32 {
  return 1 + channelLength(lookback);
}

/**
 * Mean of Donchian votes over several lookbacks × vol scalar.
 *
 *   vote(n) = +1 when close > upper(n), −1 when close < lower(n), else 0
 *
 * Shapes   state = [count, lookbacks (count), vol params (4), short params (4), memory…], memory zeroed at the start;
 *          columns [n].
 * Units    signed weight, a fraction of equity; 0 until every lookback is defined.
 * Writes   state, out.
 */
export function donchianEnsembleRun(
  state: StaticArray<f64>,
  high: StaticArray<f64>,
  low: StaticArray<f64>,
  close: StaticArray<f64>,
  _volume: StaticArray<f64>,
  n: i32,
  out: StaticArray<f64>,
): void {
  const count: i32 = i32(unchecked(state[COUNT]));
  const vol: i32 = LOOKBACKS + count;
  const short: i32 = vol + volScalarParams();
  const seen: i32 = short + shortModeParams();
  const first: f64 = unchecked(state[seen]);

  for (let i: i32 = 0; i < n; i++) unchecked((out[i] = 0.0));
  let longest: i32 = 0;
  let memory: i32 = seen + 1;
  // One lookback at a time; votes are whole numbers, so any order adds up to the same bits.
  for (let k: i32 = 0; k < count; k++) {
    const lookback: i32 = i32(unchecked(state[LOOKBACKS + k]));
    const channel: i32 = memory + 1;
    let position: i32 = i32(unchecked(state[memory]));
    for (let i: i32 = 0; i < n; i++) {
      unchecked((out[i] += channelBreakout(state, channel, lookback, position, close[i])));
      position = channelPush(state, channel, lookback, position, unchecked(high[i]), unchecked(low[i]));
    }
    unchecked((state[memory] = f64(position)));
    memory += voteMemory(lookback);
    if (lookback > longest) longest = lookback;
  }
  for (let i: i32 = 0; i < n; i++) {
    const defined: bool = first + f64(i) >= f64(longest);
    unchecked((out[i] = defined ? out[i] / f64(count) : 0.0));
  }
  unchecked((state[seen] = first + f64(n)));

  const shortMemory: i32 = memory + volScalarLength(i32(unchecked(state[vol])));
  scaleByVolatility(state, vol, memory, close, n, out);
  applyShortMode(state, short, shortMemory, close, n, out);
}
