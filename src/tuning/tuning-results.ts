import { z } from "zod";
import { sweepResultsSchema } from "./sweep-results.ts";

export const TUNING_SCHEMA_VERSION = 1;

export const VERDICTS = ["CANDIDATES", "NO_SIGNAL", "NO_VIABLE_CANDIDATE", "INVALID_INPUT"] as const;
export type Verdict = (typeof VERDICTS)[number];

const point = sweepResultsSchema.shape.points.element;

/** A condition that a candidate has to meet. */
const gate = z.strictObject({
  name: z.string(),
  /** Null = it could not be measured, which is not met. */
  value: z.number().nullable(),
  /** ">= 0.95" */
  bound: z.string(),
  met: z.boolean(),
});
export type Gate = z.infer<typeof gate>;

const ranked = z.strictObject({
  rank: z.int(),
  job_id: point.shape.job_id,
  params: point.shape.params,
  objective: z.number(),
  /** Other points with exactly this objective. */
  tied_with: z.int(),
  metrics: point.shape.metrics.unwrap(),
  folds: point.shape.folds.unwrap(),
  deflated_sharpe: z.number().nullable(),
  /** Neighbours in the grid: how many, the median of their Sharpe ratios, and whether the point stands alone above them. */
  plateau: z.strictObject({ neighbours: z.int(), median_sharpe: z.number().nullable(), is_spike: z.boolean() }),
  gates: z.array(gate),
  is_candidate: z.boolean(),
});
export type RankedPoint = z.infer<typeof ranked>;

/** Verdict and ranking: tuning_results.json. */
export const tuningResultsSchema = z.strictObject({
  schema_version: z.literal(TUNING_SCHEMA_VERSION),
  plan_id: z.string(),
  verdict: z.enum(VERDICTS),
  /** In words, the most important first. */
  reasons: z.array(z.string()),
  /** What stands between the best point and a candidate; null when there is one, or nothing to rank. */
  binding: z
    .strictObject({
      name: z.string(),
      value: z.number().nullable(),
      bound: z.string(),
      short_by: z.number().nullable(),
    })
    .nullable(),
  objective: z.string(),
  constraints: z.array(z.string()),
  tie_breaks: z.array(z.string()),
  counts: z.strictObject({ points: z.int(), failed: z.int(), kept_constraints: z.int(), ranked: z.int() }),
  trials: z.strictObject({
    /** Jobs ever run on these bars and pods; null = lineage unknown. */
    lineage: z.int().nullable(),
    /** Independent among this run's points. */
    effective: z.number(),
    /** With those of earlier runs: what the deflated Sharpe ratio counts; null = lineage unknown. */
    effective_total: z.number().nullable(),
    /** Over this run's points, annual. */
    sharpe_spread: z.number().nullable(),
  }),
  overfitting: z.strictObject({ pbo: z.number().nullable(), blocks: z.int(), splits: z.int() }),
  walk_forward: z.strictObject({
    sharpe: z.number().nullable(),
    total_return: z.number(),
    chosen: z.array(z.string().nullable()),
  }),
  negative_control: z.strictObject({ best: z.number().nullable(), highest: z.number().nullable(), wins: z.boolean() }),
  baselines: sweepResultsSchema.shape.baselines,
  sensitivity: z.array(
    z.strictObject({
      path: z.string(),
      flag: z.literal("DEAD").nullable(),
      values: z.array(z.strictObject({ value: z.unknown(), sharpe: z.number().nullable() })),
    }),
  ),
  top: z.array(ranked),
});

export type TuningResults = z.infer<typeof tuningResultsSchema>;
