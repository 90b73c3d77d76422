import { msToDate } from "../../lib/utc.ts";
import type { RunRecord } from "../../orchestrator/run-record.ts";
import { dayMs } from "./day-index.ts";

/** How risk was spread over the pods at each day end, after its transfers; one value per date in every column. */
export interface PrcHistory {
  /** UTC dates that had a day end. */
  readonly date: readonly string[];
  /** By pod id: percentage risk contribution; null for a pod that is not measurable or has no capital. They sum to 1. */
  readonly shares: Readonly<Record<string, readonly (number | null)[]>>;
  /** 1 ÷ Σ PRC²; null without shares. */
  readonly effective_n: readonly (number | null)[];
  /** Over all pairs of measurable pods; null with fewer than two. */
  readonly mean_correlation: readonly (number | null)[];
  /** Pods with at least 20 returns other than 0 in the window. */
  readonly measurable: readonly number[];
}

/** Risk contributions day by day; empty columns in a run without an orchestrator. */
export function prcHistory({ pods, orchestrator }: Pick<RunRecord, "pods" | "orchestrator">): PrcHistory {
  const days = orchestrator?.days ?? [];
  return {
    date: days.map(({ day }) => msToDate(dayMs(day))),
    shares: Object.fromEntries(
      pods.map(({ podId }) => [podId, days.map(({ picture }) => picture.shares.get(podId) ?? null)]),
    ),
    effective_n: days.map(({ picture }) => picture.effectiveN),
    mean_correlation: days.map(({ picture }) => picture.meanCorrelation),
    measurable: days.map(({ picture }) => picture.measurable),
  };
}
