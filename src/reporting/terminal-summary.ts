import type { Metric } from "../analytics/metric.ts";
import type { OrchestratedResult } from "../orchestrator/result.ts";
import { amount, metric, percent, signedPercent } from "./format.ts";
import { type Pen, penOf, type ReportStyle } from "./pen.ts";
import { syntheticBanner } from "./sections/header.ts";
import { podsSection } from "./sections/pods.ts";
import { warningsSection } from "./sections/warnings.ts";
import { renderTable } from "./table.ts";
import { wrap } from "./text-width.ts";

/** The end of a run in a screenful: portfolio beside buy and hold, pods, warnings, result hash. Width as in renderReport. */
export function renderSummary(result: OrchestratedResult, style: ReportStyle): string {
  const pen = penOf(style);
  const blocks = [
    syntheticBanner(result, pen),
    headline(result, pen),
    figures(result, pen),
    podsSection(result, pen),
    warningsSection(result, pen),
    wrap(`Result ${result.header.result_hash}`, pen.width).map(pen.faint).join("\n"),
  ];
  return `${blocks.filter((block) => block !== null).join("\n\n")}\n`;
}

function headline({ header }: OrchestratedResult, pen: Pen): string {
  const { range, timeframe, status } = header;
  const text = `${range.start} to ${range.end}, ${timeframe} bars: ${status}`;
  return wrap(text, pen.width).map(pen.title).join("\n");
}

function figures({ portfolio, benchmark }: OrchestratedResult, pen: Pen): string {
  const row = (label: string, own: Metric, held: Metric, print: (value: number) => string): string[] => [
    label,
    metric(own, print),
    metric(held, print),
  ];
  return renderTable(
    [
      { title: "" },
      { title: "Portfolio", align: "right", wraps: true },
      { title: "Buy and hold", align: "right", wraps: true },
    ],
    [
      ["Final equity", amount(portfolio.end_equity), amount(benchmark.end_equity)],
      row("Total return", portfolio.total_return, benchmark.total_return, signedPercent),
      row("Sharpe ratio", portfolio.sharpe_ratio, benchmark.sharpe_ratio, amount),
      row("Max drawdown", portfolio.max_drawdown, benchmark.max_drawdown, percent),
    ],
    pen,
  );
}
