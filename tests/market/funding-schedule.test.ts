// Goal: every funding time between the first and the last slice is paid by exactly one slice, the right one, whatever the
// gaps, and whatever the chunks.

import { describe, expect, it } from "vitest";
import type { FundingRates } from "../../src/market/funding.ts";
import { FundingSchedule } from "../../src/market/funding-schedule.ts";
import { DAY_MS, HOUR_MS } from "../../src/market/timeframe.ts";
import { madeMarket } from "../support/made-market.ts";
import { seededRandom } from "../support/random-script.ts";

const T0 = Date.UTC(2024, 0, 1);
const rates = (symbol: string, hours: readonly number[]): FundingRates => ({
  symbol,
  timeMs: Float64Array.from(hours, (hour) => T0 + hour * HOUR_MS),
  rate: Float64Array.from(hours, (hour) => hour / 1e6),
});

/** [slice as hours from T0, hours, symbol] of every payment, read in chunks. */
function payments(
  closes: Parameters<typeof madeMarket>[0],
  timeframe: string,
  funding: readonly FundingRates[],
  { chunk = 100, days = 100 } = {},
): { list: number[][]; schedule: FundingSchedule } {
  const market = madeMarket(closes, T0, timeframe, funding);
  const baseMs = timeframe === "1D" ? DAY_MS : HOUR_MS;
  const schedule = new FundingSchedule(market.bars, market.funding, { startMs: T0, endMs: T0 + days * DAY_MS }, baseMs);
  const opens = [...new Set(market.bars.flatMap(({ timeMs }) => [...timeMs]))].sort((a, b) => a - b);
  const room = Math.min(schedule.payments, schedule.perSlice * chunk);
  const list: number[][] = [];
  for (let from = 0; from < opens.length; from += chunk) {
    const part = Float64Array.from(opens.slice(from, from + chunk));
    const buffers = {
      fundingStart: new Int32Array(chunk + 1),
      fundingSymbol: new Int32Array(room),
      fundingTime: new Float64Array(room),
      fundingRate: new Float64Array(room),
    };
    schedule.write(part, part.length, buffers);
    for (const [t, open] of part.entries()) {
      for (let i = buffers.fundingStart[t]!; i < buffers.fundingStart[t + 1]!; i++) {
        const hours = (buffers.fundingTime[i]! - T0) / HOUR_MS;
        expect(buffers.fundingRate[i]).toBe(hours / 1e6);
        list.push([(open - T0) / HOUR_MS, hours, buffers.fundingSymbol[i]!]);
      }
    }
  }
  return { list, schedule };
}

describe("a funding time", () => {
  it("at an open or inside a bar is that slice's; before the first or after the last slice it is nobody's", () => {
    const { list, schedule } = payments({ A: [1, 1] }, "1D", [rates("A", [-8, 0, 8, 16, 24, 40, 47.9, 48, 56])]);
    expect(list).toEqual([
      [0, 0, 0],
      [0, 8, 0],
      [0, 16, 0],
      [24, 24, 0],
      [24, 40, 0],
      [24, 47.9, 0],
    ]);
    expect(schedule).toMatchObject({ perSlice: 3, payments: 6, left: 0 });
  });

  it("in a gap is the next slice's, also at the end of the slice before", () => {
    const { list, schedule } = payments({ A: [1, null, null, 1] }, "1D", [rates("A", [16, 24, 32, 71.9, 72, 80])]);
    expect(list).toEqual([
      [0, 16, 0],
      [72, 24, 0],
      [72, 32, 0],
      [72, 71.9, 0],
      [72, 72, 0],
      [72, 80, 0],
    ]);
    expect(schedule.perSlice).toBe(5);
  });

  it("of a symbol without a bar is the slice's that another symbol makes", () => {
    const { list } = payments({ A: [1, null, 1], B: [1, 1, 1] }, "1D", [rates("A", [24, 32])]);
    expect(list).toEqual([
      [24, 24, 0],
      [24, 32, 0],
    ]);
  });

  it("of several symbols comes in order of time, then symbol", () => {
    const { list } = payments({ B: [1], A: [1] }, "1D", [rates("B", [0, 8]), rates("A", [4, 8])]);
    expect(list).toEqual([
      [0, 0, 1],
      [0, 4, 0],
      [0, 8, 0],
      [0, 8, 1],
    ]);
  });

  it("outside the run's range is left out", () => {
    const { schedule } = payments({ A: [1, 1, 1] }, "1D", [rates("A", [0, 8, 24, 32])], { days: 1 });
    expect(schedule.payments).toBe(2);
    expect(new FundingSchedule([], [], { startMs: 0, endMs: 1 }, DAY_MS)).toMatchObject({ perSlice: 0, payments: 0 });
  });
});

describe("random timelines with holes", () => {
  it.each([1, 2, 3, 4, 5])("seed %i: as a search says, in any chunk", (seed) => {
    const random = seededRandom(seed);
    const closes = (holes: number): (number | null)[] =>
      Array.from({ length: 200 }, () => (random() < holes ? null : 1));
    const markets = { A: closes(0.8), B: closes(0.9), C: closes(0.7) };
    const times = (): number[] => Array.from({ length: 300 }, (_, i) => (i - 20) * 0.75);
    const funding = [rates("A", times()), rates("C", times())];
    const whole = payments(markets, "1h", funding);
    for (const chunk of [1, 7]) expect(payments(markets, "1h", funding, { chunk }).list).toEqual(whole.list);

    const opens = Array.from({ length: 200 }, (_, t) => t).filter((t) =>
      Object.values(markets).some((own) => own[t] !== null),
    );
    const expected: number[][] = [];
    for (const hours of times()) {
      if (hours < opens[0]!) continue;
      const slice = opens.find((open) => open <= hours && hours < open + 1) ?? opens.find((open) => open >= hours);
      if (slice !== undefined) for (const symbol of [0, 2]) expected.push([slice, hours, symbol]);
    }
    expect(whole.list).toEqual(expected);
    expect(whole.schedule.left).toBe(0);
  });
});
