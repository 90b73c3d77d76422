import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { csvLine } from "./csv.ts";

/**
 * lifecycle.csv: one row per change of a state. `time` is the close at which it happened, `days` the calendar days that the
 * pod spent in the state it left.
 */
export function* lifecycleTable({
  lifecycle_events,
  pods,
}: Pick<OrchestratedResult, "lifecycle_events" | "pods">): Generator<string> {
  yield csvLine(["date", "time", "pod", "from", "to", "reason", "value", "threshold", "days"]);
  const spells = new Map(pods.map(({ pod_id, states }) => [pod_id, states]));
  const seen = new Map<string, number>();
  for (const { date, time, pod_id, from, to, reason, value, threshold } of lifecycle_events) {
    const nth = seen.get(pod_id) ?? 0;
    seen.set(pod_id, nth + 1);
    yield csvLine([date, time, pod_id, from, to, reason, value, threshold, spells.get(pod_id)?.[nth]?.days]);
  }
}
