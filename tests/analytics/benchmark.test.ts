// Goal: buy and hold buys once, at the first open a strategy could have had, pays the same costs, and waits for symbols
// that have no bar yet.
// Method: prices small enough to do by hand.

import { describe, expect, it } from "vitest";
import { buyAndHold } from "../../src/analytics/benchmark.ts";
import { bar, DAY, marketOf, T0 } from "./record.ts";

const market = (slices: Record<string, [number, number, number, number]>[], symbols: string[]) =>
  marketOf({ pods: [], symbols, slices: slices.map((bars) => ({ bars })) }).bars;
const free = { startMs: T0, endMs: T0 + 30 * DAY, capital: 1000, feeRate: 0, slippage: 0 };

describe("buy and hold", () => {
  it("buys at the open after the first slice and is marked at closes", () => {
    const bars = market([{ A: bar(10, 50) }, { A: bar(20, 25) }, { A: bar(30, 40) }], ["A"]);
    // 1000 ÷ 20 = 50 units.
    expect([...buyAndHold({ bars, ...free }).equity]).toEqual([1000, 1250, 2000]);
  });

  it("pays slippage on the price and the fee on the value, out of its share", () => {
    const bars = market([{ A: bar(100) }, { A: bar(100) }], ["A"]);
    const { equity } = buyAndHold({ bars, ...free, slippage: 0.25, feeRate: 0.6 });
    expect(equity[1]).toBeCloseTo((1000 / (125 * 1.6)) * 100, 9); // 5 units
  });

  it("splits equally; a symbol without a bar yet waits in cash, one without a bar keeps its last close", () => {
    const bars = market(
      [{ A: bar(10) }, { A: bar(10, 20) }, { B: bar(5, 10) }, { A: bar(20, 30), B: bar(10) }],
      ["A", "B"],
    );
    // A: 50 units from day 2; B: 100 units from day 3.
    expect([...buyAndHold({ bars, ...free }).equity]).toEqual([1000, 1500, 2000, 2500]);
  });

  it("sees the range only, and one value per UTC day", () => {
    const [all] = market(
      Array.from({ length: 6 }, (_, t) => ({ A: bar(10 + t) })),
      ["A"],
    );
    if (all === undefined) throw new Error("no columns");
    const hours = { ...all, timeMs: all.timeMs.map((_, i) => T0 + i * 12 * 3_600_000) };
    const { timeMs, equity } = buyAndHold({ bars: [hours], ...free, startMs: T0 + DAY, endMs: T0 + 2 * DAY });
    expect([...timeMs]).toEqual([T0 + DAY]);
    expect(equity[0]).toBeCloseTo(1000, 9); // bought at the open of 13, closed at 13
  });

  it("has no day without a bar, and keeps its cash when there is nothing to buy after the first slice", () => {
    expect(buyAndHold({ bars: market([{}], ["A"]), ...free }).equity).toHaveLength(0);
    expect([...buyAndHold({ bars: market([{ A: bar(7) }], ["A"]), ...free }).equity]).toEqual([1000]);
  });
});
