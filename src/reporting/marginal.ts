import type { Metric } from "../analytics/metric.ts";
import type { MarginalRow } from "../engine/marginal.ts";
import { amount, change, metric, percent, points, signedPercent } from "./format.ts";
import { penOf, type ReportStyle } from "./pen.ts";
import { renderTable } from "./table.ts";
import { plain, wrap } from "./text-width.ts";

/** The portfolio without each pod, and what the pod adds: whole less the rest. */
export function renderMarginal([whole, ...rest]: readonly MarginalRow[], style: ReportStyle): string {
  const pen = penOf(style);
  if (whole === undefined) return "";
  const row = (name: string, each: MarginalRow): string[] => [
    name,
    metric(each.total_return, signedPercent),
    adds(whole.total_return, each.total_return, points),
    metric(each.sharpe_ratio, amount),
    adds(whole.sharpe_ratio, each.sharpe_ratio, change),
    metric(each.max_drawdown, percent),
    adds(whole.max_drawdown, each.max_drawdown, points),
    amount(each.final_equity),
  ];
  const right = (title: string, optional?: number) =>
    ({ title, align: "right", ...(optional === undefined ? {} : { optional }) }) as const;
  const table = renderTable(
    [
      { title: "Without", wraps: true },
      right("Return"),
      right("pod adds"),
      right("Sharpe"),
      right("pod adds"),
      right("Max DD"),
      right("pod adds"),
      right("Final equity", 1),
    ],
    [
      row("(nothing: all pods)", whole).map((cell, i) => (i % 2 === 0 && i > 0 ? "" : cell)),
      ...rest.map((each) => row(plain(each.left_out ?? ""), each)),
    ],
    pen,
  );
  const note =
    rest.length === 0
      ? "One pod: without it there is no portfolio."
      : 'Each row runs the other pods alone, over the same prices: capital, netting and risk limits are theirs. "pod adds" is all pods less the row; more drawdown is a loss. The parts do not sum to the whole, and a difference inside one period is not evidence that a pod is better or worse.';
  return `${[table, ...wrap(note, pen.width).map(pen.faint)].join("\n")}\n`;
}

function adds(whole: Metric, without: Metric, print: (value: number) => string): string {
  return whole.value === null || without.value === null ? "n/a" : print(whole.value - without.value);
}
