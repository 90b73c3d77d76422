import type { TransitionExplanation } from "../engine/explain-transition.ts";
import { amount, count, metric, percent, plural, signedPercent } from "./format.ts";
import { criterionCells, REASON_TEXT } from "./lifecycle-words.ts";
import { type Pen, penOf, type ReportStyle } from "./pen.ts";
import { renderTable } from "./table.ts";
import { plain, wrap } from "./text-width.ts";

/** Why a pod changed its state, as text: the numbers of the rule, the pod at that close, the way there. */
export function renderTransition(transition: TransitionExplanation, style: ReportStyle): string {
  const pen = penOf(style);
  const blocks = [
    heading(transition, pen),
    criteria(transition, pen),
    atClose(transition, pen),
    allStates(transition, pen),
  ];
  return `${blocks.filter((block) => block !== null).join("\n\n")}\n`;
}

function heading({ pod_id, from, to, date, reason, days_in_state }: TransitionExplanation, pen: Pen): string {
  const title = `${pod_id}: ${from} to ${to} at the close of ${date}`;
  const text = `${REASON_TEXT[reason]} (${reason}), after ${plural(days_in_state, "day")} in ${from}`;
  return [...wrap(plain(title), pen.width).map(pen.title), ...wrap(text, pen.width)].join("\n");
}

function criteria({ criteria: looked }: TransitionExplanation, pen: Pen): string | null {
  if (looked.length === 0) return null;
  return renderTable(
    [{ title: "The rule looked at", wraps: true }, { title: "Value", align: "right" }, { title: "Asked for" }],
    looked.map(criterionCells),
    pen,
  );
}

function atClose({ at_close: pod }: TransitionExplanation, pen: Pen): string {
  const share = (value: number | null): string => (value === null ? "n/a" : percent(value));
  return renderTable(
    [{ title: "The pod at that close" }, { title: "", align: "right", wraps: true }],
    [
      ["Live days", count(pod.live_days)],
      ["Return since the start", signedPercent(pod.total_return)],
      ["Drawdown", percent(pod.drawdown)],
      ["Largest drawdown", percent(pod.max_drawdown)],
      ["Sharpe ratio", metric(pod.sharpe_ratio, amount)],
      ["  last 60 days", metric(pod.sharpe_60, amount)],
      ["  last 180 days", metric(pod.sharpe_180, amount)],
      ["Capital the day before", share(pod.fraction_before)],
      ["Capital after transfers", share(pod.fraction_after)],
    ],
    pen,
  );
}

/** The state that was entered is marked. */
function allStates({ states, date }: TransitionExplanation, pen: Pen): string {
  const lines = states.flatMap(({ state, from, days, reason }) => {
    const mark = from === date && reason !== null ? ">" : " ";
    const text = `${from} ${state}, ${plural(days, "day")} (${reason ?? "start of the run"})`;
    return wrap(text, pen.width - 2).map((line, i) => `${i === 0 ? mark : " "} ${line}`);
  });
  return [pen.faint("All its states"), ...lines].join("\n");
}
