// What the orchestrator is configured with. Keys are those of the file (spec 4.1), so a resolved config fits as it is.

export type AllocationMethod = "equal_weight" | "risk_parity" | "adaptive_kelly" | "inverse_volatility";
export type RebalanceTrigger = "calendar" | "threshold" | "hybrid";
export type CovarianceEstimatorName = "sample" | "ewma" | "ledoit_wolf";
export type AssetAllocation = "equal" | "inverse_volatility" | "risk_parity";
export type LifecycleState = "incubation" | "production" | "warning" | "probation" | "retired";

export interface OrchestratorSettings {
  readonly allocation_method: AllocationMethod;
  readonly kelly_fraction: number;
  /** Live days until Kelly is trusted with its whole fraction. */
  readonly kelly_confidence_ramp: number;
  readonly rebalance: {
    readonly trigger: RebalanceTrigger;
    readonly calendar_days: number;
    readonly drift_threshold: number;
    readonly min_turnover: number;
    readonly max_increase: number;
  };
  readonly risk: {
    readonly max_portfolio_volatility: number;
    readonly max_portfolio_drawdown: number;
    readonly max_gross_leverage: number;
    readonly max_single_pod_risk_pct: number;
    readonly daily_loss_limit: number;
    readonly recovery: { readonly mode: "cooldown" | "manual"; readonly cooldown_days: number; readonly steps: number };
  };
  readonly graduation: {
    readonly min_live_days: number;
    readonly min_sharpe: number;
    readonly max_drawdown: number;
    readonly min_trade_count: number;
    readonly min_calmar: number;
    readonly max_backtest_live_gap: number;
    readonly max_portfolio_correlation: number;
  };
  readonly retirement: {
    readonly max_drawdown_breach: number;
    readonly consecutive_loss_months: number;
    readonly rolling_sharpe_floor: number;
    readonly warning_days: number;
    readonly probation_days: number;
  };
  readonly degradation: {
    readonly delta: number;
    /** Null: the λ whose mean run length without change is `target_false_alarm_days`. */
    readonly lambda: number | null;
    readonly alpha: number;
    readonly target_false_alarm_days: number;
  };
  readonly correlation: {
    readonly lookback: number;
    readonly stress_threshold: number;
    readonly estimator: CovarianceEstimatorName;
  };
}

/** A pod as life cycle and allocator see it. */
export interface PodSettings {
  readonly pod_id: string;
  readonly initial_fraction: number;
  readonly max_fraction: number;
  readonly min_fraction: number;
  readonly initial_state: "incubation" | "production";
  readonly asset_allocation: AssetAllocation;
  readonly risk_budget: number;
  readonly backtest_sharpe: number | null;
  readonly paused: boolean;
  readonly risk: { readonly max_drawdown: number; readonly drawdown_warning: number };
}
