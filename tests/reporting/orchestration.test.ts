// Goal: the sections on allocation, life cycle and risk, the explanations and the comparison fit their width, say everything
// without colour, and show the numbers of the result.
// Method: render one lively run at several widths, and hand-made spells for the bands.

import { describe, expect, it } from "vitest";
import { compareAllocations } from "../../src/engine/compare-allocations.ts";
import { explainAllocation } from "../../src/engine/explain-allocation.ts";
import { explainTransition } from "../../src/engine/explain-transition.ts";
import { marginalRuns } from "../../src/engine/marginal.ts";
import { openConfigMarket, resolveConfig } from "../../src/library.ts";
import { renderComparison } from "../../src/reporting/compare-allocations.ts";
import { renderAllocation } from "../../src/reporting/explain-allocation.ts";
import { renderTransition } from "../../src/reporting/explain-transition.ts";
import { renderMarginal } from "../../src/reporting/marginal.ts";
import type { ReportStyle } from "../../src/reporting/pen.ts";
import { band } from "../../src/reporting/sections/lifecycle.ts";
import { renderReport } from "../../src/reporting/terminal-report.ts";
import { renderSummary } from "../../src/reporting/terminal-summary.ts";
import { textWidth } from "../../src/reporting/text-width.ts";
import { LIVELY } from "../support/lively-config.ts";
import { livelyRun } from "../support/lively-run.ts";

const { result } = livelyRun();
const plainRun = livelyRun({ orchestrated: false }).result;
const config = resolveConfig(LIVELY);
const comparison = compareAllocations(config, openConfigMarket(config));
const marginal = marginalRuns(config, openConfigMarket(config));
const allocation = explainAllocation(result, config.orchestrator, "2022-09-30");
const transition = explainTransition(result, "ensemble", "2022-12-31");
if (!allocation.ok || !transition.ok) throw new Error("the lively run is not what it was");

const texts: Record<string, (style: ReportStyle) => string> = {
  report: (style) => renderReport(result, style),
  summary: (style) => renderSummary(result, style),
  "explain allocation": (style) => renderAllocation(allocation.allocation, style),
  "explain transition": (style) => renderTransition(transition.transition, style),
  "compare-allocations": (style) => renderComparison(comparison, style),
  marginal: (style) => renderMarginal(marginal, style),
};
const bare = { color: false, unicode: true };
const ESCAPE = "\u001b";
const flow = (text: string): string => text.replaceAll(/\s+/g, " ");

describe.each(Object.entries(texts))("%s", (_, render) => {
  it.each([40, 60, 80, 120])("no line is wider than %i columns", (width) => {
    for (const unicode of [true, false]) {
      for (const color of [true, false]) {
        for (const line of render({ width, color, unicode }).split("\n")) {
          expect(textWidth(line), line).toBeLessThanOrEqual(width);
        }
      }
    }
  });

  it("says the same without colour, and needs ASCII only where unicode is not wanted", () => {
    const words = (text: string): string => flow(text.replaceAll(new RegExp(`${ESCAPE}\\[[0-9;]*m`, "g"), ""));
    const coloured = render({ width: 80, color: true, unicode: true });
    expect(coloured).toContain(ESCAPE);
    expect(words(coloured)).toBe(words(render({ width: 80, ...bare })));
    const ascii = render({ width: 80, color: false, unicode: false });
    expect([...ascii].filter((character) => character.charCodeAt(0) > 126)).toEqual([]);
  });
});

describe("report", () => {
  const text = flow(renderReport(result, { width: 120, ...bare }));
  const percent = (value: number): string => `${(100 * value).toFixed(2)}%`;

  it("allocation: fractions, targets, reserve, runs", () => {
    const donchian = result.pods.find(({ pod_id }) => pod_id === "donchian");
    expect(text).toContain(
      `donchian PROD ${percent(donchian?.capital_fraction ?? 0)} ${percent(donchian?.target_fraction ?? 0)}`,
    );
    expect(text).toMatch(new RegExp(`reserve ${percent(result.days.reserve_fraction.at(-1) ?? 0)} `));
    const { allocation_runs: runs, capital_moves: moves } = result.header.orchestration ?? {};
    expect(text).toContain(`${runs} runs of the allocator, ${moves} moved capital`);
  });

  it("life cycle: every state of every pod with its days, every change with its reason", () => {
    for (const { states } of result.pods) {
      for (const { state, days } of states) expect(text).toContain(`${state} ${days.toLocaleString("en-US")} d`);
    }
    for (const { date, pod_id, to } of result.lifecycle_events) expect(text).toContain(`${date} ${pod_id} ${to} `);
    expect(text).toContain("hard stop: drawdown");
    expect(text).toContain("no recovery in time");
  });

  it("risk: halts with their end, alerts with their limit, correlation and effective number", () => {
    for (const event of result.risk_events) {
      if (event.kind !== "halt") continue;
      expect(text).toContain(`${event.begin.slice(0, 10)} ${event.end?.slice(0, 10)} ${event.type.replace("_", " ")}`);
    }
    expect(text).toContain("Mean correlation");
    expect(text).toContain("Effective number");
    expect(text).toMatch(/drawdown of tsmom \d+ \d+ /);
  });

  it("header: what the orchestrator did; attribution: capital that moved", () => {
    expect(text).toContain("risk parity solves for three or more pods");
    expect(text).toContain(`false retirements: ${result.header.orchestration?.false_retirement_rate}`);
    expect(text).toMatch(/ATTRIBUTION \S+ Start Moved Realised/);
  });

  it("summary: the state of each pod, at any width", () => {
    for (const width of [40, 80]) {
      const summary = flow(renderSummary(result, { width, ...bare }));
      for (const state of ["PROD", "RETIRED"]) expect(summary).toContain(state);
    }
  });

  it("a run without an orchestrator has none of it", () => {
    const other = renderReport(plainRun, { width: 80, ...bare });
    for (const word of ["ALLOCATION", "LIFE CYCLE", "Moved", "State", "allocation run"])
      expect(other).not.toContain(word);
  });
});

describe("bands", () => {
  const spell = (state: "incubation" | "production" | "retired", days: number) =>
    ({ state, days, from: "", to: null, reason: null, value: null, threshold: null }) as const;

  it("one letter per column, for the state at the end of its days", () => {
    const states = [spell("incubation", 50), spell("production", 25), spell("retired", 25)];
    expect(band(states, 8)).toBe("iiiiPP..");
    expect(band(states, 4)).toBe("iiP.");
    expect(band([spell("production", 3)], 80)).toBe("PPP");
    expect(band([spell("incubation", 0), spell("production", 2)], 10)).toBe("PP");
    expect(band([], 10)).toBe("");
  });
});

describe("explanations", () => {
  it("allocation: only parts that did something, with what they mean", () => {
    const text = flow(renderAllocation(allocation.allocation, { width: 100, ...bare }));
    expect(text).toContain("Allocation at the close of 2022-09-30");
    expect(text).toMatch(/Pod State Held Base Box Target Change/);
    expect(text).toContain("The parts of each pod sum to its target exactly");
    expect(text).toContain("Because of calendar; 2 pods weighed by risk_parity; capital moved");
    expect(text).not.toContain("Kelly");
  });

  it("allocation: says when nothing moved, and when the sum is broken", () => {
    const { allocation: run } = allocation;
    const kept = flow(renderAllocation({ ...run, moved: false, turnover: 0.001 }, { width: 100, ...bare }));
    expect(kept).toContain("nothing moved: 0.10% of the portfolio is less than min_turnover 0.50%");
    const broken = { ...run, pods: run.pods.map((pod) => ({ ...pod, sums: false, unmet: true })) };
    const text = flow(renderAllocation({ ...broken, volatility: null, method: null }, { width: 100, ...bare }));
    expect(text).toContain("NOT EXACTLY");
    expect(text).toContain("Still above the limit of one pod's risk, at its minimum: cross, donchian");
    expect(text).toContain("no pod can be measured");
  });

  it("transition: numbers, bounds, the pod, the states before and after", () => {
    const text = flow(renderTransition(transition.transition, { width: 80, ...bare }));
    expect(text).toContain("ensemble: incubation to production at the close of 2022-09-05");
    expect(text).toContain("live days 240 at least 60");
    expect(text).toContain("shortfall against the backtest n/a at most 30.00%");
    expect(text).toContain("Live days 240");
    expect(text).toContain("> 2022-09-05 production");
  });

  it("comparison: a star at the method of the config", () => {
    const text = renderComparison(comparison, { width: 120, ...bare });
    expect(text).toContain("risk_parity *");
    expect(text.split("\n").filter((line) => /^[a-z_]+ /.test(line) && /\d/.test(line))).toHaveLength(4);
  });
});

describe("leave one out", () => {
  it("shows what each pod adds: the whole less the rest", () => {
    const text = renderMarginal(marginal, { width: 120, ...bare });
    const [whole, ...rest] = marginal.map(({ total_return }) => total_return.value as number);
    for (const [i, value] of rest.entries()) {
      const adds = 100 * ((whole as number) - value);
      expect(text).toMatch(new RegExp(`${marginal[i + 1]?.left_out} .*${Math.abs(adds).toFixed(2)} pp`));
    }
  });

  it("says that one pod has no rest", () => {
    expect(renderMarginal(marginal.slice(0, 1), { width: 80, ...bare })).toContain("without it there is no portfolio");
  });
});
