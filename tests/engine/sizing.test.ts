// Goal: what a pod wants to hold (spec 2.3): leverage limit, no-trade band, band edge, gross limit, dead pods.
// Method: hand-computed wishes on round prices; one lot is one unit, so wishes read as quantities.

import { describe, expect, it } from "vitest";
import type { WishEvent } from "../../src/orchestrator/events.ts";
import { runScript, type Script } from "../support/scripted.ts";

const unit = (symbol: string) => ({ symbol, lotsPerUnit: 1 });
const at = (price: number): [number, number, number, number] => [price, price, price, price];
const wishes = (script: Script): [string, number][] =>
  runScript(script)
    .events.filter((event): event is WishEvent => event.type === "wish")
    .map(({ podId, symbol, wishLots }) => [`${podId}/${symbol}`, wishLots]);

describe("a wish", () => {
  it("is weight × equity ÷ mark in whole lots towards zero, long and short", () => {
    const script = (weight: number): Script => ({
      pods: [{ podId: "a", capital: 1000 }],
      symbols: [unit("BTC")],
      slices: [{ bars: { BTC: at(7) }, weights: { "a/BTC": weight } }],
    });
    expect(wishes(script(0.5))).toEqual([["a/BTC", 71]]);
    expect(wishes(script(-0.5))).toEqual([["a/BTC", -71]]);
  });

  it("scales a pod down to its leverage limit, and only that pod", () => {
    const all = wishes({
      pods: [
        { podId: "a", capital: 1000, maxLeverage: 1 },
        { podId: "b", capital: 1000, maxLeverage: 3 },
      ],
      symbols: [unit("BTC"), unit("ETH")],
      slices: [
        { bars: { BTC: at(1), ETH: at(1) }, weights: { "a/BTC": 1.5, "a/ETH": -0.5, "b/BTC": 1.5, "b/ETH": -0.5 } },
      ],
    });
    expect(Object.fromEntries(all)).toEqual({ "a/BTC": 750, "a/ETH": -250, "b/BTC": 1500, "b/ETH": -500 });
  });

  it("is 0 for an inactive pod, which closes what it holds", () => {
    const { engine } = runScript({
      pods: [{ podId: "a", active: false }],
      symbols: ["BTC"],
      slices: [{ bars: { BTC: at(1) }, weights: { "a/BTC": 1 } }],
    });
    expect(engine.state.wish[0]).toBe(0);
  });

  it("is 0 for a pod without equity", () => {
    // Short 900 at 1 on 1,000; the price triples: pod equity 1,000 − 900 × 2 < 0 closes at the next open. The reserve keeps
    // the account solvent.
    const ruined = wishes({
      pods: [{ podId: "a", capital: 1000 }],
      reserve: 10_000,
      symbols: [unit("BTC")],
      slices: [
        { bars: { BTC: at(1) }, weights: { "a/BTC": -0.9 } },
        { bars: { BTC: [1, 3, 1, 3] } },
        { bars: { BTC: at(3) } },
      ],
    });
    expect(ruined).toEqual([
      ["a/BTC", -900],
      ["a/BTC", 0],
    ]);
  });

  it("is 0 for a portfolio without equity", () => {
    // Pod a's stop fills at an open of ten times its entry: it loses 8,100 of the account's 3,000. The account holds nothing
    // that could be liquidated, b and c cancel out; both close.
    const ruined = wishes({
      pods: [
        { podId: "a", capital: 1000, stopLoss: 0.1 },
        { podId: "b", capital: 1000 },
        { podId: "c", capital: 1000 },
      ],
      symbols: [unit("BTC"), unit("ETH")],
      slices: [
        { bars: { BTC: at(1), ETH: at(1) }, weights: { "b/BTC": 0.5, "c/BTC": -0.5, "a/ETH": -0.9 } },
        { bars: { BTC: at(1), ETH: at(1) } },
        { bars: { BTC: at(1), ETH: at(10) } },
      ],
    });
    expect(ruined).toEqual([
      ["b/BTC", 500],
      ["c/BTC", -500],
      ["a/ETH", -900],
      ["b/BTC", 0],
      ["c/BTC", 0],
    ]);
  });
});

describe("the no-trade band", () => {
  const band = (weights: readonly number[], pod: Partial<Script["pods"][number]> = {}): number[] =>
    wishes({
      pods: [{ podId: "a", capital: 1000, rebalanceThreshold: 0.05, ...pod }],
      symbols: [unit("BTC")],
      slices: weights.map((weight) => ({ bars: { BTC: at(1) }, weights: { "a/BTC": weight } })),
    }).map(([, lots]) => lots);

  it("holds what differs by less than the threshold and trades what reaches it", () => {
    expect(band([0.5, 0.549, 0.451, 0.55])).toEqual([500, 550]);
  });

  it("stands in the way of a small entry, too", () => {
    expect(band([0.049, 0.05])).toEqual([50]);
  });

  it("never stands in the way of closing or of changing sides", () => {
    expect(band([0.05, 0])).toEqual([50, 0]);
    expect(band([0.05, -0.001])).toEqual([50, -1]);
  });

  it("trades to its edge when asked, to the target when entering or flipping", () => {
    const edge = { rebalanceToEdge: true };
    expect(band([0.5, 0.6], edge)).toEqual([500, 550]);
    expect(band([0.5, 0.4], edge)).toEqual([500, 450]);
    expect(band([-0.5, -0.6], edge)).toEqual([-500, -550]);
    expect(band([0.5, -0.2], edge)).toEqual([500, -200]);
  });
});

describe("the gross limit", () => {
  it("scales all wishes by one factor, measured after netting, and says so", () => {
    const { events } = runScript({
      pods: [
        { podId: "a", capital: 1000 },
        { podId: "b", capital: 1000 },
      ],
      symbols: [unit("BTC"), unit("ETH")],
      setup: { maxGrossLeverage: 1 },
      // BTC nets to 1,500, ETH to 1,000: gross 2,500 of 2,000, factor 0.8.
      slices: [{ bars: { BTC: at(1), ETH: at(1) }, weights: { "a/BTC": 2, "b/BTC": -0.5, "b/ETH": 1 } }],
    });
    expect(events.find(({ type }) => type === "gross_limit")).toMatchObject({ gross: 2500, limit: 2000, factor: 0.8 });
    const lots = events.flatMap((event) => (event.type === "wish" ? [event.wishLots] : []));
    expect(lots).toEqual([1600, -400, 800]);
  });

  it("overrides the band: held positions come down with the rest", () => {
    const { engine } = runScript({
      pods: [{ podId: "a", capital: 1000, rebalanceThreshold: 0.5 }],
      symbols: [unit("BTC")],
      setup: { maxGrossLeverage: 1 },
      slices: [
        { bars: { BTC: at(1) }, weights: { "a/BTC": 1 } },
        { bars: { BTC: [1, 2, 1, 2] }, weights: { "a/BTC": 1.2 } },
      ],
    });
    // 1,000 held at 2 on equity 2,000; the band keeps 1,000, exactly the limit: nothing to scale.
    expect(engine.state.wish[0]).toBe(1000);
  });
});
