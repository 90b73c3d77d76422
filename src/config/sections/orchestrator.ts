import { z } from "zod";
import { fraction, number, whole } from "../fields.ts";
import { retirement } from "./retirement.ts";

export const allocationMethod = z.enum(["equal_weight", "risk_parity", "adaptive_kelly", "inverse_volatility"]);
export const rebalanceTrigger = z.enum(["calendar", "threshold", "hybrid"]);

const rebalance = z.strictObject({
  trigger: rebalanceTrigger.default("hybrid").describe("What starts an allocation: calendar, threshold, or either"),
  calendar_days: whole({ min: 1 }).default(7).describe("Days between calendar runs, counted from the start date"),
  drift_threshold: fraction({ min: 0, max: 1 })
    .default(0.1)
    .describe("Largest move of a pod's risk contribution since the last run that is let pass, fraction"),
  min_turnover: fraction({ min: 0, max: 1 })
    .default(0.02)
    .describe("Sum of fraction changes below which nothing is moved, fraction of the portfolio"),
  max_increase: fraction()
    .default(0.1)
    .describe("Most a pod's fraction may rise in one run, fraction of the portfolio"),
});

const recovery = z.strictObject({
  mode: z.enum(["cooldown", "manual"]).default("cooldown").describe("How exposure returns after a drawdown halt"),
  cooldown_days: whole({ min: 1 }).default(7).describe("Days from the halt to the first step back, cooldown mode"),
  steps: whole({ min: 1 }).default(3).describe("Daily equal steps back to full exposure"),
});

const risk = z.strictObject({
  max_portfolio_volatility: fraction({ above: 0, max: 5 })
    .default(0.2)
    .describe("Limit of ex-ante portfolio volatility, fraction per year"),
  max_portfolio_drawdown: fraction()
    .default(0.15)
    .describe("Account drawdown from the high-water mark that flattens and halts, fraction"),
  max_gross_leverage: number({ above: 0, max: 125 })
    .default(3)
    .describe("Limit of gross notional, multiples of equity"),
  max_single_pod_risk_pct: fraction()
    .default(0.4)
    .describe("Limit of one pod's share of portfolio risk, fraction (from three pods on)"),
  daily_loss_limit: fraction()
    .default(0.03)
    .describe("Loss since 00:00 UTC that flattens until the next day, fraction"),
  recovery: recovery.prefault({}).describe("The way back after a drawdown halt"),
});

const graduation = z.strictObject({
  min_live_days: whole({ min: 0 }).default(90).describe("Recorded daily returns needed, days"),
  min_sharpe: number().default(1).describe("Sharpe ratio needed, per year"),
  max_drawdown: fraction().default(0.15).describe("Largest drawdown allowed over the pod's life, fraction"),
  min_trade_count: whole({ min: 0 }).default(30).describe("Completed round trips needed"),
  min_calmar: number().default(0.8).describe("Calmar ratio needed"),
  max_backtest_live_gap: fraction({ min: 0, max: 5 })
    .default(0.3)
    .describe("Largest shortfall of the Sharpe ratio against backtest_sharpe, fraction of it"),
  max_portfolio_correlation: number({ min: -1, max: 1 })
    .default(0.5)
    .describe("Largest correlation with the other pods together"),
});

const degradation = z.strictObject({
  delta: number({ min: 0 }).default(0.005).describe("Page-Hinkley tolerance, standard deviations"),
  lambda: number({ above: 0 })
    .nullable()
    .default(null)
    .describe("Page-Hinkley threshold; null derives it from target_false_alarm_days"),
  alpha: number({ above: 0, max: 1 }).default(0.9999).describe("Page-Hinkley forgetting factor"),
  // The span of the committed table of thresholds (orchestrator/lifecycle/tables/page-hinkley.ts).
  target_false_alarm_days: whole({ min: 90, max: 3650 })
    .default(730)
    .describe("Mean counting days between false alarms, used when lambda is null"),
});

const correlation = z.strictObject({
  // Measurable means 20 returns that are not zero within the window: a shorter window could never be measured.
  lookback: whole({ min: 20 }).default(90).describe("Window of covariances and correlations, days"),
  stress_threshold: number({ min: -1, max: 1 })
    .default(0.7)
    .describe("Mean pairwise correlation of pods that raises an alert"),
  estimator: z.enum(["sample", "ewma", "ledoit_wolf"]).default("sample").describe("Covariance estimator"),
});

export const orchestrator = z.strictObject({
  allocation_method: allocationMethod.default("risk_parity").describe("How capital is divided among pods"),
  kelly_fraction: fraction({ min: 0, max: 1 })
    .default(0.25)
    .describe("Share of full Kelly at full trust, fraction (adaptive_kelly)"),
  kelly_confidence_ramp: whole({ min: 1 })
    .default(180)
    .describe("Live days until the Kelly part is fully trusted (adaptive_kelly)"),
  max_pods: whole({ min: 1 }).default(10).describe("More pods than this is an error"),
  rebalance: rebalance.prefault({}).describe("When capital moves, and how much at once"),
  risk: risk.prefault({}).describe("Limits of the whole account"),
  graduation: graduation.prefault({}).describe("What a pod must show to leave incubation, all of it"),
  retirement: retirement.prefault({}).describe("When a pod is put on watch and retired"),
  degradation: degradation.prefault({}).describe("The detector of a falling mean return (Page-Hinkley)"),
  correlation: correlation.prefault({}).describe("Estimation of covariances between pods"),
});

export type AllocationMethod = z.output<typeof allocationMethod>;
export type RebalanceTrigger = z.output<typeof rebalanceTrigger>;
export type GraduationCriteria = z.output<typeof graduation>;
