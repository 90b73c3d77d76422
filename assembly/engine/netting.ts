import { emitLapse, emitOrder, emitWish, REASON_MIN_NOTIONAL } from "./events";
import { inFlight } from "./in-flight";
import { scaledWeight } from "./sizing";
import {
  account,
  crossValue,
  demand,
  equity,
  filledCash,
  filledFee,
  filledLots,
  lots,
  markPerLot,
  minNotional,
  NET_ORDERS,
  orderFee,
  orderLots,
  orderValue,
  PENDING_CROSS,
  PENDING_NONE,
  PENDING_ORDER,
  pending,
  pods,
  quiet,
  symbols,
  wish,
} from "./state";

/** Phase 7, second half: wishes become demand, demand becomes one net order per symbol (spec 2.4), pending for the open. */
export function net(): void {
  for (let s: i32 = 0; s < symbols; s++) {
    if (inFlight(s)) continue;
    unchecked((pending[s] = PENDING_NONE));
    if (unchecked(quiet[s]) !== 0.0 || !demandLots(s)) continue;
    startOrder(s);
    if (unchecked(account[NET_ORDERS]) > 0.0) placeNet(s);
    else placeEach(s);
  }
}

/** Demand of every pod in one symbol; false when nobody wants to trade. */
function demandLots(s: i32): boolean {
  let wanted = false;
  for (let p: i32 = 0; p < pods; p++) {
    const c = s * pods + p;
    const missing: f64 = unchecked(wish[c]) - unchecked(lots[c]);
    unchecked((demand[c] = missing));
    if (missing === 0.0) continue;
    wanted = true;
    emitWish(c, scaledWeight(c, p), unchecked(equity[p]), unchecked(wish[c]), missing);
  }
  return wanted;
}

/** Nothing of the symbol's order is filled yet. */
export function startOrder(s: i32): void {
  unchecked((orderLots[s] = 0.0));
  unchecked((orderValue[s] = 0.0));
  unchecked((orderFee[s] = 0.0));
  unchecked((crossValue[s] = -1.0));
  for (let c: i32 = s * pods; c < (s + 1) * pods; c++) {
    unchecked((filledLots[c] = 0.0));
    unchecked((filledCash[c] = 0.0));
    unchecked((filledFee[c] = 0.0));
  }
}

function placeNet(s: i32): void {
  let bought: f64 = 0.0;
  let sold: f64 = 0.0;
  let held: f64 = 0.0;
  for (let c: i32 = s * pods; c < (s + 1) * pods; c++) {
    const wanted: f64 = unchecked(demand[c]);
    if (wanted > 0.0) bought += wanted;
    else sold -= wanted;
    held += unchecked(lots[c]);
  }
  const netLots = bought - sold;
  const crossed = Math.min(bought, sold);
  const skipped = netLots !== 0.0 && tooSmall(s, netLots, held);
  if (netLots !== 0.0 && !skipped) unchecked((pending[s] = PENDING_ORDER));
  else if (crossed > 0.0) unchecked((pending[s] = PENDING_CROSS));
  emitOrder(s, netLots, crossed, unchecked(pending[s]), -1);
  if (skipped) emitLapse(s, netLots, 0.0, REASON_MIN_NOTIONAL);
}

/** `netting: gross`: each pod's demand is its own order, nothing crosses. */
function placeEach(s: i32): void {
  for (let p: i32 = 0; p < pods; p++) {
    const c = s * pods + p;
    const wanted: f64 = unchecked(demand[c]);
    if (wanted === 0.0) continue;
    const skipped = tooSmall(s, wanted, unchecked(lots[c]));
    emitOrder(s, wanted, 0.0, skipped ? PENDING_NONE : PENDING_ORDER, p);
    if (skipped) {
      emitLapse(s, wanted, 0.0, REASON_MIN_NOTIONAL);
      unchecked((demand[c] = 0.0));
    } else {
      unchecked((pending[s] = PENDING_ORDER));
    }
  }
}

/** Below the minimum notional, unless the order only reduces what is held. */
function tooSmall(s: i32, wanted: f64, held: f64): boolean {
  if (Math.abs(wanted) * unchecked(markPerLot[s]) >= unchecked(minNotional[s])) return false;
  const reduces = wanted * held < 0.0 && Math.abs(wanted) <= Math.abs(held);
  return !reduces;
}
