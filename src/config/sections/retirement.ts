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
 * `calibrated` demotes as readily as the defaults, but gives a pod more time to recover and 3 points more drawdown before the hard stop,
 * which at 25 % retires 7 % of healthy pods with 1 % daily deviation within two years. Tuned for at most 10 % of healthy pods
 * retired within two years and at least 75 % of fallen ones within a year; docs/LIFECYCLE.md has the numbers.
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
    max_drawdown_breach: 0.28,
    consecutive_loss_months: 6,
    rolling_sharpe_floor: 0.3,
    warning_days: 120,
    probation_days: 60,
  },
};

// Optional instead of defaulted: the preset must know which keys were given. `default` is for readers and editors.
const standard = RETIREMENT_PRESETS.default;

export const retirement = z.strictObject({
  preset: z.enum(["default", "calibrated"]).default("default").describe("Values of the keys of this section not given"),
  max_drawdown_breach: fraction().optional().meta({
    default: standard.max_drawdown_breach,
    description: "Pod drawdown that retires at once, fraction (preset calibrated: 0.28)",
  }),
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
    description: "Days in WARNING without recovery until PROBATION (preset calibrated: 120)",
  }),
  probation_days: whole({ min: 1 })
    .optional()
    .meta({ default: standard.probation_days, description: "Days in PROBATION until RETIRED (preset calibrated: 60)" }),
});
