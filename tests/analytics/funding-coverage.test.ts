// Goal: rates that a position could have missed are named, and those that nobody could have held over are not.

import { describe, expect, it } from "vitest";
import { fundingCoverageOf, fundingWarnings } from "../../src/analytics/funding-coverage.ts";
import { madeMarket } from "../support/made-market.ts";
import { DAY, T0 } from "./record.ts";

const HOUR = DAY / 24;
/** Ten days of bars from T0, a run over all of them, rates at these hours. */
const coverage = (hours: readonly number[] | null, { start = 0, days = 10, missing = 0 } = {}) => {
  const closes = Array.from({ length: 10 }, (_, i) => (i < missing ? null : 1));
  const [bars] = madeMarket({ A: closes }, T0).bars;
  const timeMs = Float64Array.from(hours ?? [], (hour) => T0 + hour * HOUR);
  const rates = hours === null ? null : { symbol: "A", timeMs, rate: timeMs.map(() => 0.0001) };
  return fundingCoverageOf(bars!, rates, { startMs: T0 + start * DAY, endMs: T0 + days * DAY }, DAY);
};
const every = (step: number, from: number, to: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

describe("coverage", () => {
  it("is whole when a rate comes every interval from the first bar to the end", () => {
    expect(coverage(every(8, 0, 232))).toEqual({
      symbol: "A",
      first: "2024-01-01T00:00:00Z",
      last: "2024-01-10T16:00:00Z",
      rates: 30,
      longest_gap_hours: 8,
      gaps: [],
    });
    // Nothing is held yet at the first open, so nobody misses that rate.
    expect(coverage(every(8, 8, 232)).gaps).toEqual([]);
    expect(coverage(every(8, -80, 480)).rates).toBe(30);
  });

  it("starts late, ends early, is missing", () => {
    expect(coverage(every(8, 16, 232)).gaps).toEqual(["STARTS_LATE"]);
    expect(coverage(every(8, 0, 224)).gaps).toEqual(["ENDS_EARLY"]);
    expect(coverage(every(8, 100, 124)).gaps).toEqual(["STARTS_LATE", "ENDS_EARLY"]);
    expect(coverage(every(8, -80, -8))).toMatchObject({ rates: 0, longest_gap_hours: null, gaps: ["ENDS_EARLY"] });
    expect(coverage([0]).gaps).toEqual(["ENDS_EARLY"]);
    expect(coverage(null)).toMatchObject({ first: null, last: null, rates: 0, gaps: ["MISSING"] });
    expect(coverage([500]).gaps).toEqual(["MISSING"]);
  });

  it("is wanted from the symbol's first bar, and of no symbol without bars", () => {
    expect(coverage(every(8, 80, 232), { missing: 3 }).gaps).toEqual([]);
    expect(coverage(every(8, 96, 232), { missing: 3 }).gaps).toEqual(["STARTS_LATE"]);
    expect(coverage(null, { start: 20, days: 30 }).gaps).toEqual([]);
  });

  it("shows holes", () => {
    expect(coverage([0, 8, 16, 100, 108]).longest_gap_hours).toBe(84);
  });

  it("warns in words", () => {
    expect(fundingWarnings([coverage(null), coverage(every(8, 100, 124)), coverage(every(8, 0, 232))])).toEqual([
      "funding of A: there are no rates, its positions pay none",
      "funding of A: the rates start at 2024-01-05T04:00:00Z, nothing is paid before",
      "funding of A: the rates end at 2024-01-06T04:00:00Z, nothing is paid after",
    ]);
  });
});
