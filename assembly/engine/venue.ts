import { apportion } from "../exact";
import { beginSlice, emitFill, emitLapse, emitPart, PURPOSE_LIQUIDATION, PURPOSE_NET } from "./events";
import { bookFill, lapse } from "./fills";
import { markOf } from "./marks";
import { startOrder } from "./netting";
import { book } from "./positions";
import {
  account,
  cash,
  crossValue,
  demand,
  lots,
  NET_ORDERS,
  newLots,
  orderLots,
  PENDING_CROSS,
  PENDING_NONE,
  pending,
  pods,
  remainder,
  weight,
} from "./state";

// With account[VENUE_FILLS] an exchange fills, not the next open. A symbol's order stays pending, over as many slices as it
// takes, until the host settles it; meanwhile the symbol decides nothing new. These calls come between two slices; what
// they write belongs to the slice opened at `timeMs`, the last one.

/**
 * One trade of the symbol's order; the cross of its decision changes hands with the first, at its price.
 *
 * Units    `executed` signed lots; `price` quote units; `value`, `fee` micro-units (a rebate is below 0); `p` the pod that
 *          ordered with `netting: gross`, −1 for a net order.
 */
export function venueFill(s: i32, p: i32, timeMs: f64, executed: f64, price: f64, value: f64, fee: f64): void {
  beginSlice(timeMs);
  if (p < 0) {
    bookFill(s, PURPOSE_NET, executed, price, markOf(s), value, fee);
    return;
  }
  const c = s * pods + p;
  emitFill(s, PURPOSE_NET, executed, price, markOf(s), value, fee);
  const cashMoved = executed > 0.0 ? -value : value;
  book(s, p, executed, price, cashMoved, fee);
  unchecked((demand[c] = unchecked(demand[c]) - executed));
  emitPart(c, executed, price, cashMoved, fee, 0.0, unchecked(cash[p]), unchecked(lots[c]));
}

/**
 * Nothing more will come of the symbol's order: what it left unfilled lapses. A cross that met no trade is booked at the
 * symbol's next open (spec 2.4).
 */
export function settleOrder(s: i32, timeMs: f64, reason: f64): void {
  beginSlice(timeMs);
  unchecked((pending[s] = PENDING_NONE));
  if (unchecked(account[NET_ORDERS]) > 0.0) settleNet(s, reason);
  else lapseEach(s, reason);
}

function settleNet(s: i32, reason: f64): void {
  let bought: f64 = 0.0;
  let sold: f64 = 0.0;
  for (let c: i32 = s * pods; c < (s + 1) * pods; c++) {
    const wanted: f64 = unchecked(demand[c]);
    if (wanted > 0.0) bought += wanted;
    else sold -= wanted;
  }
  const left = bought - sold - unchecked(orderLots[s]);
  if (left !== 0.0) emitLapse(s, left, 0.0, reason);
  const crosses = bought > 0.0 && sold > 0.0 && unchecked(crossValue[s]) < 0.0;
  if (crosses) unchecked((pending[s] = PENDING_CROSS));
}

function lapseEach(s: i32, reason: f64): void {
  for (let c: i32 = s * pods; c < (s + 1) * pods; c++) {
    if (unchecked(demand[c]) !== 0.0) emitLapse(s, unchecked(demand[c]), 0.0, reason);
  }
}

/** What the symbol decided is not carried out, its cross included: the slice was replayed for its state only. */
export function dropOrder(s: i32, timeMs: f64, reason: f64): void {
  beginSlice(timeMs);
  if (unchecked(pending[s]) !== PENDING_NONE) lapse(s, reason);
}

/**
 * The exchange closed lots of the account itself (liquidation, auto-deleveraging, settlement): the pods of the side that
 * was closed bear it in proportion to their lots, by largest remainder, ties in pod order.
 *
 * Units    as `venueFill`; |executed| ≤ what the pods of that side hold.
 */
export function bookAutoclose(s: i32, timeMs: f64, executed: f64, price: f64, value: f64, fee: f64): void {
  beginSlice(timeMs);
  const side: f64 = executed < 0.0 ? 1.0 : -1.0;
  let held: f64 = 0.0;
  for (let p: i32 = 0; p < pods; p++) {
    const own: f64 = unchecked(lots[s * pods + p]) * side;
    unchecked((weight[p] = own > 0.0 ? own : 0.0));
    held += unchecked(weight[p]);
  }
  apportion(Math.abs(executed), weight, pods, held, newLots, remainder);
  for (let p: i32 = 0; p < pods; p++) {
    unchecked((demand[s * pods + p] = unchecked(weight[p]) > 0.0 ? -side * unchecked(newLots[p]) : 0.0));
  }
  startOrder(s);
  bookFill(s, PURPOSE_LIQUIDATION, executed, price, price, value, fee);
}

/**
 * Lots of the account that no pod ordered become pod `p`'s, at a price and without a fee. Nothing of the symbol is pending.
 *
 * Units    as `venueFill`.
 */
export function bookAdoption(s: i32, p: i32, timeMs: f64, adopted: f64, price: f64, value: f64): void {
  beginSlice(timeMs);
  for (let other: i32 = 0; other < pods; other++) {
    unchecked((demand[s * pods + other] = other === p ? adopted : 0.0));
  }
  startOrder(s);
  bookFill(s, PURPOSE_LIQUIDATION, adopted, price, price, value, 0.0);
}
