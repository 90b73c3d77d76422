import type { TransitionReason } from "./lifecycle/transition.ts";
import type { LifecycleState } from "./settings.ts";

// A name's place in its list is its code in event records: append only.

export const STATE_CODES: readonly LifecycleState[] = ["incubation", "production", "warning", "probation", "retired"];
export const TRANSITION_REASON_CODES: readonly TransitionReason[] = [
  "DRAWDOWN_BREACH",
  "LOSING_MONTHS",
  "GRADUATION",
  "RECOVERY",
  "STRONG_RECOVERY",
  "PAGE_HINKLEY",
  "ROLLING_SHARPE",
  "DRAWDOWN",
  "WARNING_TIMEOUT",
  "PROBATION_TIMEOUT",
  "REVIVED",
];
