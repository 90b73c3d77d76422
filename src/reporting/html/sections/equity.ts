import type { OrchestratedResult } from "../../../orchestrator/result.ts";
import { type ChartBand, chart, secondsOf } from "../chart.ts";
import { section } from "../markup.ts";

/** Equity against buy and hold, the drawdown below, with the bands of halts. */
export function equity({ days, portfolio, risk_events }: OrchestratedResult): string {
  const x = days.date.map(secondsOf);
  const last = x.at(-1) ?? 0;
  const bands = risk_events.flatMap((event): ChartBand[] =>
    event.kind === "halt"
      ? [
          {
            from: secondsOf(event.begin),
            to: event.end === null ? last : secondsOf(event.end),
            kind: "halt",
            label: `halt: ${event.reason}`,
          },
        ]
      : [],
  );
  const log = [...days.portfolio, ...days.benchmark].every((value) => value === null || value > 0);
  const scale = log ? "log scale" : "linear: a value is not positive";
  return section(
    "equity",
    "Equity and drawdown",
    chart({
      title: `Equity against buy and hold (${scale})`,
      x,
      format: "money",
      log,
      bands,
      series: [
        { label: "portfolio", values: days.portfolio, color: 0 },
        { label: "buy and hold", values: days.benchmark, color: -1, dash: true },
      ],
    }),
    chart({
      title: "Drawdown (hatched: the account was halted)",
      x,
      format: "percent",
      bands,
      series: [{ label: "drawdown", values: drawdowns(days.portfolio, portfolio.start_equity), color: 1, fill: true }],
    }),
  );
}

export function drawdowns(values: readonly number[], start: number): (number | null)[] {
  let high = start;
  return values.map((value) => {
    high = Math.max(high, value);
    return high > 0 ? value / high - 1 : null;
  });
}
