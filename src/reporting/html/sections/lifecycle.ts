import type { OrchestratedResult, PodResult } from "../../../orchestrator/result.ts";
import type { LifecycleState } from "../../../orchestrator/settings.ts";
import { causeOf, STATE_LETTER, STATE_SHORT } from "../../lifecycle-words.ts";
import { secondsOf } from "../chart.ts";
import { escapeHtml, na, section, table } from "../markup.ts";

/** Bands of states over time, each with its letter, and every change with its reason. */
export function lifecycle({ header, pods, days, lifecycle_events: events }: OrchestratedResult): string {
  if (header.orchestration === null) return section("lifecycle", "Life cycle", na("the run has no orchestrator"));
  const rows = events.map((event) => [
    event.date,
    escapeHtml(event.pod_id),
    `${STATE_SHORT[event.from]} → ${STATE_SHORT[event.to]}`,
    escapeHtml(causeOf(event.reason, event.criteria)),
  ]);
  const [first, last] = [secondsOf(days.date[0] ?? ""), secondsOf(days.date.at(-1) ?? "") + 86_400];
  const lines = pods.map((pod) => line(pod, first, last));
  const key = (Object.keys(STATE_SHORT) as LifecycleState[]).map(
    (state) => `<span class="state ${state}">${STATE_LETTER[state]}</span> ${STATE_SHORT[state]}`,
  );
  return section(
    "lifecycle",
    "Life cycle",
    `<figure><figcaption>States over time</figcaption><p class="note">${key.join(" &nbsp; ")}</p><div class="timeline">${lines.join("")}</div></figure>`,
    rows.length === 0
      ? "<p>No pod changed its state.</p>"
      : table("Changes", ["Date", "Pod", "Change", "Why"], rows, "changes", 1),
  );
}

function line({ pod_id, states }: PodResult, first: number, last: number): string {
  const spells = states.map(({ state, from, to, days }) => {
    const left = (100 * (secondsOf(from) - first)) / (last - first);
    const width = (100 * ((to === null ? last : secondsOf(to)) - secondsOf(from))) / (last - first);
    return `<span class="state ${state}" style="left:${left.toFixed(2)}%;width:${width.toFixed(2)}%" title="${state}, ${days} days from ${from}">${STATE_LETTER[state]}</span>`;
  });
  return `<b>${escapeHtml(pod_id)}</b><div>${spells.join("")}</div>`;
}
