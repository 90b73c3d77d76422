import type { Metric } from "../../analytics/metric.ts";
import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { amount, change, count, percent, signedPercent } from "../format.ts";
import { STATE_SHORT } from "../lifecycle-words.ts";
import type { Pen } from "../pen.ts";
import { renderTable } from "../table.ts";
import { plain, wrap } from "../text-width.ts";

/** One line per pod; reasons of missing values stand below, numbered, because the columns are narrow. */
export function podsSection({ pods }: OrchestratedResult, pen: Pen): string {
  const reasons: string[] = [];
  const cell = ({ value, reason = "no reason given" }: Metric, print: (value: number) => string): string => {
    if (value !== null) return print(value);
    if (!reasons.includes(reason)) reasons.push(reason);
    return `n/a (${reasons.indexOf(reason) + 1})`;
  };
  const hasStates = pods.some(({ state }) => state !== null);
  const rows = pods.map(({ pod_id, strategy, state, performance, capital_fraction, fees, netting_saving }) => [
    plain(pod_id),
    ...(hasStates ? [state === null ? "" : STATE_SHORT[state]] : []),
    plain(strategy),
    percent(capital_fraction),
    amount(performance.current_equity),
    tinted(cell(performance.total_return, signedPercent), performance.total_return, pen),
    cell(performance.sharpe_ratio, amount),
    cell(performance.max_drawdown, percent),
    cell(performance.calmar_ratio, amount),
    cell(performance.rolling_volatility, percent),
    cell(performance.win_rate, percent),
    count(performance.trade_count),
    amount(fees),
    change(netting_saving),
  ]);
  const table = renderTable(
    [
      { title: "Pod" },
      ...(hasStates ? [{ title: "State" }] : []),
      { title: "Strategy", optional: 4 },
      { title: "Capital", align: "right" },
      { title: "Equity", align: "right", optional: 2 },
      { title: "Return", align: "right" },
      { title: "Sharpe", align: "right" },
      { title: "Max DD", align: "right" },
      { title: "Calmar", align: "right", optional: 5 },
      { title: "Vol 30d", align: "right", optional: 6 },
      { title: "Win", align: "right", optional: 7 },
      { title: "Trades", align: "right", optional: 1 },
      { title: "Fees", align: "right", optional: 8 },
      { title: "Netting", align: "right", optional: 3 },
    ],
    rows,
    pen,
  );
  const notes = reasons.flatMap((reason, i) => wrap(`(${i + 1}) ${plain(reason)}`, pen.width));
  return [table, ...notes.map(pen.faint)].join("\n");
}

function tinted(text: string, { value }: Metric, pen: Pen): string {
  if (value === null || value === 0) return text;
  return value > 0 ? pen.good(text) : pen.bad(text);
}
