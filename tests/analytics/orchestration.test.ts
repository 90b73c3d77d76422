// Goal: states, targets, halts and alerts of a result say what the records and the log say.
// Method: hand-made logs and records.

import { describe, expect, it } from "vitest";
import { capitalFractions } from "../../src/analytics/orchestration/capital-fractions.ts";
import { haltsOf } from "../../src/analytics/orchestration/halts.ts";
import { riskEvents } from "../../src/analytics/orchestration/risk-events.ts";
import { stateHistory } from "../../src/analytics/orchestration/state-history.ts";
import { tallyRun } from "../../src/analytics/run-tally.ts";
import { TAG } from "../../src/orchestrator/events.ts";
import type { RunRecord } from "../../src/orchestrator/run-record.ts";
import type { OrchestratorLog } from "../../src/orchestrator/strategy-orchestrator.ts";
import { bar, DAY, recordOf, T0 } from "./record.ts";

const FIRST = T0 / DAY;
const picture = { shares: new Map<string, number>(), effectiveN: null, meanCorrelation: null, measurable: 0 };

/** Ten quiet days of one pod with a log and records of one's own. */
function quiet(log: Partial<OrchestratorLog>, records: readonly number[] = []): RunRecord {
  const record = recordOf({
    pods: [{ podId: "a" }],
    symbols: ["BTC"],
    slices: Array.from({ length: 10 }, () => ({ bars: { BTC: bar(100) } })),
  });
  return {
    ...record,
    pods: record.pods.map((pod) => ({ ...pod, initialFraction: 0.5, initialState: "incubation" })),
    records: Float64Array.from(records),
    orchestrator: { days: [], allocations: [], lifecycle: [], alerts: [], ...log },
  };
}

const retired = { day: FIRST + 3, pod_id: "a", from: "incubation", to: "retired", reason: "LOSING_MONTHS" } as const;
const revived = { day: FIRST + 6, pod_id: "a", from: "retired", to: "incubation", reason: "REVIVED" } as const;
const numbers = { value: 6, threshold: 6, criteria: [] };
const daysOf = (states: readonly ("incubation" | "retired")[]) =>
  states.map((state, d) => ({ day: FIRST + d, states: [state], returns: [0], picture, exposure: 1 }));

describe("state history", () => {
  it("counts calendar days from close to close; all of them are the days of the run", () => {
    const record = quiet({
      lifecycle: [
        { ...retired, ...numbers },
        { ...revived, ...numbers },
      ],
    });
    expect(stateHistory(record, 0)).toEqual([
      {
        state: "incubation",
        from: "2024-01-01",
        to: "2024-01-04",
        days: 4,
        reason: null,
        value: null,
        threshold: null,
      },
      {
        state: "retired",
        from: "2024-01-04",
        to: "2024-01-07",
        days: 3,
        reason: "LOSING_MONTHS",
        value: 6,
        threshold: 6,
      },
      { state: "incubation", from: "2024-01-07", to: null, days: 3, reason: "REVIVED", value: 6, threshold: 6 },
    ]);
  });

  it("is empty without an orchestrator", () => {
    expect(stateHistory({ ...quiet({}), orchestrator: null }, 0)).toEqual([]);
  });
});

describe("target fractions", () => {
  it("hold until a run that moves capital; 0 while retired; the first again when revived", () => {
    const run = (day: number, final: number, moved: boolean) =>
      ({ day: FIRST + day, moved, pods: [{ final }] }) as unknown as OrchestratorLog["allocations"][number];
    const record = quiet({
      days: daysOf([
        ...(["incubation", "incubation", "incubation"] as const),
        ...(["retired", "retired", "retired"] as const),
        ...(["incubation", "incubation", "incubation", "incubation"] as const),
      ]),
      allocations: [run(1, 0.3, true), run(2, 0.4, false), run(8, 0.2, true)],
      lifecycle: [
        { ...retired, ...numbers },
        { ...revived, ...numbers },
      ],
    });
    const { targets } = capitalFractions(record, tallyRun(record));
    expect(targets[0]).toEqual([0.5, 0.3, 0.3, 0, 0, 0, 0.5, 0.5, 0.2, 0.2]);
  });
});

describe("halts", () => {
  const slice = (d: number): number[] => [TAG.slice, T0 + d * DAY];
  const dailyLoss = (d: number): number[] => [...slice(d), TAG.halt, 0, 0.04, 0.03, T0 + (d + 2) * DAY];
  const drawdown = (d: number): number[] => [...slice(d), TAG.halt, 1, 0.16, 0.15, 0];
  const exposure = (d: number, factor: number): number[] => [...slice(d), TAG.exposure, factor];
  const halts = (...records: number[][]) => {
    const record = quiet({}, records.flat());
    return haltsOf(record, tallyRun(record)).map(({ begin, end, reason }) => [begin, end, reason]);
  };

  it("a daily loss ends by the clock, a drawdown with the first exposure after it", () => {
    expect(halts(dailyLoss(1), drawdown(2), exposure(5, 1 / 3), exposure(6, 2 / 3))).toEqual([
      ["2024-01-03T00:00:00Z", "2024-01-04T00:00:00Z", "DAILY_LOSS"],
      ["2024-01-04T00:00:00Z", "2024-01-07T00:00:00Z", "DRAWDOWN"],
    ]);
  });

  it("two days of losses in a row are two halts; a breach on the way back is a new one", () => {
    expect(halts(dailyLoss(1), dailyLoss(2))).toHaveLength(2);
    expect(halts(drawdown(1), exposure(3, 1 / 3), drawdown(4), exposure(7, 1 / 3)).map(([, end]) => end)).toEqual([
      "2024-01-05T00:00:00Z",
      "2024-01-09T00:00:00Z",
    ]);
  });

  it("one that the run ended in has no end", () => {
    expect(halts(drawdown(8))).toEqual([["2024-01-10T00:00:00Z", null, "DRAWDOWN"]]);
    expect(halts(dailyLoss(9))).toEqual([["2024-01-11T00:00:00Z", null, "DAILY_LOSS"]]);
  });
});

describe("risk events", () => {
  it("are alerts of account and pods, halts and gross limit spells, in the order of time", () => {
    const record = quiet(
      {
        alerts: [
          {
            timeMs: T0 + 3 * DAY,
            type: "pod_drawdown",
            severity: "warning",
            message: "pod drawdown",
            value: 0.11,
            threshold: 0.1,
            podId: "a",
          },
        ],
      },
      [
        ...[TAG.slice, T0, TAG.alert, 2, 1, 2.5, 3],
        ...[TAG.slice, T0 + 4 * DAY, TAG.alert, 1, 2, 0.16, 0.15, TAG.halt, 1, 0.16, 0.15, 0],
        ...[TAG.slice, T0 + 5 * DAY, TAG.grossLimit, 400, 300, 0.75],
      ],
    );
    const events = riskEvents(record, tallyRun(record));
    expect(events.map(({ kind, type, severity }) => [kind, type, severity])).toEqual([
      ["alert", "gross_leverage", "warning"],
      ["alert", "pod_drawdown", "warning"],
      ["alert", "drawdown", "critical"],
      ["halt", "drawdown", "critical"],
      ["gross_limit", "gross_leverage", "critical"],
    ]);
    expect(events[1]).toMatchObject({ pod_id: "a", time: "2024-01-04T00:00:00Z" });
    expect(events[2]).toMatchObject({ pod_id: null, time: "2024-01-06T00:00:00Z", value: 0.16, threshold: 0.15 });
  });
});
