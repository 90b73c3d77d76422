import { z } from "zod";
import { CURVE_METRICS, METRICS } from "./point-metrics.ts";

export const SWEEP_SCHEMA_VERSION = 1;

const gridValue = z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.union([z.number(), z.string()]))]);
const metrics = z.strictObject(
  Object.fromEntries(METRICS.map((name) => [name, z.number().nullable()])) as Record<
    (typeof METRICS)[number],
    z.ZodNullable<z.ZodNumber>
  >,
);
const foldMetrics = z.strictObject(
  Object.fromEntries(CURVE_METRICS.map((name) => [name, z.number().nullable()])) as Record<
    (typeof CURVE_METRICS)[number],
    z.ZodNullable<z.ZodNumber>
  >,
);
const span = z.strictObject({ start: z.string(), end: z.string() });

const point = z.strictObject({
  job_id: z.string(),
  params: z.record(z.string(), gridValue),
  status: z.enum(["ok", "failed"]),
  error: z.string().nullable(),
  /** SHA-256 over tally and daily equity; null when it failed. */
  result_hash: z.string().nullable(),
  /** Sums that metrics are made of, in the order of src/tuning/point-outcome.ts; null when it failed. */
  tally: z.array(z.number()).nullable(),
  metrics: metrics.nullable(),
  /** Test windows of the walk-forward, in order; null when it failed. */
  folds: z.array(foldMetrics).nullable(),
});

const baseline = z.strictObject({ name: z.enum(["current", "buy_and_hold", "no_trade"]), metrics: foldMetrics });

/** Every point, fold and metric of a sweep: sweep_results.json. No clock and no place is in it. */
export const sweepResultsSchema = z.strictObject({
  schema_version: z.literal(SWEEP_SCHEMA_VERSION),
  plan_id: z.string(),
  market: z.string(),
  synthetic: z.boolean(),
  data_hash: z.string(),
  engine_hash: z.string(),
  base_hash: z.string(),
  mode: z.enum(["orchestrated", "strategy"]),
  ranked: span,
  holdout: span.nullable(),
  base_timeframe: z.string(),
  /** Daily returns of the ranked span. */
  days: z.int(),
  capital: z.number(),
  day_ms: z.array(z.number()),
  grids: z.array(z.strictObject({ path: z.string(), values: z.array(gridValue) })),
  grid_points: z.number(),
  sampled: z.number().nullable(),
  infeasible: z.record(z.string(), z.int()),
  indexes: z.array(z.int()),
  folds: z.array(z.strictObject({ train: span, test: span })),
  points: z.array(point),
  baselines: z.array(baseline),
  /** The best point by Sharpe ratio with its signals rotated in time. */
  negative_control: z.strictObject({
    job_id: z.string().nullable(),
    shifts: z.array(z.int()),
    sharpes: z.array(z.number().nullable()),
  }),
  lineage: z.union([
    z.strictObject({ status: z.literal("known"), trials: z.int(), prior_effective: z.number() }),
    z.strictObject({ status: z.literal("unknown"), reason: z.string() }),
  ]),
  counts: z.strictObject({ jobs: z.int(), ok: z.int(), failed: z.int() }),
});

export type SweepResults = z.infer<typeof sweepResultsSchema>;
export type SweepPoint = SweepResults["points"][number];
