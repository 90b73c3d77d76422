import type { Market } from "../market/market.ts";
import { ParameterSweep } from "./parameter-sweep.ts";
import { type TuningPlan, valuesAt, withRange } from "./plan-session.ts";
import type { FoldMetrics } from "./point-metrics.ts";
import { foldMetrics } from "./point-outcome.ts";

/** A job over its whole range, measured in the hold-out alone: positions and life cycle come in as they stand. */
export function lookAtHoldout(plan: TuningPlan, job: number, market: Market): FoldMetrics {
  const { ranked, holdout } = plan.spans;
  if (holdout === null) throw new RangeError("the session has no hold-out");
  const data = withRange(plan.space.data, { start: ranked.start, end: holdout.end }, plan.data_path);
  const sweep = new ParameterSweep({ ...plan.space, data }, market);
  const { equity } = sweep.evaluate(valuesAt(plan.grids, plan.indexes[job] as number));
  const { dayMs } = sweep.timeline;
  const from = dayMs.findIndex((ms) => ms >= Date.parse(`${holdout.start}T00:00:00Z`));
  return foldMetrics(equity, dayMs, sweep.capital, from < 0 ? dayMs.length : from, dayMs.length);
}
