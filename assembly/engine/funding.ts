import { apportion, roundHalfUp } from "../exact";
import { valueOf } from "./costs";
import { emitFunding, emitFundingPart } from "./events";
import { markOf } from "./marks";
import { bookFunding } from "./positions";
import {
  BAR_FIELDS,
  bars,
  fundingPrice,
  fundingRate,
  fundingStart,
  fundingSymbol,
  fundingTime,
  OPEN,
  openTimes,
} from "./slices";
import { cash, lots, newCash, pods, remainder, share, symbols, weight } from "./state";

/**
 * Phase 1, before the fills: funding of the instants at the slice's open, and of those since the slice before that no
 * slice covered, at the last close before them.
 */
export function fundAtOpen(t: i32): void {
  const open: f64 = unchecked(openTimes[t]);
  const end: i32 = unchecked(fundingStart[t + 1]);
  for (let i: i32 = unchecked(fundingStart[t]); i < end; i++) {
    if (unchecked(fundingTime[i]) > open) break;
    const s: i32 = unchecked(fundingSymbol[i]);
    fund(s, unchecked(fundingRate[i]), charged(i, markOf(s)));
  }
}

/**
 * Phase 2, after stops and liquidation: funding of the instants inside the slice, at the bar's open; a symbol without a
 * bar pays on its last mark.
 */
export function fundInside(t: i32): void {
  const row = t * BAR_FIELDS * symbols + OPEN * symbols;
  const open: f64 = unchecked(openTimes[t]);
  const end: i32 = unchecked(fundingStart[t + 1]);
  for (let i: i32 = unchecked(fundingStart[t]); i < end; i++) {
    if (unchecked(fundingTime[i]) <= open) continue;
    const s: i32 = unchecked(fundingSymbol[i]);
    const barOpen: f64 = unchecked(bars[row + s]);
    fund(s, unchecked(fundingRate[i]), charged(i, barOpen > 0.0 ? barOpen : markOf(s)));
  }
}

/** What an exchange says it charged on, or the engine's own price. */
function charged(i: i32, own: f64): f64 {
  const price: f64 = unchecked(fundingPrice[i]);
  return price > 0.0 ? price : own;
}

/**
 * Books one funding payment of a symbol: every pod pays quantity × price × rate, signed.
 *
 * What the account pays on its net position is rounded once. The smaller side's total is rounded, too, and the larger
 * side's is what is left; each is split over its pods by their lots, so the pods sum to the account exactly.
 *
 * Units    `rate` a fraction, `price` quote units; 0 = never had a bar, nothing is held.
 */
function fund(s: i32, rate: f64, price: f64): void {
  const longs = held(s, 1.0);
  const shorts = held(s, -1.0);
  if (longs + shorts === 0.0 || rate === 0.0) return;
  const net = longs - shorts;
  const side: f64 = net >= 0.0 ? 1.0 : -1.0;
  const larger = Math.max(longs, shorts);
  const smaller = Math.min(longs, shorts);
  const total = roundHalfUp(valueOf(s, net, price) * rate);
  const paidBySmaller = roundHalfUp(valueOf(s, -side * smaller, price) * rate);
  emitFunding(s, rate, price, net, total);
  split(s, side, larger, total - paidBySmaller);
  split(s, -side, smaller, paidBySmaller);

  for (let p: i32 = 0; p < pods; p++) {
    const c = s * pods + p;
    if (unchecked(lots[c]) === 0.0) continue;
    const paid: f64 = unchecked(newCash[p]);
    bookFunding(s, p, paid);
    emitFundingPart(c, paid, unchecked(cash[p]));
  }
}

/** Lots of the pods on one side (+1 long, −1 short), as a magnitude. */
function held(s: i32, side: f64): f64 {
  let sum: f64 = 0.0;
  for (let p: i32 = 0; p < pods; p++) {
    const own: f64 = unchecked(lots[s * pods + p]) * side;
    if (own > 0.0) sum += own;
  }
  return sum;
}

/** Splits what one side pays over its pods, by their lots, into `newCash`. */
function split(s: i32, side: f64, sideLots: f64, total: f64): void {
  if (sideLots === 0.0) return;
  for (let p: i32 = 0; p < pods; p++) {
    const own: f64 = unchecked(lots[s * pods + p]) * side;
    unchecked((weight[p] = own > 0.0 ? own : 0.0));
  }
  apportion(total, weight, pods, sideLots, share, remainder);
  for (let p: i32 = 0; p < pods; p++) {
    if (unchecked(weight[p]) > 0.0) unchecked((newCash[p] = unchecked(share[p])));
  }
}
