// Goal: the committed thresholds have the run lengths and delays they claim, and λ is read from them as stated.
// Method: some cells simulated again with other paths; four standard errors of both together are the tolerance.

import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../../src/kernels/load.ts";
import { DegradationDetector, DegradationRun } from "../../../src/kernels/page-hinkley.ts";
import { PURPOSE, RandomStream } from "../../../src/market/synthetic/random-stream.ts";
import { lambdaFor } from "../../../src/orchestrator/lifecycle/false-alarm-lambda.ts";
import {
  FIRST_ALARM_DAY,
  simulateDelay,
  simulateRunLengths,
  TABULATED_DETECTOR,
} from "../../../src/orchestrator/lifecycle/simulate-run-length.ts";
import { DELAYS, PAGE_HINKLEY_RUN, RUN_LENGTHS } from "../../../src/orchestrator/lifecycle/tables/page-hinkley.ts";
import { issues, MINIMAL } from "../../config/support.ts";

const SEED = 99;
const PATHS = 3000;
const { paths: TABLE_PATHS, delay_paths: TABLE_DELAY_PATHS, unchanged_days: UNCHANGED, days: DAYS } = PAGE_HINKLEY_RUN;

describe("mean run lengths", () => {
  it("of 90, 365 and 730 days, simulated again", () => {
    const targets = [90, 365, 730];
    const means = simulateRunLengths(SEED, PATHS, targets.map(lambdaFor));
    for (const [i, days] of targets.entries()) {
      const { mean, standardError } = means[i]!;
      const both = standardError * Math.sqrt(1 + PATHS / TABLE_PATHS);
      expect(Math.abs(mean - days), `${days} days: ${mean}`).toBeLessThan(4 * both);
    }
  });

  it("rise with λ", () => {
    const means = simulateRunLengths(SEED, 200, [2, 5, 5.01, 10, 20]).map(({ mean }) => mean);
    expect(means).toEqual([...means].sort((a, b) => a - b));
    expect(means[0]).toBeGreaterThanOrEqual(FIRST_ALARM_DAY);
  });

  it("are those of the engine's detector, fed day by day", () => {
    const lambda = 6;
    const detector = new DegradationDetector(instantiateKernels(1024), { ...TABULATED_DETECTOR, lambda }, 1);
    const random = new RandomStream(SEED, 0, PURPOSE.runLength);
    let total = 0;
    for (let path = 0; path < 50; path++) {
      random.seek(path);
      detector.state.fill(0);
      do total++;
      while (!detector.day(0, random.normal(), true));
    }
    expect(simulateRunLengths(SEED, 50, [lambda])[0]!.mean).toBe(total / 50);
  });
});

describe("delays", () => {
  it.each([0.3, 1])("for a drop of %d deviations, simulated again", (drop) => {
    const { mean, median, standardError } = simulateDelay(SEED, PATHS, lambdaFor(DAYS), drop, UNCHANGED);
    const entry = DELAYS.find((candidate) => candidate.drop === drop)!;
    const both = standardError * Math.sqrt(1 + PATHS / TABLE_DELAY_PATHS);
    expect(Math.abs(mean - entry.mean)).toBeLessThan(4 * both);
    expect(Math.abs(median - entry.median)).toBeLessThanOrEqual(Math.max(1, 0.1 * entry.median));
  });

  it("fall with the drop", () => {
    for (const key of ["mean", "median"] as const) {
      const values = DELAYS.map((entry) => entry[key]);
      expect(values.every((value, i) => i === 0 || value < values[i - 1]!)).toBe(true);
    }
  });
});

describe("lambdaFor", () => {
  it("is the table at its entries, straight between them, and rises", () => {
    for (const [i, { days, lambda }] of RUN_LENGTHS.entries()) {
      expect(lambdaFor(days)).toBe(lambda);
      const next = RUN_LENGTHS[i + 1];
      if (next === undefined) continue;
      expect(next.lambda).toBeGreaterThan(lambda);
      expect(lambdaFor((days + next.days) / 2)).toBeCloseTo((lambda + next.lambda) / 2, 12);
    }
  });

  it("ends where the table ends, and the config refuses what is outside", () => {
    const [first, last] = [RUN_LENGTHS[0]!.days, RUN_LENGTHS.at(-1)!.days];
    for (const days of [first - 1, last + 1, Number.NaN]) expect(() => lambdaFor(days)).toThrow("run length");
    const text = (days: number) => `${MINIMAL}orchestrator: {degradation: {target_false_alarm_days: ${days}}}\n`;
    for (const days of [first - 1, last + 1]) {
      expect(issues(text(days)).map(({ path, value }) => [path, value])).toEqual([
        ["orchestrator.degradation.target_false_alarm_days", days],
      ]);
    }
  });
});

describe("DegradationRun", () => {
  it("scores like the detector, stops at the alarm and forgets", () => {
    const settings = { ...TABULATED_DETECTOR, lambda: 6 };
    const run = new DegradationRun(instantiateKernels(DegradationRun.bytes(4000)), settings, 4000);
    const random = new RandomStream(SEED, 0, PURPOSE.runLength);
    for (let i = 0; i < 4000; i++) run.dayReturns[i] = 0.001 + 0.01 * random.normal();
    const detector = new DegradationDetector(instantiateKernels(1024), settings, 1);
    const first = run.dayReturns.findIndex((dayReturn) => detector.day(0, dayReturn, true));
    expect(first).toBeGreaterThan(0);
    expect(run.take(4000)).toBe(first);
    expect(run.scores[first]).toBe(detector.score(0));
    run.clear();
    expect(run.take(4000)).toBe(first);
  });
});
