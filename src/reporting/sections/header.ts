import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { count, plural } from "../format.ts";
import type { Pen } from "../pen.ts";
import { renderTable } from "../table.ts";
import { plain, wrap } from "../text-width.ts";

/** Nobody may mistake made-up prices for a market. Null for real data. */
export function syntheticBanner({ header }: OrchestratedResult, pen: Pen): string | null {
  if (!header.market.synthetic) return null;
  const lines = wrap(
    "SYNTHETIC DATA - invented prices: nothing below says anything about a real market",
    pen.width - 6,
  );
  return lines.map((line) => pen.alarm(`!! ${line.padEnd(pen.width - 6)} !!`)).join("\n");
}

/** What was run, on what, at which costs, and the hashes that identify it. */
export function headerSection({ header }: OrchestratedResult, pen: Pen): string {
  const { costs, market, range } = header;
  const impact = costs.impact_bps === null ? "" : `, impact ${costs.impact_bps} bps at a volume share of 1`;
  const lines: [string, string][] = [
    ["Range", `${range.start} to ${range.end}, ${header.timeframe} bars, ${header.status}`],
    ["Market", market.label],
    ...filesOf(market.files),
    ["Costs", `fee ${costs.cost_bps} bps, slippage ${costs.slippage_bps} bps${impact}, orders ${costs.netting}`],
    ["Funding", fundingOf(header)],
    ["Work", workOf(header)],
    ...orchestrationOf(header),
    ["Result", header.result_hash],
    ["Config", header.config_hash],
    ["Data", header.data_hash],
    ["Run", `${header.run_id}, mcbot ${header.mcbot_version}`],
  ];
  return lines.flatMap(([label, text]) => labelled(label, plain(text), pen)).join("\n");
}

function fundingOf({ funding, coverage }: OrchestratedResult["header"]): string {
  if (funding.mode === "none") return "none";
  const rates = funding.coverage.reduce((sum, symbol) => sum + symbol.rates, 0);
  const complete = funding.coverage.filter(({ gaps }) => gaps.length === 0).length;
  return `${plural(rates, "rate")}, complete for ${complete} of ${plural(coverage.length, "symbol")}`;
}

/** The first file and how many more; all of them are in result.json. None for bars that were made in memory. */
function filesOf([first, ...more]: readonly string[]): [string, string][] {
  if (first === undefined) return [];
  return [["Files", more.length === 0 ? first : `${first} and ${count(more.length)} more`]];
}

function workOf({
  slices,
  bars,
  signals,
  kernel_calls,
  step_calls,
  numeric_calls,
  event_objects,
}: OrchestratedResult["header"]): string {
  return [
    plural(slices, "slice"),
    plural(bars, "bar"),
    plural(signals, "signal"),
    `${plural(kernel_calls, "kernel call")} (${count(step_calls)} step, ${count(numeric_calls)} numeric)`,
    plural(event_objects, "event object"),
  ].join(", ");
}

/** What the orchestrator did, in numbers. */
function orchestrationOf({ orchestration }: OrchestratedResult["header"]): [string, string][] {
  if (orchestration === null) return [];
  const capital = [
    `${plural(orchestration.allocation_runs, "allocation run")}, ${count(orchestration.capital_moves)} moved capital`,
    `${plural(orchestration.risk_parity_solves, "risk parity solve")} for three or more pods`,
    plural(orchestration.fallbacks, "fallback"),
    `${plural(orchestration.days_with_three_in_production, "day")} with three or more pods in production`,
  ];
  const life = [
    plural(orchestration.graduations, "graduation"),
    `${plural(orchestration.warnings, "pod warning")}`,
    `${count(orchestration.recoveries)} recovered`,
    `${count(orchestration.retirements)} retired`,
    `${plural(orchestration.pods_alive, "pod")} alive at the end`,
    plural(orchestration.halts, "halt"),
    `false retirements: ${orchestration.false_retirement_rate}`,
  ];
  return [
    ["Capital", capital.join(", ")],
    ["Life", life.join(", ")],
  ];
}

const LABEL = 9;

function labelled(label: string, text: string, pen: Pen): string[] {
  return wrap(text, pen.width - LABEL).map((line, i) => `${pen.faint((i === 0 ? label : "").padEnd(LABEL))}${line}`);
}

/** Which bars each symbol had. */
export function coverageSection({ header }: OrchestratedResult, pen: Pen): string {
  const rows = header.coverage.map((symbol) => [
    plain(symbol.symbol),
    dateOf(symbol.first),
    dateOf(symbol.last),
    count(symbol.bars),
    count(symbol.warmup_bars),
    count(symbol.missing_slices),
  ]);
  return renderTable(
    [
      { title: "Symbol" },
      { title: "First bar" },
      { title: "Last bar" },
      { title: "Bars", align: "right" },
      { title: "Warm-up", align: "right" },
      { title: "Missing", align: "right" },
    ],
    rows,
    pen,
  );
}

/** The time of day is shown where it is not midnight. */
function dateOf(time: string | null): string {
  return time === null ? "none" : time.replace("T00:00:00Z", "");
}
