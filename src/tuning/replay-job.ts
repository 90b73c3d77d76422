import { simulate } from "../engine/backtest.ts";
import { assert } from "../lib/assert.ts";
import { dateToMs } from "../lib/utc.ts";
import type { Market } from "../market/market.ts";
import { DAY_MS } from "../market/timeframe.ts";
import { outcomeOfRecord } from "./parameter-sweep.ts";
import { type TuningPlan, valuesAt } from "./plan-session.ts";
import { outcomeHash } from "./point-outcome.ts";
import { runTimeline } from "./run-timeline.ts";
import { pointConfig } from "./sweep-space.ts";

/** Runs a job as a plain backtest, slice by slice, with nothing that a sweep shares. @returns hash to compare, hash of the run. */
export function replayJob(
  plan: TuningPlan,
  job: number,
  market: Market,
  onProgress: (doneDays: number, totalDays: number) => void = () => {},
): { outcome: string; resultHash: string } {
  const point = pointConfig(plan.space, valuesAt(plan.grids, plan.indexes[job] as number));
  assert(point.ok, "replay: a planned point is refused");
  const { start, end } = plan.spans.ranked;
  const timeline = runTimeline(market, dateToMs(start), dateToMs(end) + DAY_MS, 0);
  const { record, resultHash } = simulate(point.config, market, { orchestrated: plan.space.orchestrated, onProgress });
  return { outcome: outcomeHash(outcomeOfRecord(record, timeline.dayMs.length)), resultHash };
}
