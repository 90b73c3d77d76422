// Goal: a result says what the run did: attribution sums to the account, reasons count once, metrics come from the record.
// Method: hand-computed small runs, and a busy run through the real engine for the sums.

import { describe, expect, it } from "vitest";
import { ATTRIBUTION_COLUMNS, attributeAccount } from "../../src/analytics/attribution.ts";
import { tallyRun } from "../../src/analytics/run-tally.ts";
import { buildResult } from "../../src/orchestrator/result.ts";
import type { Script } from "../support/scripted.ts";
import { bar, busyScript, contextOf, marketOf, recordOf, T0 } from "./record.ts";

const resultOf = (script: Script) => buildResult(recordOf(script), contextOf(script));

describe("a small run, by hand", () => {
  // a wants half of 100,000 in BTC at 100: 500 units, filled at 200 × 1.01 = 202, fee 1 %; then the price is 300, then out.
  const script: Script = {
    pods: [{ podId: "a" }],
    symbols: [{ symbol: "BTC", lotsPerUnit: 1 }],
    reserve: 100_000,
    setup: { slippage: 0.01, feeRate: 0.01 },
    slices: [
      { bars: { BTC: bar(100) }, weights: { "a/BTC": 0.5 } },
      { bars: { BTC: bar(200, 300) }, weights: { "a/BTC": 0 } },
      { bars: { BTC: bar(400) } },
    ],
  };
  const result = resultOf(script);

  it("costs: fees and slippage of both fills", () => {
    // Bought 500 × 202 = 101,000, fee 1,010, slippage 1,000; sold 500 × 396 = 198,000, fee 1,980, slippage 2,000.
    expect(result.costs).toMatchObject({ fees: 2990, pnl: 94_010, pnl_before_costs: 100_000, netting_saving: 0 });
    expect(result.costs.slippage).toBeCloseTo(3000, 9);
    expect(result.costs.total_return_before_costs.value).toBeCloseTo(0.5, 12);
  });

  it("pod: performance and position", () => {
    const [pod] = result.pods;
    expect(pod?.performance).toMatchObject({
      total_return: { value: expect.closeTo(0.9401, 12) },
      win_rate: { value: 1 },
      profit_factor: { value: null, reason: "no losing trade" },
      trade_count: 1,
      live_days: 3,
      sharpe_ratio: { value: null, reason: "needs 20 daily returns, has 3" },
      rolling_volatility: { value: null, reason: "needs 30 daily returns, has 3" },
      calmar_ratio: { value: null, reason: "needs 30 days, has 3" },
      peak_equity: 194_010,
      current_drawdown: 0,
      current_equity: 194_010,
      last_updated: "2024-01-04T00:00:00Z",
    });
    expect(pod?.capital_fraction).toBeCloseTo(194_010 / 294_010, 12);
    expect(pod?.positions).toEqual([
      expect.objectContaining({
        symbol: "BTC",
        lots: 0,
        quantity: "0",
        entry_price: null,
        mark_price: 400,
        notional: 0,
        realized_pnl: 97_000,
        fees: 2990,
      }),
    ]);
  });

  it("attribution: in micro-units", () => {
    expect(result.attribution.account).toEqual({
      start_micro: 200_000e6,
      transfers_micro: 0,
      realized_micro: 97_000e6,
      unrealized_micro: 0,
      fees_micro: 2990e6,
      funding_micro: 0,
      end_micro: 294_010e6,
    });
    expect(result.attribution.reserve).toMatchObject({ start_micro: 100_000e6, end_micro: 100_000e6 });
  });

  it("portfolio: exposure over slices, days beside the benchmark", () => {
    expect(result.portfolio.exposure.value).toBeCloseTo(1 / 3, 12);
    expect(result.portfolio.turnover).toEqual({ value: null, reason: "needs 20 days, has 3" });
    expect(result.days.date).toEqual(["2024-01-01", "2024-01-02", "2024-01-03"]);
    expect(result.days.portfolio.at(-1)).toBe(294_010);
    // All 200,000 at 202 × 1.01, marked at 400.
    expect(result.days.benchmark.at(-1)).toBeCloseTo((200_000 / (202 * 1.01)) * 400, 6);
    expect(result.orders).toEqual({ placed: 2, crossed: 0, skipped: 0, stop: 0 });
    expect(result.fills).toEqual({ executions: 2, crosses: 0, parts: 2 });
  });

  it("header: what was run and on what", () => {
    expect(result.header).toMatchObject({
      status: "completed",
      run_id: "1".repeat(64),
      market: { kind: "files", synthetic: false },
      range: { start: "2024-01-01", end: "2024-01-03" },
      costs: { cost_bps: 100, slippage_bps: 100, impact_bps: null, netting: "net" },
    });
    expect(result.header.coverage).toEqual([
      {
        symbol: "BTC",
        lots_per_unit: 1,
        first: "2024-01-01T00:00:00Z",
        last: "2024-01-03T00:00:00Z",
        bars: 3,
        warmup_bars: 0,
        missing_slices: 0,
      },
    ]);
  });
});

describe("reason counts", () => {
  it("count a skipped net once, although its cross lapses with it", () => {
    const result = resultOf({
      pods: [{ podId: "a" }, { podId: "b" }],
      symbols: ["A", { symbol: "B", minNotional: 1000 }],
      slices: [
        { bars: { A: bar(1), B: bar(100) }, weights: { "a/B": 0.105, "b/B": -0.1 } }, // net 5 skipped, 100 crossed
        { bars: { A: bar(1) } },
      ],
    });
    expect(
      result.reason_counts.map(({ reason, count, quantity, notional }) => [reason, count, quantity, notional]),
    ).toEqual([
      ["NO_BAR", 1, "200.00000000", 20_000],
      ["MIN_NOTIONAL", 2, "10.00000000", 1000],
      ["END_OF_DATA", 1, "200.00000000", 20_000],
    ]);
  });

  it("gross: count each pod's order, at its own demand, and not the one that was skipped again", () => {
    const result = resultOf({
      pods: [{ podId: "a" }, { podId: "b" }, { podId: "c" }],
      symbols: ["A", { symbol: "B", minNotional: 1000 }],
      setup: { netting: "gross" },
      slices: [
        { bars: { A: bar(1), B: bar(100) }, weights: { "a/B": 0.1, "b/B": -0.2, "c/B": 0.005 } }, // c: 500, skipped
        { bars: { A: bar(1) } },
      ],
    });
    expect(
      result.reason_counts.map(({ reason, count, quantity, notional }) => [reason, count, quantity, notional]),
    ).toEqual([
      ["NO_BAR", 2, "300.00000000", 30_000],
      ["MIN_NOTIONAL", 2, "10.00000000", 1000],
      ["END_OF_DATA", 2, "300.00000000", 30_000],
    ]);
  });

  it("have no notional without the bars of the decision", () => {
    const script = busyScript();
    const result = buildResult(recordOf(script), contextOf(script, { market: marketOf(script, { bars: [] }) }));
    expect(new Set(result.reason_counts.map(({ notional }) => notional))).toEqual(new Set([null]));
  });
});

describe("edges", () => {
  it("a run without a slice has no statistics, and says why", () => {
    const script: Script = { pods: [{ podId: "a" }], symbols: ["BTC"], slices: [] };
    const result = buildResult(
      recordOf(script),
      contextOf(script, { range: { start: "2024-01-01", end: "2024-01-01" } }),
    );
    expect(result.portfolio.max_drawdown_at_slices).toEqual({ value: null, reason: "no slice" });
    expect(result.portfolio.exposure).toEqual({ value: null, reason: "no slice" });
    expect(result.pods[0]?.performance.last_updated).toBeNull();
    expect(result.pods[0]?.positions[0]).toMatchObject({ mark_price: null, notional: 0 });
    expect(result.header.coverage[0]).toMatchObject({ first: null, last: null, bars: 0 });
    expect(result.attribution.account.end_micro).toBe(100_000e6);
  });

  it("a pod without capital trades nothing, is worth nothing and has no metric", () => {
    const result = resultOf({
      pods: [{ podId: "a", capital: 0 }],
      symbols: ["BTC"],
      slices: Array.from({ length: 40 }, () => ({ bars: { BTC: bar(100) }, weights: { "a/BTC": 1 } })),
    });
    const { capital_fraction, performance } = result.pods[0] ?? {};
    expect(capital_fraction).toBe(0);
    expect(performance).toMatchObject({ peak_equity: 0, current_drawdown: 0 });
    expect(performance?.rolling_volatility).toEqual({ value: null, reason: "no capital at the start" });
    expect(result.benchmark.total_return).toEqual({ value: null, reason: "no capital at the start" });
    expect(result.costs.total_return_before_costs.value).toBeNull();
  });

  it("a cross counts as one order and one booking, moves no cash and is no traded value", () => {
    const script: Script = {
      pods: [{ podId: "a" }, { podId: "b" }],
      symbols: ["BTC"],
      slices: [{ bars: { BTC: bar(100) }, weights: { "a/BTC": 0.1, "b/BTC": -0.1 } }, { bars: { BTC: bar(100) } }],
    };
    const { orders, fills } = resultOf(script);
    expect(orders).toEqual({ placed: 0, crossed: 1, skipped: 0, stop: 0 });
    expect(fills).toEqual({ executions: 0, crosses: 1, parts: 2 });
    const tally = tallyRun(recordOf(script));
    expect(tally).toMatchObject({ traded: 0, cashMicro: 0, feesMicro: 0 });
    expect(tally.pods.map(({ traded }) => traded)).toEqual([10_000, 10_000]);
  });

  it("records that nobody knows are refused", () => {
    const record = recordOf(busyScript());
    expect(() => tallyRun({ ...record, records: Float64Array.of(99, 1) })).toThrow("unknown tag 99");
  });
});

describe("a busy run", () => {
  const script = busyScript();
  const record = recordOf(script);
  const rates = { symbol: "BTC/USDT", timeMs: Float64Array.of(T0), rate: Float64Array.of(0.0001) };
  const market = marketOf(script, { funding: [rates, null] });
  const result = buildResult(record, contextOf(script, { funding: "if_present", market }));
  const { pods, reserve, account } = result.attribution;

  it.each(ATTRIBUTION_COLUMNS)("%s of the pods and the reserve is the account's, in whole micro-units", (column) => {
    for (const row of [...pods, reserve, account]) expect(Number.isSafeInteger(row[column])).toBe(true);
    expect(pods.reduce((sum, row) => sum + row[column], reserve[column])).toBe(account[column]);
  });

  it("every row adds up, and ends where the curve does", () => {
    for (const row of [...pods, reserve, account])
      expect(row.start_micro + row.realized_micro + row.unrealized_micro - row.fees_micro - row.funding_micro).toBe(
        row.end_micro,
      );
    expect(account.end_micro / 1e6).toBeCloseTo(result.portfolio.end_equity, 5);
    for (const [p, row] of pods.entries()) {
      const pod = result.pods[p];
      expect(row.end_micro / 1e6).toBeCloseTo(pod?.performance.current_equity ?? 0, 5);
      // What rounding of fills leaves in the unrealised column: less than a micro-unit per fill.
      const unrealised = pod?.positions.reduce((sum, { unrealized_pnl }) => sum + unrealized_pnl, 0) ?? 0;
      expect(row.unrealized_micro / 1e6).toBeCloseTo(unrealised, 3);
    }
  });

  it("costs: before − fees − slippage − funding = net", () => {
    const { pnl_before_costs, fees, slippage, funding, pnl } = result.costs;
    expect(pnl_before_costs - fees - slippage - (funding.value ?? 0)).toBeCloseTo(pnl, 6);
    expect(result.pods.reduce((sum, pod) => sum + pod.funding, 0)).toBeCloseTo(funding.value ?? 0, 6);
    for (const { funding: own, positions } of result.pods)
      expect(positions.reduce((sum, position) => sum + position.funding, 0)).toBeCloseTo(own, 6);
    expect(funding.value).not.toBe(0);
    expect(result.pods.reduce((sum, pod) => sum + pod.netting_saving, 0)).toBeCloseTo(result.costs.netting_saving, 9);
    expect(result.costs.netting_saving).toBeGreaterThan(0);
  });

  it("risk: one event per spell at the gross limit", () => {
    const spells = result.risk_events.filter((event) => event.kind === "gross_limit");
    expect(spells.length).toBeGreaterThan(0);
    for (const { value, threshold, factor, slices } of spells) {
      expect(threshold).toBeCloseTo(0.9, 9);
      expect(value).toBeGreaterThan(threshold);
      expect(factor).toBeCloseTo(threshold / value, 9);
      expect(slices).toBeGreaterThanOrEqual(1);
    }
  });

  it("funding: per symbol, what there was; unknown when it was not asked for, or there was none", () => {
    expect(result.header.funding).toMatchObject({
      mode: "if_present",
      coverage: [
        { symbol: "BTC/USDT", rates: 1, gaps: ["ENDS_EARLY"] },
        { symbol: "ETH/USDT", rates: 0, gaps: ["MISSING"] },
      ],
    });
    const none = buildResult(record, contextOf(script));
    expect(none.header.funding).toEqual({ mode: "none", coverage: [] });
    expect(none.costs.funding).toEqual({ value: null, reason: "not asked for" });
    const missing = buildResult(record, contextOf(script, { funding: "if_present" }));
    expect(missing.costs.funding).toEqual({ value: null, reason: "there are no rates" });
  });

  it("survives JSON unchanged", () => {
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it("mutations break the attribution: a lost micro-unit of cash or fee, a lost lot", () => {
    const tally = tallyRun(record);
    const broken = (books: Partial<typeof record.books>) => () =>
      attributeAccount({ ...record, books: { ...record.books, ...books } }, tally);
    const changed = (column: Float64Array, i: number, by: number) =>
      column.map((value, at) => (at === i ? value + by : value));
    expect(broken({ reserveMicro: record.books.reserveMicro - 1 })).toThrow("attribution");
    expect(broken({ feesMicro: changed(record.books.feesMicro, 0, -1) })).toThrow("attribution");
    expect(broken({ fundingMicro: changed(record.books.fundingMicro, 0, 1) })).toThrow("attribution");
    expect(broken({ lots: changed(record.books.lots, 0, 1) })).toThrow("attribution: the pods hold");
    expect(() => attributeAccount(record, { ...tally, cashMicro: tally.cashMicro + 1 })).toThrow("attribution");
  });
});
