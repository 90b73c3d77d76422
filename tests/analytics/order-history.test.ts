// Goal: every event of a run finds the order it belongs to.
// Method: the real engine on hand-written slices; each case of order, cross, skip, lapse and stop.

import { describe, expect, it } from "vitest";
import { filledLots, type OrderHistory, orderHistory, outcomeOf } from "../../src/analytics/order-history.ts";
import { eventsOf } from "../../src/analytics/tables/event-source.ts";
import type { Script } from "../support/scripted.ts";
import { bar, busyScript, DAY, recordOf, T0 } from "./record.ts";

const history = (script: Script): OrderHistory[] => [...orderHistory(eventsOf(recordOf(script)))];
const two = [{ podId: "a" }, { podId: "b" }];

describe("order history", () => {
  it("joins wishes, order, fill and parts across the slices between decision and open", () => {
    const [order] = history({
      pods: two,
      symbols: ["BTC"],
      slices: [{ bars: { BTC: bar(100) }, weights: { "a/BTC": 0.3, "b/BTC": -0.1 } }, { bars: { BTC: bar(101) } }],
    });
    expect(order).toMatchObject({ timeMs: T0, purpose: "NET", status: "PLACED", netLots: 200e8, crossedLots: 100e8 });
    expect(order?.wishes.map(({ podId, demandLots }) => [podId, demandLots])).toEqual([
      ["a", 300e8],
      ["b", -100e8],
    ]);
    expect(order?.executions[0]?.fill).toMatchObject({ timeMs: T0 + DAY, lots: 200e8, price: 101 });
    expect(order?.executions[0]?.parts.map(({ podId }) => podId)).toEqual(["a", "b"]);
    expect(order && outcomeOf(order)).toBe("FILLED");
  });

  it("knows a cross, a skip with its cross, and a skip alone", () => {
    const run = (b: number): string[] =>
      history({
        pods: two,
        symbols: [{ symbol: "BTC", minNotional: 1000 }],
        slices: [{ bars: { BTC: bar(100) }, weights: { "a/BTC": 0.105, "b/BTC": b } }, { bars: { BTC: bar(100) } }],
      })
        .filter(({ timeMs }) => timeMs === T0)
        .map((order) => `${order.purpose} ${outcomeOf(order)} ${order.lapses.map(({ reason }) => reason)}`);
    expect(run(-0.105)).toEqual(["CROSS CROSSED "]);
    expect(run(-0.1)).toEqual(["CROSS CROSSED MIN_NOTIONAL"]);
    expect(run(-0.11)).toEqual(["CROSS CROSSED MIN_NOTIONAL"]);
    const alone = history({
      pods: two,
      symbols: [{ symbol: "BTC", minNotional: 1000 }],
      slices: [{ bars: { BTC: bar(100) }, weights: { "a/BTC": 0.001 } }],
    });
    expect(alone.map((order) => [order.purpose, outcomeOf(order)])).toEqual([["NET", "SKIPPED"]]);
  });

  it("ends an order that finds no bar, or no more data", () => {
    const orders = history({
      pods: [{ podId: "a" }],
      symbols: ["BTC", "ETH"],
      slices: [{ bars: { BTC: bar(100), ETH: bar(10) }, weights: { "a/ETH": 0.2 } }, { bars: { BTC: bar(100) } }],
    });
    expect(orders.map((order) => [order.timeMs, outcomeOf(order), order.lapses[0]?.reason])).toEqual([
      [T0, "LAPSED", "NO_BAR"],
      [T0 + DAY, "LAPSED", "END_OF_DATA"],
    ]);
  });

  it("gross: every pod's fill goes to its own order, past a skipped one", () => {
    const orders = history({
      pods: [{ podId: "a" }, { podId: "b" }, { podId: "c" }],
      symbols: [{ symbol: "BTC", minNotional: 1000 }],
      setup: { netting: "gross" },
      slices: [
        { bars: { BTC: bar(100) }, weights: { "a/BTC": 0.1, "b/BTC": 0.001, "c/BTC": -0.2 } },
        { bars: { BTC: bar(100) } },
      ],
    }).filter(({ timeMs }) => timeMs === T0);
    expect(
      orders.map((o) => [o.podId, outcomeOf(o), filledLots(o), o.wishes.length, o.executions[0]?.parts[0]?.podId]),
    ).toEqual([
      ["a", "FILLED", 100e8, 1, "a"],
      ["b", "SKIPPED", 0, 1, undefined],
      ["c", "FILLED", -200e8, 1, "c"],
    ]);
  });

  it("gives stop exits an order of their own, by side", () => {
    const orders = history({
      pods: [
        { podId: "a", stopLoss: 0.05 },
        { podId: "b", stopLoss: 0.05 },
      ],
      symbols: ["BTC"],
      slices: [
        { bars: { BTC: bar(100) }, weights: { "a/BTC": 0.2, "b/BTC": -0.1 } },
        { bars: { BTC: [100, 110, 90, 100] } },
        { bars: { BTC: bar(100) } },
      ],
    });
    expect(orders.map(({ purpose, netLots, stops }) => [purpose, netLots, stops.map(({ podId }) => podId)])).toEqual([
      ["NET", 100e8, []],
      ["STOP_SELL", -200e8, ["a"]],
      ["STOP_BUY", 100e8, ["b"]],
    ]);
  });

  it("gross: every pod's order lapses on its own", () => {
    const orders = history({
      pods: [{ podId: "a" }, { podId: "b" }, { podId: "c" }],
      symbols: ["ETH", { symbol: "BTC", minNotional: 1000 }],
      setup: { netting: "gross" },
      slices: [
        {
          bars: { ETH: bar(1), BTC: bar(100) },
          weights: { "a/BTC": 0.1, "b/BTC": 0.001, "c/BTC": -0.2 },
        },
        { bars: { ETH: bar(1) } },
      ],
    });
    const lapses = orders.map(({ podId, lapses }) => [podId, ...lapses.map((l) => `${l.reason} ${l.netLots / 1e8}`)]);
    expect(lapses).toEqual([
      ["a", "NO_BAR 100"],
      ["b", "MIN_NOTIONAL 1"],
      ["c", "NO_BAR -200"],
      ["a", "END_OF_DATA 100"],
      ["b", "MIN_NOTIONAL 1"],
      ["c", "END_OF_DATA -200"],
    ]);
    for (const { lapses } of orders) expect(lapses.every(({ crossedLots }) => crossedLots === 0)).toBe(true);
  });

  it("net: the cross of a skipped net lapses without that net", () => {
    const [order] = history({
      pods: two,
      symbols: ["ETH", { symbol: "BTC", minNotional: 1000 }],
      slices: [
        { bars: { ETH: bar(1), BTC: bar(100) }, weights: { "a/BTC": 0.105, "b/BTC": -0.1 } },
        { bars: { ETH: bar(1) } },
      ],
    });
    expect(order?.lapses.map(({ reason, netLots, crossedLots }) => [reason, netLots, crossedLots])).toEqual([
      ["MIN_NOTIONAL", 5e8, 0],
      ["NO_BAR", 0, 100e8],
    ]);
  });

  it("gross: each stop exit is the order of its pod, also of one side in one slice", () => {
    const orders = history({
      pods: [
        { podId: "a", stopLoss: 0.05 },
        { podId: "b", stopLoss: 0.05 },
        { podId: "c", stopLoss: 0.05 },
      ],
      symbols: ["BTC"],
      setup: { netting: "gross" },
      slices: [
        { bars: { BTC: bar(100) }, weights: { "a/BTC": 0.2, "b/BTC": -0.1, "c/BTC": 0.3 } },
        { bars: { BTC: [100, 110, 90, 100] } },
        { bars: { BTC: bar(100) } },
      ],
    }).filter(({ purpose }) => purpose !== "NET");
    expect(orders.map(({ purpose, podId, netLots, stops }) => [purpose, podId, netLots, stops.length])).toEqual([
      ["STOP_SELL", "a", -200e8, 1],
      ["STOP_BUY", "b", 100e8, 1],
      ["STOP_SELL", "c", -300e8, 1],
    ]);
  });

  it.each(["net", "gross"] as const)("netting %s: whole books, every execution's parts sum to it", (netting) => {
    for (const order of history(busyScript({ netting }))) {
      for (const { fill, parts } of order.executions) {
        expect(parts.reduce((sum, { lots }) => sum + lots, 0)).toBe(fill.lots);
        expect(parts.reduce((sum, { feeMicro }) => sum + feeMicro, 0)).toBe(fill.feeMicro);
      }
      if (order.wishes.length > 0)
        expect(order.wishes.reduce((sum, { demandLots }) => sum + demandLots, 0)).toBe(order.netLots);
    }
  });

  it("refuses a fill that nobody decided: that is a bug in the engine", () => {
    const fill = {
      type: "fill",
      timeMs: T0,
      symbol: "BTC",
      purpose: "NET",
      lots: 1,
      price: 1,
      reference: 1,
      valueMicro: 1,
      feeMicro: 0,
    } as const;
    expect(() => [...orderHistory([fill])]).toThrow("belongs to no order");
  });
});
