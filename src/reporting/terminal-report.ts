import type { OrchestratedResult } from "../orchestrator/result.ts";
import { type Pen, penOf, type ReportStyle } from "./pen.ts";
import { allocationSection } from "./sections/allocation.ts";
import { attributionSection } from "./sections/attribution.ts";
import { costsSection } from "./sections/costs.ts";
import { curvesSection } from "./sections/curves.ts";
import { coverageSection, headerSection, syntheticBanner } from "./sections/header.ts";
import { lifecycleSection } from "./sections/lifecycle.ts";
import { metricsSection } from "./sections/metrics.ts";
import { podsSection } from "./sections/pods.ts";
import { reasonsSection } from "./sections/reasons.ts";
import { riskSection } from "./sections/risk.ts";
import { warningsSection } from "./sections/warnings.ts";

type Section = (result: OrchestratedResult, pen: Pen) => string | null;

const SECTIONS: readonly [title: string | null, section: Section][] = [
  [null, syntheticBanner],
  ["RUN", headerSection],
  ["DATA", coverageSection],
  ["PERFORMANCE", metricsSection],
  ["CURVES", curvesSection],
  ["PODS", podsSection],
  ["ALLOCATION", allocationSection],
  ["LIFE CYCLE", lifecycleSection],
  ["RISK", riskSection],
  ["ATTRIBUTION", attributionSection],
  ["COSTS", costsSection],
  ["NOT TRADED", reasonsSection],
  ["WARNINGS", warningsSection],
];

/** The report of a run for a terminal; no line is wider than the style's width (40 columns at the least). */
export function renderReport(result: OrchestratedResult, style: ReportStyle): string {
  const pen = penOf(style);
  const blocks: string[] = [];
  for (const [title, section] of SECTIONS) {
    const body = section(result, pen);
    if (body === null) continue;
    blocks.push(title === null ? body : `${pen.title(rule(title, pen))}\n${body}`);
  }
  return `${blocks.join("\n\n")}\n`;
}

function rule(title: string, { width, unicode }: Pen): string {
  return `${title} ${(unicode ? "─" : "-").repeat(Math.max(0, width - title.length - 1))}`;
}
