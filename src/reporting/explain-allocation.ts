import type { AllocationExplanation, AllocationPartName, ExplainedFraction } from "../engine/explain-allocation.ts";
import type { LifecycleState } from "../orchestrator/settings.ts";
import { change, percent, plural, signedPercent } from "./format.ts";
import { STATE_SHORT } from "./lifecycle-words.ts";
import { type Pen, penOf, type ReportStyle } from "./pen.ts";
import { type Column, renderTable } from "./table.ts";
import { plain, wrap } from "./text-width.ts";

const PARTS: Record<AllocationPartName, readonly [title: string, meaning: string]> = {
  base: ["Base", "share by the method, of what the fixed slots leave"],
  kelly: ["Kelly", "what Kelly gave or took"],
  slot: ["Slot", "fixed by the life cycle, or kept because there was nothing to weigh it with"],
  box: ["Box", "held inside min_fraction and max_fraction"],
  step_limit: ["Step", "rise limited by max_increase"],
  volatility: ["Vol", "all scaled down to max_portfolio_volatility"],
  prc_trim: ["Risk", "share of the risk limited by max_single_pod_risk_pct"],
};

/** Why one run of the allocator gave each pod its fraction, as text. */
export function renderAllocation(allocation: AllocationExplanation, style: ReportStyle): string {
  const pen = penOf(style);
  const blocks = [heading(allocation, pen), table(allocation, pen), notes(allocation, pen)];
  return `${blocks.join("\n\n")}\n`;
}

function heading(run: AllocationExplanation, pen: Pen): string {
  const { date, triggers, method, fallback, solved, moved, turnover, min_turnover } = run;
  const how =
    method === null
      ? "fewer than two pods in production could be measured, so nothing was weighed"
      : `${plural(solved, "pod")} weighed by ${method}${fallback ? ", a fallback" : ""}`;
  const outcome = moved
    ? `capital moved (${percent(turnover)} of the portfolio)`
    : `nothing moved: ${percent(turnover)} of the portfolio is less than min_turnover ${percent(min_turnover)}`;
  return [
    ...wrap(`Allocation at the close of ${date}`, pen.width).map(pen.title),
    ...wrap(`Because of ${triggers.join(", ").replaceAll("_", " ")}; ${how}; ${outcome}.`, pen.width),
    ...wrap(`${volatilityOf(run)} Reserve ${percent(run.reserve_held)}, wanted ${percent(run.reserve)}.`, pen.width),
  ].join("\n");
}

function volatilityOf({ volatility, volatility_limit }: AllocationExplanation): string {
  if (volatility === null) return "Ex-ante volatility n/a: no pod can be measured.";
  return `Ex-ante volatility ${percent(volatility)} per year before the cap of ${percent(volatility_limit)}.`;
}

/** Parts that are 0 for every pod are left out. */
function partsOf({ pods }: AllocationExplanation): AllocationPartName[] {
  const names = Object.keys(PARTS) as AllocationPartName[];
  return names.filter((name) => pods.some(({ parts }) => partOf(parts, name) !== 0));
}

function partOf(parts: ExplainedFraction["parts"], name: AllocationPartName): number {
  return parts.find((part) => part.name === name)?.value ?? 0;
}

function table(allocation: AllocationExplanation, pen: Pen): string {
  const names = partsOf(allocation);
  const right = (title: string): Column => ({ title, align: "right" });
  return renderTable(
    [
      { title: "Pod" },
      { title: "State", optional: 1 },
      right("Held"),
      ...names.map((name) => right(PARTS[name][0])),
      right("Target"),
      right("Change"),
    ],
    allocation.pods.map(({ pod_id, state, held, parts, final, change: moved }) => [
      plain(pod_id),
      STATE_SHORT[state as LifecycleState],
      percent(held),
      ...names.map((name) => signedPercent(partOf(parts, name))),
      percent(final),
      signedPercent(moved),
    ]),
    pen,
  );
}

function notes(allocation: AllocationExplanation, pen: Pen): string {
  const agree = allocation.pods.every(({ sums }) => sums);
  const unmet = allocation.pods.filter((pod) => pod.unmet).map(({ pod_id }) => plain(pod_id));
  const gap = allocation.pods.reduce((sum, { final }) => sum + final, allocation.reserve) - 1;
  const lines = [
    ...partsOf(allocation).map((name) => `${PARTS[name][0]}: ${PARTS[name][1]}`),
    `The parts of each pod sum to its target ${agree ? "exactly" : "NOT EXACTLY"} (shown to two decimals); targets and reserve sum to 1 (difference ${change(gap, 1)}).`,
    ...(unmet.length === 0 ? [] : [`Still above the limit of one pod's risk, at its minimum: ${unmet.join(", ")}`]),
  ];
  return lines.flatMap((line) => wrap(line, pen.width).map(pen.faint)).join("\n");
}
