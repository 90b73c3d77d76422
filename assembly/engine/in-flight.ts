import { account, PENDING_ORDER, pending, VENUE_FILLS } from "./state";

/** True while an exchange works on the symbol's order (assembly/engine/venue.ts). */
export function inFlight(s: i32): boolean {
  return unchecked(account[VENUE_FILLS]) > 0.0 && unchecked(pending[s]) === PENDING_ORDER;
}
