// Goal: the committed operating characteristics are what the life cycle does, and the preset keeps its promise.
// Method: some cells simulated again with other paths; four standard errors of both together are the tolerance.

import { describe, expect, it } from "vitest";
import { RETIREMENT_PRESETS } from "../../../src/config/sections/retirement.ts";
import { lambdaFor } from "../../../src/orchestrator/lifecycle/false-alarm-lambda.ts";
import {
  fallenOutcome,
  healthyOutcome,
  LifecycleSimulation,
} from "../../../src/orchestrator/lifecycle/simulate-lifecycle.ts";
import {
  OPERATING_CHARACTERISTICS,
  TABULATED_SETTINGS,
  TABULATED_VARIANTS,
} from "../../../src/orchestrator/lifecycle/tables/operating-characteristics.ts";
import { MINIMAL, parse } from "../../config/support.ts";

const SEED = 99;
const PATHS = 500;

const DEFAULT = parse(MINIMAL).config;

function simulationOf(name: string): LifecycleSimulation {
  const { retirement } = TABULATED_VARIANTS.find((variant) => variant.name === name)!;
  return new LifecycleSimulation({ ...DEFAULT.orchestrator, retirement }, DEFAULT.pods[0]!, lambdaFor(730), SEED);
}

function cell(name: string, start: string, deviation: number) {
  return OPERATING_CHARACTERISTICS.find(
    (row) => row.settings === name && row.start === start && row.deviation === deviation,
  )!;
}

/** Whether two shares of n and m pods are within four standard errors of each other. */
function expectShare(share: number, n: number, tabulated: number, m: number): void {
  const variance = tabulated * (1 - tabulated) * (1 / n + 1 / m);
  expect(Math.abs(share - tabulated), `${share} instead of ${tabulated}`).toBeLessThan(4 * Math.sqrt(variance));
}

describe("operating characteristics", () => {
  it.each([
    ["default", "production", 0.01],
    ["calibrated", "incubation", 0.01],
    ["60/60", "production", 0.021],
  ] as const)("healthy pods, %s from %s with %d deviation, simulated again", (name, start, deviation) => {
    const { healthy, paths } = cell(name, start, deviation);
    const [good] = healthy;
    const again = healthyOutcome(simulationOf(name), start, deviation, good!.sharpe, PATHS);
    for (const key of ["retired", "by_drawdown", "by_probation"] as const) {
      expectShare(again[key], PATHS, good![key], paths);
    }
  });

  it.each([
    ["default", "incubation", 0.01],
    ["calibrated", "production", 0.01],
  ] as const)("fallen pods, %s from %s with %d deviation, simulated again", (name, start, deviation) => {
    const { fallen, paths } = cell(name, start, deviation);
    const [bad] = fallen;
    const again = fallenOutcome(simulationOf(name), start, deviation, bad!.sharpe_after, PATHS);
    expectShare(again.trusted, PATHS, bad!.trusted, paths);
    expectShare(again.retired, PATHS * again.trusted, bad!.retired, paths * bad!.trusted);
    // The median of some 400 delays that spread over about 60 days: a standard error of 4 days.
    expect(Math.abs(again.median_days_to_warning! - bad!.median_days_to_warning!)).toBeLessThan(16);
  });

  it("a better pod is retired less, a deeper fall more, and more time retires fewer", () => {
    for (const { healthy, fallen } of OPERATING_CHARACTERISTICS) {
      expect(healthy[0]!.retired).toBeGreaterThan(healthy[1]!.retired);
      expect(fallen[0]!.retired).toBeGreaterThan(fallen[1]!.retired);
      const parts = healthy[0]!.by_drawdown + healthy[0]!.by_months + healthy[0]!.by_probation;
      expect(parts).toBeCloseTo(healthy[0]!.retired, 3);
    }
    const retired = (name: string) => cell(name, "production", 0.01).healthy[0]!.retired;
    expect(retired("default")).toBeGreaterThan(retired("60/60"));
    expect(retired("60/60")).toBeGreaterThan(retired("calibrated"));
  });

  it("the calibrated preset loses at most 10 % of healthy pods and retires at least 75 % of fallen ones", () => {
    for (const start of ["production", "incubation"] as const) {
      const { healthy, fallen } = cell("calibrated", start, 0.01);
      expect(healthy[0]).toMatchObject({ sharpe: 1.5 });
      expect(healthy[0]!.retired).toBeLessThanOrEqual(0.1);
      expect(fallen[0]).toMatchObject({ sharpe_after: -1.5 });
      expect(fallen[0]!.retired).toBeGreaterThanOrEqual(0.75);
    }
  });

  it("are of the presets and defaults in force", () => {
    const variants = Object.fromEntries(TABULATED_VARIANTS.map(({ name, retirement }) => [name, retirement]));
    expect(variants).toMatchObject(RETIREMENT_PRESETS);
    expect(DEFAULT.orchestrator).toMatchObject({
      degradation: TABULATED_SETTINGS.degradation,
      graduation: TABULATED_SETTINGS.graduation,
    });
    expect(DEFAULT.pods[0]!.risk).toMatchObject(TABULATED_SETTINGS.risk);
    expect(OPERATING_CHARACTERISTICS).toHaveLength(TABULATED_VARIANTS.length * 2 * 3);
  });
});
