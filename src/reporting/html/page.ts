import type { ReportAssets } from "./assets.ts";
import type { ReportInput } from "./input.ts";
import { escapeHtml } from "./markup.ts";
import { allocation } from "./sections/allocation.ts";
import { counterfactual } from "./sections/counterfactual.ts";
import { equity } from "./sections/equity.ts";
import { lifecycle } from "./sections/lifecycle.ts";
import { money } from "./sections/money.ts";
import { pods } from "./sections/pods.ts";
import { returns } from "./sections/returns.ts";
import { trades } from "./sections/trades.ts";
import { identity, verdict } from "./sections/verdict.ts";

const NAV = ["equity", "allocation", "pods", "returns", "money", "lifecycle", "trades", "counterfactual", "identity"];

/**
 * The report as one self-contained page: no network, opens offline.
 *
 * @param maxShare limit of one pod's share of risk; null when the run has none.
 */
export function renderHtml(input: ReportInput, assets: ReportAssets, maxShare: number | null): string {
  const { result } = input;
  const links = NAV.map((id) => `<a href="#${id}">${id}</a>`).join("");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
<title>${escapeHtml(`mcbot ${result.header.range.start} to ${result.header.range.end}`)}</title>
<style>${assets.chartCss}${assets.css}</style></head><body>
<a class="skip" href="#equity">Skip to the charts</a><nav aria-label="Sections">${links}</nav><main>
${[
  verdict(result),
  equity(result),
  allocation(result, maxShare),
  pods(result, input.podId),
  returns(result),
  money(result),
  lifecycle(result),
  trades(input),
  counterfactual(input),
  identity(result),
].join("\n")}
</main><script>${assets.chartScript}</script><script>${assets.script}</script></body></html>
`;
}
