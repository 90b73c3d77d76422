import { msToDate } from "../../lib/utc.ts";
import { DAY_MS } from "../../market/timeframe.ts";
import type { TransitionReason } from "../../orchestrator/lifecycle/transition.ts";
import type { RunRecord } from "../../orchestrator/run-record.ts";
import type { LifecycleState } from "../../orchestrator/settings.ts";
import { dayMs } from "./day-index.ts";

/** A time that a pod spent in one state. */
export interface StateSpell {
  readonly state: LifecycleState;
  /** UTC date at whose close it was entered; the first day of the run for the first. */
  readonly from: string;
  /** UTC date at whose close it was left; null when the run ended in it. */
  readonly to: string | null;
  /** Calendar days; those of all spells sum to the days of the run. */
  readonly days: number;
  /** Why it was entered; null for the first. */
  readonly reason: TransitionReason | null;
  readonly value: number | null;
  readonly threshold: number | null;
}

/** The states of pod `p`, in order; empty in a run without an orchestrator, or without a day. */
export function stateHistory({ pods, days, orchestrator }: RunRecord, p: number): StateSpell[] {
  const { podId, initialState } = pods[p] as RunRecord["pods"][number];
  const first = days.timeMs[0];
  if (orchestrator === null || initialState === null || first === undefined) return [];
  const own = orchestrator.lifecycle.filter(({ pod_id }) => pod_id === podId);
  // The close before the first day is where the first state begins.
  const bounds = [first / DAY_MS - 1, ...own.map(({ day }) => day), (days.timeMs.at(-1) as number) / DAY_MS];
  return [null, ...own].map((event, i): StateSpell => {
    const end = own[i];
    return {
      state: event?.to ?? initialState,
      from: msToDate(event === null ? first : dayMs(event.day)),
      to: end === undefined ? null : msToDate(dayMs(end.day)),
      days: (bounds[i + 1] as number) - (bounds[i] as number),
      reason: event?.reason ?? null,
      value: event?.value ?? null,
      threshold: event?.threshold ?? null,
    };
  });
}
