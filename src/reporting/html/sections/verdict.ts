import type { OrchestratedResult } from "../../../orchestrator/result.ts";
import { amount, count, percent, signedPercent } from "../../format.ts";
import { escapeHtml, metricCell, section, table } from "../markup.ts";

/** The top of the page: what the run says in one sentence, its key numbers, and everything that identifies it. */
export function verdict(result: OrchestratedResult): string {
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
  return `<header>${badge}<p class="eyebrow">${escapeHtml(`${header.range.start} to ${header.range.end} · ${header.timeframe} · mcbot ${header.mcbot_version}`)}</p>
<h1>${escapeHtml(sentence(result))}</h1><dl class="tiles">${tiles.join("")}</dl>
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

/** Hashes, coverage and assumptions: enough to make the run again. */
export function identity({ header }: OrchestratedResult): string {
  const { costs, coverage, orchestration } = header;
  const facts = [
    ["Run id", header.run_id],
    ["Config hash", header.config_hash],
    ["Data hash", header.data_hash],
    ["Result hash", header.result_hash],
    ["Market", header.market.label],
    ["Costs", `${costs.cost_bps} bps fee, ${costs.slippage_bps} bps slippage, netting ${costs.netting}`],
    ["Impact", costs.impact_bps === null ? "none" : `${costs.impact_bps} bps at a volume share of 1`],
    ["Funding", header.funding.mode],
    ["False retirement rate", orchestration?.false_retirement_rate ?? "n/a: no orchestrator"],
  ].map(([name = "", value = ""]) => [escapeHtml(name), `<code>${escapeHtml(value)}</code>`]);
  const rows = coverage.map((row) => [
    escapeHtml(row.symbol),
    escapeHtml(row.first ?? "no bar"),
    escapeHtml(row.last ?? "no bar"),
    count(row.bars),
    count(row.warmup_bars),
    count(row.missing_slices),
  ]);
  return section(
    "identity",
    "What exactly was run",
    table("Hashes and assumptions", ["What", "Value"], facts, "facts", 1),
    table("Coverage", ["Symbol", "First bar", "Last bar", "Bars", "Warm-up", "Missing"], rows),
  );
}
