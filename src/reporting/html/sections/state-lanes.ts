import { DAY_MS } from "../../../market/timeframe.ts";
import type { OrchestratedResult } from "../../../orchestrator/result.ts";
import type { LifecycleState } from "../../../orchestrator/settings.ts";
import { STATE_LETTER, STATE_SHORT } from "../../lifecycle-words.ts";
import { type ChartLane, secondsOf } from "../chart.ts";

/** The phases of each pod over time; empty in a run without an orchestrator. */
export function lanesOf({ header, pods, days }: OrchestratedResult): ChartLane[] {
  const end = secondsOf(days.date.at(-1) ?? "") + DAY_MS / 1000;
  if (header.orchestration === null || Number.isNaN(end)) return [];
  return pods.map(({ pod_id, states }) => ({
    label: pod_id,
    spells: states.map(({ state, from, to }) => ({
      from: secondsOf(from),
      to: to === null ? end : secondsOf(to),
      state,
      letter: STATE_LETTER[state],
    })),
  }));
}

/** What the colours and letters of lanes mean. */
export function laneKey(): string {
  const states = (Object.keys(STATE_SHORT) as LifecycleState[]).map(
    (state) =>
      `<span class="key"><span class="state ${state}">${STATE_LETTER[state]}</span> ${STATE_SHORT[state]}</span>`,
  );
  return `<p class="note">${states.join(" ")}</p>`;
}
