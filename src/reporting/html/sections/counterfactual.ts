import { amount, percent, plural, signedPercent } from "../../format.ts";
import type { ReportInput } from "../input.ts";
import { escapeHtml, metricCell, na, section, table } from "../markup.ts";

/** The same pods under each allocation method, and the portfolio without each pod. One strategy has neither. */
export function counterfactual({ result, counterfactual: part }: ReportInput): string | null {
  if (result.header.orchestration === null) return null;
  if (!part.ok) return section("counterfactual", "What if", na(part.reason));
  const { methods, marginal, seconds } = part.value;
  const byMethod = methods.methods.map((row) => [
    `${escapeHtml(row.allocation_method)}${row.allocation_method === methods.configured ? " (this run)" : ""}`,
    metricCell(row.total_return, signedPercent),
    metricCell(row.sharpe_ratio, amount),
    metricCell(row.max_drawdown, percent),
    amount(row.costs),
    amount(row.final_equity),
  ]);
  const byPod = marginal.map((row) => [
    row.left_out === null ? "all pods" : `without ${escapeHtml(row.left_out)}`,
    metricCell(row.total_return, signedPercent),
    metricCell(row.sharpe_ratio, amount),
    metricCell(row.max_drawdown, percent),
    amount(row.final_equity),
  ]);
  return section(
    "counterfactual",
    "What if",
    `<p class="note">${plural(byMethod.length + byPod.length, "further run")} over the same data, in ${amount(seconds, 1)} seconds.</p>`,
    table(
      "Each way to divide capital",
      ["Method", "Return", "Sharpe", "Max drawdown", "Costs", "Final equity"],
      byMethod,
      { id: "methods" },
    ),
    table("Leave one pod out", ["Portfolio", "Return", "Sharpe", "Max drawdown", "Final equity"], byPod, {
      id: "marginal",
    }),
  );
}
