import { emitAlert } from "./events";
import { account } from "./state";

/** Share of a limit at which a warning is raised. */
const WARNING_SHARE: f64 = 0.8;

/**
 * Raises an alert when `value` comes near its limit (80 %) or reaches it; once per crossing, again only after it fell below.
 *
 * Units    `slot` of the account that keeps the level; value and limit in the unit of the limit.
 */
export function raiseAlert(slot: i32, type: f64, value: f64, limit: f64): void {
  const level: f64 = value >= limit ? 2.0 : value >= WARNING_SHARE * limit ? 1.0 : 0.0;
  const before: f64 = unchecked(account[slot]);
  unchecked((account[slot] = level));
  if (level > before) emitAlert(type, level, value, limit);
}
