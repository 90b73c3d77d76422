import { beginSlice, REASON_END_OF_DATA, roomForSlice } from "./events";
import { fillAtOpen, lapse } from "./fills";
import { fundAtOpen, fundInside } from "./funding";
import { liquidate } from "./liquidation";
import { markToMarket } from "./marks";
import { net } from "./netting";
import { takeSignals } from "./signals";
import { size } from "./sizing";
import { openTimes } from "./slices";
import { account, LIQUIDATED, PENDING_NONE, pending, symbols } from "./state";
import { testStops } from "./stops";

/**
 * The life of a slice, in order. Backtest, replay, sweep, paper and live run this; they differ in where slices come from
 * and in who fills the orders.
 *
 * Shapes   slices [from, to) of the bound chunk.
 * Returns  the first slice not processed: `to`, or less when the event buffer must be emptied before the next one, or when
 *          the account was liquidated, which ends the run.
 * Cost     O(P·S) per slice, no allocation.
 */
export function run(from: i32, to: i32): i32 {
  for (let t: i32 = from; t < to; t++) {
    if (unchecked(account[LIQUIDATED]) > 0.0 || !roomForSlice(t)) return t;
    beginSlice(unchecked(openTimes[t]));
    fundAtOpen(t);
    fillAtOpen(t);
    testStops(t);
    if (liquidate(t)) {
      markToMarket(t);
      return t + 1;
    }
    fundInside(t);
    markToMarket(t);
    takeSignals(t);
    size(t);
    net();
  }
  return to;
}

/** The data ends here: orders decided in the last slice will never see an open. */
export function endOfData(): void {
  for (let s: i32 = 0; s < symbols; s++) {
    if (unchecked(pending[s]) !== PENDING_NONE) lapse(s, REASON_END_OF_DATA);
  }
}
