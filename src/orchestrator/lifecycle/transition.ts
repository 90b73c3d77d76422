import { math } from "../../kernels/math.ts";
import type { LifecycleState, OrchestratorSettings, PodSettings } from "../settings.ts";
import type { PodLife } from "./pod-life.ts";

/** Why a pod changed state. */
export type TransitionReason =
  | "DRAWDOWN_BREACH"
  | "LOSING_MONTHS"
  | "GRADUATION"
  | "RECOVERY"
  | "STRONG_RECOVERY"
  | "PAGE_HINKLEY"
  | "ROLLING_SHARPE"
  | "DRAWDOWN"
  | "WARNING_TIMEOUT"
  | "PROBATION_TIMEOUT"
  | "REVIVED";

/** What rules look at. Sharpe ratios: of the whole life, the last 180 days (rolling), the last 60 (recent), since the entry. */
export type CriterionName =
  | "drawdown"
  | "max_drawdown"
  | "losing_months"
  | "live_days"
  | "days_in_state"
  | "trade_count"
  | "sharpe_ratio"
  | "rolling_sharpe"
  | "recent_sharpe"
  | "sharpe_since_entry"
  | "sharpe_less_error"
  | "calmar_ratio"
  | "backtest_live_gap"
  | "portfolio_correlation"
  | "page_hinkley_score";

/** A number that a rule looked at, with its bound; null = it could not be measured, which passes. */
export interface Criterion {
  readonly name: CriterionName;
  readonly value: number | null;
  readonly bound: "above" | "at_least" | "at_most" | "below";
  readonly threshold: number;
}

/** A change of state, with the number that caused it and its bound. */
export interface Transition {
  readonly to: LifecycleState;
  readonly reason: TransitionReason;
  readonly value: number;
  readonly threshold: number;
  /** All numbers of the rule; the one above is among them. */
  readonly criteria: readonly Criterion[];
}

/** Everything the rules look at; returns are those recorded up to and including today. */
export interface PodFacts {
  readonly settings: PodSettings;
  readonly state: LifecycleState;
  readonly life: PodLife;
  readonly tradeCount: number;
  /** Counting days since the state was entered (spec 4.3). */
  readonly countingDaysInState: number;
  /** Returns recorded before the state was entered. */
  readonly returnsAtEntry: number;
  /** Returns recorded before the latest entry into PRODUCTION. */
  readonly returnsAtProduction: number;
  readonly alarm: boolean;
  readonly score: number;
  readonly lambda: number;
  /** Signed correlation with the other living pods; null when it cannot be measured, which passes. */
  readonly correlationWithOthers: () => number | null;
}

/** Returns by which a pod in PRODUCTION is judged. */
export const ROLLING_WINDOW = 180;
/** Returns by which its recovery is. */
export const RECOVERY_WINDOW = 60;
const RECOVERY_DAYS = 5;
const STRONG_RECOVERY_DAYS = 15;
/** Share of λ that the score must stay below in WARNING. */
const RECOVERY_SCORE = 0.5;

/** The one transition function: at most one change per pod and day; hard stop, recovery or graduation, degradation, time-out. */
export function nextTransition(facts: PodFacts, settings: OrchestratorSettings): Transition | null {
  const hard = hardStop(facts, settings);
  if (hard !== null) return hard;
  switch (facts.state) {
    case "incubation":
      return graduation(facts, settings);
    case "production":
      return degradation(facts, settings);
    case "warning":
      return (
        recovery(facts, settings) ?? timeOut(facts, settings.retirement.warning_days, "probation", "WARNING_TIMEOUT")
      );
    case "probation":
      return (
        strongRecovery(facts, settings) ??
        timeOut(facts, settings.retirement.probation_days, "retired", "PROBATION_TIMEOUT")
      );
    case "retired":
      return null;
  }
}

function hardStop({ state, life }: PodFacts, { retirement }: OrchestratorSettings): Transition | null {
  if (state === "retired") return null;
  const { max_drawdown_breach: breach, consecutive_loss_months: months } = retirement;
  if (life.drawdown > breach)
    return because("retired", "DRAWDOWN_BREACH", [criterion("drawdown", life.drawdown, "above", breach)]);
  if (life.losingMonths >= months) {
    const cause = criterion("losing_months", life.losingMonths, "at_least", months);
    return because("retired", "LOSING_MONTHS", [cause]);
  }
  return null;
}

/** Every criterion, inclusive, over the whole life. */
function graduation(facts: PodFacts, { graduation: limits }: OrchestratorSettings): Transition | null {
  const { life, settings, tradeCount } = facts;
  if (life.liveDays < limits.min_live_days || tradeCount < limits.min_trade_count) return null;
  if (life.maxDrawdown > limits.max_drawdown) return null;
  const ratio = life.sharpeSince(0);
  if (ratio === null || ratio < limits.min_sharpe) return null;
  const calmar = calmarOf(life);
  if (calmar !== null && calmar < limits.min_calmar) return null;
  const gap = gapToBacktest(settings, ratio);
  if (gap !== null && gap > limits.max_backtest_live_gap) return null;
  const correlation = facts.correlationWithOthers();
  if (correlation !== null && correlation > limits.max_portfolio_correlation) return null;
  return because("production", "GRADUATION", [
    criterion("sharpe_ratio", ratio, "at_least", limits.min_sharpe),
    criterion("live_days", life.liveDays, "at_least", limits.min_live_days),
    criterion("trade_count", tradeCount, "at_least", limits.min_trade_count),
    criterion("max_drawdown", life.maxDrawdown, "at_most", limits.max_drawdown),
    criterion("calmar_ratio", calmar, "at_least", limits.min_calmar),
    criterion("backtest_live_gap", gap, "at_most", limits.max_backtest_live_gap),
    criterion("portfolio_correlation", correlation, "at_most", limits.max_portfolio_correlation),
  ]);
}

/** CAGR over the recorded days ÷ maximum drawdown; null without a drawdown. */
function calmarOf(life: PodLife): number | null {
  if (life.maxDrawdown === 0) return null;
  const cagr = math.pow(Math.max(life.index, 0), 365 / life.liveDays) - 1;
  return cagr / life.maxDrawdown;
}

/** How far the Sharpe ratio stays behind what research promised, as a share of it; null when nothing was. */
function gapToBacktest({ backtest_sharpe: promised }: PodSettings, ratio: number): number | null {
  return promised === null ? null : Math.max(0, promised - ratio) / Math.abs(promised);
}

function degradation(facts: PodFacts, { retirement }: OrchestratorSettings): Transition | null {
  const { life, settings, alarm, score, lambda, returnsAtProduction } = facts;
  if (alarm) return because("warning", "PAGE_HINKLEY", [criterion("page_hinkley_score", score, "above", lambda)]);
  if (life.liveDays - returnsAtProduction >= ROLLING_WINDOW) {
    const rolling = life.sharpeOfLast(ROLLING_WINDOW);
    const floor = retirement.rolling_sharpe_floor;
    if (rolling !== null && rolling < floor) {
      return because("warning", "ROLLING_SHARPE", [criterion("rolling_sharpe", rolling, "below", floor)]);
    }
  }
  const limit = settings.risk.max_drawdown;
  if (life.drawdown >= limit) {
    return because("warning", "DRAWDOWN", [criterion("drawdown", life.drawdown, "at_least", limit)]);
  }
  return null;
}

/** Drawdown below which a pod counts as recovered. */
function recoveredBelow({ settings }: PodFacts): number {
  return (settings.risk.max_drawdown + settings.risk.drawdown_warning) / 2;
}

function recovery(facts: PodFacts, { retirement }: OrchestratorSettings): Transition | null {
  const { life, countingDaysInState, score, lambda } = facts;
  if (countingDaysInState < RECOVERY_DAYS || life.drawdown >= recoveredBelow(facts)) return null;
  if (score >= RECOVERY_SCORE * lambda) return null;
  const ratio = life.sharpeOfLast(RECOVERY_WINDOW);
  const floor = retirement.rolling_sharpe_floor;
  if (ratio === null || ratio < floor) return null;
  return because("production", "RECOVERY", [
    criterion("recent_sharpe", ratio, "at_least", floor),
    criterion("days_in_state", countingDaysInState, "at_least", RECOVERY_DAYS),
    criterion("drawdown", life.drawdown, "below", recoveredBelow(facts)),
    criterion("page_hinkley_score", score, "below", RECOVERY_SCORE * lambda),
  ]);
}

function strongRecovery(facts: PodFacts, { retirement, graduation: limits }: OrchestratorSettings): Transition | null {
  const { life, countingDaysInState, returnsAtEntry } = facts;
  if (countingDaysInState < STRONG_RECOVERY_DAYS || life.drawdown >= recoveredBelow(facts)) return null;
  const ratio = life.sharpeSince(returnsAtEntry);
  if (ratio === null) return null;
  const cautious = ratio - sharpeError(ratio, life.liveDays - returnsAtEntry);
  const floor = retirement.rolling_sharpe_floor;
  if (cautious < floor || ratio < limits.min_sharpe) return null;
  return because("production", "STRONG_RECOVERY", [
    criterion("sharpe_since_entry", ratio, "at_least", limits.min_sharpe),
    criterion("sharpe_less_error", cautious, "at_least", floor),
    criterion("days_in_state", countingDaysInState, "at_least", STRONG_RECOVERY_DAYS),
    criterion("drawdown", life.drawdown, "below", recoveredBelow(facts)),
  ]);
}

/** Lo's (2002) standard error of an annual Sharpe ratio from n daily returns, √365 · √((1 + ½S²) ÷ n) with the daily S. */
function sharpeError(annual: number, n: number): number {
  const daily = annual / Math.sqrt(365);
  return Math.sqrt(365) * Math.sqrt((1 + 0.5 * daily * daily) / n);
}

function timeOut(
  { countingDaysInState }: PodFacts,
  limit: number,
  to: LifecycleState,
  reason: TransitionReason,
): Transition | null {
  if (countingDaysInState < limit) return null;
  return because(to, reason, [criterion("days_in_state", countingDaysInState, "at_least", limit)]);
}

function criterion(name: CriterionName, value: number | null, bound: Criterion["bound"], threshold: number): Criterion {
  return { name, value, bound, threshold };
}

/** A transition by a rule whose first number stands for it. */
function because(
  to: LifecycleState,
  reason: TransitionReason,
  criteria: readonly [Criterion, ...Criterion[]],
): Transition {
  const [{ value, threshold }] = criteria;
  return { to, reason, value: value as number, threshold, criteria };
}
