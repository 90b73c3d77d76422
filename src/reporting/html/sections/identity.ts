import type { OrchestratedResult } from "../../../orchestrator/result.ts";
import { count } from "../../format.ts";
import type { ReportInput } from "../input.ts";
import { escapeHtml, section, table } from "../markup.ts";

/** Hashes, coverage and assumptions: enough to make the run again. */
export function identity({ result: { header } }: ReportInput): string {
  const { costs, coverage, orchestration, funding } = header;
  const facts = [
    ["Run id", header.run_id],
    ["Config hash", header.config_hash],
    ["Data hash", header.data_hash],
    ["Result hash", header.result_hash],
    ["Market", header.market.label],
    ["Costs", `${costs.cost_bps} bps fee, ${costs.slippage_bps} bps slippage, netting ${costs.netting}`],
    ["Impact", costs.impact_bps === null ? "none" : `${costs.impact_bps} bps at a volume share of 1`],
    ["Funding", funding.mode],
    ["False retirement rate", orchestration?.false_retirement_rate ?? "n/a: no orchestrator"],
  ].map(([name = "", value = ""]) => [escapeHtml(name), `<code>${escapeHtml(value)}</code>`]);
  const rows = coverage.map((row) => [
    escapeHtml(row.symbol),
    minute(row.first) ?? "no bar",
    minute(row.last) ?? "no bar",
    count(row.bars),
    count(row.warmup_bars),
    count(row.missing_slices),
  ]);
  return section(
    "identity",
    "What exactly was run",
    table("Hashes and assumptions", ["What", "Value"], facts, { id: "facts", textFrom: 1 }),
    table("Coverage of bars", ["Symbol", "First bar", "Last bar", "Bars", "Warm-up", "Missing"], rows, {
      id: "coverage",
    }),
    ...fundingRows(funding),
  );
}

function fundingRows({ mode, coverage }: OrchestratedResult["header"]["funding"]): string[] {
  if (mode === "none") return [];
  const rows = coverage.map(({ symbol, first, last, rates, longest_gap_hours, gaps }) => [
    escapeHtml(symbol),
    minute(first) ?? "no rate",
    minute(last) ?? "no rate",
    count(rates),
    longest_gap_hours === null ? "n/a" : `${count(longest_gap_hours)} h`,
    gaps.length === 0 ? "no" : escapeHtml(gaps.join(", ").toLowerCase().replaceAll("_", " ")),
  ]);
  return [
    table("Coverage of funding rates", ["Symbol", "First", "Last", "Rates", "Longest gap", "Missing"], rows, {
      id: "funding",
    }),
  ];
}

/** "2024-01-01T00:00:00.000Z" → "2024-01-01 00:00", escaped by having nothing to escape. */
function minute(iso: string | null): string | null {
  return iso === null ? null : escapeHtml(iso.slice(0, 16).replace("T", " "));
}
