import { attribute, demandOf } from "../attribution";
import { apportion, roundHalfUp } from "../exact";
import { feeOf, slippageOf, valueOf, worsened } from "./costs";
import {
  emitFill,
  emitLapse,
  emitPart,
  PURPOSE_CROSS,
  PURPOSE_LIQUIDATION,
  PURPOSE_NET,
  REASON_NO_BAR,
} from "./events";
import { inFlight } from "./in-flight";
import { book } from "./positions";
import { BAR_FIELDS, bars, OPEN } from "./slices";
import {
  account,
  cash,
  crossValue,
  demand,
  FEE_RATE,
  filledCash,
  filledFee,
  filledLots,
  lots,
  lotsPerUnit,
  NET_ORDERS,
  newCash,
  newFee,
  orderFee,
  orderLots,
  orderValue,
  PENDING_NONE,
  PENDING_ORDER,
  pending,
  pods,
  remainder,
  saving,
  share,
  symbols,
  weight,
} from "./state";

/**
 * Phase 1 of a slice: every pending order fills at the open of its symbol's bar, or lapses without one. Orders that an
 * exchange works on stay; crosses without an order change hands here in any case.
 */
export function fillAtOpen(t: i32): void {
  const row = t * BAR_FIELDS * symbols + OPEN * symbols;
  for (let s: i32 = 0; s < symbols; s++) {
    if (unchecked(pending[s]) === PENDING_NONE || inFlight(s)) continue;
    const open: f64 = unchecked(bars[row + s]);
    if (open > 0.0) fillPending(s, open);
    else lapse(s, REASON_NO_BAR);
  }
}

/**
 * Drops the pending order of a symbol, its crossed part included, and says why; `netting: gross`: each pod's order, in
 * pod order. A net that was skipped when it was decided is not pending: then only the cross lapses.
 */
export function lapse(s: i32, reason: f64): void {
  if (unchecked(account[NET_ORDERS]) > 0.0) {
    const bought = demandOf(demand, s * pods, pods, 1.0);
    const sold = demandOf(demand, s * pods, pods, -1.0);
    const netLots: f64 = unchecked(pending[s]) === PENDING_ORDER ? bought - sold : 0.0;
    emitLapse(s, netLots, Math.min(bought, sold), reason);
  } else {
    for (let c: i32 = s * pods; c < (s + 1) * pods; c++) {
      if (unchecked(demand[c]) !== 0.0) emitLapse(s, unchecked(demand[c]), 0.0, reason);
    }
  }
  unchecked((pending[s] = PENDING_NONE));
}

function fillPending(s: i32, open: f64): void {
  const order = unchecked(pending[s]) === PENDING_ORDER;
  unchecked((pending[s] = PENDING_NONE));
  if (!order) {
    bookFill(s, PURPOSE_CROSS, 0.0, open, open, 0.0, 0.0);
  } else if (unchecked(account[NET_ORDERS]) > 0.0) {
    const net = demandOf(demand, s * pods, pods, 1.0) - demandOf(demand, s * pods, pods, -1.0);
    const magnitude = Math.abs(net);
    const price = worsened(s, open, net, slippageOf(s, magnitude));
    const value = roundHalfUp(valueOf(s, magnitude, price));
    bookFill(s, PURPOSE_NET, net, price, open, value, feeOf(value));
  } else {
    for (let p: i32 = 0; p < pods; p++) fillAlone(s, p, open);
  }
}

/** `netting: gross`: one pod's demand as an order of its own. */
function fillAlone(s: i32, p: i32, open: f64): void {
  const c = s * pods + p;
  const wanted: f64 = unchecked(demand[c]);
  if (wanted === 0.0) return;
  const magnitude = Math.abs(wanted);
  const price = worsened(s, open, wanted, slippageOf(s, magnitude));
  const value = roundHalfUp(valueOf(s, magnitude, price));
  const fee = feeOf(value);
  emitFill(s, PURPOSE_NET, wanted, price, open, value, fee);
  const cashMoved = wanted > 0.0 ? -value : value;
  book(s, p, wanted, price, cashMoved, fee);
  emitPart(c, wanted, price, cashMoved, fee, 0.0, unchecked(cash[p]), unchecked(lots[c]));
}

/**
 * Books an execution of a symbol's pending net order and attributes it to the pods. Deciding the price is somebody else's
 * work: the simulated open above, the exchange in live trading.
 *
 * The rule is applied to what the order has filled so far and the difference to the last time is booked, so any sequence
 * of partial fills ends equal. The crossed part changes hands with the first execution, at its price. Value and fee are
 * whole micro-units at the account; each side's cash and the fee are split by largest remainder, so sums stay exact.
 *
 * Units    `executed` signed lots of the net demand's sign (0 books only the crossed part); `price` after, `reference`
 *          before slippage; `value`, `fee` micro-units ≥ 0.
 */
export function bookFill(s: i32, purpose: f64, executed: f64, price: f64, reference: f64, value: f64, fee: f64): void {
  emitFill(s, purpose, executed, price, reference, value, fee);
  const base = s * pods;
  const bought = demandOf(demand, base, pods, 1.0);
  const sold = demandOf(demand, base, pods, -1.0);
  const crossed = Math.min(bought, sold);
  if (unchecked(crossValue[s]) < 0.0) unchecked((crossValue[s] = roundHalfUp(valueOf(s, crossed, price))));
  unchecked((orderLots[s] = unchecked(orderLots[s]) + executed));
  unchecked((orderValue[s] = unchecked(orderValue[s]) + value));
  unchecked((orderFee[s] = unchecked(orderFee[s]) + fee));

  const total: f64 = unchecked(orderLots[s]);
  attribute(demand, base, pods, total, share, weight, remainder);
  const side: f64 = bought >= sold ? 1.0 : -1.0;
  const outside = Math.abs(total);
  splitCash(side, crossed + outside, -side * (unchecked(crossValue[s]) + unchecked(orderValue[s])));
  splitCash(-side, crossed, side * unchecked(crossValue[s]));
  splitFee(2.0 * crossed + outside, unchecked(orderFee[s]));

  for (let p: i32 = 0; p < pods; p++) {
    const c = base + p;
    if (unchecked(demand[c]) !== 0.0) bookPart(s, p, purpose, price, reference);
  }
}

/** Splits what one side pays or receives over the pods of that side, by their attributed lots, into `newCash`. */
function splitCash(side: f64, sideLots: f64, total: f64): void {
  if (sideLots === 0.0) return;
  for (let p: i32 = 0; p < pods; p++) {
    const attributed: f64 = unchecked(share[p]) * side;
    unchecked((weight[p] = attributed > 0.0 ? attributed : 0.0));
  }
  apportion(total, weight, pods, sideLots, newFee, remainder);
  for (let p: i32 = 0; p < pods; p++) {
    if (unchecked(weight[p]) > 0.0) unchecked((newCash[p] = unchecked(newFee[p])));
  }
}

/** Splits the order's fee over all pods by the size of their attributed lots, into `newFee`. */
function splitFee(allLots: f64, total: f64): void {
  if (allLots === 0.0) return;
  for (let p: i32 = 0; p < pods; p++) unchecked((weight[p] = Math.abs(unchecked(share[p]))));
  apportion(total, weight, pods, allLots, newFee, remainder);
}

/** Books what a pod's share of the order grew by since the last execution. */
function bookPart(s: i32, p: i32, purpose: f64, price: f64, reference: f64): void {
  const c = s * pods + p;
  const attributed: f64 = unchecked(share[p]);
  const paid: f64 = attributed === 0.0 ? 0.0 : unchecked(newCash[p]);
  const moved = attributed - unchecked(filledLots[c]);
  const cashMoved = paid - unchecked(filledCash[c]);
  const fee = unchecked(newFee[p]) - unchecked(filledFee[c]);
  unchecked((filledLots[c] = attributed));
  unchecked((filledCash[c] = paid));
  unchecked((filledFee[c] = unchecked(newFee[p])));
  if (moved === 0.0 && cashMoved === 0.0 && fee === 0.0) return;

  book(s, p, moved, price, cashMoved, fee);
  // Nobody chose to trade in a liquidation, so it has no cost of trading alone to compare with.
  const saved = purpose === PURPOSE_LIQUIDATION ? 0.0 : savingOf(s, moved, price, reference, fee);
  unchecked((saving[c] = unchecked(saving[c]) + saved));
  emitPart(c, moved, price, cashMoved, fee, saved, unchecked(cash[p]), unchecked(lots[c]));
}

/** Netting saving in quote units: slippage and fee of an order of one's own, less those paid. */
function savingOf(s: i32, moved: f64, price: f64, reference: f64, fee: f64): f64 {
  const quantity = moved / unchecked(lotsPerUnit[s]);
  const alonePrice = worsened(s, reference, moved, slippageOf(s, Math.abs(moved)));
  const aloneFee = Math.abs(quantity) * alonePrice * unchecked(account[FEE_RATE]);
  const alone = quantity * (alonePrice - reference) + aloneFee;
  const paid = quantity * (price - reference) + fee / 1e6;
  return alone - paid;
}
