import { correlation } from "../../../analytics/correlation.ts";
import { MICRO } from "../../../analytics/exact-decimal.ts";
import type { OrchestratedResult, PodResult } from "../../../orchestrator/result.ts";
import { amount, change, count, percent, signedPercent } from "../../format.ts";
import { STATE_SHORT } from "../../lifecycle-words.ts";
import { chart } from "../chart.ts";
import type { ReportInput } from "../input.ts";
import { escapeHtml, heatCell, metricCell, section, table } from "../markup.ts";
import { fallsOf } from "./equity.ts";

const HEAD = [
  ...["Pod", "Strategy", "State", "Capital", "P&L", "Return", "Volatility", "Sharpe", "Max drawdown", "Win rate"],
  ...["Trades", "Netting saved"],
];

const NOTE = "Each index is compounded from the pod's recorded returns and begins at 1.";
/** A day that the account did not live to see the end of is nobody's return. */
const LIQUIDATED =
  " Returns and ratios of pods end with the last whole day: what the liquidation took is in their P&amp;L alone.";

/** One row and two small charts per pod; capital that moves does not move the index. */
export function pods({ result, podId }: ReportInput): string {
  const { pods: all, attribution } = result;
  const rows = all.map((pod, p) => {
    const { performance } = pod;
    return [
      escapeHtml(pod.pod_id),
      escapeHtml(pod.strategy),
      pod.state === null ? "-" : STATE_SHORT[pod.state],
      percent(pod.capital_fraction),
      change(pnlOf(attribution.pods[p])),
      metricCell(performance.total_return, signedPercent),
      metricCell(performance.volatility, percent),
      metricCell(performance.sharpe_ratio, amount),
      metricCell(performance.max_drawdown, percent),
      metricCell(performance.win_rate, percent),
      count(performance.trade_count),
      change(pod.netting_saving),
    ];
  });
  const shown = all.flatMap((pod, p) => (podId === undefined || pod.pod_id === podId ? [podCharts(pod, p)] : []));
  return section(
    "pods",
    all.length === 1 ? "The pod" : "Pods",
    table("By pod", HEAD, rows, { id: "pod-table" }),
    `<p class="note">${NOTE}${result.header.liquidation === null ? "" : LIQUIDATED}</p><div class="grid">${shown.join("")}</div>`,
    all.length < 2 ? "" : correlations(all),
  );
}

function pnlOf(row: OrchestratedResult["attribution"]["pods"][number] | undefined): number {
  return row === undefined ? 0 : (row.end_micro - row.start_micro - row.transfers_micro) / MICRO;
}

function podCharts(pod: PodResult, p: number): string {
  const index = indexOf(pod);
  // A pod that has no return any more, a retired one for example, stays where it was.
  const falls = fallsOf(carried(index, 1), 1);
  const group = { name: `pod ${p}`, gutter: 0 };
  const shared = { x: "days", size: "small", group } as const;
  return `<div>${chart({
    ...shared,
    title: pod.pod_id,
    format: "number",
    series: [{ label: "index", values: index, color: p }],
  })}${chart({
    ...shared,
    title: `${pod.pod_id}: drawdown`,
    format: "percent",
    series: [{ label: "drawdown", values: falls, color: p, fill: true }],
  })}</div>`;
}

function indexOf({ returns }: PodResult): (number | null)[] {
  let level = 1;
  return returns.map((value) => {
    if (value === null) return null;
    level *= 1 + value;
    return level;
  });
}

/** The last known value in place of each gap. */
function carried(values: readonly (number | null)[], start: number): number[] {
  let last = start;
  return values.map((value) => {
    last = value ?? last;
    return last;
  });
}

function correlations(all: readonly PodResult[]): string {
  const head = ["Pod", ...all.map((_, p) => String(p + 1))];
  const rows = all.map((a, p) => [
    `${p + 1} ${escapeHtml(a.pod_id)}`,
    ...all.map((b) => {
      const value = a === b ? 1 : correlation(a.returns, b.returns);
      if (value === null) return `<span class="na" title="fewer than 20 common days, or no movement">n/a</span>`;
      return heatCell(amount(value), value, Math.abs(value));
    }),
  ]);
  return table("Correlation of daily returns", head, rows, { id: "correlation" });
}
