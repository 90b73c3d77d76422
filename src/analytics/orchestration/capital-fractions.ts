import { DAY_MS } from "../../market/timeframe.ts";
import type { RunRecord } from "../../orchestrator/run-record.ts";
import { MICRO } from "../exact-decimal.ts";
import type { RunTally } from "../run-tally.ts";
import { summariesByDay } from "./day-index.ts";

/** Shares of the portfolio's equity by day; null where it is not positive. */
export interface CapitalFractions {
  /** [pod][day] after the transfers of the day's close. */
  readonly pods: readonly (readonly (number | null)[])[];
  /** [day] what the pods leave. */
  readonly reserve: readonly (number | null)[];
  /** [pod][day] what the allocator wants from the day's close on; null in a run without an orchestrator. */
  readonly targets: readonly (readonly (number | null)[])[];
}

/** How the capital was divided at each close, and how it should have been. */
export function capitalFractions(record: RunRecord, tally: RunTally): CapitalFractions {
  const { days } = record;
  const moved = transfersByDay(record, tally);
  const pods = record.pods.map((_, p) =>
    Array.from(days.equity, (portfolio, d) => {
      const own = (days.pods[p]?.[d] as number) + (moved[p]?.[d] as number) / MICRO;
      return portfolio > 0 ? own / portfolio : null;
    }),
  );
  const reserve = Array.from(days.equity, (portfolio, d) => {
    if (!(portfolio > 0)) return null;
    const left = 1 - pods.reduce((sum, own) => sum + (own[d] as number), 0);
    // An empty reserve is not a rounding error of the pods.
    return Math.abs(left) < 1e-12 ? 0 : left;
  });
  return { pods, reserve, targets: targetFractions(record) };
}

/** [pod][day] micro-units that the pod got at the day's close. */
function transfersByDay({ pods, days }: RunRecord, { transfers }: RunTally): Float64Array[] {
  const moved = pods.map(() => new Float64Array(days.timeMs.length));
  const indexes = new Map(Array.from(days.timeMs, (timeMs, d) => [timeMs, d]));
  for (const { timeMs, pod, micro } of transfers) {
    const d = indexes.get(Math.floor(timeMs / DAY_MS) * DAY_MS) as number;
    const own = moved[pod] as Float64Array;
    (own[d] as number) += micro;
  }
  return moved;
}

/** A target holds until a run that moves capital sets another; a retired pod has none, a revived one its first again. */
function targetFractions(record: RunRecord): (number | null)[][] {
  const { pods, days, orchestrator } = record;
  if (orchestrator === null) return pods.map(() => Array.from(days.timeMs, () => null));
  const runs = new Map(orchestrator.allocations.map((run) => [run.day, run]));
  const revived = new Set(
    orchestrator.lifecycle.filter(({ from }) => from === "retired").map(({ day, pod_id }) => `${pod_id} ${day}`),
  );
  const summaries = summariesByDay(record);
  return pods.map(({ podId, initialFraction }, p) => {
    let target = initialFraction;
    return Array.from(days.timeMs, (timeMs, d) => {
      const day = timeMs / DAY_MS;
      if (revived.has(`${podId} ${day}`)) target = initialFraction;
      const run = runs.get(day);
      if (run?.moved === true) target = run.pods[p]?.final as number;
      return summaries[d]?.states[p] === "retired" ? 0 : target;
    });
  });
}
