import { buyAndHold } from "../analytics/benchmark.ts";
import { msToDate } from "../lib/utc.ts";
import type { Market } from "../market/market.ts";
import { PURPOSE, RandomStream } from "../market/synthetic/random-stream.ts";
import { timeframeMs } from "../market/timeframe.ts";
import type { JobOutcome } from "./evaluate-jobs.ts";
import { walkForward } from "./folds.ts";
import type { Lineage } from "./lineage.ts";
import { ParameterSweep } from "./parameter-sweep.ts";
import { type TuningJob, type TuningPlan, valuesAt } from "./plan-session.ts";
import { foldMetrics, pointMetrics } from "./point-outcome.ts";
import { SWEEP_SCHEMA_VERSION, type SweepPoint, type SweepResults } from "./sweep-results.ts";

/** Rotations of the negative control: the real signals must beat all of them, which luck does in one of twenty cases. */
const CONTROLS = 19;

/** Joins outcomes, baselines and the negative control into sweep_results.json. */
export function buildSweepResults(
  plan: TuningPlan,
  jobs: readonly TuningJob[],
  outcomes: ReadonlyMap<number, JobOutcome>,
  market: Market,
  lineage: Lineage,
): SweepResults {
  const sweep = new ParameterSweep(plan.space, market);
  const { dayMs } = sweep.timeline;
  const { capital } = sweep;
  const days = dayMs.length;
  const date = (day: number): string => msToDate(dayMs[Math.min(day, days - 1)] as number);
  const folds = walkForward(days, timeframeMs(market.timeframe) ?? Number.NaN, plan.session.folds);
  const points = jobs.map((job, index): SweepPoint => {
    const outcome = outcomes.get(index);
    const own = { job_id: job.job_id, params: { ...job.params } as SweepPoint["params"] };
    if (outcome === undefined || !outcome.ok) {
      const error = outcome === undefined ? "not run" : outcome.error;
      return { ...own, status: "failed", error, result_hash: null, tally: null, metrics: null, folds: null };
    }
    return {
      ...own,
      status: "ok",
      error: null,
      result_hash: outcome.hash,
      tally: [...outcome.tally],
      metrics: pointMetrics(outcome, dayMs, capital),
      folds: folds.map(({ test }) => foldMetrics(outcome.equity, dayMs, capital, test.from, test.to)),
    };
  });
  const ok = points.filter(({ status }) => status === "ok").length;
  return {
    schema_version: SWEEP_SCHEMA_VERSION,
    plan_id: plan.plan_id,
    market: plan.market_label,
    synthetic: plan.synthetic,
    data_hash: plan.data_hash,
    engine_hash: plan.engine_hash,
    base_hash: plan.base_hash,
    mode: plan.session.mode,
    ranked: plan.spans.ranked,
    holdout: plan.spans.holdout,
    base_timeframe: market.timeframe,
    days,
    capital,
    day_ms: [...dayMs],
    grids: plan.grids.map(({ path, values }) => ({
      path,
      values: [...values] as SweepResults["grids"][number]["values"],
    })),
    grid_points: plan.grid_points,
    sampled: plan.sampled,
    infeasible: plan.infeasible,
    indexes: [...plan.indexes],
    folds: folds.map(({ train, test }) => ({
      train: { start: date(train.from), end: date(Math.max(train.from, train.to - 1)) },
      test: { start: date(test.from), end: date(test.to - 1) },
    })),
    points,
    baselines: baselinesOf(plan, market, sweep),
    negative_control: negativeControl(plan, points, sweep),
    lineage,
    counts: { jobs: points.length, ok, failed: points.length - ok },
  };
}

function baselinesOf(plan: TuningPlan, market: Market, sweep: ParameterSweep): SweepResults["baselines"] {
  const { dayMs, openTimes } = sweep.timeline;
  const { capital } = sweep;
  const current = new ParameterSweep({ ...plan.space, paths: [] }, market).evaluate([]).equity;
  const { portfolio } = plan.space.data as { portfolio?: { cost_bps?: number; slippage_bps?: number } };
  const held = buyAndHold({
    bars: market.bars,
    startMs: openTimes[0] as number,
    endMs: (openTimes.at(-1) as number) + 1,
    capital,
    feeRate: (portfolio?.cost_bps ?? 4) / 1e4,
    slippage: (portfolio?.slippage_bps ?? 5) / 1e4,
  }).equity;
  const idle = new Float64Array(dayMs.length).fill(capital);
  const of = (equity: Float64Array): ReturnType<typeof foldMetrics> =>
    foldMetrics(equity, dayMs, capital, 0, dayMs.length);
  return [
    { name: "current", metrics: of(current) },
    { name: "buy_and_hold", metrics: of(held) },
    { name: "no_trade", metrics: of(idle) },
  ];
}

/** The best point by Sharpe ratio, run with its signals at other times: what it earns then is luck and drift. */
function negativeControl(
  plan: TuningPlan,
  points: readonly SweepPoint[],
  sweep: ParameterSweep,
): SweepResults["negative_control"] {
  let best = -1;
  for (const [i, { metrics }] of points.entries()) {
    const value = metrics?.sharpe;
    if (value != null && value > (points[best]?.metrics?.sharpe ?? Number.NEGATIVE_INFINITY)) best = i;
  }
  if (best < 0) return { job_id: null, shifts: [], sharpes: [] };
  const random = new RandomStream(plan.session.seed, 0, PURPOSE.signalShift);
  const shifts = Array.from({ length: CONTROLS }, () => random.integer(100, 900));
  const values = valuesAt(plan.grids, plan.indexes[best] as number);
  const { dayMs } = sweep.timeline;
  const sharpes = shifts.map((shift) => pointMetrics(sweep.evaluate(values, shift), dayMs, sweep.capital).sharpe);
  return { job_id: points[best]?.job_id ?? null, shifts, sharpes };
}
