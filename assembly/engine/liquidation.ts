import { roundHalfUp } from "../exact";
import { valueOf } from "./costs";
import { emitLiquidation, PURPOSE_LIQUIDATION } from "./events";
import { bookFill } from "./fills";
import { markOf } from "./marks";
import { startOrder } from "./netting";
import { BAR_FIELDS, bars, HIGH, LOW, OPEN } from "./slices";
import {
  account,
  demand,
  LIQUIDATED,
  LIQUIDATION_FEE,
  lots,
  MONEY,
  maintenanceRate,
  netLots,
  netUnits,
  pods,
  symbols,
} from "./state";

/**
 * Phase 2, after the stops: closes everything, and ends the run, when the account's equity with every symbol at its bar's
 * adverse extreme does not exceed the maintenance margin at those prices.
 *
 * The venue sees net positions: a net long is valued at the low, a net short at the high, a symbol without a bar at its
 * mark. Without any net position there is nothing to liquidate.
 *
 * Returns  true when the account was liquidated in this slice.
 */
export function liquidate(t: i32): boolean {
  let equity = unchecked(account[MONEY]) / 1e6;
  let margin: f64 = 0.0;
  let exposed = false;
  const held = netUnits;
  const rate = maintenanceRate;
  for (let s: i32 = 0; s < symbols; s++) {
    const net: f64 = unchecked(held[s]);
    if (net === 0.0) continue;
    exposed = true;
    const value = net * adversePrice(t, s, net);
    equity += value;
    margin += Math.abs(value) * unchecked(rate[s]);
  }
  if (!exposed || !(equity <= margin)) return false;

  unchecked((account[LIQUIDATED] = 1.0));
  emitLiquidation(equity, margin);
  for (let s: i32 = 0; s < symbols; s++) close(t, s);
  return true;
}

/** A symbol whose pods cancel out has no adverse side: its bar's open, the last price known before the extremes. */
function adversePrice(t: i32, s: i32, net: f64): f64 {
  const field = net > 0.0 ? LOW : net < 0.0 ? HIGH : OPEN;
  const price: f64 = unchecked(bars[(t * BAR_FIELDS + field) * symbols + s]);
  return price > 0.0 ? price : markOf(s);
}

/** Closes what the pods hold of a symbol as one order of the account; opposite pods cross at its price. */
function close(t: i32, s: i32): void {
  let wanted = false;
  for (let c: i32 = s * pods; c < (s + 1) * pods; c++) {
    unchecked((demand[c] = 0.0 - unchecked(lots[c])));
    if (unchecked(lots[c]) !== 0.0) wanted = true;
  }
  if (!wanted) return;
  startOrder(s);
  const net: f64 = unchecked(netLots[s]);
  const price = adversePrice(t, s, net);
  const value = roundHalfUp(valueOf(s, Math.abs(net), price));
  const fee = roundHalfUp(value * unchecked(account[LIQUIDATION_FEE]));
  bookFill(s, PURPOSE_LIQUIDATION, 0.0 - net, price, price, value, fee);
}
