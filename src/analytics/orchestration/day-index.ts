import { DAY_MS } from "../../market/timeframe.ts";
import type { RunRecord } from "../../orchestrator/run-record.ts";
import type { DaySummary } from "../../orchestrator/strategy-orchestrator.ts";

/**
 * The orchestrator's summary of each day of the run; null on a day without a day end (the last one, when the data does not
 * reach its midnight) and in a run without an orchestrator.
 */
export function summariesByDay({
  days,
  orchestrator,
}: Pick<RunRecord, "days" | "orchestrator">): (DaySummary | null)[] {
  const summaries = new Map((orchestrator?.days ?? []).map((summary) => [summary.day, summary]));
  return Array.from(days.timeMs, (timeMs) => summaries.get(timeMs / DAY_MS) ?? null);
}

/** The UTC day number's date: what is decided at its close carries it. */
export function dayMs(day: number): number {
  return day * DAY_MS;
}
