import { msToDate } from "../../lib/utc.ts";
import type { AllocationRun } from "../../orchestrator/allocation/allocation-record.ts";
import type { RunRecord } from "../../orchestrator/run-record.ts";
import { dayMs } from "./day-index.ts";

/** One run of the allocator; of each pod the parts sum to `final` exactly. */
export interface AllocationHistoryEntry extends Omit<AllocationRun, "day"> {
  /** UTC date at whose close it ran. */
  readonly date: string;
}

/** The parts that make up a pod's fraction, in the order of the steps of the allocator. */
export const ALLOCATION_PARTS = ["base", "kelly", "slot", "box", "step_limit", "volatility", "prc_trim"] as const;

/** Every run of the allocator, in order. */
export function allocationHistory({ orchestrator }: Pick<RunRecord, "orchestrator">): AllocationHistoryEntry[] {
  return (orchestrator?.allocations ?? []).map(({ day, ...run }) => ({ date: msToDate(dayMs(day)), ...run }));
}
