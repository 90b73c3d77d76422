import type { OrchestratedResult } from "../../../orchestrator/result.ts";
import { amount, count, percent, plural, signedPercent } from "../../format.ts";
import type { ReportInput } from "../input.ts";
import { escapeHtml, metricCell } from "../markup.ts";

/** The top of the page: what the run says in one sentence, its key numbers, what it assumed, and its warnings. */
export function verdict({ result, podId }: ReportInput): string {
  const { header, portfolio, benchmark } = result;
  const { synthetic, label } = header.market;
  const badge = synthetic ? `<strong class="synthetic">${escapeHtml(label)}: invented prices</strong>` : "";
  const tiles = [
    ["Total return", metricCell(portfolio.total_return, signedPercent), "total_return"],
    ["Sharpe ratio", metricCell(portfolio.sharpe_ratio, amount), "sharpe_ratio"],
    ["Max drawdown", metricCell(portfolio.max_drawdown, percent), "max_drawdown"],
    ["CAGR", metricCell(portfolio.cagr, signedPercent), "cagr"],
    ["Volatility", metricCell(portfolio.volatility, percent), "volatility"],
    ["Final equity", amount(portfolio.end_equity), "end_equity"],
    ["Buy and hold", metricCell(benchmark.total_return, signedPercent), "benchmark_total_return"],
    ["Trades", count(portfolio.trade_count), "trade_count"],
  ].map(([name, value, key]) => `<div><dt>${name}</dt><dd data-metric="${key}">${value}</dd></div>`);
  const warnings = header.warnings.map((warning) => `<li>${escapeHtml(warning)}</li>`).join("");
  const only = podId === undefined ? "" : `<p class="note">Charts of pods: ${escapeHtml(podId)} alone.</p>`;
  return `<header>${badge}<p class="eyebrow">${escapeHtml(`${header.range.start} to ${header.range.end} · ${header.timeframe} · mcbot ${header.mcbot_version}`)}</p>
<h1>${escapeHtml(sentence(result))}</h1><dl class="tiles">${tiles.join("")}</dl>
<p class="note">${escapeHtml(assumptions(result))} Result <code>${header.result_hash.slice(0, 16)}</code>, <a href="#identity">all hashes and coverage</a>.</p>${only}
${warnings === "" ? "" : `<aside class="warnings"><h2>Warnings</h2><ul>${warnings}</ul></aside>`}</header>`;
}

function sentence({ header, portfolio, benchmark, orders }: OrchestratedResult): string {
  if (header.liquidation !== null) return `The account was liquidated on ${header.liquidation.slice.slice(0, 10)}.`;
  const own = portfolio.total_return.value;
  if (own === null) return "This run has no return to report.";
  if (portfolio.trade_count === 0 && orders.placed + orders.crossed === 0) return "Nothing was traded.";
  const held = benchmark.total_return.value;
  const against = held === null ? "" : `, where buy and hold ${held < 0 ? "lost" : "made"} ${percent(Math.abs(held))}`;
  return `${own < 0 ? "Lost" : "Made"} ${percent(Math.abs(own))}${against}.`;
}

function assumptions({ header, pods }: OrchestratedResult): string {
  const { costs, coverage, funding, bars } = header;
  const missing = coverage.reduce((sum, row) => sum + row.missing_slices, 0);
  return [
    `${plural(pods.length, "pod")} on ${plural(coverage.length, "symbol")}, ${plural(bars, "bar")}${missing === 0 ? " without a gap" : `, ${count(missing)} missing`};`,
    `${costs.cost_bps} bps fee, ${costs.slippage_bps} bps slippage,`,
    `funding ${funding.mode === "none" ? "not booked" : funding.mode.replace("_", " ")}.`,
  ].join(" ");
}
