// Goal: liquidation as in spec 2.5: at the bars' adverse extremes, on the account's net, exact in the books, and the end of
// the run.
// Method: hand-computed cases on round prices through the step kernel, then whole runs through `simulate`.

import { describe, expect, it } from "vitest";
import { orderHistory, outcomeOf } from "../../src/analytics/order-history.ts";
import { eventsOf } from "../../src/analytics/tables/event-source.ts";
import type { OrchestratorFile } from "../../src/config/schema.ts";
import { type BacktestOptions, simulate } from "../../src/engine/backtest.ts";
import { runBacktest } from "../../src/engine/run-backtest.ts";
import { resolveConfig } from "../../src/library.ts";
import type { EngineEvent } from "../../src/orchestrator/events.ts";
import { buildResult } from "../../src/orchestrator/result.ts";
import { renderReport } from "../../src/reporting/terminal-report.ts";
import { contextOf, recordOf } from "../analytics/record.ts";
import { AccountBook } from "../support/account-book.ts";
import { madeMarket } from "../support/made-market.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { DAY, runScript, type Script, type ScriptedSlice, T0 } from "../support/scripted.ts";

const of = <T extends EngineEvent["type"]>(events: readonly EngineEvent[], type: T) =>
  events.filter((event): event is Extract<EngineEvent, { type: T }> => event.type === type);
type Bar = readonly [number, number, number, number];
const at = (price: number): Bar => [price, price, price, price];
const BTC = (bar: Bar, weights: Record<string, number> = {}): ScriptedSlice => ({ bars: { BTC: bar }, weights });

/** Pods of 10,000 with a wide band, so that a position stays as it was opened. Audits the books. */
function run(slices: readonly ScriptedSlice[], { pods = [{ podId: "a" }], ...rest }: Partial<Script> = {}) {
  const script: Script = {
    pods: pods.map((pod) => ({ capital: 10_000, rebalanceThreshold: 1.5, ...pod })),
    symbols: [
      { symbol: "BTC", lotsPerUnit: 1 },
      { symbol: "ETH", lotsPerUnit: 1 },
    ],
    slices,
    ...rest,
  }; // prettier-ignore
  const result = runScript(script);
  const { setup } = result.engine;
  const book = new AccountBook(
    Object.fromEntries(setup.pods.map(({ podId, capitalMicro }) => [podId, capitalMicro])),
    setup.reserveMicro,
    new Map(setup.symbols.map(({ symbol, lotsPerUnit }) => [symbol, lotsPerUnit])),
  );
  book.book(result.events);
  book.compareState(result.engine);
  return { ...result, book, liquidations: of(result.events, "liquidation") };
}

/** Five times long: 500 at 100 on 10,000, so cash is −40,000 and margin 2.5 × the price. */
const long = [BTC(at(100), { "a/BTC": 5 }), BTC(at(100))];

describe("the level", () => {
  // 500 p − 40,000 ≤ 500 p × 0.005 at p ≤ 80.402…
  it("is not reached above the maintenance margin", () => {
    expect(run([...long, BTC([100, 100, 80.5, 90])]).liquidations).toEqual([]);
  });

  it("is where equity is the margin: ≤, at the low, with everything closed there for the fee", () => {
    const { liquidations, events, engine, curve } = run([...long, BTC([100, 100, 80.25, 90])]);
    // Equity 500 × 80.25 − 40,000 = 125, margin 40,125 × 0.005 = 200.625; fee 0.5 % of 40,125.
    expect(liquidations).toEqual([{ type: "liquidation", timeMs: T0 + 2 * DAY, equity: 125, margin: 200.625 }]);
    expect(of(events, "fill").at(-1)).toMatchObject({
      purpose: "LIQUIDATION",
      lots: -500,
      price: 80.25,
      reference: 80.25,
      valueMicro: 40_125e6,
      feeMicro: 200_625_000,
    });
    expect(of(events, "part").at(-1)).toMatchObject({ cashMicro: 40_125e6, saving: 0, lotsAfter: 0 });
    expect(of(events, "trade")[0]?.pnl).toBeCloseTo(500 * -19.75 - 200.625, 9);
    expect(engine.liquidated).toBe(true);
    expect(curve[2]).toEqual([-75.625, 0, 0, -75.625]);
    // Equality counts: with a rate of 0, equity 0 is the level.
    const symbols = [{ symbol: "BTC", lotsPerUnit: 1, maintenanceRate: 0 }, "ETH"];
    expect(run([...long, BTC([100, 100, 80, 90])], { symbols }).liquidations).toMatchObject([{ equity: 0, margin: 0 }]);
    expect(run([...long, BTC([100, 100, 80.01, 90])], { symbols }).liquidations).toEqual([]);
  });

  it("mirrors for a short, at the high", () => {
    // Short 500 at 100: cash 60,000. At 119.5: equity 250, margin 298.75. At 119: 500 > 297.5.
    const short = [BTC(at(100), { "a/BTC": -5 }), BTC(at(100))];
    expect(run([...short, BTC([100, 119, 100, 100])]).liquidations).toEqual([]);
    const { liquidations, events } = run([...short, BTC([100, 119.5, 100, 100])]);
    expect(liquidations).toMatchObject([{ equity: 250, margin: 298.75 }]);
    expect(of(events, "fill").at(-1)).toMatchObject({ lots: 500, price: 119.5, feeMicro: 298_750_000 });
  });

  it("counts from the entry bar on", () => {
    const { liquidations } = run([BTC(at(100), { "a/BTC": 5 }), BTC([100, 100, 80, 100])]);
    expect(liquidations.map(({ timeMs }) => timeMs)).toEqual([T0 + DAY]);
  });

  it("a gap beyond it is closed at the bar's extreme, and leaves a debt that nobody hides", () => {
    const { liquidations, curve, book } = run([...long, BTC([50, 55, 45, 52])]);
    expect(liquidations).toMatchObject([{ equity: -17_500, margin: 112.5 }]);
    expect(curve.at(-1)?.[0]).toBe(-17_500 - 112.5);
    expect(book.cash).toBe(-17_612_500_000n);
  });

  it("is the portfolio's: reserve and other pods carry a pod that has lost everything", () => {
    expect(run([...long, BTC([50, 55, 45, 52])], { reserve: 50_000 }).liquidations).toEqual([]);
  });

  it("values a symbol without a bar at its mark, and each symbol at its own side's extreme", () => {
    // Long 300 BTC, short 3,000 ETH at 10 on 10,000: cash 10,000. BTC falls to 90, ETH rises to 12: 27,000 − 36,000 + 10,000
    // = 1,000 against (27,000 + 36,000) × 0.005 = 315. With ETH at 12.3: 100 ≤ 319.5.
    const open: ScriptedSlice[] = [
      { bars: { BTC: at(100), ETH: at(10) }, weights: { "a/BTC": 3, "a/ETH": -3 } },
      { bars: { BTC: at(100), ETH: at(10) } },
    ];
    const following = (...bars: ScriptedSlice["bars"][]) => run([...open, ...bars.map((own) => ({ bars: own }))]);
    expect(following({ BTC: [100, 150, 90, 100], ETH: [10, 12, 1, 10] }).liquidations).toEqual([]);
    expect(following({ BTC: [100, 150, 90, 100], ETH: [10, 12.3, 1, 10] }).liquidations).toMatchObject([
      { equity: expect.closeTo(100, 8), margin: expect.closeTo(319.5, 8) },
    ]);
    // ETH marked at 10.2 and without a bar: 300 p − 30,600 + 10,000 against (300 p + 30,600) × 0.005. At 69.6: 280 > 257.4.
    const marked = { BTC: at(100), ETH: [10, 11, 9, 10.2] } as const;
    expect(following(marked, { BTC: [100, 100, 69.6, 100] }).liquidations).toEqual([]);
    const { liquidations, events } = following(marked, { BTC: [100, 100, 69.2, 100] });
    expect(liquidations).toMatchObject([{ equity: expect.closeTo(160, 8), margin: expect.closeTo(256.8, 8) }]);
    expect(
      of(events, "fill")
        .slice(-2)
        .map(({ symbol, lots, price }) => [symbol, lots, price]),
    ).toEqual([
      ["BTC", -300, 69.2],
      ["ETH", 3000, 10.2],
    ]); // prettier-ignore
  });

  it("does not concern an account whose pods cancel out, whatever they owe each other", () => {
    const { liquidations, curve } = run(
      [BTC(at(100), { "a/BTC": 5, "b/BTC": -5 }), BTC(at(100)), BTC([100, 900, 10, 300])],
      { pods: [{ podId: "a" }, { podId: "b" }] },
    );
    expect(liquidations).toEqual([]);
    expect(curve[2]).toEqual([20_000, 0, 0, 110_000, -90_000]);
  });

  it("comes after the stops: what they closed is no longer at risk", () => {
    const { liquidations, events } = run([...long, BTC([100, 100, 70, 75])], {
      pods: [{ podId: "a", stopLoss: 0.1 }],
    });
    expect(liquidations).toEqual([]);
    expect(of(events, "stop")).toHaveLength(1);
  });

  it("comes before funding inside the bar: nothing is left to pay on", () => {
    const { events } = run([
      ...long,
      {
        bars: { BTC: [100, 100, 80, 90] },
        funding: [
          { symbol: "BTC", rate: 0.001 },
          { symbol: "BTC", rate: 0.001, hours: 8 },
        ],
      },
    ]);
    expect(of(events, "funding").map(({ paidMicro }) => paidMicro)).toEqual([50_000_000]);
  });
});

describe("closing", () => {
  it("is one order of the account per symbol; opposite pods cross at its price, the fee is split over all exactly", () => {
    // a +900 BTC, b −300 BTC and +100 ETH, c −100 ETH; 10,000 each: net BTC 600, cash 30,000 − 60,000 = −30,000.
    const { events, engine, curve } = run(
      [
        {
          bars: { BTC: at(100), ETH: at(10) },
          weights: { "a/BTC": 9, "b/BTC": -3, "b/ETH": 0.1, "c/ETH": -0.1 },
        },
        { bars: { BTC: at(100), ETH: at(10) } },
        { bars: { BTC: [100, 100, 50.001, 60], ETH: [11, 20, 5, 15] } },
      ],
      { pods: ["a", "b", "c"].map((podId) => ({ podId, rebalanceThreshold: 0.1 })) },
    );
    // Equity 600 × 50.001 − 30,000 = 0.6. BTC: value 30,000.6, fee 150.003, split 900 : 300 of 1,200.
    // ETH nets to 0: its pods cross at the open, 11, without a fee.
    const last = events.filter(({ timeMs, type }) => timeMs === T0 + 2 * DAY && (type === "fill" || type === "part"));
    expect(last).toMatchObject([
      { type: "fill", symbol: "BTC", lots: -600, price: 50.001, valueMicro: 30_000_600_000, feeMicro: 150_003_000 },
      { type: "part", podId: "a", lots: -900, cashMicro: 45_000_900_000, feeMicro: 112_502_250 },
      { type: "part", podId: "b", lots: 300, cashMicro: -15_000_300_000, feeMicro: 37_500_750 },
      { type: "fill", symbol: "ETH", purpose: "LIQUIDATION", lots: 0, price: 11, valueMicro: 0, feeMicro: 0 },
      { type: "part", podId: "b", lots: -100, cashMicro: 1_100_000_000, feeMicro: 0 },
      { type: "part", podId: "c", lots: 100, cashMicro: -1_100_000_000, feeMicro: 0 },
    ]);
    expect(engine.state.lots.every((lots) => lots === 0)).toBe(true);
    expect(curve.at(-1)?.[0]).toBeCloseTo(0.6 - 150.003, 9);
  });

  it("ends the run: no order, no later slice, in chunks of any size", () => {
    const slices = [...long, BTC([100, 100, 80, 90], { "a/BTC": 1 }), BTC(at(90), { "a/BTC": 2 }), BTC(at(90))];
    const whole = run(slices);
    expect(whole.curve).toHaveLength(3);
    expect(whole.events.at(-1)?.timeMs).toBe(T0 + 2 * DAY);
    expect(of(whole.events, "order").map(({ timeMs }) => timeMs)).toEqual([T0]);
    expect(of(whole.events, "lapse")).toEqual([]);
    const script: Script = {
      pods: [{ podId: "a", capital: 10_000, rebalanceThreshold: 1.5 }],
      symbols: ["BTC"],
      slices,
    };
    for (const options of [{ chunk: 1 }, { chunk: 2 }, { kernels: plainKernels }]) {
      expect(runScript(script, options).records).toEqual(runScript(script).records);
    }
  });
});

describe("the result of a liquidated run", () => {
  const script: Script = {
    pods: [
      { podId: "a", capital: 10_000, rebalanceThreshold: 1.5 },
      { podId: "b", capital: 10_000, rebalanceThreshold: 0.5 },
    ],
    symbols: [{ symbol: "BTC/USDT", lotsPerUnit: 1 }],
    slices: [
      { bars: { "BTC/USDT": at(100) }, weights: { "a/BTC/USDT": 9, "b/BTC/USDT": -1 } },
      { bars: { "BTC/USDT": at(100) } },
      { bars: { "BTC/USDT": [100, 100, 70, 80] } },
      { bars: { "BTC/USDT": at(80) } },
    ],
  };
  const record = recordOf(script);
  const result = buildResult(record, contextOf(script));

  it("says so in header and report, and counts to its slice", () => {
    // Net 800: cash 20,000 − 80,000; at 70 equity −4,000, margin 280, fee 280.
    expect(result.header).toMatchObject({
      status: "liquidated",
      liquidation: { slice: "2024-01-03T00:00:00Z", equity: -4000, maintenance_margin: 280, fee: 280 },
      slices: 3,
      coverage: [{ bars: 3, last: "2024-01-03T00:00:00Z", missing_slices: 0 }],
    });
    expect(result.days.date).toHaveLength(3);
    expect(result.attribution.account.end_micro).toBe(-4280e6);
    expect(result.costs.fees).toBe(280);
    const text = renderReport(result, { width: 100, color: false, unicode: true }).replaceAll(/\s+/g, " ");
    expect(text).toContain("1D bars, liquidated");
    expect(text).toContain("LIQUIDATED in the slice of 2024-01-03T00:00:00Z");
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it("has the liquidation as an order, with what crossed", () => {
    const order = [...orderHistory(eventsOf(record))].at(-1);
    expect(order).toMatchObject({ purpose: "LIQUIDATION", timeMs: T0 + 2 * DAY, netLots: -800, crossedLots: 100 });
    expect(order && outcomeOf(order)).toBe("FILLED");
  });
});

describe("a whole run", () => {
  const file: OrchestratorFile = {
    pods: [
      {
        pod_id: "hold",
        strategy: "buy-and-hold",
        symbols: ["BTC/USDT"],
        initial_fraction: 1,
        max_fraction: 1,
        risk: { max_leverage: 1, system_stop_loss: null },
      },
    ],
    backtest: { start: "2023-01-10", end: "2023-04-10" },
  };
  /** Without halts: one would sell before the margin call. */
  const alone: BacktestOptions = { fast: true, orchestrated: false };
  const first = Date.UTC(2023, 0, 1);
  const closes = Array.from({ length: 100 }, (_, i) => 100 - 0.9 * i);
  const market = madeMarket({ "BTC/USDT": closes, "ETH/USDT": closes.map(() => 5) }, first);
  const withRules = (instruments: NonNullable<OrchestratorFile["data"]>["instruments"]) =>
    resolveConfig({ ...file, data: { instruments } });

  it("without leverage is not liquidated by the default rate", () => {
    expect(simulate(withRules({}), market, alone).record.counts.slices).toBe(91);
  });

  it("takes the rate of the slice's date, and stops there in every path; bars in = bars processed", () => {
    // All the capital was bought with and its costs are owed, so only a rate next to 1 can liquidate, on the day that brings it.
    const config = withRules({
      "BTC/USDT": [
        { from: "2023-01-01", maintenance_rate: 0.01 },
        { from: "2023-02-15", maintenance_rate: 0.99999 },
        { from: "2023-03-15" },
      ],
    });
    const reference = simulate(config, market, alone);
    const { record } = reference;
    expect(new Date(record.curve.timeMs.at(-1)!).toISOString().slice(0, 10)).toBe("2023-02-15");
    expect(record.counts.bars).toBe(2 * record.counts.slices);
    const paths: BacktestOptions[] = [
      {},
      { chunk: 7, fast: true },
      { observers: [() => {}] },
      { kernels: plainKernels },
    ];
    for (const options of paths) {
      const other = simulate(config, market, { orchestrated: false, ...options });
      expect(other.resultHash).toBe(reference.resultHash);
      expect(other.record.counts).toMatchObject({ slices: record.counts.slices, bars: record.counts.bars });
      expect(other.record.curve.equity).toEqual(record.curve.equity);
    }
    expect(runBacktest(config, market, alone).result.header.status).toBe("liquidated");
  });

  it("takes an undated rate from the start", () => {
    const config = withRules({ "BTC/USDT": { maintenance_rate: 0.99999 } });
    const { record } = simulate(config, market, alone);
    expect(new Date(record.curve.timeMs.at(-1)!).toISOString().slice(0, 10)).toBe("2023-01-11");
  });
});
