import { z } from "zod";
import { fraction, number, text, whole } from "../config/fields.ts";
import { CONSTRAINT_FORM, parseConstraint } from "./constraint.ts";

const scalar = z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.union([z.number(), z.string()]))]);

const grid = z.strictObject({
  path: text("a path of the config, such as pods[0].params.lookback").describe("What is varied"),
  values: z.array(scalar).min(1).optional().describe("The values, in the order they are tried"),
  from: number().optional().describe("First value of a range"),
  to: number().optional().describe("Last value of a range, included when a step reaches it"),
  step: number({ above: 0 }).optional().describe("Distance of neighbours in a range"),
});

export const OBJECTIVES = ["deflated_sharpe", "sharpe", "sortino", "calmar", "total_return"] as const;
export type Objective = (typeof OBJECTIVES)[number];

const folds = z.strictObject({
  scheme: z.enum(["anchored", "rolling"]).default("anchored").describe("Training windows grow, or keep their length"),
  count: whole({ min: 2, max: 50 }).default(4).describe("Test windows of the walk-forward"),
  purge_bars: whole({ min: 0 }).default(0).describe("Bars left out of training before each test window"),
  embargo_bars: whole({ min: 0 }).default(0).describe("Bars left out of the next training after each test window"),
  holdout: fraction({ min: 0, max: 0.5 })
    .default(0.2)
    .describe("Share of the range, at its end, that no ranking reads"),
});

const autoApply = z.strictObject({
  to: text("a file that does not exist yet, relative to this file").describe("Where the new config is written"),
  min_deflated_sharpe: fraction({ min: 0.5, below: 1 })
    .default(0.99)
    .describe("Deflated Sharpe ratio from which the best candidate is applied"),
  max_pbo: fraction({ min: 0, max: 0.5 }).default(0.1).describe("Probability of overfitting up to which it is applied"),
  min_sharpe_gain: number({ min: 0 })
    .default(0.5)
    .describe("What it must add to the Sharpe ratio of the current config"),
});
export type AutoApply = z.output<typeof autoApply>;

/** A tuning session: what is varied, over what, and what counts as good. Strict: unknown keys are refused. */
export const sessionSchema = z.strictObject({
  version: z.literal(1).default(1).describe("Version of this file's format"),
  base: text("an orchestrator file, relative to this file").describe("The config that the grids vary"),
  data: text('a folder, or "synthetic"').optional().describe("Overrides data.path of the base config"),
  mode: z
    .enum(["orchestrated", "strategy"])
    .optional()
    .describe(
      "With life cycle, allocation and halts, or the pods alone as in `backtest run`; left out = as the base config runs",
    ),
  purpose: z
    .enum(["candidates", "sensitivity"])
    .default("candidates")
    .describe("A sensitivity table may vary costs, and never yields a candidate"),
  grids: z.array(grid).min(1).describe("What is varied; the last one fastest"),
  overrides: z.record(z.string(), scalar).default({}).describe("Fixed values by path, the same for every point"),
  constraints: z
    .array(
      z
        .string()
        .refine((value) => parseConstraint(value) !== null)
        .meta({ "x-expected": CONSTRAINT_FORM }),
    )
    .default([])
    .describe("What a candidate has to keep over the ranked span"),
  objective: z.enum(OBJECTIVES).default("deflated_sharpe").describe("What is ranked by"),
  confidence: fraction({ min: 0.5, below: 1 })
    .default(0.95)
    .describe("Deflated Sharpe ratio from which a candidate is offered"),
  folds: folds.prefault({}).describe("Walk-forward and hold-out"),
  seed: whole({ min: 0 }).default(1).describe("Of samples and of the negative control"),
  max_jobs: whole({ min: 1, max: 1_000_000 }).default(10_000).describe("Larger grids are sampled over the whole space"),
  top: whole({ min: 1, max: 100 }).default(10).describe("Candidates listed"),
  auto_apply: autoApply
    .optional()
    .describe("Writes a new config without asking when the best candidate meets all of this; left out = never"),
});

type Parsed = z.output<typeof sessionSchema>;
/** Every value resolved. */
export type SessionFile = Omit<Parsed, "mode"> & { readonly mode: NonNullable<Parsed["mode"]> };

/** JSON Schema (draft 2020-12) of a session file, for editors. */
export function sessionJsonSchema(): unknown {
  return z.toJSONSchema(sessionSchema, { target: "draft-2020-12", io: "input" });
}
