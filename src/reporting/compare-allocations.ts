import type { AllocationComparison } from "../engine/compare-allocations.ts";
import { amount, count, metric, percent, signedPercent } from "./format.ts";
import { penOf, type ReportStyle } from "./pen.ts";
import { renderTable } from "./table.ts";
import { wrap } from "./text-width.ts";

/** The same pods under each method, as a table; a star marks the config's own. */
export function renderComparison({ configured, methods }: AllocationComparison, style: ReportStyle): string {
  const pen = penOf(style);
  const table = renderTable(
    [
      { title: "Allocation" },
      { title: "Return", align: "right" },
      { title: "Sharpe", align: "right" },
      { title: "Max DD", align: "right" },
      { title: "Turnover", align: "right", optional: 2 },
      { title: "Costs", align: "right", optional: 1 },
      { title: "Final equity", align: "right" },
      { title: "Moves", align: "right", optional: 3 },
      { title: "Halts", align: "right", optional: 4 },
      { title: "Alive", align: "right", optional: 5 },
    ],
    methods.map((row) => [
      `${row.allocation_method}${row.allocation_method === configured ? " *" : ""}`,
      metric(row.total_return, signedPercent),
      metric(row.sharpe_ratio, amount),
      metric(row.max_drawdown, percent),
      metric(row.turnover, (times) => `${amount(times)} x`),
      amount(row.costs),
      amount(row.final_equity),
      count(row.capital_moves),
      count(row.halts),
      count(row.pods_alive),
    ]),
    pen,
  );
  const note =
    "* the method of the config. Same pods, same prices; turnover per year; costs are fees and slippage; moves are allocation runs that moved capital. A difference inside one period is not evidence that a method is better.";
  return `${[table, ...wrap(note, pen.width).map(pen.faint)].join("\n")}\n`;
}
