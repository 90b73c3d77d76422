import { z } from "zod";
import { fraction, number, symbol, text, timeframe, whole } from "../fields.ts";

/** The pod that holds exposure nobody claims (reconciliation); a file cannot use its name. */
export const RESERVED_POD_ID = "UNASSIGNED";

const podId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
  .refine((id) => id !== RESERVED_POD_ID)
  .meta({ "x-expected": `letters, digits, "-", "_" or ".", at most 64, and not ${RESERVED_POD_ID}` });

const params = z.record(z.string(), z.unknown());

const subStrategy = z.strictObject({
  name: text("the name of a strategy").describe("Strategy, as in `strategy`"),
  params: params.default({}).describe("Its parameters"),
  weight: number({ above: 0 }).default(1).describe("Its static weight, relative to the others"),
});

const risk = z.strictObject({
  max_drawdown: fraction().default(0.15).describe("Drawdown that degrades the pod, fraction"),
  drawdown_warning: fraction()
    .optional()
    .describe("Drawdown that raises an alert, fraction; default min(0.10, 2/3 of max_drawdown)"),
  max_leverage: number({ above: 0, max: 125 }).default(2).describe("Limit of the sum of |weight|, multiples of equity"),
  system_stop_loss: fraction({ above: 0, below: 1 })
    .nullable()
    .default(0.1)
    .describe("Stop distance from the average entry, fraction of it; null is off"),
  use_trailing_stop: z.boolean().default(false).describe("Also trail a stop behind the best price"),
  trailing_stop_atr_multiplier: number({ above: 0 })
    .default(3)
    .describe("Distance of the trailing stop, multiples of ATR(14)"),
  stop_cooldown_days: whole({ min: 1 })
    .nullable()
    .default(null)
    .describe("Days after a stop until re-entry without a new signal; null waits for the signal"),
  rebalance_threshold: fraction({ min: 0, max: 1 })
    .default(0.05)
    .describe("No-trade band: smallest change worth trading, fraction of pod equity"),
  rebalance_to: z.enum(["target", "edge"]).default("target").describe("Trade to the target or to the edge of the band"),
});

export const pod = z.strictObject({
  pod_id: podId.describe("Unique name of the pod"),
  strategy: text("the name of a strategy").describe(
    "Registered strategy, or a file ./my-strategy.ts beside the config",
  ),
  params: params.default({}).describe("Parameters of the strategy"),
  sub_strategies: z.array(subStrategy).default([]).describe("Members, for strategies that combine others"),
  symbols: z.array(symbol).min(1).describe("What the pod trades, BASE/QUOTE"),
  timeframe: timeframe.default("1D").describe("Candle length of its signals"),
  initial_fraction: fraction().default(0.1).describe("Share of the capital at the start, fraction"),
  max_fraction: fraction().default(0.4).describe("Most the allocator may give, fraction"),
  min_fraction: fraction({ min: 0, max: 1 }).default(0.02).describe("Least the allocator may give, fraction"),
  initial_state: z.enum(["incubation", "production"]).default("incubation").describe("Life-cycle state at the start"),
  asset_allocation: z
    .enum(["equal", "inverse_volatility", "risk_parity"])
    .default("equal")
    .describe("How the pod divides its equity among its symbols"),
  risk_budget: number({ above: 0 })
    .default(1)
    .describe("Share of portfolio risk, relative to other pods (risk_parity)"),
  backtest_sharpe: number()
    .refine((value) => value !== 0)
    .meta({ "x-expected": "a number other than 0" })
    .nullable()
    .default(null)
    .describe("Sharpe ratio promised by research, compared at graduation; null skips that criterion"),
  paused: z.boolean().default(false).describe("Hold nothing until resumed"),
  risk: risk.prefault({}).describe("Limits and stops of the pod"),
});

type Output = z.output<typeof pod>;
export type PodRiskConfig = Omit<Output["risk"], "drawdown_warning"> & { drawdown_warning: number };
export type PodConfig = Omit<Output, "risk"> & { risk: PodRiskConfig };
export type SubStrategyConfig = z.output<typeof subStrategy>;
