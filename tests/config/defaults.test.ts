// Goal: a file that says as little as possible gets the defaults of the specification, key by key.
// Method: the tables below were typed from spec 4.1 and 7.2, not from the code; the resolved config must equal them.

import { describe, expect, it } from "vitest";
import { MINIMAL, parse } from "./support.ts";

const ORCHESTRATOR = {
  allocation_method: "risk_parity",
  kelly_fraction: 0.25,
  kelly_confidence_ramp: 180,
  max_pods: 10,
  rebalance: { trigger: "hybrid", calendar_days: 7, drift_threshold: 0.1, min_turnover: 0.02, max_increase: 0.1 },
  risk: {
    max_portfolio_volatility: 0.2,
    max_portfolio_drawdown: 0.15,
    max_gross_leverage: 3,
    max_single_pod_risk_pct: 0.4,
    daily_loss_limit: 0.03,
    recovery: { mode: "cooldown", cooldown_days: 7, steps: 3 },
  },
  graduation: {
    min_live_days: 90,
    min_sharpe: 1,
    max_drawdown: 0.15,
    min_trade_count: 30,
    min_calmar: 0.8,
    max_backtest_live_gap: 0.3,
    max_portfolio_correlation: 0.5,
  },
  retirement: {
    preset: "default",
    max_drawdown_breach: 0.25,
    consecutive_loss_months: 6,
    rolling_sharpe_floor: 0.3,
    warning_days: 30,
    probation_days: 30,
  },
  degradation: { delta: 0.005, lambda: null, alpha: 0.9999, target_false_alarm_days: 730 },
  correlation: { lookback: 90, stress_threshold: 0.7, estimator: "sample" },
};

const POD = {
  pod_id: "a",
  strategy: "tsmom",
  params: { lookback: 30, vol_target: 0.3 },
  sub_strategies: [],
  symbols: ["BTC/USDT"],
  timeframe: "1D",
  initial_fraction: 0.1,
  max_fraction: 0.4,
  min_fraction: 0.02,
  initial_state: "incubation",
  asset_allocation: "equal",
  risk_budget: 1,
  backtest_sharpe: null,
  paused: false,
  risk: {
    max_drawdown: 0.15,
    drawdown_warning: 0.1,
    max_leverage: 2,
    system_stop_loss: 0.1,
    use_trailing_stop: false,
    trailing_stop_atr_multiplier: 3,
    stop_cooldown_days: null,
    rebalance_threshold: 0.05,
    rebalance_to: "target",
  },
};

const SURROUNDINGS = {
  backtest: { start: null, end: null, capital: 100_000 },
  portfolio: { cost_bps: 4, slippage_bps: 5, impact: null, cost_model: "flat", quoted: null, netting: "net" },
  data: {
    path: "./data",
    base_timeframe: null,
    funding: "if_present",
    warmup_bars: "all",
    market: "usdm",
    instruments: {},
    seed: 1,
  },
  execution: {
    venue: "binanceusdm",
    mode: "paper",
    style: "market",
    position_mode: "hedge",
    exchange_stops: false,
    base_url: null,
    capital: null,
    limit_timeout_seconds: 30,
    limit_drift_bps: 10,
    grace_seconds: 20,
    reconcile_seconds: 60,
    reconcile_observations: 3,
    state_dir: "./state",
  },
  monitoring: { port: 9464, host: "127.0.0.1" },
  notification: { discord: { alerts: null, trade_log: null, daily_report: null }, webhook: null },
};

describe("defaults", () => {
  it("are those of the specification", () => {
    expect(parse(MINIMAL).config).toEqual({ orchestrator: ORCHESTRATOR, pods: [POD], ...SURROUNDINGS });
  });

  it("stand in the same order in every config, given or not", () => {
    const given = parse(
      `${MINIMAL}    risk: {drawdown_warning: 0.05}\norchestrator: {retirement: {warning_days: 5}}\n`,
    );
    const keys = (config: unknown) => JSON.stringify(config).replace(/:[^,{}[\]]+/g, "");
    expect(keys(given.config)).toBe(keys(parse(MINIMAL).config));
  });

  it.each([
    [0.15, 0.1],
    [0.12, 0.08],
    [0.3, 0.1],
    [0.06, 0.04],
  ])("drawdown_warning is min(0.10, 2/3 × max_drawdown): %d → %d", (limit, warning) => {
    const { config } = parse(`${MINIMAL}    risk: {max_drawdown: ${limit}}\n`);
    expect(config.pods[0]?.risk.drawdown_warning).toBe(warning);
  });

  it("drawdown_warning may be given", () => {
    const { config } = parse(`${MINIMAL}    risk: {drawdown_warning: 0.14}\n`);
    expect(config.pods[0]?.risk.drawdown_warning).toBe(0.14);
  });

  it("the calibrated preset sets the keys not given, and only those", () => {
    const retirement = (keys: string) =>
      parse(`${MINIMAL}orchestrator: {retirement: {preset: calibrated${keys}}}\n`).config.orchestrator.retirement;
    expect(retirement("")).toEqual({
      ...ORCHESTRATOR.retirement,
      preset: "calibrated",
      max_drawdown_breach: 0.28,
      warning_days: 120,
      probation_days: 60,
    });
    expect(retirement(", warning_days: 45")).toMatchObject({ warning_days: 45, probation_days: 60 });
  });
});
