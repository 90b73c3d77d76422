// Goal: funding as in spec 2.5: cash −= quantity × mark × rate, per pod and symbol, on the lots held just before the instant,
// at the right price, and to the micro-unit the account's total.
// Method: hand-computed cases on round prices; the arithmetic is in the comment.

import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../src/orchestrator/events.ts";
import { AccountBook } from "../support/account-book.ts";
import { DAY, runScript, type Script, type ScriptedSlice, T0 } from "../support/scripted.ts";

const of = <T extends EngineEvent["type"]>(events: readonly EngineEvent[], type: T) =>
  events.filter((event): event is Extract<EngineEvent, { type: T }> => event.type === type);
const flat = (open: number, close = open): [number, number, number, number] => [
  open,
  Math.max(open, close),
  Math.min(open, close),
  close,
];
const BTC = (
  bar: readonly [number, number, number, number] | null,
  funding: readonly [hours: number, rate: number][] = [],
  weights: Record<string, number> = {},
): ScriptedSlice => ({
  bars: bar === null ? { ETH: flat(1) } : { BTC: bar },
  weights,
  funding: funding.map(([hours, rate]) => ({ symbol: "BTC", hours, rate })),
});

/** Pods of 100,000; the band keeps a position as it is while its price moves. Runs and audits the books. */
function run(
  slices: readonly ScriptedSlice[],
  { pods = [{ podId: "a" }], ...rest }: Partial<Script> = {},
): ReturnType<typeof runScript> & { payments: [day: number, price: number, lots: number, paid: number][] } {
  const script: Script = {
    pods: pods.map((pod) => ({ rebalanceThreshold: 0.15, ...pod })),
    symbols: ["BTC", "ETH"],
    slices,
    ...rest,
  };
  const result = runScript(script);
  const { setup } = result.engine;
  const book = new AccountBook(
    Object.fromEntries(setup.pods.map(({ podId, capitalMicro }) => [podId, capitalMicro])),
    setup.reserveMicro,
    new Map(setup.symbols.map(({ symbol, lotsPerUnit }) => [symbol, lotsPerUnit])),
  );
  book.book(result.events);
  book.compareState(result.engine);
  const payments = of(result.events, "funding").map(
    ({ timeMs, price, lots, paidMicro }): [number, number, number, number] => [
      (timeMs - T0) / DAY,
      price,
      lots,
      paidMicro,
    ],
  );
  return { ...result, payments };
}

describe("who pays", () => {
  it.each([
    ["a long pays a positive rate", 0.5, 0.0001, 5_000_000],
    ["a long receives a negative one", 0.5, -0.0001, -5_000_000],
    ["a short receives a positive rate", -0.5, 0.0001, -5_000_000],
    ["a short pays a negative one", -0.5, -0.0001, 5_000_000],
  ])("%s", (_, weight, rate, paid) => {
    // 500 units at 100, worth 50,000: 1 bp of it is 5.
    const { payments, engine, curve } = run([
      BTC(flat(100), [], { "a/BTC": weight }),
      BTC(flat(100)),
      BTC(flat(100), [[0, rate]]),
    ]);
    expect(payments).toEqual([[2, 100, Math.sign(weight) * 500e8, paid]]);
    expect(engine.state.funding[0]).toBe(paid);
    expect(curve[2]?.[0]).toBe(100_000 - paid / 1e6);
  });

  it("a rate of 0, or nothing held, is no payment", () => {
    const { payments } = run([
      BTC(flat(100), [[0, 0.01]], { "a/BTC": 0.5 }),
      BTC(flat(100), [[8, 0]]),
      { bars: { BTC: flat(100), ETH: flat(10) }, funding: [{ symbol: "ETH", rate: 0.01 }] },
    ]);
    expect(payments).toEqual([]);
  });

  it("opposite pods pay each other what the account does not, to the micro-unit", () => {
    // Lots of 1 at 10.01: a +3, b +4, c −2, account +5. Rate 0.0000123 (in micro-units per lot 123.123):
    // account round(615.615) = 616; c receives round(246.246) = 246; a and b pay 616 + 246 = 862, 3 : 4 = 369.43 : 492.57.
    const { payments, events, engine } = run(
      [BTC(flat(10.01), [], { "a/BTC": 0.3, "b/BTC": 0.4, "c/BTC": -0.2 }), BTC(flat(10.01), [[8, 0.0000123]])],
      {
        pods: ["a", "b", "c"].map((podId) => ({ podId, capital: 100.11 })),
        symbols: [{ symbol: "BTC", lotsPerUnit: 1 }, "ETH"],
      },
    );
    expect(payments).toEqual([[1, 10.01, 5, 616]]);
    expect(of(events, "funding_part").map(({ podId, paidMicro }) => [podId, paidMicro])).toEqual([
      ["a", 369],
      ["b", 493],
      ["c", -246],
    ]);
    expect([...engine.state.funding.subarray(0, 3)]).toEqual([369, 493, -246]);
  });

  it("pods that cancel out pay each other and the account nothing", () => {
    const { payments, events } = run(
      [BTC(flat(100), [], { "a/BTC": 0.2, "b/BTC": -0.2 }), BTC(flat(100), [[8, 0.0001]])],
      { pods: [{ podId: "a" }, { podId: "b" }] },
    );
    expect(payments).toEqual([[1, 100, 0, 0]]);
    expect(of(events, "funding_part").map(({ paidMicro, cashAfterMicro }) => [paidMicro, cashAfterMicro])).toEqual([
      [2_000_000, 80_000e6 - 2e6],
      [-2_000_000, 120_000e6 + 2e6],
    ]);
  });
});

describe("when, and at which price", () => {
  it("an instant at the open: the last close, on what was held before the fills", () => {
    // Decided at 100, filled at the open of day 1: pays nothing there. Day 2 opens at 120 after a close of 110.
    // Closed at the open of day 3: pays there.
    const { payments } = run([
      BTC(flat(100), [[0, 0.001]], { "a/BTC": 0.5 }),
      BTC(flat(100, 110), [[0, 0.001]]),
      BTC(flat(120, 130), [[0, 0.001]], { "a/BTC": 0 }),
      BTC(flat(125), [[0, 0.001]]),
      BTC(flat(125), [[0, 0.001]]),
    ]);
    expect(payments).toEqual([
      [2, expect.closeTo(110, 10), 500e8, 55_000_000],
      [3, expect.closeTo(130, 10), 500e8, 65_000_000],
    ]);
  });

  it("instants inside a daily bar: the bar's open, on what was held after the fills", () => {
    const { payments } = run([
      BTC(flat(100), [[8, 0.001]], { "a/BTC": 0.5 }),
      BTC(flat(100, 110), [
        [0, 0.001],
        [8, 0.001],
        [16, -0.002],
      ]),
      BTC(flat(120, 130), [[16, 0.001]]),
    ]);
    expect(payments).toEqual([
      [1, 100, 500e8, 50_000_000],
      [1, 100, 500e8, -100_000_000],
      [2, 120, 500e8, 60_000_000],
    ]);
  });

  it("a position stopped in the bar pays at its open and not inside it", () => {
    const stopped = run(
      [
        BTC(flat(100), [], { "a/BTC": 0.5 }),
        BTC(flat(100)),
        BTC(
          [100, 100, 90, 95],
          [
            [0, 0.001],
            [8, 0.001],
          ],
        ),
      ],
      { pods: [{ podId: "a", stopLoss: 0.1 }] },
    );
    expect(stopped.payments).toEqual([[2, 100, 500e8, 50_000_000]]);
    expect(stopped.events.map(({ type }) => type).slice(-6)).toEqual([
      "funding",
      "funding_part",
      "stop",
      "fill",
      "trade",
      "part",
    ]);
  });

  it("a symbol without a bar pays on its last mark, at the open and inside", () => {
    const { payments } = run([
      BTC(flat(100), [], { "a/BTC": 0.5 }),
      BTC(flat(100, 110)),
      BTC(null, [
        [0, 0.001],
        [8, 0.002],
      ]),
    ]);
    expect(payments).toEqual([
      [2, expect.closeTo(110, 10), 500e8, 55_000_000],
      [2, expect.closeTo(110, 10), 500e8, 110_000_000],
    ]);
  });

  it("instants that no slice covered are paid by the next one, before its fills, in order of time", () => {
    const { payments, events } = run([
      BTC(flat(100), [], { "a/BTC": 0.5 }),
      BTC(flat(100, 110)),
      BTC(
        flat(50),
        [
          [-16, 0.001],
          [-8, 0.002],
          [0, 0.003],
          [8, 0.004],
        ],
        { "a/BTC": 0 },
      ),
      BTC(flat(50)),
    ]);
    expect(payments.map(([day, price, , paid]) => [day, Math.round(price), paid])).toEqual([
      [2, 110, 55_000_000],
      [2, 110, 110_000_000],
      [2, 110, 165_000_000],
      [2, 50, 100_000_000],
    ]);
    expect(of(events, "funding").map(({ rate }) => rate)).toEqual([0.001, 0.002, 0.003, 0.004]);
  });

  it("several symbols at one instant each pay on their own price", () => {
    const { payments, events } = run([
      { bars: { BTC: flat(100), ETH: flat(10) }, weights: { "a/BTC": 0.5, "a/ETH": -0.2 } },
      {
        bars: { BTC: flat(100), ETH: flat(10) },
        funding: [
          { symbol: "BTC", rate: 0.001, hours: 8 },
          { symbol: "ETH", rate: 0.001, hours: 8 },
        ],
      },
    ]);
    expect(of(events, "funding").map(({ symbol }) => symbol)).toEqual(["BTC", "ETH"]);
    expect(payments.map(([, , , paid]) => paid)).toEqual([50_000_000, -20_000_000]);
  });
});

describe("a trade", () => {
  it("carries the funding of its time: that before belongs to the trade before", () => {
    // Long 500 from 100 to 110, pays 5 inside day 1 and 5.5 at the open at which it flips; short 500 then receives.
    const { events } = run([
      BTC(flat(100), [], { "a/BTC": 0.5 }),
      BTC(flat(100, 110), [[8, 0.0001]], { "a/BTC": -0.5 }),
      BTC(flat(110), [[0, 0.0001]], { "a/BTC": 0 }),
      BTC(flat(110), [[0, 0.0001]]),
    ]);
    const [long, short] = of(events, "trade");
    expect(long?.pnl).toBeCloseTo(500 * 10 - 5 - 5.5, 6);
    const shorted = -(of(events, "part")[1]?.lotsAfter ?? 0) / 1e8;
    expect(short?.pnl).toBeCloseTo(shorted * 110 * 0.0001, 5);
  });
});
