import { beginOf, type RiskEvent } from "../../../analytics/orchestration/risk-events.ts";
import { amount, count, percent } from "../../format.ts";
import type { ReportInput } from "../input.ts";
import { escapeHtml, section, table } from "../markup.ts";

/** Halts, alerts and spells at the gross limit; a run without any says so. One strategy has no risk rules above it. */
export function risk({ result: { header, risk_events } }: ReportInput): string | null {
  if (header.orchestration === null && risk_events.length === 0) return null;
  const rows = risk_events.map((event) => [
    beginOf(event).slice(0, 16).replace("T", " "),
    printed(event, event.value),
    printed(event, event.threshold),
    event.severity,
    escapeHtml(event.kind === "alert" && event.pod_id !== null ? event.pod_id : "account"),
    escapeHtml(whatOf(event)),
  ]);
  return section(
    "risk",
    "Halts and alerts",
    rows.length === 0
      ? "<p>No limit came near.</p>"
      : table("By the close at which they began", ["Time", "Value", "Limit", "Severity", "Of", "What"], rows, {
          id: "risk-events",
          textFrom: 3,
          long: true,
        }),
  );
}

function whatOf(event: RiskEvent): string {
  if (event.kind === "halt")
    return `HALT: ${event.message}${event.end === null ? "" : `; ended ${event.end.slice(0, 16).replace("T", " ")}`}`;
  if (event.kind === "gross_limit") return `${event.message}, for ${count(event.slices)} slices`;
  return event.message;
}

const PLAIN = new Set(["effective_n", "correlation", "gross_leverage", "strategy_failure"]);

function printed({ type }: RiskEvent, value: number): string {
  return PLAIN.has(type) ? amount(value) : percent(value);
}
