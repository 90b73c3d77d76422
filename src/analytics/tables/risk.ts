import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { beginOf } from "../orchestration/risk-events.ts";
import { csvLine } from "./csv.ts";

/**
 * risk.csv: one row per alert, halt and spell at the gross limit, by the close at which it began. `end` is that of a halt,
 * empty when the run ended first; `slices` and `factor` are those of a spell.
 */
export function* riskTable({ risk_events }: Pick<OrchestratedResult, "risk_events">): Generator<string> {
  yield csvLine([
    ...["time", "kind", "type", "severity", "pod", "value", "threshold", "end", "slices", "factor", "message"],
  ]);
  for (const event of risk_events) {
    const { kind, type, severity, value, threshold, message } = event;
    yield csvLine([
      ...[beginOf(event), kind, type, severity],
      ...[kind === "alert" ? event.pod_id : null, value, threshold],
      ...[kind === "halt" ? event.end : null],
      ...(kind === "gross_limit" ? [event.slices, event.factor] : [null, null]),
      message,
    ]);
  }
}
