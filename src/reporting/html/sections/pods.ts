import { correlation } from "../../../analytics/correlation.ts";
import type { OrchestratedResult, PodResult } from "../../../orchestrator/result.ts";
import { amount, count, percent, signedPercent } from "../../format.ts";
import { STATE_SHORT } from "../../lifecycle-words.ts";
import { chart, secondsOf } from "../chart.ts";
import { escapeHtml, metricCell, section, table } from "../markup.ts";
import { drawdowns } from "./equity.ts";

/** One row and two small charts per pod; capital that moves does not move the index. */
export function pods({ pods: all, days }: OrchestratedResult, podId: string | undefined): string {
  const x = days.date.map(secondsOf);
  const rows = all.map((pod) => {
    const { performance } = pod;
    return [
      escapeHtml(pod.pod_id),
      escapeHtml(pod.strategy),
      pod.state === null ? "-" : STATE_SHORT[pod.state],
      percent(pod.capital_fraction),
      metricCell(performance.total_return, signedPercent),
      metricCell(performance.sharpe_ratio, amount),
      metricCell(performance.max_drawdown, percent),
      count(performance.trade_count),
    ];
  });
  const shown = all.flatMap((pod, p) => (podId === undefined || pod.pod_id === podId ? [{ pod, p }] : []));
  const charts = shown.map(({ pod, p }) => {
    const index = indexOf(pod);
    // A pod that has no return any more, a retired one for example, stays where it was.
    const falls = drawdowns(carried(index, 1), 1);
    return [
      chart({
        title: pod.pod_id,
        x,
        format: "number",
        small: true,
        series: [{ label: "index", values: index, color: p }],
      }),
      chart({
        title: `${pod.pod_id}: drawdown`,
        x,
        format: "percent",
        small: true,
        series: [{ label: "drawdown", values: falls, color: p, fill: true }],
      }),
    ].join("");
  });
  return section(
    "pods",
    "Pods",
    table(
      "Pods",
      ["Pod", "Strategy", "State", "Capital", "Return", "Sharpe", "Max drawdown", "Trades"],
      rows,
      "pod-table",
    ),
    `<p class="note">Each index is compounded from the pod's recorded returns and begins at 1.</p><div class="grid">${charts.join("")}</div>`,
    correlations(all),
  );
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

/** Numbers are printed in every cell: the shade is not the only signal. */
function correlations(all: readonly PodResult[]): string {
  const head = ["Pod", ...all.map((_, p) => String(p + 1))];
  const rows = all.map((a, p) => [
    `${p + 1} ${escapeHtml(a.pod_id)}`,
    ...all.map((b) => {
      const value = a === b ? 1 : correlation(a.returns, b.returns);
      if (value === null) return `<span class="na" title="fewer than 20 common days, or no movement">n/a</span>`;
      return `<span class="heat ${value < 0 ? "minus" : "plus"}" style="--heat:${Math.abs(value).toFixed(2)}">${amount(value)}</span>`;
    }),
  ]);
  return table("Correlation of daily returns", head, rows, "correlation");
}
