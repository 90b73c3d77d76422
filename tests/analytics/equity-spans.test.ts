// Goal: the curve of every slice in spans keeps what daily closes lose, and the file of a run folder reads back the same.
// Method: hand-made curves; a year of minutes for the length of spans.

import { describe, expect, it } from "vitest";
import { equitySpans } from "../../src/analytics/equity-spans.ts";
import { equitySpansTable, readEquitySpans } from "../../src/analytics/tables/equity-spans.ts";
import type { Curve } from "../../src/orchestrator/run-record.ts";
import { busyScript, recordOf } from "./record.ts";

const MINUTE = 60_000;
const curveOf = (stepMs: number, equity: readonly number[], exposure = 0): Curve => ({
  timeMs: Float64Array.from(equity, (_, i) => i * stepMs),
  lastMs: equity.length === 0 ? undefined : (equity.length - 1) * stepMs,
  equity: Float64Array.from(equity),
  gross: Float64Array.from(equity, (value) => exposure * value),
  net: Float64Array.from(equity, (value) => -exposure * value),
});

describe("equitySpans", () => {
  it("is one span per slice where there are few, with drawdowns from the high-water mark of all slices", () => {
    const spans = equitySpans(curveOf(MINUTE, [110, 99, 120, 60], 2), MINUTE, 100);
    expect(spans.map(({ timeMs, low, high, close }) => [timeMs, low, high, close])).toEqual([
      [0, 110, 110, 110],
      [MINUTE, 99, 99, 99],
      [2 * MINUTE, 120, 120, 120],
      [3 * MINUTE, 60, 60, 60],
    ]);
    expect(spans.map(({ drawdown }) => drawdown)).toEqual([0, expect.closeTo(0.1, 12), 0, 0.5]);
    expect(spans[3]).toMatchObject({ gross_leverage: 2, net_leverage: -2 });
  });

  it("has no leverage on an equity that is not positive", () => {
    const [span] = equitySpans(curveOf(MINUTE, [-5], 1), MINUTE, 0);
    expect(span).toMatchObject({ drawdown: 0, gross_leverage: null, net_leverage: null });
  });

  it("makes hours of a year of minutes, and keeps the fall between two closes", () => {
    const equity = Array.from({ length: 525_600 }, (_, i) => (i === 90 ? 50 : 100));
    const spans = equitySpans(curveOf(MINUTE, equity, 1), MINUTE, 100);
    expect(spans).toHaveLength(8760);
    expect(spans[1]).toMatchObject({ timeMs: 60 * MINUTE, low: 50, high: 100, close: 100, drawdown: 0.5 });
    expect(spans[2]).toMatchObject({ low: 100, drawdown: 0 });
  });

  it("is a day at the longest, and empty without a slice", () => {
    const day = 1440 * MINUTE;
    expect(
      equitySpans(
        curveOf(
          day,
          Array.from({ length: 12_000 }, () => 1),
        ),
        day,
        1,
      ),
    ).toHaveLength(12_000);
    expect(equitySpans(curveOf(day, []), day, 1)).toEqual([]);
  });
});

describe("equity-slices.csv", () => {
  it("reads back as it was written", () => {
    const record = recordOf(busyScript());
    const text = [...equitySpansTable(record)].join("");
    expect(readEquitySpans(`# SYNTHETIC market, seed 1\n${text}`)).toEqual(
      equitySpans(record.curve, record.baseMs, record.capital),
    );
    expect(() => readEquitySpans("time,low\n")).toThrow(/columns time,low,high/);
  });
});
