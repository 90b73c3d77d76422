import { beginSlice, eventsUsed, REASON_CONTROL, REASON_END_OF_DATA, roomForSlice } from "./events";

import { fillAtOpen, lapse } from "./fills";
import { fundAtOpen, fundInside } from "./funding";
import { inFlight } from "./in-flight";
import { liquidate } from "./liquidation";
import { markToMarket } from "./marks";
import { net } from "./netting";
import { assessRisk } from "./risk";
import { takeSignals } from "./signals";
import { size } from "./sizing";
import { skim } from "./skim";
import { dayEnd, openTimes } from "./slices";
import {
  account,
  EVENTS_WRITTEN,
  forget,
  LIQUIDATED,
  PENDING_NONE,
  pending,
  pods,
  STAGE,
  STAGE_OPEN,
  STAGE_RISK,
  STOP_AT_DAY_END,
  symbols,
  VENUE_FILLS,
} from "./state";
import { testStops } from "./stops";

/**
 * The life of a slice, in order. Backtest, replay, sweep, paper and live run this; they differ in where slices come from
 * and in who fills the orders.
 *
 * At a day's last slice, when the host asked for it, the call returns between the signals and the risk check, so that the
 * host can record returns, move life cycles and capital (phase 5); the next call goes on in the middle of that slice.
 *
 * Shapes   slices [from, to) of the bound chunk.
 * Returns  the slice to go on with: `to`; or less at a day end (account[STAGE] is STAGE_RISK), when the event buffer must be
 *          emptied first (STAGE_OPEN), or when the account was liquidated, which ends the run (account[LIQUIDATED]).
 * Cost     O(P·S) per slice, no allocation.
 */
export function run(from: i32, to: i32): i32 {
  for (let t: i32 = from; t < to; t++) {
    if (unchecked(account[STAGE]) === STAGE_OPEN) {
      if (pods === 1) {
        t = skim(t, to);
        if (t === to) break;
      }
      if (unchecked(account[LIQUIDATED]) > 0.0 || !roomForSlice(t)) return stopAt(t);
      beginSlice(unchecked(openTimes[t]));
      fundAtOpen(t);
      fillAtOpen(t);
      testStops(t);
      if (unchecked(account[VENUE_FILLS]) === 0.0 && liquidate(t)) {
        markToMarket(t);
        return stopAt(t + 1);
      }
      fundInside(t);
      markToMarket(t);
      takeSignals(t);
      if (unchecked(dayEnd[t]) !== 0 && unchecked(account[STOP_AT_DAY_END]) > 0.0) {
        unchecked((account[STAGE] = STAGE_RISK));
        return stopAt(t);
      }
    } else {
      // The host was here: it may have moved capital and changed weights.
      forget();
      unchecked((account[STAGE] = STAGE_OPEN));
    }
    assessRisk(t);
    size(t);
    net();
  }
  return stopAt(to);
}

function stopAt(t: i32): i32 {
  unchecked((account[EVENTS_WRITTEN] = f64(eventsUsed())));
  return t;
}

/**
 * An operator has forbidden something after the decisions of slice `t`: what is pending lapses, and the slice decides again
 * under the new rule. The event buffer must be empty.
 */
export function decideAgain(t: i32): void {
  beginSlice(unchecked(openTimes[t]));
  for (let s: i32 = 0; s < symbols; s++) {
    if (unchecked(pending[s]) !== PENDING_NONE && !inFlight(s)) lapse(s, REASON_CONTROL);
  }
  forget();
  size(t);
  net();
}

/** The data ends here: orders decided in the last slice will never see an open. */
export function endOfData(): void {
  for (let s: i32 = 0; s < symbols; s++) {
    if (unchecked(pending[s]) !== PENDING_NONE) lapse(s, REASON_END_OF_DATA);
  }
}
