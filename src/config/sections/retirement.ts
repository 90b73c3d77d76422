import { z } from "zod";
import { fraction, number, whole } from "../fields.ts";

export interface RetirementCriteria {
  preset: RetirementPreset;
  /** Pod drawdown that retires at once, fraction. */
  max_drawdown_breach: number;
  /** Losing calendar months in a row that retire at once. */
  consecutive_loss_months: number;
  /** Sharpe ratio of the last 180 returns below which a pod degrades. */
  rolling_sharpe_floor: number;
  /** Days in WARNING without recovery until PROBATION. */
  warning_days: number;
  /** Days in PROBATION until RETIRED. */
  probation_days: number;
}

export type RetirementPreset = "default" | "calibrated";

/**
 * Values of the retirement keys that a file does not give.
 *
 * `calibrated` waits longer in WARNING: prototypes with 90/30 days retired 10-11 % of healthy pods within two years (22-26 %
 * with the defaults) and 84 % of broken ones within a year, for daily returns with 1 % deviation.
 */
export const RETIREMENT_PRESETS: Record<RetirementPreset, Omit<RetirementCriteria, "preset">> = {
  default: {
    max_drawdown_breach: 0.25,
    consecutive_loss_months: 6,
    rolling_sharpe_floor: 0.3,
    warning_days: 30,
    probation_days: 30,
  },
  calibrated: {
    max_drawdown_breach: 0.25,
    consecutive_loss_months: 6,
    rolling_sharpe_floor: 0.3,
    warning_days: 90,
    probation_days: 30,
  },
};

// Optional instead of defaulted: the preset must know which keys were given. `default` is for readers and editors.
const standard = RETIREMENT_PRESETS.default;

export const retirement = z.strictObject({
  preset: z.enum(["default", "calibrated"]).default("default").describe("Values of the keys of this section not given"),
  max_drawdown_breach: fraction()
    .optional()
    .meta({ default: standard.max_drawdown_breach, description: "Pod drawdown that retires at once, fraction" }),
  consecutive_loss_months: whole({ min: 1 }).optional().meta({
    default: standard.consecutive_loss_months,
    description: "Losing calendar months in a row that retire at once",
  }),
  rolling_sharpe_floor: number().optional().meta({
    default: standard.rolling_sharpe_floor,
    description: "Sharpe ratio of the last 180 returns below which a pod degrades",
  }),
  warning_days: whole({ min: 1 }).optional().meta({
    default: standard.warning_days,
    description: "Days in WARNING without recovery until PROBATION (preset calibrated: 90)",
  }),
  probation_days: whole({ min: 1 })
    .optional()
    .meta({ default: standard.probation_days, description: "Days in PROBATION until RETIRED" }),
});
