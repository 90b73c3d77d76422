import { causeOf, STATE_SHORT } from "../../lifecycle-words.ts";
import { chart } from "../chart.ts";
import type { ReportInput } from "../input.ts";
import { escapeHtml, section, table } from "../markup.ts";
import { laneKey, lanesOf } from "./state-lanes.ts";

/** Bands of states over time, each with its letter, and every change with its reason. */
export function lifecycle({ result, podId }: ReportInput): string | null {
  if (result.header.orchestration === null) return null;
  const isShown = (pod: string): boolean => podId === undefined || pod === podId;
  const rows = result.lifecycle_events
    .filter(({ pod_id }) => isShown(pod_id))
    .map((event) => [
      event.date,
      escapeHtml(event.pod_id),
      `${STATE_SHORT[event.from]} → ${STATE_SHORT[event.to]}`,
      escapeHtml(causeOf(event.reason, event.criteria)),
    ]);
  const lanes = lanesOf(result).filter(({ label }) => isShown(label));
  const gutter = Math.max(0, ...lanes.map(({ label }) => label.length));
  const timeline = chart({
    title: "Phases of the pods over time",
    x: "days",
    format: "number",
    lanes,
    series: [],
    group: { name: "life cycle", gutter },
  });
  return section(
    "lifecycle",
    "Life cycle",
    timeline.replace("</figcaption>", `</figcaption>${laneKey()}`),
    rows.length === 0
      ? "<p>No pod changed its state.</p>"
      : table("Every change, and why", ["Date", "Pod", "Change", "Why"], rows, {
          id: "changes",
          textFrom: 1,
          long: true,
        }),
  );
}
