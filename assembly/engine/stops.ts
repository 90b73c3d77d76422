import { apportion, roundHalfUp } from "../exact";
import { feeOf, slippageOf, valueOf, worsened } from "./costs";
import { emitFill, emitPart, emitStop, PURPOSE_STOP } from "./events";
import { book } from "./positions";
import { BAR_FIELDS, bars, HIGH, LOW, OPEN, openTimes } from "./slices";
import {
  account,
  blocked,
  cash,
  entry,
  highGate,
  lots,
  lowGate,
  NET_ORDERS,
  newCash,
  newFee,
  newLots,
  peak,
  pods,
  remainder,
  STOPS_AS_ORDERS,
  share,
  signals,
  stopLoss,
  stoppedAt,
  symbols,
  trail,
  trailMultiple,
  WEIGHTS_KNOWN,
  weight,
} from "./state";

/**
 * Phase 2: tests every protective stop against the bar, then lets the bar move the peaks of what is still held. With
 * account[STOPS_AS_ORDERS] nothing is filled here: the cell is blocked, so that the slice's net order holds its exit.
 */
export function testStops(t: i32): void {
  const opens = (t * BAR_FIELDS + OPEN) * symbols;
  const highs = (t * BAR_FIELDS + HIGH) * symbols;
  const lows = (t * BAR_FIELDS + LOW) * symbols;
  const rows = bars;
  const bottoms = lowGate;
  const tops = highGate;
  for (let s: i32 = 0; s < symbols; s++) {
    const high: f64 = unchecked(rows[highs + s]);
    const low: f64 = unchecked(rows[lows + s]);
    if (low > unchecked(bottoms[s]) && high < unchecked(tops[s])) continue;
    const open: f64 = unchecked(rows[opens + s]);
    if (open !== 0.0) testSymbol(t, s, open, high, low);
  }
}

/** Tests the symbol's cells one by one, and finds the gates between which later bars need no test. */
function testSymbol(t: i32, s: i32, open: f64, high: f64, low: f64): void {
  let hits: i32 = 0;
  const asOrders = unchecked(account[STOPS_AS_ORDERS]) > 0.0;
  unchecked((lowGate[s] = -Infinity));
  unchecked((highGate[s] = Infinity));
  for (let p: i32 = 0; p < pods; p++) {
    unchecked((newLots[p] = 0.0));
    const c = s * pods + p;
    if (unchecked(lots[c]) === 0.0) continue;
    if (unchecked(stopLoss[p]) === 0.0 && unchecked(trailMultiple[p]) === 0.0) continue;
    if (asOrders && unchecked(blocked[c]) !== 0.0) continue;
    if (testStop(s, c, p, open, high, low)) hits++;
  }
  if (hits === 0) return;
  if (asOrders) {
    for (let p: i32 = 0; p < pods; p++) {
      if (unchecked(newLots[p]) !== 0.0) block(t, s * pods + p, unchecked(newLots[p]) < 0.0 ? 1.0 : -1.0);
    }
    return;
  }
  if (unchecked(account[NET_ORDERS]) > 0.0) {
    exit(t, s, 1.0, 0, pods);
    exit(t, s, -1.0, 0, pods);
  } else {
    for (let p: i32 = 0; p < pods; p++) {
      if (unchecked(newLots[p]) !== 0.0) exit(t, s, unchecked(newLots[p]) < 0.0 ? 1.0 : -1.0, p, p + 1);
    }
  }
}

/** True when the stop was reached: the lots to trade are in `newLots[p]`, the price before slippage in `share[p]`. */
function testStop(s: i32, c: i32, p: i32, open: f64, high: f64, low: f64): boolean {
  const held: f64 = unchecked(lots[c]);
  const level = held > 0.0 ? levelOfLong(c, p) : levelOfShort(c, p);
  const reached = held > 0.0 ? low <= level : high >= level;
  if (reached) {
    const gapped = held > 0.0 ? open <= level : open >= level;
    const price = gapped ? open : level;
    unchecked((newLots[p] = -held));
    unchecked((share[p] = price));
    emitStop(c, level, price);
    return true;
  }
  if (unchecked(trailMultiple[p]) === 0.0) {
    narrowGates(s, held > 0.0 ? level : -Infinity, held > 0.0 ? Infinity : level);
    return false;
  }
  const best: f64 = unchecked(peak[c]);
  if (held > 0.0 ? high > best : low < best) {
    // The level follows at the next test, with the ATR of that time.
    unchecked((peak[c] = held > 0.0 ? high : low));
    narrowGates(s, -Infinity, 0.0);
  } else {
    narrowGates(s, held > 0.0 ? level : best, held > 0.0 ? best : level);
  }
  return false;
}

function narrowGates(s: i32, bottom: f64, top: f64): void {
  if (bottom > unchecked(lowGate[s])) unchecked((lowGate[s] = bottom));
  if (top < unchecked(highGate[s])) unchecked((highGate[s] = top));
}

/** The higher of the fixed and the trailing stop; the trailing level never falls while the position keeps its sign. */
function levelOfLong(c: i32, p: i32): f64 {
  const loss: f64 = unchecked(stopLoss[p]);
  let level: f64 = loss > 0.0 ? unchecked(entry[c]) * (1.0 - loss) : 0.0;
  const atr: f64 = unchecked(signals[symbols * pods + c]);
  if (unchecked(trailMultiple[p]) > 0.0) {
    if (atr > 0.0) {
      const candidate = unchecked(peak[c]) - unchecked(trailMultiple[p]) * atr;
      if (unchecked(trail[c]) === 0.0 || candidate > unchecked(trail[c])) unchecked((trail[c] = candidate));
    }
    if (unchecked(trail[c]) > level) level = unchecked(trail[c]);
  }
  return level;
}

/** The lower of the two; Infinity when neither is set. */
function levelOfShort(c: i32, p: i32): f64 {
  const loss: f64 = unchecked(stopLoss[p]);
  let level: f64 = loss > 0.0 ? unchecked(entry[c]) * (1.0 + loss) : Infinity;
  const atr: f64 = unchecked(signals[symbols * pods + c]);
  if (unchecked(trailMultiple[p]) > 0.0) {
    if (atr > 0.0) {
      const candidate = unchecked(peak[c]) + unchecked(trailMultiple[p]) * atr;
      if (unchecked(trail[c]) === 0.0 || candidate < unchecked(trail[c])) unchecked((trail[c] = candidate));
    }
    if (unchecked(trail[c]) !== 0.0 && unchecked(trail[c]) < level) level = unchecked(trail[c]);
  }
  return level;
}

/**
 * The exits of one side (+1: longs sell, −1: shorts buy back) of the pods [from, to) as one order. Each pod is booked at
 * its own price, the order's price is their quantity-weighted mean; value and fee are rounded once, at the order.
 */
function exit(t: i32, s: i32, side: f64, from: i32, to: i32): void {
  let magnitude: f64 = 0.0;
  for (let p: i32 = 0; p < pods; p++) {
    const exiting: f64 = p >= from && p < to ? -unchecked(newLots[p]) * side : 0.0;
    unchecked((weight[p] = exiting > 0.0 ? exiting : 0.0));
    magnitude += unchecked(weight[p]);
  }
  if (magnitude === 0.0) return;

  const slippage = slippageOf(s, magnitude);
  let value: f64 = 0.0;
  let reference: f64 = 0.0;
  let mean: f64 = 0.0;
  for (let p: i32 = 0; p < pods; p++) {
    const exiting: f64 = unchecked(weight[p]);
    if (exiting === 0.0) continue;
    const price = worsened(s, unchecked(share[p]), -side, slippage);
    value += valueOf(s, exiting, price);
    reference += exiting * unchecked(share[p]);
    mean += exiting * price;
  }
  const total = roundHalfUp(value);
  const fee = feeOf(total);
  emitFill(s, PURPOSE_STOP, -side * magnitude, mean / magnitude, reference / magnitude, total, fee);
  splitValue(s, side, slippage, total);
  apportion(fee, weight, pods, magnitude, newFee, remainder);

  for (let p: i32 = 0; p < pods; p++) {
    if (unchecked(weight[p]) === 0.0) continue;
    const c = s * pods + p;
    const moved: f64 = unchecked(newLots[p]);
    const price = worsened(s, unchecked(share[p]), -side, slippage);
    book(s, p, moved, price, unchecked(newCash[p]), unchecked(newFee[p]));
    block(t, c, side);
    emitPart(c, moved, price, unchecked(newCash[p]), unchecked(newFee[p]), 0.0, unchecked(cash[p]), unchecked(lots[c]));
  }
}

/** The cell stays flat until its signal turns or its cool-down is over; `side` of the position that was stopped. */
function block(t: i32, c: i32, side: f64): void {
  unchecked((blocked[c] = side));
  unchecked((account[WEIGHTS_KNOWN] = 0.0));
  unchecked((stoppedAt[c] = unchecked(openTimes[t])));
}

/** Signed cash of each exit: floored at its own price, the units left of the order's total to the largest remainders. */
function splitValue(s: i32, side: f64, slippage: f64, total: f64): void {
  let left: f64 = side * total;
  for (let p: i32 = 0; p < pods; p++) {
    unchecked((remainder[p] = -1.0));
    if (unchecked(weight[p]) === 0.0) continue;
    const price = worsened(s, unchecked(share[p]), -side, slippage);
    const exact: f64 = side * valueOf(s, unchecked(weight[p]), price);
    const floor = Math.floor(exact);
    unchecked((newCash[p] = floor));
    unchecked((remainder[p] = exact - floor));
    left -= floor;
  }
  for (let unit: i32 = 0; unit < pods && left > 0.0; unit++) {
    let best: i32 = 0;
    for (let p: i32 = 1; p < pods; p++) {
      if (unchecked(remainder[p]) > unchecked(remainder[best])) best = p;
    }
    unchecked((newCash[best] = unchecked(newCash[best]) + 1.0));
    unchecked((remainder[best] = unchecked(remainder[best]) - 1.0));
    left -= 1.0;
  }
}
