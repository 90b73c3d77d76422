/*
 * Float reference: the input and output of a run.
 */

import type { Estimator } from "./reference-math.js";

export interface RefBar {
  t: number;
  o: number;
  h: number;
  l: number;
  c: number;
  v: number;
}

/** Trading rules from a date on. */
export interface RefRule {
  from: string | null; // null: always
  lot?: number | undefined;
  tick?: number | undefined;
}

/** A funding time and the rate that longs pay to shorts then. */
export interface RefFunding {
  t: number;
  rate: number;
}

export type RefState = "incubation" | "production" | "warning" | "probation" | "retired";

export type RefAssetAllocation = "equal" | "inverse_volatility" | "risk_parity";

export interface RefPod {
  pod_id: string;
  strategy: string;
  params: Record<string, unknown>;
  symbols: string[];
  timeframe: string;
  initial_fraction: number;
  max_fraction?: number; // 0.40
  min_fraction?: number; // 0.02
  initial_state?: "incubation" | "production"; // incubation
  asset_allocation?: RefAssetAllocation; // equal
  risk_budget?: number; // 1
  backtest_sharpe?: number | null; // null
  paused?: boolean; // false
  risk: {
    max_drawdown?: number; // 0.15
    drawdown_warning?: number; // min(0.10, 2/3 x max_drawdown)
    max_leverage: number;
    system_stop_loss: number | null;
    use_trailing_stop: boolean;
    trailing_stop_atr_multiplier: number;
    stop_cooldown_days: number | null;
    rebalance_threshold: number;
    rebalance_to: "target" | "edge";
  };
}

export interface RefOrchestrator {
  allocation_method: "equal_weight" | "risk_parity" | "adaptive_kelly" | "inverse_volatility";
  kelly_fraction: number;
  kelly_confidence_ramp: number;
  rebalance: {
    trigger: "calendar" | "threshold" | "hybrid";
    calendar_days: number;
    drift_threshold: number;
    min_turnover: number;
    max_increase: number;
  };
  risk: {
    max_portfolio_volatility: number;
    max_portfolio_drawdown: number;
    max_single_pod_risk_pct: number;
    daily_loss_limit: number;
    recovery: { mode: "cooldown" | "manual"; cooldown_days: number; steps: number };
  };
  graduation: {
    min_live_days: number;
    min_sharpe: number;
    max_drawdown: number;
    min_trade_count: number;
    min_calmar: number;
    max_backtest_live_gap: number;
    max_portfolio_correlation: number;
  };
  retirement: {
    max_drawdown_breach: number;
    consecutive_loss_months: number;
    rolling_sharpe_floor: number;
    warning_days: number;
    probation_days: number;
  };
  degradation: { delta: number; lambda: number; alpha: number };
  correlation: { lookback: number; estimator: Estimator };
}

export interface RefInput {
  start: string;
  end: string;
  capital: number;
  costBps: number;
  slippageBps: number;
  maxGrossLeverage: number;
  netting: "net" | "gross";
  baseTimeframe: string;
  pods: RefPod[];
  bars: Record<string, RefBar[]>;
  funding?: Record<string, RefFunding[]>; // per symbol, ascending; none: nobody pays
  instruments?: Record<string, RefRule[]>; // per symbol, ascending; the last whose date has come holds
  orchestrator?: RefOrchestrator;
}

export interface RefFill {
  t: number;
  symbol: string;
  pod_id: string;
  quantity: number;
  price: number;
  fee: number;
  purpose: "net" | "stop" | "cross";
}

export interface RefDay {
  date: string;
  portfolio: number;
  pods: Record<string, number>;
  states: Record<string, string>; // after the day's transitions
}

export interface RefTransition {
  date: string;
  pod_id: string;
  from: string;
  to: string;
  reason: string;
}

export interface RefAllocation {
  date: string;
  fractions: Record<string, number>;
  moved: boolean;
}

export interface RefHalt {
  date: string;
  type: "daily_loss" | "drawdown";
}

export interface RefOutput {
  days: RefDay[];
  fills: RefFill[];
  transitions: RefTransition[];
  allocations: RefAllocation[];
  halts: RefHalt[];
}
