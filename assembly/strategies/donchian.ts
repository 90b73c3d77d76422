import { channelBreakout, channelLength, channelPush } from "../indicators/channel";
import { applyShortMode, shortModeLength, shortModeParams, shortsAllowed } from "./short-mode";
import { scaleByVolatility, volScalarLength, volScalarParams } from "./vol-scalar";

const ENTRY_PERIOD: i32 = 0;
const EXIT_PERIOD: i32 = 1;
const PARAMS: i32 = 2;

// Memory of the machine, before its two channels.
const SIDE: i32 = 0;
const ENTRY_POSITION: i32 = 1;
const EXIT_POSITION: i32 = 2;
const CHANNELS: i32 = 3;

export function donchianStateLength(entryPeriod: i32, exitPeriod: i32, volWindow: i32, hedgeLookback: i32): i32 {
  const own: i32 = PARAMS + CHANNELS + channelLength(entryPeriod) + channelLength(exitPeriod);
  return own + volScalarParams() + shortModeParams() + volScalarLength(volWindow) + shortModeLength(hedgeLookback);
}

/**
 * Turtle breakout, a state machine of −1, 0, +1 × vol scalar.
 *
 *   long    entered on close > upper(entry), left on close < lower(exit)
 *   short   entered on close < lower(entry) when the short mode allows shorts, left on close > upper(exit)
 *
 * An exit and the opposite entry may fall on one candle. The machine runs on while the volatility is undefined.
 *
 * Shapes   state = [entry_period, exit_period, vol params (4), short params (4), memory…], memory zeroed at the start;
 *          columns [n]; exit_period < entry_period.
 * Units    signed weight, a fraction of equity; 0 while undefined.
 * Writes   state, out.
 */
export function donchianRun(
  state: StaticArray<f64>,
  high: StaticArray<f64>,
  low: StaticArray<f64>,
  close: StaticArray<f64>,
  _volume: StaticArray<f64>,
  n: i32,
  out: StaticArray<f64>,
): void {
  const entryPeriod: i32 = i32(unchecked(state[ENTRY_PERIOD]));
  const exitPeriod: i32 = i32(unchecked(state[EXIT_PERIOD]));
  const vol: i32 = PARAMS;
  const short: i32 = vol + volScalarParams();
  const machine: i32 = short + shortModeParams();
  const entryChannel: i32 = machine + CHANNELS;
  const exitChannel: i32 = entryChannel + channelLength(entryPeriod);
  const volMemory: i32 = exitChannel + channelLength(exitPeriod);
  const shortMemory: i32 = volMemory + volScalarLength(i32(unchecked(state[vol])));

  const mayShort: bool = shortsAllowed(state, short);
  let side: f64 = unchecked(state[machine + SIDE]);
  let entryPosition: i32 = i32(unchecked(state[machine + ENTRY_POSITION]));
  let exitPosition: i32 = i32(unchecked(state[machine + EXIT_POSITION]));
  for (let i: i32 = 0; i < n; i++) {
    const h: f64 = unchecked(high[i]);
    const l: f64 = unchecked(low[i]);
    const c: f64 = unchecked(close[i]);
    const entry: f64 = channelBreakout(state, entryChannel, entryPeriod, entryPosition, c);
    const exit: f64 = channelBreakout(state, exitChannel, exitPeriod, exitPosition, c);
    entryPosition = channelPush(state, entryChannel, entryPeriod, entryPosition, h, l);
    exitPosition = channelPush(state, exitChannel, exitPeriod, exitPosition, h, l);
    if (side * exit < 0.0) side = 0.0;
    if (side === 0.0 && (entry > 0.0 || mayShort)) side = entry;
    unchecked((out[i] = side));
  }
  unchecked((state[machine + SIDE] = side));
  unchecked((state[machine + ENTRY_POSITION] = f64(entryPosition)));
  unchecked((state[machine + EXIT_POSITION] = f64(exitPosition)));

  scaleByVolatility(state, vol, volMemory, close, n, out);
  applyShortMode(state, short, shortMemory, close, n, out);
}
