import { createHash } from "node:crypto";
import type { ReportAssets } from "./assets.ts";
import { secondsOf, sharedAxis } from "./chart.ts";
import type { ReportInput } from "./input.ts";
import { escapeHtml } from "./markup.ts";
import { allocation } from "./sections/allocation.ts";
import { counterfactual } from "./sections/counterfactual.ts";
import { equity } from "./sections/equity.ts";
import { identity } from "./sections/identity.ts";
import { lifecycle } from "./sections/lifecycle.ts";
import { money } from "./sections/money.ts";
import { pods } from "./sections/pods.ts";
import { returns } from "./sections/returns.ts";
import { risk } from "./sections/risk.ts";
import { trades } from "./sections/trades.ts";
import { verdict } from "./sections/verdict.ts";

/** In the order of the page; a section that has nothing to say about a run (one strategy has no allocation) is null. */
const SECTIONS: readonly [id: string, name: string, render: (input: ReportInput) => string | null][] = [
  ["equity", "Equity", equity],
  ["allocation", "Allocation", allocation],
  ["pods", "Pods", pods],
  ["returns", "Returns", returns],
  ["money", "Money", money],
  ["lifecycle", "Life cycle", lifecycle],
  ["risk", "Risk", risk],
  ["trades", "Trades", trades],
  ["counterfactual", "What if", counterfactual],
  ["identity", "What was run", identity],
];

/** The report as one self-contained page: its own policy forbids it every connection. */
export function renderHtml(input: ReportInput, assets: ReportAssets): string {
  const { header, days } = input.result;
  const parts = SECTIONS.flatMap(([id, name, render]) => {
    const html = render(input);
    return html === null ? [] : [{ id, name, html }];
  });
  const links = parts.map(({ id, name }) => `<a href="#${id}">${name}</a>`).join("");
  const axes = [
    sharedAxis("days", days.date.map(secondsOf)),
    sharedAxis(
      "slices",
      (input.spans ?? []).map(({ timeMs }) => timeMs / 1000),
    ),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy(assets)}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
<title>${escapeHtml(`mcbot ${header.range.start} to ${header.range.end}`)}</title>
<style>${assets.chartCss}${assets.css}</style></head><body>
<a class="skip" href="#equity">Skip to the charts</a><nav aria-label="Sections">${links}</nav>${axes.join("")}<main>
${[verdict(input), ...parts.map(({ html }) => html)].join("\n")}
</main><script>${assets.chartScript}</script><script>${assets.script}</script></body></html>
`;
}

/** Nothing is loaded, only the two scripts of the page run; styles are inline because shades and charts set their own. */
function policy({ chartScript, script }: ReportAssets): string {
  const hashes = [chartScript, script].map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  return `default-src 'none'; script-src ${hashes.join(" ")}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
}
