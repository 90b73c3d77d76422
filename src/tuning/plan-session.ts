import { createHash } from "node:crypto";
import type { Config } from "../config/schema.ts";
import { engineHash, hashConfig } from "../engine/run-identity.ts";
import { dateToMs, msToDate } from "../lib/utc.ts";
import type { Market } from "../market/market.ts";
import { DAY_MS } from "../market/timeframe.ts";
import { digitsOf, type Grid, type GridValue, gridSize, sampleIndexes } from "./grid.ts";
import type { TuningSession } from "./load-session.ts";
import type { SessionFile } from "./session-schema.ts";
import { pointConfig, type SweepSpace } from "./sweep-space.ts";

/** Raise it when plan.json or jobs.jsonl change. */
export const PLAN_SCHEMA_VERSION = 1;
/** The span that rankings read; the hold-out is another. */
export type JobFold = "ranked" | "holdout";

/** One run of one point: a line of jobs.jsonl. */
export interface TuningJob {
  /** Derived from config, data, engine and fold: the same point is the same job for ever. */
  readonly job_id: string;
  readonly params: Readonly<Record<string, GridValue>>;
  readonly config_hash: string;
  readonly data_hash: string;
  readonly engine_hash: string;
  readonly fold: JobFold;
  /** Where its outcome is kept. */
  readonly output: string;
}

/** Dates, both ends included: what is ranked, and what no ranking reads. */
export interface Spans {
  readonly ranked: { readonly start: string; readonly end: string };
  readonly holdout: { readonly start: string; readonly end: string } | null;
}

/** Everything a run needs but the bars: plan.json. */
export interface TuningPlan {
  readonly schema_version: typeof PLAN_SCHEMA_VERSION;
  readonly session: SessionFile;
  /** Where the session lies: its paths are relative to it. */
  readonly session_folder: string;
  /** The base config as it was written. */
  readonly base_text: string;
  readonly base_hash: string;
  readonly space: SweepSpace;
  readonly grids: readonly Grid[];
  readonly spans: Spans;
  /** A folder, or "synthetic". */
  readonly data_path: string;
  readonly market_label: string;
  readonly synthetic: boolean;
  readonly data_hash: string;
  readonly engine_hash: string;
  /** Points of the whole product. */
  readonly grid_points: number;
  /** Points drawn when there are more than max_jobs; null = all. */
  readonly sampled: number | null;
  /** Points that break a rule between keys, left out, by reason. */
  readonly infeasible: Readonly<Record<string, number>>;
  /** Index in the product of each job, ascending. */
  readonly indexes: readonly number[];
  readonly plan_id: string;
}

/**
 * Turns a session into jobs (the `TuningSessionPlanner`): the product of its grids in declared order, the last one
 * fastest; a seeded sample of the whole space where it has more points than max_jobs.
 */
export function planSession(
  session: TuningSession,
  market: Market,
  dataPath: string,
): { readonly plan: TuningPlan; readonly jobs: readonly TuningJob[] } {
  const { file, grids, base } = session;
  const spans = divideRange(base.config, file.folds.holdout);
  const space: SweepSpace = {
    data: withRange(session.data, spans.ranked, dataPath),
    paths: grids.map(({ path }) => path),
    orchestrated: file.mode === "orchestrated",
    strategies: session.strategies,
  };
  const size = gridSize(grids);
  const drawn = sampleIndexes(size, file.max_jobs, file.seed);
  const engine = engineHash();
  const infeasible: Record<string, number> = {};
  const indexes: number[] = [];
  const jobs: TuningJob[] = [];
  for (const index of drawn) {
    const values = valuesAt(grids, index);
    const point = pointConfig(space, values);
    if (!point.ok) {
      infeasible[point.reason] = (infeasible[point.reason] ?? 0) + 1;
      continue;
    }
    indexes.push(index);
    jobs.push(jobOf(space, values, hashConfig(point.config), market.hash, engine, "ranked"));
  }
  const identity = [PLAN_SCHEMA_VERSION, file, jobs.map(({ job_id }) => job_id)];
  const plan: TuningPlan = {
    schema_version: PLAN_SCHEMA_VERSION,
    session: file,
    session_folder: session.folder,
    base_text: base.text,
    base_hash: hashConfig(base.config),
    space,
    grids,
    spans,
    data_path: dataPath,
    market_label: market.label,
    synthetic: market.kind === "synthetic",
    data_hash: market.hash,
    engine_hash: engine,
    grid_points: size,
    sampled: drawn.length < size ? drawn.length : null,
    infeasible,
    indexes,
    plan_id: sha256(JSON.stringify(identity)).slice(0, 16),
  };
  return { plan, jobs };
}

export function valuesAt(grids: readonly Grid[], index: number): GridValue[] {
  return digitsOf(grids, index).map((digit, g) => grids[g]?.values[digit] as GridValue);
}

export function jobOf(
  { paths, orchestrated }: SweepSpace,
  values: readonly GridValue[],
  configHash: string,
  dataHash: string,
  engine: string,
  fold: JobFold,
): TuningJob {
  const id = sha256(JSON.stringify([configHash, dataHash, engine, orchestrated, fold])).slice(0, 16);
  return {
    job_id: id,
    params: Object.fromEntries(paths.map((path, g) => [path, values[g] as GridValue])),
    config_hash: configHash,
    data_hash: dataHash,
    engine_hash: engine,
    fold,
    output: `results.jsonl#${id}`,
  };
}

/** Cuts the last share of the range's days off as hold-out. */
export function divideRange({ backtest }: Config, share: number): Spans {
  const start = backtest.start as string;
  const end = backtest.end as string;
  const days = Math.round((dateToMs(end) - dateToMs(start)) / DAY_MS) + 1;
  const held = Math.floor(days * share);
  if (held === 0) return { ranked: { start, end }, holdout: null };
  const first = dateToMs(start) + (days - held) * DAY_MS;
  return { ranked: { start, end: msToDate(first - DAY_MS) }, holdout: { start: msToDate(first), end } };
}

/** The config data over another range, with the data path that was opened. */
export function withRange(data: unknown, range: { start: string; end: string }, dataPath: string): unknown {
  const file = structuredClone(data) as { backtest?: object; data?: object };
  return { ...file, backtest: { ...file.backtest, ...range }, data: { ...file.data, path: dataPath } };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
