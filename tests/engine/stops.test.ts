// Goal: protective stops as in spec 2.6: level, gap, entry bar, order of test and peak, grouping, re-entry.
// Method: hand-computed cases on round prices, long and short mirrored; no costs unless the case is about them.

import { describe, expect, it } from "vitest";
import type { EngineEvent, StopEvent } from "../../src/orchestrator/events.ts";
import { DAY, runScript, type Script, type ScriptedSlice, T0 } from "../support/scripted.ts";

type Bar = readonly [number, number, number, number];
const BTC = (bar: Bar, weight?: number, atr?: number): ScriptedSlice => ({
  bars: { BTC: bar },
  ...(weight === undefined ? {} : { weights: { "a/BTC": weight } }),
  ...(atr === undefined ? {} : { atr: { "a/BTC": atr } }),
});
const still: Bar = [100, 100, 100, 100];

const stopsOf = (
  pod: Partial<Script["pods"][number]>,
  slices: readonly ScriptedSlice[],
  setup: Script["setup"] = {},
) => {
  const { events } = runScript({ pods: [{ podId: "a", ...pod }], symbols: ["BTC"], slices, setup });
  const stops = events.filter((event): event is StopEvent => event.type === "stop");
  return { events, stops: stops.map(({ timeMs, level, price }) => ({ day: (timeMs - T0) / DAY, level, price })) };
};
const fillPrices = (events: readonly EngineEvent[]): [string, number][] =>
  events.flatMap((event) => (event.type === "fill" ? [[event.purpose, event.price] as [string, number]] : []));

describe("a fixed stop", () => {
  it("fills at the stop when the bar's low touches it, in the same slice, with slippage", () => {
    const { events, stops } = stopsOf(
      { stopLoss: 0.1, rebalanceThreshold: 0.05 },
      [BTC(still, 0.5), BTC(still), BTC([100, 101, 90, 95])],
      { slippage: 0.01 },
    );
    // Entry 101 (slippage), stop 90.9; sold at 90.9 × 0.99.
    expect(stops).toEqual([{ day: 2, level: expect.closeTo(90.9, 10), price: expect.closeTo(90.9, 10) }]);
    expect(fillPrices(events)[1]).toEqual(["STOP", expect.closeTo(90.9 * 0.99, 10)]);
  });

  it("does not fire above its level", () => {
    expect(stopsOf({ stopLoss: 0.1 }, [BTC(still, 0.5), BTC(still), BTC([100, 101, 90.01, 95])]).stops).toEqual([]);
  });

  it("fills at the open when the bar opens beyond it", () => {
    const { stops } = stopsOf({ stopLoss: 0.1 }, [BTC(still, 0.5), BTC(still), BTC([80, 85, 70, 75])]);
    expect(stops).toEqual([{ day: 2, level: 90, price: 80 }]);
  });

  it("is tested on the entry bar", () => {
    const { stops } = stopsOf({ stopLoss: 0.1 }, [BTC(still, 0.5), BTC([100, 120, 85, 110])]);
    expect(stops).toEqual([{ day: 1, level: 90, price: 90 }]);
  });

  it("mirrors for a short", () => {
    const { stops } = stopsOf({ stopLoss: 0.1 }, [BTC(still, -0.5), BTC(still), BTC([100, 110.5, 99, 105])]);
    expect(stops).toEqual([{ day: 2, level: expect.closeTo(110, 10), price: expect.closeTo(110, 10) }]);
    const gap = stopsOf({ stopLoss: 0.1 }, [BTC(still, -0.5), BTC(still), BTC([130, 140, 125, 135])]);
    expect(gap.stops).toEqual([{ day: 2, level: expect.closeTo(110, 10), price: 130 }]);
  });

  it("follows the average entry when the pod adds", () => {
    // Half at 100; the rest at 80 raises the average to less than 100: (5·100 + n·80) ÷ (5 + n) with equal value each.
    const { events, stops } = stopsOf({ stopLoss: 0.1, capital: 1000 }, [
      BTC(still, 0.5),
      BTC([100, 100, 95, 100], 1),
      BTC([100, 100, 100, 100]),
      BTC([100, 100, 89.99, 90]),
    ]);
    expect(events.filter(({ type }) => type === "fill")).toHaveLength(3);
    expect(stops).toEqual([{ day: 3, level: 90, price: 90 }]);
  });

  it("gone with the open: a position closed at the open of the bar is not stopped in it", () => {
    expect(stopsOf({ stopLoss: 0.1 }, [BTC(still, 0.5), BTC(still, 0), BTC([100, 100, 50, 60])]).stops).toEqual([]);
  });
});

describe("a trailing stop", () => {
  const trailing = { trailMultiple: 2 };

  it("tests the bar before the bar's high moves the peak", () => {
    // Peak is the fill (100), ATR 5: level 90. The high of 130 would put it at 120 and the low of 95 under it.
    const { stops } = stopsOf(trailing, [
      BTC(still, 0.5, 5),
      BTC(still),
      BTC([100, 130, 95, 125]),
      BTC([125, 126, 121, 122]),
    ]);
    expect(stops).toEqual([]);
  });

  it("follows the highs of tested bars and fires at peak − m × ATR", () => {
    const { stops } = stopsOf(trailing, [
      BTC(still, 0.5, 5),
      BTC(still),
      BTC([100, 130, 95, 125]),
      BTC([125, 126, 119, 122]),
    ]);
    expect(stops).toEqual([{ day: 3, level: 120, price: 120 }]);
  });

  it("never loosens when the ATR grows", () => {
    const { stops } = stopsOf(trailing, [
      BTC(still, 0.5, 5), // level 90 from the first test on
      BTC(still),
      BTC(still, 0.5, 20), // would be 60
      BTC([100, 100, 90, 95]),
    ]);
    expect(stops).toEqual([{ day: 3, level: 90, price: 90 }]);
  });

  it("tightens when the ATR shrinks", () => {
    const { stops } = stopsOf(trailing, [BTC(still, 0.5, 5), BTC(still, 0.5, 2), BTC([100, 100, 96, 97])]);
    expect(stops).toEqual([{ day: 2, level: 96, price: 96 }]);
  });

  it("is silent while the ATR is undefined", () => {
    expect(stopsOf(trailing, [BTC(still, 0.5), BTC([100, 100, 1, 50])]).stops).toEqual([]);
  });

  it("mirrors for a short and starts again on a flip", () => {
    const short = stopsOf(trailing, [BTC(still, -0.5, 5), BTC([100, 100, 70, 80]), BTC([80, 81, 79, 80], -0.5, 5)]);
    expect(short.stops).toEqual([{ day: 2, level: 80, price: 80 }]);
    const flipped = stopsOf(trailing, [
      BTC(still, 0.5, 5),
      BTC([100, 150, 100, 150], -0.5, 5), // peak 150
      BTC([150, 150, 145, 145]), // short from 150: level 160, not 140
      BTC([145, 154.9, 145, 150]), // peak 145: level 155
      BTC([150, 155, 150, 150]),
    ]);
    expect(flipped.stops).toEqual([{ day: 4, level: 155, price: 155 }]);
  });

  it("with both set the one reached first counts", () => {
    const both = { trailMultiple: 2, stopLoss: 0.05 };
    expect(stopsOf(both, [BTC(still, 0.5, 5), BTC([100, 100, 80, 90])]).stops).toEqual([
      { day: 1, level: 95, price: 95 },
    ]);
    const tight = { trailMultiple: 2, stopLoss: 0.3 };
    expect(stopsOf(tight, [BTC(still, 0.5, 5), BTC([100, 100, 80, 90])]).stops).toEqual([
      { day: 1, level: 90, price: 90 },
    ]);
    expect(stopsOf(both, [BTC(still, -0.5, 5), BTC([100, 120, 100, 90])]).stops).toEqual([
      { day: 1, level: 105, price: 105 },
    ]);
    expect(stopsOf(tight, [BTC(still, -0.5, 5), BTC([100, 120, 100, 90])]).stops).toEqual([
      { day: 1, level: 110, price: 110 },
    ]);
  });
});

describe("after a stop", () => {
  const falling: Bar = [100, 100, 90, 95];
  const later: Bar = [95, 95, 95, 95];
  const entries = (pod: Partial<Script["pods"][number]>, slices: readonly ScriptedSlice[]): number[] =>
    stopsOf({ stopLoss: 0.1, ...pod }, slices)
      .events.filter((event) => event.type === "fill" && event.purpose === "NET")
      .map(({ timeMs }) => (timeMs - T0) / DAY);

  it("the pod stays flat while candles keep the sign", () => {
    expect(entries({}, [BTC(still, 0.5), BTC(still), BTC(falling, 0.5), BTC(later, 0.4), BTC(later, 0.6)])).toEqual([
      1,
    ]);
  });

  it("a weight of 0 or of the other sign at a later candle lets it trade again", () => {
    const zero = [BTC(still, 0.5), BTC(still), BTC(falling, 0.5), BTC(later, 0), BTC(later, 0.5), BTC(later)];
    expect(entries({}, zero)).toEqual([1, 5]);
    const flip = [BTC(still, 0.5), BTC(still), BTC(falling, 0.5), BTC(later, -0.5), BTC(later)];
    expect(entries({}, flip)).toEqual([1, 4]);
  });

  it("the candle completed at the close of the stop's own slice counts", () => {
    expect(entries({}, [BTC(still, 0.5), BTC(still), BTC(falling, -0.5), BTC(later)])).toEqual([1, 3]);
  });

  it("an older weight does not clear the block: only a completed candle does", () => {
    expect(entries({}, [BTC(still, 0.5), BTC(still), BTC(falling), BTC(later), BTC(later)])).toEqual([1]);
  });

  it("or when the cool-down has passed", () => {
    const slices = [BTC(still, 0.5), BTC(still), BTC(falling), BTC(later), BTC(later), BTC(later), BTC(later)];
    // Stopped on day 2, two days later is the close of day 4, filled on day 5.
    expect(entries({ cooldownMs: 2 * DAY }, slices)).toEqual([1, 5]);
  });
});

describe("stops of several pods", () => {
  it("exits of one side are one order at the quantity-weighted mean, each pod at its own price; sides never cross", () => {
    const { events } = runScript({
      pods: [
        { podId: "a", stopLoss: 0.1, rebalanceThreshold: 0.05 },
        { podId: "b", stopLoss: 0.05, rebalanceThreshold: 0.05 },
        { podId: "c", stopLoss: 0.05, rebalanceThreshold: 0.05 },
      ],
      symbols: ["BTC"],
      setup: { feeRate: 0.001 },
      slices: [
        { bars: { BTC: still }, weights: { "a/BTC": 0.1, "b/BTC": 0.3, "c/BTC": -0.2 } },
        { bars: { BTC: still } },
        { bars: { BTC: [100, 105, 90, 100] } },
      ],
    });
    const day2 = events.filter(({ timeMs, type }) => timeMs === T0 + 2 * DAY && (type === "fill" || type === "part"));
    expect(day2).toMatchObject([
      // 100 at 90 and 300 at 95: mean 93.75, value 37,500, fee 37.5 shared 1 : 3.
      { type: "fill", purpose: "STOP", lots: -400e8, price: 93.75, valueMicro: 37_500e6, feeMicro: 37_500_000 },
      { type: "part", podId: "a", lots: -100e8, price: 90, cashMicro: 9_000e6, feeMicro: 9_375_000 },
      { type: "part", podId: "b", lots: -300e8, price: 95, cashMicro: 28_500e6, feeMicro: 28_125_000 },
      { type: "fill", purpose: "STOP", lots: 200e8, price: 105, valueMicro: 21_000e6 },
      { type: "part", podId: "c", lots: 200e8, price: 105, cashMicro: -21_000e6 },
    ]);
  });

  it("with gross netting each exit is an order of its own", () => {
    const { events } = runScript({
      pods: ["a", "b"].map((podId, i) => ({ podId, stopLoss: 0.1 - 0.05 * i, rebalanceThreshold: 0.05 })),
      symbols: ["BTC"],
      setup: { netting: "gross", feeRate: 0.001 },
      slices: [
        { bars: { BTC: still }, weights: { "a/BTC": 0.1, "b/BTC": 0.3 } },
        { bars: { BTC: still } },
        { bars: { BTC: [100, 105, 90, 100] } },
      ],
    });
    const exits = events.flatMap((event) => (event.type === "fill" && event.purpose === "STOP" ? [event] : []));
    expect(exits.map(({ lots, price, feeMicro }) => [lots, price, feeMicro])).toEqual([
      [-100e8, 90, 9_000_000],
      [-300e8, 95, 28_500_000],
    ]);
  });

  it("a symbol without a bar tests no stop", () => {
    const { events } = runScript({
      pods: [{ podId: "a", stopLoss: 0.1 }],
      symbols: ["BTC", "ETH"],
      slices: [
        { bars: { BTC: still, ETH: still }, weights: { "a/BTC": 0.5 } },
        { bars: { BTC: still, ETH: still } },
        { bars: { ETH: [50, 50, 50, 50] } },
      ],
    });
    expect(events.some(({ type }) => type === "stop")).toBe(false);
  });
});
