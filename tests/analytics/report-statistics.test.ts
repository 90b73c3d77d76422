import { describe, expect, it } from "vitest";
import { correlation } from "../../src/analytics/correlation.ts";
import { histogram } from "../../src/analytics/histogram.ts";
import { known } from "../../src/analytics/metric.ts";
import { monthlyReturns } from "../../src/analytics/monthly-returns.ts";
import { rolling } from "../../src/analytics/rolling.ts";
import { yearlyReturns } from "../../src/analytics/yearly-returns.ts";

describe("correlation", () => {
  const up = Array.from({ length: 30 }, (_, i) => i * i);

  it("is 1 with itself, -1 with its mirror, over the days both have", () => {
    expect(correlation([null, ...up], [5, ...up])).toBeCloseTo(1, 12);
    expect(
      correlation(
        up,
        up.map((value) => -value),
      ),
    ).toBeCloseTo(-1, 12);
  });

  it("is unknown with fewer than 20 common days, or where one never moves", () => {
    expect(correlation(up.slice(0, 19), up.slice(0, 19))).toBeNull();
    expect(
      correlation(
        up,
        up.map(() => 1),
      ),
    ).toBeNull();
    expect(correlation(up, up.slice(0, 10))).toBeNull();
  });
});

describe("histogram", () => {
  it("counts every value once, the largest in the last bin", () => {
    expect(histogram([0, 1, 2, 4], 2).map(({ count }) => count)).toEqual([2, 2]);
  });

  it("has one bin for equal values and none for none", () => {
    expect(histogram([3, 3], 5)).toEqual([{ from: 3, to: 3, count: 2 }]);
    expect(histogram([], 5)).toEqual([]);
  });
});

describe("monthlyReturns", () => {
  it("compound to the whole: each month begins where the one before ended", () => {
    const months = monthlyReturns(["2024-01-30", "2024-01-31", "2024-02-01"], [100, 110, 99], 100);
    expect(months.map(({ month }) => month)).toEqual(["2024-01", "2024-02"]);
    expect(months[0]?.value).toBeCloseTo(0.1, 12);
    expect(months[1]?.value).toBeCloseTo(-0.1, 12);
  });

  it("has no return where there was nothing to earn on", () => {
    expect(monthlyReturns(["2024-01-01"], [5], 0)).toEqual([{ month: "2024-01", value: null }]);
    const months = monthlyReturns(["2024-01-31", "2024-02-29"], [-10, -20], 100);
    expect(months.map(({ value }) => value)).toEqual([-1.1, null]);
  });
});

describe("yearlyReturns", () => {
  it("begin with the capital at the start and follow each other", () => {
    const years = yearlyReturns(["2023-06-01", "2023-12-31", "2024-12-31"], [90, 120, 60], 100);
    expect(years).toEqual([
      { year: "2023", value: expect.closeTo(0.2, 12) },
      { year: "2024", value: -0.5 },
    ]);
  });

  it("take the last value that is known, and have none without one or without a base", () => {
    expect(yearlyReturns(["2023-01-01", "2023-01-02"], [110, null], 100)).toEqual([
      { year: "2023", value: expect.closeTo(0.1, 12) },
    ]);
    expect(yearlyReturns(["2023-01-01", "2024-01-01"], [null, 50], 100)).toEqual([
      { year: "2023", value: null },
      { year: "2024", value: -0.5 },
    ]);
    expect(yearlyReturns(["2023-01-01", "2024-01-01"], [0, 50], 100)[1]).toEqual({ year: "2024", value: null });
  });
});

describe("rolling", () => {
  it("is unknown until the window is full", () => {
    const last = (slice: Float64Array) => known(slice.at(-1) as number);
    expect(rolling(Float64Array.of(1, 2, 3), 2, last)).toEqual([null, 2, 3]);
  });
});
