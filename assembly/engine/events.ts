import { fundingStart } from "./slices";
import { account, EVENTS_WRITTEN, pods, symbols } from "./state";

// What happened, as records of f64 in one buffer: the source of the result hash, the journal and every event object.
// A record starts with its tag; lengths are fixed per tag (src/orchestrator/events.ts decodes them).

/** [tag, open time ms]: written before the first record of a slice. */
export const EVENT_SLICE: f64 = 1.0;
/** [tag, cell, raw target weight]: a signal that differs from the one before. */
export const EVENT_TARGET: f64 = 2.0;
/** [tag, cell, weight after scaling, pod equity, wish lots, demand lots]. */
export const EVENT_WISH: f64 = 3.0;
/** [tag, symbol, net lots, crossed lots, PENDING_* or 0 when skipped, pod or −1]. */
export const EVENT_ORDER: f64 = 4.0;
/** [tag, symbol, purpose, lots, price, reference price, value micro, fee micro]: one execution on the account. */
export const EVENT_FILL: f64 = 5.0;
/** [tag, cell, lots, price, cash micro (before the fee), fee micro, saving, pod cash after, lots after]. */
export const EVENT_PART: f64 = 6.0;
/** [tag, cell, level, price]: a protective stop was reached; price before slippage. */
export const EVENT_STOP: f64 = 7.0;
/** [tag, symbol, net lots, crossed lots, reason]. */
export const EVENT_LAPSE: f64 = 8.0;
/** [tag, cell, side, P&L after fees and funding]: a round trip ended. */
export const EVENT_TRADE: f64 = 9.0;
/** [tag, gross, limit, factor]: wishes were scaled down to the gross limit. */
export const EVENT_GROSS_LIMIT: f64 = 10.0;
/** [tag, ALERT_* type, level, value, threshold]: a portfolio limit is near (level 1) or reached (level 2). */
export const EVENT_ALERT: f64 = 11.0;
/** [tag, symbol, rate, price, net lots, micro]: what the account pays at a funding time; below 0 it receives. */
export const EVENT_FUNDING: f64 = 12.0;
/** [tag, cell, micro, pod cash after]: a pod's share of the payment before it. */
export const EVENT_FUNDING_PART: f64 = 13.0;
/** [tag, equity, margin]: the account's equity at the adverse extremes and its maintenance margin there; fills follow. */
export const EVENT_LIQUIDATION: f64 = 14.0;
/** [tag, ALERT_* type, value, threshold, end ms or 0]: a limit flattens the portfolio; 0 = until the host ends it. */
export const EVENT_HALT: f64 = 16.0;
/** [tag, cell]: the strategy of the cell failed; its pod wishes 0 from here on. */
export const EVENT_FAILURE: f64 = 17.0;

export const ALERT_TYPE_DAILY_LOSS: f64 = 0.0;
export const ALERT_TYPE_DRAWDOWN: f64 = 1.0;
export const ALERT_TYPE_GROSS: f64 = 2.0;

export const PURPOSE_NET: f64 = 0.0;
export const PURPOSE_STOP: f64 = 1.0;
export const PURPOSE_CROSS: f64 = 2.0;
export const PURPOSE_LIQUIDATION: f64 = 3.0;

export const REASON_NO_BAR: f64 = 1.0;
export const REASON_MIN_NOTIONAL: f64 = 2.0;
export const REASON_END_OF_DATA: f64 = 3.0;
export const REASON_CONTROL: f64 = 4.0;
/** The exchange did not fill it: rejected, expired, lost. */
export const REASON_UNFILLED: f64 = 5.0;
/** Decided in a slice that came too late to trade. */
export const REASON_MISSED: f64 = 6.0;

let buffer: StaticArray<f64> = new StaticArray<f64>(0);
let capacity: i32 = 0;
let used: i32 = 0;
let sliceTime: f64 = 0.0;
let sliceWritten: boolean = false;

export function bindEvents(bufferAt: StaticArray<f64>, length: i32): void {
  buffer = bufferAt;
  capacity = length;
  used = 0;
}

/** Number of f64 written since the last `clearEvents`. */
export function eventsUsed(): i32 {
  return used;
}

/** Empties the buffer. What the slice writes afterwards states its time again, so every drained part stands alone. */
export function clearEvents(): void {
  used = 0;
  unchecked((account[EVENTS_WRITTEN] = 0.0));
  sliceWritten = false;
}

/** Most f64 one slice can write, its funding apart: what `run` keeps free before it begins one. */
export function eventsPerSlice(podCount: i32, symbolCount: i32): i32 {
  const cells = podCount * symbolCount;
  // A cell: target 3 or failure 2, stop 4, three parts 27, three trades 12, wish 6, and in gross mode its own order 6, two fills 16, lapse 5.
  // A symbol: order 6, lapse 5 twice, net, cross, two stop and a liquidation fill 40. A slice: its time twice 4, gross limit 4,
  // three alerts 15, two halts 10, liquidation 3.
  return cells * 79 + symbolCount * 56 + 36;
}

/** Most f64 one funding payment can write. */
export function eventsPerFunding(podCount: i32): i32 {
  return 6 + 4 * podCount;
}

export function roomForSlice(t: i32): boolean {
  const payments: i32 = unchecked(fundingStart[t + 1]) - unchecked(fundingStart[t]);
  return used + eventsPerSlice(pods, symbols) + payments * eventsPerFunding(pods) <= capacity;
}

/** Records that follow belong to the slice opened at `timeMs`. */
export function beginSlice(timeMs: f64): void {
  sliceTime = timeMs;
  sliceWritten = false;
}

/** Starts a record of `length` f64 and returns its place in the buffer. */
function reserve(tag: f64, length: i32): i32 {
  if (!sliceWritten) {
    sliceWritten = true;
    unchecked((buffer[used] = EVENT_SLICE));
    unchecked((buffer[used + 1] = sliceTime));
    used += 2;
  }
  const at = used;
  unchecked((buffer[at] = tag));
  used += length;
  return at;
}

export function emitTarget(cell: i32, target: f64): void {
  const at = reserve(EVENT_TARGET, 3);
  unchecked((buffer[at + 1] = f64(cell)));
  unchecked((buffer[at + 2] = target));
}

export function emitFailure(cell: i32): void {
  const at = reserve(EVENT_FAILURE, 2);
  unchecked((buffer[at + 1] = f64(cell)));
}

export function emitWish(cell: i32, scaled: f64, podEquity: f64, lots: f64, demanded: f64): void {
  const at = reserve(EVENT_WISH, 6);
  unchecked((buffer[at + 1] = f64(cell)));
  unchecked((buffer[at + 2] = scaled));
  unchecked((buffer[at + 3] = podEquity));
  unchecked((buffer[at + 4] = lots));
  unchecked((buffer[at + 5] = demanded));
}

export function emitOrder(symbol: i32, net: f64, crossed: f64, status: f64, pod: i32): void {
  const at = reserve(EVENT_ORDER, 6);
  unchecked((buffer[at + 1] = f64(symbol)));
  unchecked((buffer[at + 2] = net));
  unchecked((buffer[at + 3] = crossed));
  unchecked((buffer[at + 4] = status));
  unchecked((buffer[at + 5] = f64(pod)));
}

export function emitFill(symbol: i32, purpose: f64, lots: f64, price: f64, reference: f64, value: f64, fee: f64): void {
  const at = reserve(EVENT_FILL, 8);
  unchecked((buffer[at + 1] = f64(symbol)));
  unchecked((buffer[at + 2] = purpose));
  unchecked((buffer[at + 3] = lots));
  unchecked((buffer[at + 4] = price));
  unchecked((buffer[at + 5] = reference));
  unchecked((buffer[at + 6] = value));
  unchecked((buffer[at + 7] = fee));
}

export function emitPart(
  cell: i32,
  lots: f64,
  price: f64,
  cashMoved: f64,
  fee: f64,
  saved: f64,
  cashAfter: f64,
  lotsAfter: f64,
): void {
  const at = reserve(EVENT_PART, 9);
  unchecked((buffer[at + 1] = f64(cell)));
  unchecked((buffer[at + 2] = lots));
  unchecked((buffer[at + 3] = price));
  unchecked((buffer[at + 4] = cashMoved));
  unchecked((buffer[at + 5] = fee));
  unchecked((buffer[at + 6] = saved));
  unchecked((buffer[at + 7] = cashAfter));
  unchecked((buffer[at + 8] = lotsAfter));
}

export function emitStop(cell: i32, level: f64, price: f64): void {
  const at = reserve(EVENT_STOP, 4);
  unchecked((buffer[at + 1] = f64(cell)));
  unchecked((buffer[at + 2] = level));
  unchecked((buffer[at + 3] = price));
}

export function emitLapse(symbol: i32, net: f64, crossed: f64, reason: f64): void {
  const at = reserve(EVENT_LAPSE, 5);
  unchecked((buffer[at + 1] = f64(symbol)));
  unchecked((buffer[at + 2] = net));
  unchecked((buffer[at + 3] = crossed));
  unchecked((buffer[at + 4] = reason));
}

export function emitTrade(cell: i32, side: f64, pnl: f64): void {
  const at = reserve(EVENT_TRADE, 4);
  unchecked((buffer[at + 1] = f64(cell)));
  unchecked((buffer[at + 2] = side));
  unchecked((buffer[at + 3] = pnl));
}

export function emitGrossLimit(gross: f64, limit: f64, factor: f64): void {
  const at = reserve(EVENT_GROSS_LIMIT, 4);
  unchecked((buffer[at + 1] = gross));
  unchecked((buffer[at + 2] = limit));
  unchecked((buffer[at + 3] = factor));
}

export function emitAlert(type: f64, level: f64, value: f64, threshold: f64): void {
  const at = reserve(EVENT_ALERT, 5);
  unchecked((buffer[at + 1] = type));
  unchecked((buffer[at + 2] = level));
  unchecked((buffer[at + 3] = value));
  unchecked((buffer[at + 4] = threshold));
}

export function emitHalt(type: f64, value: f64, threshold: f64, end: f64): void {
  const at = reserve(EVENT_HALT, 5);
  unchecked((buffer[at + 1] = type));
  unchecked((buffer[at + 2] = value));
  unchecked((buffer[at + 3] = threshold));
  unchecked((buffer[at + 4] = end));
}

export function emitFunding(symbol: i32, rate: f64, price: f64, lots: f64, paid: f64): void {
  const at = reserve(EVENT_FUNDING, 6);
  unchecked((buffer[at + 1] = f64(symbol)));
  unchecked((buffer[at + 2] = rate));
  unchecked((buffer[at + 3] = price));
  unchecked((buffer[at + 4] = lots));
  unchecked((buffer[at + 5] = paid));
}

export function emitFundingPart(cell: i32, paid: f64, cashAfter: f64): void {
  const at = reserve(EVENT_FUNDING_PART, 4);
  unchecked((buffer[at + 1] = f64(cell)));
  unchecked((buffer[at + 2] = paid));
  unchecked((buffer[at + 3] = cashAfter));
}

export function emitLiquidation(equity: f64, margin: f64): void {
  const at = reserve(EVENT_LIQUIDATION, 3);
  unchecked((buffer[at + 1] = equity));
  unchecked((buffer[at + 2] = margin));
}
