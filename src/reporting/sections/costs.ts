import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { change, metric, plural, signedPercent } from "../format.ts";
import type { Pen } from "../pen.ts";
import { renderTable } from "../table.ts";
import { wrap } from "../text-width.ts";

/** From the P&L before costs to the P&L, and what netting spared. */
export function costsSection({ costs, portfolio, orders, fills, stops }: OrchestratedResult, pen: Pen): string {
  const capital = portfolio.start_equity;
  const { funding } = costs;
  const row = (label: string, value: number): string[] => [
    label,
    change(value),
    capital > 0 ? signedPercent(value / capital) : "",
  ];
  const table = renderTable(
    [{ title: "" }, { title: "Amount", align: "right", wraps: true }, { title: "Of capital", align: "right" }],
    [
      row("P&L before costs", costs.pnl_before_costs),
      row("  fees", 0 - costs.fees),
      row("  slippage", 0 - costs.slippage),
      funding.value === null ? ["  funding", metric(funding, change), ""] : row("  funding", 0 - funding.value),
      row("P&L", costs.pnl),
      row("Spared by netting", costs.netting_saving),
    ],
    pen,
  );
  const work = [
    `Orders: ${orders.placed} placed, ${orders.crossed} crossed inside, ${orders.skipped} skipped, ${orders.stop} stop exits.`,
    `${plural(fills.executions, "execution")} in ${plural(fills.parts, "part")}; ${plural(stops, "stop")} reached.`,
  ];
  return [table, ...wrap(work.join(" "), pen.width).map(pen.faint)].join("\n");
}
