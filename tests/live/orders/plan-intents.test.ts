// Goal: a decision's wishes become orders that the exchange takes, and no others.
// Method: the shapes by example, the sums by property.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HeldLegs, type OrderWish, type PlanContext, planIntents } from "../../../src/live/orders/plan-intents.ts";
import { RULES } from "../../support/order-world.ts";

const OPEN = Date.UTC(2026, 0, 1);
const FLAT: HeldLegs = { long: 0, short: 0, net: 0 };

function plan(wishes: readonly OrderWish[], context: Partial<PlanContext> = {}) {
  return planIntents(wishes, {
    instance: "t0",
    openMs: OPEN,
    hedged: true,
    reducingExempt: true,
    held: () => FLAT,
    rules: () => RULES,
    mark: () => 100,
    locked: () => false,
    ...context,
  });
}

const net = (lots: number, symbol = "BTC/USDT"): OrderWish => ({ symbol, lots, pod: null, podHeld: 0 });
const shape = (plan_: ReturnType<typeof plan>): string[] =>
  plan_.intents.map(({ side, leg, lots, reduces }) => `${side} ${leg} ${lots}${reduces ? " reduces" : ""}`);

describe("hedge mode", () => {
  it.each<[string, number, Partial<HeldLegs>, string[]]>([
    ["opens long", 100, {}, ["buy long 100"]],
    ["opens short", -100, {}, ["sell short 100"]],
    ["adds", 50, { long: 100 }, ["buy long 50"]],
    ["reduces a long", -40, { long: 100 }, ["sell long 40 reduces"]],
    ["covers a short", 40, { short: -100 }, ["buy short 40 reduces"]],
    ["flips down: close, then open", -150, { long: 100 }, ["sell long 100 reduces", "sell short 50"]],
    ["flips up: close, then open", 150, { short: -100 }, ["buy short 100 reduces", "buy long 50"]],
  ])("%s", (_, lots, held, orders) => {
    expect(shape(plan([net(lots)], { held: () => ({ ...FLAT, ...held }) }))).toEqual(orders);
  });

  it("lets pods close their own lots only", () => {
    const wishes: OrderWish[] = [
      { symbol: "BTC/USDT", lots: -50, pod: "a", podHeld: 30 },
      { symbol: "BTC/USDT", lots: -50, pod: "b", podHeld: 0 },
      { symbol: "BTC/USDT", lots: 20, pod: "c", podHeld: -20 },
    ];
    const { intents } = plan(wishes, { held: () => ({ long: 30, short: -20, net: 0 }) });
    expect(intents.map(({ pod, side, leg, lots }) => `${pod} ${side} ${leg} ${lots}`)).toEqual([
      "a sell long 30",
      "c buy short 20",
      "a sell short 20",
      "b sell short 50",
    ]);
  });
});

describe("one-way mode", () => {
  const oneWay = (held: number): Partial<PlanContext> => ({ hedged: false, held: () => ({ ...FLAT, net: held }) });
  it.each<[string, number, number, string[]]>([
    ["opens", 100, 0, ["buy net 100"]],
    ["reduces", -40, 100, ["sell net 40 reduces"]],
    ["flips in one order", -150, 100, ["sell net 150"]],
  ])("%s", (_, lots, held, orders) => {
    expect(shape(plan([net(lots)], oneWay(held)))).toEqual(orders);
  });

  it("judges each pod's order by the position that the orders before it leave", () => {
    const wish = (pod: string, lots: number): OrderWish => ({ symbol: "BTC/USDT", lots, pod, podHeld: 0 });
    const wishes = [wish("a", -60), wish("b", -60), wish("c", -60)];
    expect(shape(plan(wishes, oneWay(100)))).toEqual(["sell net 60 reduces", "sell net 60", "sell net 60"]);
  });
});

describe("what is not sent", () => {
  it("opens nothing in a locked symbol, and reduces as far as there is something", () => {
    const locked = { locked: () => true };
    const hedged = plan([net(-150)], { ...locked, held: () => ({ ...FLAT, long: 100 }) });
    expect(shape(hedged)).toEqual(["sell long 100 reduces"]);
    expect(hedged.dropped).toEqual([{ symbol: "BTC/USDT", pod: null, lots: 50, reason: "LOCKED" }]);
    const oneWay = plan([net(-150)], { ...locked, hedged: false, held: () => ({ ...FLAT, net: 100 }) });
    expect(shape(oneWay)).toEqual(["sell net 100 reduces"]);
    expect(oneWay.dropped).toEqual([{ symbol: "BTC/USDT", pod: null, lots: 50, reason: "LOCKED" }]);
    expect(plan([net(10)], { ...locked, hedged: false }).dropped[0]).toMatchObject({ lots: 10, reason: "LOCKED" });
  });

  it.each<[string, Partial<typeof RULES> | object, number, Partial<HeldLegs>, Partial<PlanContext>, string]>([
    ["a symbol that does not trade", { trading: false }, -10, { long: 100 }, {}, "NOT_TRADING"],
    ["less than the minimum quantity", { minQuantity: "0.010" }, -9, { long: 100 }, {}, "MIN_QUANTITY"],
    ["less than the minimum notional", { minNotional: "5" }, 50, {}, {}, "MIN_NOTIONAL"],
    [
      "a reduction, where the minimum holds for it",
      { minNotional: "5" },
      -9,
      { long: 9 },
      { reducingExempt: false },
      "MIN_NOTIONAL",
    ],
  ])("%s", (_, rules, lots, held, context, reason) => {
    const { intents, dropped } = plan([net(lots)], {
      rules: () => ({ ...RULES, ...rules }),
      held: () => ({ ...FLAT, ...held }),
      ...context,
    });
    expect(intents).toEqual([]);
    expect(dropped).toEqual([{ symbol: "BTC/USDT", pod: null, lots: Math.abs(lots), reason }]);
  });

  it("exempts reductions from the minimum notional", () => {
    const context = { rules: () => ({ ...RULES, minNotional: "5" }), held: () => ({ ...FLAT, long: 9 }) };
    expect(shape(plan([net(-9)], context))).toEqual(["sell long 9 reduces"]);
  });

  it("sends no more than 36 orders of a symbol", () => {
    const { intents, dropped } = plan([net(1_500 * 37)]);
    expect(intents).toHaveLength(36);
    expect(dropped).toEqual([{ symbol: "BTC/USDT", pod: null, lots: 1_500, reason: "MAX_ORDERS" }]);
  });

  it("wishes of nothing", () => {
    expect(plan([net(0)])).toEqual({ intents: [], dropped: [] });
  });
});

it("splits above the market maximum, evenly, and puts reductions first", () => {
  const wishes = [net(3_100, "BTC/USDT"), net(-200, "ETH/USDT")];
  const { intents } = plan(wishes, { held: (symbol) => ({ ...FLAT, long: symbol === "ETH/USDT" ? 200 : 0 }) });
  expect(intents.map(({ symbol, lots, quantity }) => [symbol, lots, quantity])).toEqual([
    ["ETH/USDT", 200, "0.200"],
    ["BTC/USDT", 1_034, "1.034"],
    ["BTC/USDT", 1_033, "1.033"],
    ["BTC/USDT", 1_033, "1.033"],
  ]);
});

it("splits by the venue's step where it is coarser than a lot, and says what is left over", () => {
  const context = { rules: () => ({ ...RULES, step: "0.010" }) };
  const { intents, dropped } = plan([net(3_105)], context);
  expect(intents.map(({ lots, quantity }) => [lots, quantity])).toEqual([
    [1_040, "1.040"],
    [1_030, "1.030"],
    [1_030, "1.030"],
  ]);
  expect(dropped).toEqual([{ symbol: "BTC/USDT", pod: null, lots: 5, reason: "STEP" }]);
  expect(plan([net(5)], context)).toMatchObject({ intents: [], dropped: [{ lots: 5, reason: "STEP" }] });
});

it("sends every lot or says why not, each under its own id, closes at most what is held", () => {
  const lots = fc.integer({ min: -5_000, max: 5_000 });
  const scenario = fc.record({
    hedged: fc.boolean(),
    gross: fc.boolean(),
    wishes: fc.array(fc.record({ symbol: fc.constantFrom("BTC/USDT", "ETH/USDT"), lots, podHeld: lots }), {
      maxLength: 6,
    }),
    long: fc.nat(3_000),
    short: fc.nat(3_000),
    locked: fc.boolean(),
  });
  fc.assert(
    fc.property(scenario, ({ hedged, gross, wishes, long, short, locked }) => {
      const held: HeldLegs = hedged ? { long, short: -short, net: 0 } : { long: 0, short: 0, net: long - short };
      const unique = gross
        ? wishes
        : wishes.filter(({ symbol }, i) => wishes.findIndex((w) => w.symbol === symbol) === i);
      const named = unique.map((wish, i) => ({ ...wish, pod: gross ? `p${i}` : null }));
      const { intents, dropped } = plan(named, { hedged, held: () => held, locked: () => locked });
      expect(new Set(intents.map(({ cid }) => cid)).size).toBe(intents.length);
      for (const wish of named) {
        const own = ({ symbol, pod }: { symbol: string; pod: string | null }) =>
          symbol === wish.symbol && pod === wish.pod;
        const sent = intents.filter(own);
        expect(sent.every(({ side }) => (side === "buy") === wish.lots > 0)).toBe(true);
        const total = [...sent, ...dropped.filter(own)].reduce((sum, { lots: n }) => sum + n, 0);
        expect(total).toBe(Math.abs(wish.lots));
      }
      for (const { lots: n, reduces } of intents) {
        expect(n).toBeGreaterThan(0);
        expect(n).toBeLessThanOrEqual(1_500);
        if (locked) expect(reduces).toBe(true);
      }
      expect(intents.map(({ reduces }) => reduces)).toEqual(
        intents.map(({ reduces }) => reduces).sort((a, b) => +b - +a),
      );
      if (!hedged || gross) return;
      for (const symbol of ["BTC/USDT", "ETH/USDT"]) {
        const closed = (leg: string) =>
          intents.filter((i) => i.symbol === symbol && i.leg === leg && i.reduces).reduce((sum, i) => sum + i.lots, 0);
        expect(closed("long")).toBeLessThanOrEqual(long);
        expect(closed("short")).toBeLessThanOrEqual(short);
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});
