import { msToDate, msToIso } from "../../lib/utc.ts";
import type { LifecycleEvent } from "../../orchestrator/lifecycle/lifecycle-manager.ts";
import type { RunRecord } from "../../orchestrator/run-record.ts";
import { dayMs } from "./day-index.ts";

/** A change of a pod's state, with the numbers that caused it. */
export interface LifecycleEntry extends Omit<LifecycleEvent, "day"> {
  /** UTC date at whose close it happened. */
  readonly date: string;
  /** That close, ISO 8601 UTC. */
  readonly time: string;
}

/** Every change of a state, in order. */
export function lifecycleEvents({ orchestrator }: Pick<RunRecord, "orchestrator">): LifecycleEntry[] {
  return (orchestrator?.lifecycle ?? []).map(({ day, ...event }) => ({
    date: msToDate(dayMs(day)),
    time: msToIso(dayMs(day + 1)),
    ...event,
  }));
}
