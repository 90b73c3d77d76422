import type { AllocationHistoryEntry } from "../../analytics/orchestration/allocation-history.ts";
import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { percent, plural } from "../format.ts";
import { labelledLine, labelWidth } from "../labelled-line.ts";
import { STATE_SHORT } from "../lifecycle-words.ts";
import type { Pen } from "../pen.ts";
import { scaleOf, sparkline } from "../sparkline.ts";
import { renderTable } from "../table.ts";
import { plain, wrap } from "../text-width.ts";

type Fractions = readonly (number | null)[];

/** How capital was divided at the end and on the way there. Null in a run without an orchestrator. */
export function allocationSection(result: OrchestratedResult, pen: Pen): string | null {
  const { header, pods, days } = result;
  if (header.orchestration === null || days.date.length === 0) return null;
  const named: [name: string, fractions: Fractions][] = [
    ...pods.map(({ pod_id, fractions }): [string, Fractions] => [pod_id, fractions]),
    ["reserve", days.reserve_fraction],
  ];
  const note = wrap(runsLine(result), pen.width).map(pen.faint).join("\n");
  return [finalTable(result, pen), curves(named, pen), note].join("\n\n");
}

function finalTable({ pods, days, prc_history }: OrchestratedResult, pen: Pen): string {
  const share = (value: number | null | undefined): string =>
    value === null || value === undefined ? "n/a" : percent(value);
  const rows = pods.map(({ pod_id, state, fractions, target_fraction }) => [
    plain(pod_id),
    state === null ? "" : STATE_SHORT[state],
    share(fractions.at(-1)),
    share(target_fraction),
    share(prc_history.shares[pod_id]?.at(-1)),
    ...extremes(fractions),
  ]);
  const reserve = days.reserve_fraction;
  return renderTable(
    [
      { title: "Pod" },
      { title: "State", optional: 1 },
      { title: "Capital", align: "right" },
      { title: "Target", align: "right" },
      { title: "Of risk", align: "right" },
      { title: "Lowest", align: "right", optional: 2 },
      { title: "Highest", align: "right", optional: 3 },
    ],
    [...rows, ["reserve", "", share(reserve.at(-1)), "", "", ...extremes(reserve)]],
    pen,
  );
}

function extremes(fractions: Fractions): [string, string] {
  const known = fractions.filter((value) => value !== null);
  if (known.length === 0) return ["n/a", "n/a"];
  return [percent(known.reduce((a, b) => Math.min(a, b))), percent(known.reduce((a, b) => Math.max(a, b)))];
}

/** Each from 0 to its own highest: on one scale the reserve would flatten the pods. */
function curves(named: readonly (readonly [string, Fractions])[], pen: Pen): string {
  const label = labelWidth(
    named.map(([name]) => name),
    pen,
  );
  const lines = named.map(([name, fractions]) => {
    const values = fractions.map((value) => value ?? 0);
    const scale = { low: 0, high: scaleOf(values).high };
    return labelledLine(name, sparkline(values, pen.width - label, scale, pen.unicode), label, pen);
  });
  const caption = "Share of the equity at each close, from 0 to the highest of each line";
  return [...wrap(caption, pen.width).map(pen.faint), ...lines].join("\n");
}

function runsLine({ header, allocation_history }: OrchestratedResult): string {
  const { allocation_runs: runs = 0, capital_moves: moves = 0 } = header.orchestration ?? {};
  const last = allocation_history.at(-1);
  if (last === undefined) return "The allocator did not run.";
  return `${plural(runs, "run")} of the allocator, ${moves} moved capital. Last ${describe(last)}. mcbot explain allocation says why.`;
}

function describe({ date, triggers, method, moved, fallback }: AllocationHistoryEntry): string {
  const how = method === null ? "too few pods to weigh" : `${method}${fallback ? " as a fallback" : ""}`;
  return `${date} (${triggers.join(", ")}): ${how}, ${moved ? "capital moved" : "nothing moved"}`;
}
