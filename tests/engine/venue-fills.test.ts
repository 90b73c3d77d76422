// Goal: with an exchange in the place of the next open, the books stay exact whatever the exchange does: partial fills in any
// pieces, nothing at all, answers that come slices later, positions it closes by itself (spec 2.5, 5.1, 5.4).

import { describe, expect, it } from "vitest";
import { instantiateKernels, type Kernels } from "../../src/kernels/load.ts";
import type { Engine } from "../../src/orchestrator/engine.ts";
import type { EngineEvent } from "../../src/orchestrator/events.ts";
import type { VenueChange } from "../../src/orchestrator/venue-changes.ts";
import { AccountBook } from "../support/account-book.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { randomScript, seededRandom } from "../support/random-script.ts";
import { runScript, type Script, type ScriptedBar, type ScriptedRun, type ScriptOptions } from "../support/scripted.ts";
import { openOrders, tradeOf } from "../support/scripted-exchange.ts";

const FLAT: ScriptedBar = [100, 101, 99, 100];
const LOT = 1e8;
type Exchange = NonNullable<ScriptOptions["exchange"]>;

function atVenue(script: Script, exchange: Exchange, kernels?: (bytes: number) => Kernels): ScriptedRun {
  let book: AccountBook | undefined;
  const setup = { fills: "venue", stops: "order", ...script.setup } as const;
  const onCall = (events: readonly EngineEvent[], engine: Engine): void => {
    book ??= openBook(engine, script);
    book.book(events);
    book.compareState(engine);
  };
  const options = { chunk: 1, exchange, onCall, ...(kernels === undefined ? {} : { kernels }) };
  return runScript({ ...script, setup }, options);
}

function openBook({ setup }: Engine, { reserve = 0 }: Script): AccountBook {
  const capital = Object.fromEntries(setup.pods.map(({ podId, capitalMicro }) => [podId, capitalMicro]));
  const lotsPerUnit = new Map(setup.symbols.map((symbol) => [symbol.symbol, symbol.lotsPerUnit]));
  return new AccountBook(capital, reserve * 1e6, lotsPerUnit);
}

/** Fills everything at once at `price`. */
const fillsAt =
  (price: number): Exchange =>
  (engine, _slice, apply) => {
    for (const order of openOrders(engine)) {
      apply(tradeOf(engine, order, order.left, price));
      apply({ type: "settled", symbol: order.symbol });
    }
  };

/** Any pieces, prices and delays, from a seed. */
function erratic(seed: number): Exchange {
  const random = seededRandom(seed);
  return (engine, _slice, apply) => {
    const busy = new Set<string>();
    for (const order of openOrders(engine)) {
      if (random() < 0.3) busy.add(order.symbol);
      let { left } = order;
      while (left !== 0 && random() < 0.7) {
        const lots = random() < 0.4 ? left : Math.trunc(left * random());
        const s = engine.setup.symbols.findIndex(({ symbol }) => symbol === order.symbol);
        const mark = (engine.state.markPerLot[s] as number) * (engine.setup.symbols[s]?.lotsPerUnit as number);
        if (lots !== 0)
          apply(tradeOf(engine, order, lots, Number((mark * (1 + (random() - 0.5) / 50)).toPrecision(6))));
        left -= lots;
      }
    }
    for (const symbol of new Set(openOrders(engine).map((order) => order.symbol))) {
      if (!busy.has(symbol)) apply({ type: "settled", symbol });
    }
    if (random() < 0.05) apply({ type: "missed" });
    if (random() < 0.05) apply({ type: "deposit", micro: Math.floor(random() * 1e9) });
  };
}

function pair(weights: readonly (Record<string, number> | undefined)[], pods = ["a", "b"]): Script {
  return {
    pods: pods.map((podId) => ({ podId, capital: 10_000 })),
    symbols: ["BTC", "ETH"],
    slices: weights.map((own) => ({ bars: { BTC: FLAT, ETH: FLAT }, ...(own === undefined ? {} : { weights: own }) })),
  };
}

const of = <T extends EngineEvent["type"]>(events: readonly EngineEvent[], type: T) =>
  events.filter((event): event is Extract<EngineEvent, { type: T }> => event.type === type);

describe("an exchange that does what it likes", () => {
  it.each(["net", "gross"] as const)("leaves the sum of the pods equal to the account, netting %s", (netting) => {
    let fills = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const script = randomScript(seed, 5, 3, 60);
      const run = atVenue({ ...script, setup: { ...script.setup, netting } }, erratic(seed));
      fills += of(run.events, "fill").length;
      const twin = atVenue({ ...script, setup: { ...script.setup, netting } }, erratic(seed), plainKernels);
      expect(Buffer.from(twin.state.buffer).equals(Buffer.from(run.state.buffer))).toBe(true);
      expect(twin.records).toEqual(run.records);
    }
    expect(fills).toBeGreaterThan(500);
  });

  it("ends where the next open would when it fills there", () => {
    const script = pair([
      { "a/BTC": 0.5, "b/BTC": -0.2, "a/ETH": -0.3 },
      undefined,
      { "a/BTC": -0.5, "b/ETH": 0.4 },
      undefined,
    ]);
    const simulated = runScript({ ...script, setup: { feeRate: 0.0004 } }, { chunk: 1 });
    // The orders of the last slice see no open.
    const filled = atVenue({ ...script, setup: { feeRate: 0.0004 } }, (engine, slice, apply) => {
      if (slice < 3) fillsAt(100)(engine, slice, apply);
    });
    expect([...filled.engine.state.lots]).toEqual([...simulated.engine.state.lots]);
    expect([...filled.engine.state.cash]).toEqual([...simulated.engine.state.cash]);
  });

  it("attributes any sequence of partial fills like one fill", () => {
    const script = pair([{ "a/BTC": 0.5, "b/BTC": 0.25 }, undefined]);
    const pieces: Exchange = (engine, _slice, apply) => {
      for (const order of openOrders(engine)) {
        for (const lots of [1, 7, 1_000_003, order.left - 1_000_011]) apply(tradeOf(engine, order, lots, 100));
        apply({ type: "settled", symbol: order.symbol });
      }
    };
    const [one, many] = [atVenue(script, fillsAt(100)), atVenue(script, pieces)];
    expect([...many.engine.state.lots]).toEqual([...one.engine.state.lots]);
    expect(many.engine.state.lots[0]).toBe(50 * LOT);
  });
});

describe("an order the exchange still works on", () => {
  it("keeps its symbol from deciding anew, and no other", () => {
    const slow: Exchange = (engine, slice, apply) => {
      for (const order of openOrders(engine)) {
        if (order.symbol === "BTC" && slice < 2) continue;
        apply(tradeOf(engine, order, order.left, 100));
        apply({ type: "settled", symbol: order.symbol });
      }
    };
    const script = pair([{ "a/BTC": 0.5, "a/ETH": 0.1 }, { "a/BTC": -0.5, "a/ETH": 0.2 }, undefined, undefined]);
    const { events, engine } = atVenue(script, slow);
    expect(of(events, "order").map(({ symbol, netLots }) => [symbol, netLots / LOT])).toEqual([
      ["BTC", 50],
      ["ETH", 10],
      ["ETH", 10],
      ["BTC", -100],
    ]);
    expect(engine.state.lots[0]).toBe(-50 * LOT);
  });

  it("is not an order any more once it is settled: what is left lapses, and the next slice decides again", () => {
    const nothing: Exchange = (engine, slice, apply) => {
      for (const order of openOrders(engine)) {
        if (slice === 0) apply(tradeOf(engine, order, Math.trunc(order.left / 4), 100));
        apply({ type: "settled", symbol: order.symbol });
      }
    };
    const { events } = atVenue(pair([{ "a/BTC": 0.4 }, undefined], ["a"]), nothing);
    expect(of(events, "lapse").map(({ reason, netLots }) => [reason, netLots / LOT])).toEqual([
      ["UNFILLED", 30],
      ["UNFILLED", 30],
    ]);
  });
});

describe("an internal cross", () => {
  it("is booked at the next open when its net order was not filled", () => {
    const refuses: Exchange = (engine, _slice, apply) => {
      for (const { symbol } of openOrders(engine)) apply({ type: "settled", symbol });
    };
    const script = pair([{ "a/BTC": 0.5, "b/BTC": -0.2 }, undefined]);
    const { events, engine } = atVenue(script, refuses);
    const [cross] = of(events, "fill");
    expect(cross).toMatchObject({ purpose: "CROSS", lots: 0, feeMicro: 0 });
    expect([...engine.state.lots.subarray(0, 2)]).toEqual([20 * LOT, -20 * LOT]);
  });

  it("changes hands with the first trade, at its price", () => {
    const { events } = atVenue(pair([{ "a/BTC": 0.5, "b/BTC": -0.2 }]), fillsAt(103));
    expect(of(events, "part").map(({ podId, lots, price }) => [podId, lots / LOT, price])).toEqual([
      ["a", 50, 103],
      ["b", -20, 103],
    ]);
  });

  it("does not happen in a slice that came too late to trade", () => {
    const late: Exchange = (_engine, _slice, apply) => apply({ type: "missed" });
    const { events, engine } = atVenue(pair([{ "a/BTC": 0.5, "b/BTC": -0.2 }, undefined]), late);
    expect(of(events, "lapse")[0]).toMatchObject({ reason: "MISSED", netLots: 30 * LOT, crossedLots: 20 * LOT });
    expect(engine.state.lots.every((lots) => lots === 0)).toBe(true);
  });
});

describe("a stop as an order", () => {
  const bars: ScriptedBar[] = [FLAT, FLAT, [100, 101, 85, 95], FLAT, FLAT];
  const stopped: Script = {
    pods: [{ podId: "a", capital: 10_000, stopLoss: 0.1 }],
    symbols: ["BTC"],
    slices: bars.map((bar, t) => ({ bars: { BTC: bar }, ...(t === 0 ? { weights: { "a/BTC": 0.5 } } : {}) })),
  };

  it("leaves with the net order of its slice, at the exchange's price, and stays flat", () => {
    const { events, engine } = atVenue(stopped, fillsAt(97));
    expect(of(events, "stop")).toHaveLength(1);
    expect(of(events, "stop")[0]).toMatchObject({ price: 87.3 });
    const exit = of(events, "fill").at(-1);
    expect(exit).toMatchObject({ purpose: "NET", price: 97 });
    expect(exit?.timeMs).toBe(of(events, "stop")[0]?.timeMs);
    expect(engine.state.lots[0]).toBe(0);
  });

  it("is said once while the exchange works on the exit", () => {
    const slow: Exchange = (engine, slice, apply) => {
      if (slice === 2 || slice === 3) return;
      fillsAt(100)(engine, slice, apply);
    };
    const script = {
      ...stopped,
      slices: stopped.slices.map((slice, t) => (t > 2 ? { bars: { BTC: bars[2] as ScriptedBar } } : slice)),
    };
    const { events, engine } = atVenue(script, slow);
    expect(of(events, "stop")).toHaveLength(1);
    expect(engine.state.lots[0]).toBe(0);
  });
});

describe("what the exchange does by itself", () => {
  it("is not simulated: bars do not liquidate", () => {
    const crash: Script = {
      pods: [{ podId: "a", capital: 1000, maxLeverage: 5 }],
      symbols: ["BTC"],
      slices: [
        { bars: { BTC: FLAT }, weights: { "a/BTC": 5 } },
        { bars: { BTC: FLAT } },
        { bars: { BTC: [100, 100, 70, 72] } },
      ],
    };
    expect(runScript(crash, { chunk: 1 }).engine.liquidated).toBe(true);
    expect(atVenue(crash, fillsAt(100)).engine.liquidated).toBe(false);
  });

  it("is borne by the pods of the closed side in proportion to their lots", () => {
    const closing: Exchange = (engine, slice, apply) => {
      fillsAt(100)(engine, slice, apply);
      if (slice !== 1) return;
      const closed = tradeOf(engine, { symbol: "BTC", podId: null, left: 0 }, -(10 * LOT + 1), 90);
      apply({ ...closed, type: "autoclose" });
    };
    const script = pair([{ "a/BTC": 0.6, "b/BTC": 0.3, "c/BTC": -0.2 }, undefined], ["a", "b", "c"]);
    const { events, engine } = atVenue(script, closing);
    const parts = of(events, "part").slice(-2);
    expect(parts.map(({ podId, lots }) => [podId, lots])).toEqual([
      ["a", -666_666_667],
      ["b", -333_333_334],
    ]);
    expect(engine.state.lots[2]).toBe(-20 * LOT);
    expect(of(events, "fill").at(-1)?.purpose).toBe("LIQUIDATION");
  });

  it("gives lots that no pod ordered to one pod, at a price and without a fee", () => {
    const adopting: Exchange = (engine, slice, apply) => {
      fillsAt(100)(engine, slice, apply);
      if (slice !== 1) return;
      const { lots, price, valueMicro } = tradeOf(engine, { symbol: "BTC", podId: null, left: 0 }, -5 * LOT, 90);
      apply({ type: "adopt", symbol: "BTC", podId: "b", lots, price, valueMicro });
    };
    const script = pair([{ "a/BTC": 0.6, "b/BTC": 0.3 }, undefined], ["a", "b"]);
    const { events, engine } = atVenue(script, adopting);
    expect(of(events, "part").at(-1)).toMatchObject({
      podId: "b",
      lots: -5 * LOT,
      cashMicro: 5 * 90 * 1e6,
      feeMicro: 0,
      lotsAfter: 25 * LOT,
    });
    expect([...engine.state.lots.subarray(0, 2)]).toEqual([60 * LOT, 25 * LOT]);
    expect(of(events, "fill").at(-1)).toMatchObject({ purpose: "LIQUIDATION", feeMicro: 0 });
  });

  it("moves money without moving a peak: a withdrawal is no drawdown", () => {
    const withdraw: Exchange = (engine, slice, apply) => {
      fillsAt(100)(engine, slice, apply);
      if (slice === 0) apply({ type: "deposit", micro: -5_000_000_000 });
    };
    const script: Script = {
      ...pair([{ "a/BTC": 0.1 }, undefined, undefined]),
      reserve: 6000,
      setup: { drawdownLimit: 0.1, dailyLossLimit: 0.05 },
    };
    const { events, engine } = atVenue(script, withdraw);
    expect(of(events, "halt")).toEqual([]);
    expect(of(events, "deposit")).toEqual([
      { type: "deposit", timeMs: expect.any(Number), micro: -5e9, reserveAfterMicro: 1e9 },
    ]);
    expect(engine.state.account[1]).toBeCloseTo(21_000, -1);
  });
});

describe("a locked symbol", () => {
  it("takes no new exposure, reduces, and the others go on", () => {
    const locking: Exchange = (engine, slice, apply) => {
      fillsAt(100)(engine, slice, apply);
      if (slice === 0 || slice === 3) apply({ type: "lock", symbol: "BTC", locked: slice === 0 });
    };
    const script = pair(
      [{ "a/BTC": 0.2, "a/ETH": 0.2 }, { "a/BTC": 0.4, "a/ETH": 0.4 }, { "a/BTC": 0.1 }, { "a/BTC": -0.3 }, undefined],
      ["a"],
    );
    const { events } = atVenue(script, locking);
    const orders = of(events, "order").map(({ timeMs, symbol, netLots }) => [timeMs, symbol, netLots / LOT]);
    expect(orders.filter(([, symbol]) => symbol === "BTC").map(([, , lots]) => lots)).toEqual([20, -10, -10, -30]);
    expect(orders.filter(([, symbol]) => symbol === "ETH").map(([, , lots]) => lots)).toEqual([20, 20]);
    expect(of(events, "locked").map(({ locked }) => locked)).toEqual([true, false]);
  });

  it("refuses names it does not know", () => {
    const wrong = (change: VenueChange) => (): ScriptedRun =>
      atVenue(pair([undefined]), (_engine, _slice, apply) => apply(change));
    expect(wrong({ type: "settled", symbol: "XRP" })).toThrow("does not trade XRP");
    expect(wrong({ type: "trade", symbol: "BTC", podId: "z", lots: 1, price: 1, valueMicro: 1, feeMicro: 0 })).toThrow(
      "no pod z",
    );
  });
});

it("kernels of both builds are the module the product loads", () => {
  expect(instantiateKernels(0).exports.venueFill).toBeTypeOf("function");
});
