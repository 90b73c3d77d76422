import { emitTrade } from "./events";
import {
  account,
  cash,
  entry,
  fees,
  funding,
  heldToday,
  highGate,
  holders,
  LARGEST,
  lots,
  lotsPerUnit,
  MONEY,
  netLots,
  netUnits,
  peak,
  pods,
  realised,
  tradeCount,
  tradeFees,
  tradeFunding,
  tradeRealised,
  trail,
} from "./state";

/**
 * Books an attributed part of an execution on one pod's position and cash. With `bookFunding` the only place where either
 * changes.
 *
 * Average entry: weighted when adding, unchanged when reducing, new when flipping; realised P&L is booked on reductions.
 *
 * Units    `moved` signed lots, `cashMoved` and `fee` micro-units, `price` quote units.
 */
export function book(s: i32, p: i32, moved: f64, price: f64, cashMoved: f64, fee: f64): void {
  const c = s * pods + p;
  const before: f64 = unchecked(lots[c]);
  const after = before + moved;
  unchecked((cash[p] = unchecked(cash[p]) + (cashMoved - fee)));
  unchecked((fees[c] = unchecked(fees[c]) + fee));
  unchecked((lots[c] = after));
  noteAccount(s, before, after, cashMoved - fee);
  noteSize(after);
  noteSize(unchecked(cash[p]));
  if (after !== 0.0) unchecked((heldToday[p] = 1.0));
  if (moved === 0.0) return;

  if (before * moved >= 0.0) {
    if (before === 0.0) open(c, price, fee);
    else unchecked((entry[c] = (unchecked(entry[c]) * before + price * moved) / after));
    return;
  }
  const flips = before * after < 0.0;
  const closed = flips ? before : -moved;
  const gain = (closed * (price - unchecked(entry[c]))) / unchecked(lotsPerUnit[s]);
  unchecked((realised[c] = unchecked(realised[c]) + gain));
  if (flips || after === 0.0) closeTrade(c, p, before);
  if (flips) open(c, price, 0.0);
}

/** Books a pod's share of a funding payment; `paid` micro-units, below 0 it receives. */
export function bookFunding(s: i32, p: i32, paid: f64): void {
  const c = s * pods + p;
  unchecked((cash[p] = unchecked(cash[p]) - paid));
  unchecked((funding[c] = unchecked(funding[c]) + paid));
  unchecked((account[MONEY] = unchecked(account[MONEY]) - paid));
  noteSize(unchecked(cash[p]));
  noteSize(unchecked(funding[c]));
}

/** What the account holds of a symbol and in cash; stops of a position that changed must be looked at again. */
function noteAccount(s: i32, before: f64, after: f64, received: f64): void {
  unchecked((netLots[s] = unchecked(netLots[s]) + (after - before)));
  unchecked((netUnits[s] = unchecked(netLots[s]) / unchecked(lotsPerUnit[s])));
  if (before === 0.0 && after !== 0.0) unchecked((holders[s] = unchecked(holders[s]) + 1.0));
  if (before !== 0.0 && after === 0.0) unchecked((holders[s] = unchecked(holders[s]) - 1.0));
  unchecked((highGate[s] = 0.0));
  unchecked((account[MONEY] = unchecked(account[MONEY]) + received));
}

/** Keeps the largest number booked, so that the host can tell when whole numbers stop being exact. */
function noteSize(value: f64): void {
  if (Math.abs(value) > unchecked(account[LARGEST])) unchecked((account[LARGEST] = Math.abs(value)));
}

/** A position begins: the stops start from its fill price. `fee` belongs to the new trade. */
function open(c: i32, price: f64, fee: f64): void {
  unchecked((entry[c] = price));
  unchecked((peak[c] = price));
  unchecked((trail[c] = 0.0));
  unchecked((tradeRealised[c] = unchecked(realised[c])));
  unchecked((tradeFees[c] = unchecked(fees[c]) - fee));
  unchecked((tradeFunding[c] = unchecked(funding[c])));
}

/** A round trip ends, flat or by a flip; the fee of the flipping fill belongs to the trade it closes. */
function closeTrade(c: i32, p: i32, before: f64): void {
  unchecked((tradeCount[p] = unchecked(tradeCount[p]) + 1.0));
  const gain = unchecked(realised[c]) - unchecked(tradeRealised[c]);
  const charged = unchecked(fees[c]) - unchecked(tradeFees[c]) + (unchecked(funding[c]) - unchecked(tradeFunding[c]));
  emitTrade(c, before > 0.0 ? 1.0 : -1.0, gain - charged / 1e6);
}
