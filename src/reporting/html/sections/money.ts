import { ATTRIBUTION_COLUMNS, type AttributionRow } from "../../../analytics/attribution.ts";
import { MICRO } from "../../../analytics/exact-decimal.ts";
import type { OrchestratedResult } from "../../../orchestrator/result.ts";
import { amount, change } from "../../format.ts";
import type { ReportInput } from "../input.ts";
import { escapeHtml, metricCell, section, table } from "../markup.ts";

const HEAD = ["Pod", "Start", "Transfers", "Realised", "Unrealised", "Fees", "Funding", "End"];

/** What trading cost, and the table that sums to the account. */
export function money({ result: { costs, attribution } }: ReportInput): string {
  const bridge = [
    ["P&amp;L before costs", change(costs.pnl_before_costs)],
    ["Fees", change(-costs.fees)],
    ["Slippage", change(-costs.slippage)],
    ["Funding", metricCell(costs.funding, (paid) => change(-paid))],
    ["P&amp;L", `<strong>${change(costs.pnl)}</strong>`],
    ["Spared by netting (not in the sum)", change(costs.netting_saving)],
  ];
  const rows = [
    ...attribution.pods.map((row) => [escapeHtml(row.pod_id), ...cells(row)]),
    ["Reserve", ...cells(attribution.reserve)],
    ["<strong>Account</strong>", ...cells(attribution.account)],
  ];
  return section(
    "money",
    "Where the money came from and went",
    `<div class="two">${table("Cost bridge, gross to net", ["Step", "Quote units"], bridge, { id: "bridge" })}${bars(costs)}</div>`,
    table("Attribution: every column sums to the account", HEAD, rows, { id: "attribution" }),
  );
}

function cells(row: AttributionRow): string[] {
  return ATTRIBUTION_COLUMNS.map((column) => amount(row[column] / MICRO));
}

/** The bridge as a waterfall: each bar begins where the one before ended. */
function bars({ pnl_before_costs: gross, fees, slippage, funding, pnl }: OrchestratedResult["costs"]): string {
  const steps: [string, number, number][] = [["gross", 0, gross]];
  let level = gross;
  for (const [name, cost] of [
    ["fees", fees],
    ["slippage", slippage],
    ...(funding.value === null ? [] : [["funding", funding.value] as const]),
  ] as const) {
    steps.push([name, level, level - cost]);
    level -= cost;
  }
  steps.push(["net", 0, pnl]);
  const ends = steps.flatMap(([, from, to]) => [from, to]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const y = (value: number): number => 10 + (160 * (high - value)) / (high - low || 1);
  const marks = steps.map(([name, from, to], i) => {
    const top = Math.min(y(from), y(to));
    const height = Math.max(1, Math.abs(y(from) - y(to)));
    return `<rect class="bar ${to < from ? "minus" : "plus"}" x="${i * 80 + 8}" y="${top.toFixed(1)}" width="64" height="${height.toFixed(1)}"><title>${name}: ${amount(to - from)}</title></rect><text x="${i * 80 + 40}" y="190" text-anchor="middle">${name}</text>`;
  });
  return `<figure><figcaption>Gross to net</figcaption><svg viewBox="0 0 400 196" role="img" aria-label="Waterfall from gross to net P&amp;L">${marks.join("")}</svg></figure>`;
}
