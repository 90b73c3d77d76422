import type { StateSpell } from "../../analytics/orchestration/state-history.ts";
import type { OrchestratedResult } from "../../orchestrator/result.ts";
import type { LifecycleState } from "../../orchestrator/settings.ts";
import { count, plural } from "../format.ts";
import { labelledLine, labelWidth } from "../labelled-line.ts";
import { causeOf, STATE_LETTER } from "../lifecycle-words.ts";
import type { Pen } from "../pen.ts";
import { renderTable } from "../table.ts";
import { plain, wrap } from "../text-width.ts";

/** A report is read, a file is searched: more transitions than this are in lifecycle.csv. */
const MOST_TRANSITIONS = 40;

/** The states of each pod over time and every change with its reason. Null in a run without an orchestrator. */
export function lifecycleSection({ header, pods, lifecycle_events }: OrchestratedResult, pen: Pen): string | null {
  if (header.orchestration === null || pods.every(({ states }) => states.length === 0)) return null;
  const label = labelWidth(
    pods.map(({ pod_id }) => pod_id),
    pen,
  );
  const timelines = pods.map(({ pod_id, states }) => {
    const spent = wrap(states.map(spellText).join(", "), pen.width - label);
    return [
      labelledLine(pod_id, band(states, pen.width - label), label, pen),
      ...spent.map((line) => pen.faint(`${" ".repeat(label)}${line}`)),
    ].join("\n");
  });
  return [timelines.join("\n"), legend(pen), transitions(lifecycle_events, pen)].join("\n\n");
}

function spellText({ state, days }: StateSpell): string {
  return `${state} ${count(days)} d`;
}

/** One letter per column for the state at the end of its share of the days. */
export function band(states: readonly StateSpell[], width: number): string {
  const total = states.reduce((sum, { days }) => sum + days, 0);
  const columns = Math.min(width, total);
  let line = "";
  let spell = 0;
  let end = states[0]?.days ?? 0;
  for (let i = 1; i <= columns; i++) {
    const day = Math.floor((i * total) / columns);
    while (day > end && spell < states.length - 1) end += states[++spell]?.days ?? 0;
    line += STATE_LETTER[states[spell]?.state as LifecycleState];
  }
  return line;
}

function legend(pen: Pen): string {
  const entries = Object.entries(STATE_LETTER).map(([state, letter]) => `${letter} ${state}`);
  return wrap(entries.join(", "), pen.width).map(pen.faint).join("\n");
}

function transitions(events: OrchestratedResult["lifecycle_events"], pen: Pen): string {
  if (events.length === 0) return "No pod changed its state.";
  const shown = events.slice(-MOST_TRANSITIONS);
  const table = renderTable(
    [{ title: "Date" }, { title: "Pod" }, { title: "To" }, { title: "Why", wraps: true }],
    shown.map(({ date, pod_id, to, reason, criteria }) => [date, plain(pod_id), to, causeOf(reason, criteria)]),
    pen,
  );
  const hidden = events.length - shown.length;
  if (hidden === 0) return table;
  const note = `${plural(hidden, "earlier change")} in lifecycle.csv`;
  return `${pen.faint(note)}\n${table}`;
}
