// Goal: instrument rules hold: orders are whole steps and large enough, fill prices lie on ticks, from the date of a rule on,
// on every path; and a run without rules is what it was.
// Method: hand-computed slices on round prices through the step kernel; whole runs over made markets whose every fill is
// measured against the rule of its date.

import { describe, expect, it } from "vitest";
import type { OrchestratorFile } from "../../src/config/schema.ts";
import { type BacktestOptions, simulate } from "../../src/engine/backtest.ts";
import { InstrumentSchedule } from "../../src/engine/instrument-schedule.ts";
import { resolveConfig } from "../../src/library.ts";
import { decodeEvents, type EngineEvent, type FillEvent } from "../../src/orchestrator/events.ts";
import type { EngineState } from "../../src/orchestrator/state.ts";
import { madeMarket, walk } from "../support/made-market.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { DAY, runScript, type Script } from "../support/scripted.ts";

const at = (price: number): [number, number, number, number] => [price, price, price, price];
const of = <T extends EngineEvent["type"]>(events: readonly EngineEvent[], type: T) =>
  events.filter((event): event is Extract<EngineEvent, { type: T }> => event.type === type);

describe("the quantity step", () => {
  const script = (weights: readonly number[], pod: Partial<Script["pods"][number]> = {}): Script => ({
    pods: [{ podId: "a", capital: 1000, ...pod }],
    symbols: [{ symbol: "BTC", lotsPerUnit: 1, lotStep: 25 }],
    slices: [
      ...weights.map((weight) => ({ bars: { BTC: at(1) }, weights: { "a/BTC": weight } })),
      { bars: { BTC: at(1) } },
    ],
  });
  const wishes = (of_: Script): number[] => of(runScript(of_).events, "wish").map(({ wishLots }) => wishLots);

  it("rounds wishes towards zero, long and short", () => {
    expect(wishes(script([0.199]))).toEqual([175]);
    expect(wishes(script([-0.199]))).toEqual([-175]);
    expect(wishes(script([0.024]))).toEqual([]);
    expect(wishes(script([0.025]))).toEqual([25]);
  });

  it("holds at the band's edge", () => {
    // From 500 to a target of 800 with a band of 110: the edge is 100 away in whole steps.
    expect(wishes(script([0.5, 0.81], { rebalanceThreshold: 0.11, rebalanceToEdge: true }))).toEqual([500, 700]);
  });

  it("holds under the gross limit", () => {
    // 800 scaled to 590.
    expect(wishes({ ...script([0.8]), setup: { maxGrossLeverage: 0.59 } })).toEqual([575]);
  });

  it("lets a position from a finer step be held and closed as it is; other wishes are whole", () => {
    const change = (weights: readonly number[]): FillEvent[] => {
      const { events } = runScript(
        { ...script([0.137, ...weights]), symbols: [{ symbol: "BTC", lotsPerUnit: 1 }] },
        {
          chunk: 1,
          onCall: (_, { state }) => {
            if ((state.lots[0] as number) !== 0) state.lotStep[0] = 25;
          },
        },
      );
      return of(events, "fill");
    };
    expect(change([0.137, 0.137, 0]).map(({ lots }) => lots)).toEqual([137, -137 + 125, -125]);
    expect(change([0.137, 0]).map(({ lots }) => lots)).toEqual([137, -137 + 0]);
    expect(change([0.137, 0.2]).map(({ lots }) => lots)).toEqual([137, 200 - 137]);
    expect(change([0.137, -0.08]).map(({ lots }) => lots)).toEqual([137, -75 - 137]);
  });
});

describe("the price step", () => {
  const trade = (
    open: number,
    weight: number,
    rules: { tickDigits: number; tickScale: number },
    slippage: number,
  ): FillEvent => {
    const { events } = runScript({
      pods: [{ podId: "a" }],
      symbols: [{ symbol: "BTC", ...rules }],
      setup: { slippage },
      slices: [{ bars: { BTC: at(open) }, weights: { "a/BTC": weight } }, { bars: { BTC: at(open) } }],
    });
    return of(events, "fill")[0] as FillEvent;
  };
  const HALF = { tickDigits: 5, tickScale: 10 };
  const CENT = { tickDigits: 1, tickScale: 100 };

  it("worsens the price after slippage to the next tick against the order", () => {
    // 100 × 1.001 = 100.1 → 100.5; 100 × 0.999 = 99.9 → 99.5.
    expect(trade(100, 0.5, HALF, 0.001)).toMatchObject({ price: 100.5, reference: 100 });
    expect(trade(100, -0.5, HALF, 0.001)).toMatchObject({ price: 99.5, reference: 100 });
    expect(trade(100.3, 0.5, HALF, 0).price).toBe(100.5);
    expect(trade(100.3, -0.5, HALF, 0).price).toBe(100);
  });

  it("leaves a price that lies on a tick, whatever the rounding of doubles", () => {
    for (let cents = 10_001; cents < 10_200; cents++) {
      expect(trade(cents / 100, 0.5, CENT, 0).price).toBe(cents / 100);
      expect(trade(cents / 100, -0.5, CENT, 0).price).toBe(cents / 100);
    }
  });

  it("never goes below one tick", () => {
    expect(trade(0.004, -0.5, CENT, 0).price).toBe(0.01);
  });

  it("holds for stops", () => {
    const { events } = runScript({
      pods: [
        { podId: "a", stopLoss: 0.1, rebalanceThreshold: 0.1 },
        { podId: "b", stopLoss: 0.2, rebalanceThreshold: 0.1 },
      ],
      symbols: [{ symbol: "BTC", ...HALF }],
      setup: { slippage: 0.001 },
      slices: [
        { bars: { BTC: at(100) }, weights: { "a/BTC": 0.5, "b/BTC": 0.5 } },
        { bars: { BTC: at(100) } },
        { bars: { BTC: [100, 100, 70, 75] } },
      ],
    });
    // Entry 100.5; stops at 90.45 and 80.4, less 10 bps, on the tick below: 90 and 80.
    expect(
      of(events, "part")
        .slice(2)
        .map(({ price }) => price),
    ).toEqual([90, 80]);
    const exit = of(events, "fill")[1];
    expect(exit?.valueMicro).toBe(
      of(events, "part")
        .slice(2)
        .reduce((sum, { cashMicro }) => sum + cashMicro, 0),
    );
  });
});

describe("the schedule", () => {
  const symbol = { symbol: "BTC/USDT", firstOpen: 20_000 };
  const scheduleOf = (rules: NonNullable<NonNullable<OrchestratorFile["data"]>["instruments"]>[string], own = symbol) =>
    new InstrumentSchedule({ [own.symbol]: rules } as never, [own], DAY);

  it("keeps the books in a unit that holds every step", () => {
    expect(scheduleOf({}).lotsPerUnit).toEqual([1e8]);
    expect(scheduleOf({}, { ...symbol, firstOpen: 0.05 }).lotsPerUnit).toEqual([1e6]);
    // A first price of 0.000012 is five decades below 1: a lot is 1e-3.
    expect(scheduleOf({}, { ...symbol, firstOpen: 0.000012 }).lotsPerUnit).toEqual([1e3]);
    expect(scheduleOf({ lot: 1e-12 }).lotsPerUnit).toEqual([1e12]);
    expect(scheduleOf({ lot: 0.001 })).toMatchObject({ lotsPerUnit: [1000], initial: [{ lotStep: 1 }] });
    expect(scheduleOf({ lot: 0.025 })).toMatchObject({ lotsPerUnit: [1000], initial: [{ lotStep: 25 }] });
    expect(scheduleOf({ lot: 1000 })).toMatchObject({ lotsPerUnit: [1], initial: [{ lotStep: 1000 }] });
    expect(scheduleOf({ tick: 0.025 }).initial[0]).toMatchObject({ tickDigits: 25, tickScale: 1000 });
    expect(scheduleOf({ tick: 1e-7 }).initial[0]).toMatchObject({ tickDigits: 1, tickScale: 1e7 });
    expect(scheduleOf({ tick: 250 }).initial[0]).toMatchObject({ tickDigits: 250, tickScale: 1 });
  });

  it("changes lot and minimum at the close that begins the date, tick and margin at the open", () => {
    const schedule = scheduleOf([
      { from: "2024-01-10", lot: 0.001, tick: 0.1, min_notional: 100, maintenance_rate: 0.01 },
      { from: "2024-01-20", lot: 0.005 },
    ]);
    // Before the first date there is no rule: the default step, so the unit is that one.
    expect(schedule.lotsPerUnit).toEqual([1e8]);
    const rules = { lotStep: 1, tickDigits: 0, tickScale: 1, minNotional: 0, maintenanceRate: 0.005 };
    expect(schedule.initial).toEqual([rules]);
    const state = Object.fromEntries(Object.entries(rules).map(([key, value]) => [key, Float64Array.of(value)]));
    const on = (day: number): unknown[] => {
      schedule.update(Date.UTC(2024, 0, day), state as unknown as EngineState);
      return Object.values(state).map(([value]) => value);
    };
    expect(on(8)).toEqual([1, 0, 1, 0, 0.005]);
    expect(on(9)).toEqual([1e5, 0, 1, 100, 0.005]);
    expect(on(10)).toEqual([1e5, 1, 10, 100, 0.01]);
    expect(on(19)).toEqual([5e5, 1, 10, 0, 0.01]);
    expect(on(20)).toEqual([5e5, 0, 1, 0, 0.005]);
    expect(schedule.nextMs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a run with rules", () => {
  const first = Date.UTC(2023, 0, 1);
  const hours = 24 * 120;
  const market = madeMarket(
    {
      "BTC/USDT": walk(31, hours, { start: 20_000, step: 0.01 }),
      "DOGE/USDT": walk(32, hours, { start: 0.08, step: 0.015, missing: 0.02 }),
    },
    first,
    "1h",
  );
  const file: OrchestratorFile = {
    pods: [
      {
        pod_id: "fast",
        strategy: "tsmom",
        params: { short_mode: "full" },
        symbols: ["BTC/USDT", "DOGE/USDT"],
        timeframe: "1h",
        risk: { use_trailing_stop: true, rebalance_threshold: 0 },
      },
      {
        pod_id: "slow",
        strategy: "ema-cross",
        params: { short_mode: "full" },
        symbols: ["BTC/USDT"],
        timeframe: "4h",
      },
    ],
    backtest: { start: "2023-02-01", end: "2023-04-20", capital: 5000 },
  };
  const changeMs = Date.UTC(2023, 2, 10);
  const rules = {
    "BTC/USDT": [
      { from: "2023-01-01", lot: 0.00001, tick: 0.01, min_notional: 10 },
      { from: "2023-03-10", lot: 0.001, tick: 0.5, min_notional: 100 },
    ],
    "DOGE/USDT": { lot: 5, tick: 0.00001 },
  };
  const run = (instruments: object, options: BacktestOptions = { fast: true }) =>
    simulate(resolveConfig({ ...file, data: { instruments: instruments as never } }), market, options);
  const eventsOf = ({ record }: ReturnType<typeof run>): EngineEvent[] => [
    ...decodeEvents(record.records, {
      podIds: record.pods.map(({ podId }) => podId),
      symbols: record.symbols.map((own) => own.symbol),
    }),
  ];
  const reference = run(rules);
  const events = eventsOf(reference);
  const fills = of(events, "fill");

  it("has whole steps in every wish, and in every fill but those that leave a finer step", () => {
    const btc = reference.record.symbols[0]!.lotsPerUnit;
    expect(btc).toBe(1e8);
    const steps = (event: { timeMs: number; symbol: string }, decidedMs: number): number =>
      event.symbol === "DOGE/USDT" ? 5 * reference.record.symbols[1]!.lotsPerUnit : decidedMs >= changeMs ? 1e5 : 1e3;
    for (const wish of of(events, "wish")) {
      expect(Math.abs(wish.wishLots % steps(wish, wish.timeMs + 3_600_000))).toBe(0);
    }
    const odd = fills.filter((fill) => Math.abs(fill.lots % steps(fill, fill.timeMs)) !== 0);
    // Each pod leaves the finer step once, the one with a stop, the other with its next trade.
    expect(odd.length).toBe(2);
    for (const { symbol, timeMs } of odd) expect([symbol, timeMs >= changeMs]).toEqual(["BTC/USDT", true]);
    const after = fills.filter(({ symbol, timeMs }) => symbol === "BTC/USDT" && timeMs >= changeMs);
    expect(after.length).toBeGreaterThan(20);
  });

  it("has every price on its tick", () => {
    // Of parts: the price of a group of stops is their mean. A cross is no order of the venue's.
    let crossed = false;
    for (const event of events) {
      if (event.type === "fill") crossed = event.purpose === "CROSS";
      if (event.type !== "part" || crossed) continue;
      const ticks = event.symbol === "DOGE/USDT" ? 1e5 : event.timeMs >= changeMs ? 2 : 100;
      expect(Math.round(event.price * ticks) / ticks).toBe(event.price);
    }
  });

  it("skips what is below the minimum of the date, and says so", () => {
    const skipped = of(events, "lapse").filter(({ reason }) => reason === "MIN_NOTIONAL");
    expect(skipped.length).toBeGreaterThan(10);
    expect(new Set(skipped.map(({ symbol }) => symbol))).toEqual(new Set(["BTC/USDT"]));
  });

  it.each<[string, BacktestOptions]>([
    ["event path", { observers: [() => {}] }],
    ["chunks of 1", { fast: true, chunk: 1 }],
    ["chunks of 7", { fast: true, chunk: 7 }],
    ["plain TypeScript", { fast: true, kernels: plainKernels }],
  ])("is the same on every path: %s", (_, options) => {
    const other = run(rules, options);
    expect(other.resultHash).toBe(reference.resultHash);
    expect([...other.state]).toEqual([...reference.state]);
  });

  it("each rule alone changes the run; the rules that hold anyway do not", () => {
    const plain = run({}).resultHash;
    expect(run({ "BTC/USDT": { lot: 1e-8 }, "DOGE/USDT": { min_notional: 0 } }).resultHash).toBe(plain);
    for (const rule of [{ lot: 0.001 }, { tick: 0.5 }, { min_notional: 100 }]) {
      expect(run({ "BTC/USDT": rule }).resultHash).not.toBe(plain);
    }
  });
});
