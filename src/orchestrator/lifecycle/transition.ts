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

/** A change of state, with the number that caused it and its bound. */
export interface Transition {
  readonly to: LifecycleState;
  readonly reason: TransitionReason;
  readonly value: number;
  readonly threshold: number;
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

const ROLLING_WINDOW = 180;
const RECOVERY_WINDOW = 60;
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
    return { to: "retired", reason: "DRAWDOWN_BREACH", value: life.drawdown, threshold: breach };
  if (life.losingMonths >= months) {
    return { to: "retired", reason: "LOSING_MONTHS", value: life.losingMonths, threshold: months };
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
  if (!meetsCalmar(life, limits.min_calmar)) return null;
  if (settings.backtest_sharpe !== null) {
    const gap = Math.max(0, settings.backtest_sharpe - ratio) / Math.abs(settings.backtest_sharpe);
    if (gap > limits.max_backtest_live_gap) return null;
  }
  const correlation = facts.correlationWithOthers();
  if (correlation !== null && correlation > limits.max_portfolio_correlation) return null;
  return { to: "production", reason: "GRADUATION", value: ratio, threshold: limits.min_sharpe };
}

/** CAGR over the recorded days ÷ maximum drawdown; no drawdown passes. */
function meetsCalmar(life: PodLife, minCalmar: number): boolean {
  if (life.maxDrawdown === 0) return true;
  const cagr = math.pow(Math.max(life.index, 0), 365 / life.liveDays) - 1;
  return cagr / life.maxDrawdown >= minCalmar;
}

function degradation(facts: PodFacts, { retirement }: OrchestratorSettings): Transition | null {
  const { life, settings, alarm, score, lambda, returnsAtProduction } = facts;
  if (alarm) return { to: "warning", reason: "PAGE_HINKLEY", value: score, threshold: lambda };
  if (life.liveDays - returnsAtProduction >= ROLLING_WINDOW) {
    const rolling = life.sharpeOfLast(ROLLING_WINDOW);
    const floor = retirement.rolling_sharpe_floor;
    if (rolling !== null && rolling < floor) {
      return { to: "warning", reason: "ROLLING_SHARPE", value: rolling, threshold: floor };
    }
  }
  const limit = settings.risk.max_drawdown;
  if (life.drawdown >= limit) return { to: "warning", reason: "DRAWDOWN", value: life.drawdown, threshold: limit };
  return null;
}

function hasRecoveredDrawdown({ life, settings }: PodFacts): boolean {
  return life.drawdown < (settings.risk.max_drawdown + settings.risk.drawdown_warning) / 2;
}

function recovery(facts: PodFacts, { retirement }: OrchestratorSettings): Transition | null {
  const { life, countingDaysInState, score, lambda } = facts;
  if (countingDaysInState < RECOVERY_DAYS || !hasRecoveredDrawdown(facts)) return null;
  if (score >= RECOVERY_SCORE * lambda) return null;
  const ratio = life.sharpeOfLast(RECOVERY_WINDOW);
  const floor = retirement.rolling_sharpe_floor;
  if (ratio === null || ratio < floor) return null;
  return { to: "production", reason: "RECOVERY", value: ratio, threshold: floor };
}

function strongRecovery(facts: PodFacts, { retirement, graduation: limits }: OrchestratorSettings): Transition | null {
  const { life, countingDaysInState, returnsAtEntry } = facts;
  if (countingDaysInState < STRONG_RECOVERY_DAYS || !hasRecoveredDrawdown(facts)) return null;
  const ratio = life.sharpeSince(returnsAtEntry);
  if (ratio === null) return null;
  if (
    ratio - sharpeError(ratio, life.liveDays - returnsAtEntry) < retirement.rolling_sharpe_floor ||
    ratio < limits.min_sharpe
  )
    return null;
  return { to: "production", reason: "STRONG_RECOVERY", value: ratio, threshold: limits.min_sharpe };
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
  return countingDaysInState >= limit ? { to, reason, value: countingDaysInState, threshold: limit } : null;
}
