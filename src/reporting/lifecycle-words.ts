import type { Criterion, CriterionName, TransitionReason } from "../orchestrator/lifecycle/transition.ts";
import type { LifecycleState } from "../orchestrator/settings.ts";
import { amount, count, percent } from "./format.ts";

/** States in columns. */
export const STATE_SHORT: Record<LifecycleState, string> = {
  incubation: "INCUB",
  production: "PROD",
  warning: "WARN",
  probation: "PROBAT",
  retired: "RETIRED",
};

/** States in bands, one character each: they must differ without colour. */
export const STATE_LETTER: Record<LifecycleState, string> = {
  incubation: "i",
  production: "P",
  warning: "w",
  probation: "b",
  retired: ".",
};

/** What a reason means, for people. */
export const REASON_TEXT: Record<TransitionReason, string> = {
  DRAWDOWN_BREACH: "hard stop: drawdown",
  LOSING_MONTHS: "hard stop: losing months in a row",
  GRADUATION: "met every criterion of graduation",
  RECOVERY: "recovered",
  STRONG_RECOVERY: "strong recovery",
  PAGE_HINKLEY: "the mean return fell (Page-Hinkley)",
  ROLLING_SHARPE: "the rolling Sharpe ratio fell",
  DRAWDOWN: "drawdown",
  WARNING_TIMEOUT: "no recovery in time",
  PROBATION_TIMEOUT: "no recovery in time",
  REVIVED: "revived by an operator",
};

const times = (value: number): string => amount(value);
const CRITERIA: Record<CriterionName, readonly [text: string, print: (value: number) => string]> = {
  drawdown: ["drawdown", percent],
  max_drawdown: ["largest drawdown", percent],
  losing_months: ["losing months in a row", count],
  live_days: ["live days", count],
  days_in_state: ["days in the state", count],
  trade_count: ["trades", count],
  sharpe_ratio: ["Sharpe ratio", times],
  rolling_sharpe: ["Sharpe ratio of the last 180 days", times],
  recent_sharpe: ["Sharpe ratio of the last 60 days", times],
  sharpe_since_entry: ["Sharpe ratio since the entry", times],
  sharpe_less_error: ["the same less its standard error", times],
  calmar_ratio: ["Calmar ratio", times],
  backtest_live_gap: ["shortfall against the backtest", percent],
  portfolio_correlation: ["correlation with the other pods", times],
  page_hinkley_score: ["Page-Hinkley score", times],
};

/** A criterion as cells: what, value, bound. */
export function criterionCells({ name, value, bound, threshold }: Criterion): [string, string, string] {
  const [text, print] = CRITERIA[name];
  return [text, value === null ? "n/a" : print(value), `${bound.replace("_", " ")} ${print(threshold)}`];
}

/** Why a pod moved, in a line: the reason, and the number that stands for it. */
export function causeOf(reason: TransitionReason, [first]: readonly Criterion[]): string {
  if (first === undefined) return REASON_TEXT[reason];
  const [text, value, bound] = criterionCells(first);
  return `${REASON_TEXT[reason]}: ${text} ${value} (${bound})`;
}
