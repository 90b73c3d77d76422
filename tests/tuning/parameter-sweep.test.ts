import { describe, expect, it } from "vitest";
import { simulate } from "../../src/engine/backtest.ts";
import { openConfigMarket } from "../../src/library.ts";
import type { GridValue } from "../../src/tuning/grid.ts";
import { ParameterSweep } from "../../src/tuning/parameter-sweep.ts";
import { outcomeHash, type PointOutcome, pointMetrics, TALLY_SLOT } from "../../src/tuning/point-outcome.ts";
import { pointConfig, type SweepSpace } from "../../src/tuning/sweep-space.ts";

const pod = (id: string, strategy: string, params: object, symbols: string[], rest: object = {}): object => ({
  pod_id: id,
  strategy,
  params,
  symbols,
  initial_fraction: 0.4,
  max_fraction: 0.6,
  risk: { system_stop_loss: 0.04, use_trailing_stop: true, trailing_stop_atr_multiplier: 2, rebalance_threshold: 0.02 },
  ...rest,
});

const base = (rest: object = {}): object => ({
  pods: [
    pod("b", "ema-cross", { fast: 5, slow: 20, short_mode: "full" }, ["BTC/USDT", "ETH/USDT"]),
    pod("a", "tsmom", { lookback: 20 }, ["ETH/USDT", "SOL/USDT"]),
  ],
  backtest: { start: "2021-01-01", end: "2021-12-31", capital: 100_000 },
  data: { path: "synthetic", seed: 3 },
  ...rest,
});

interface Case {
  name: string;
  space: SweepSpace;
  points: readonly (readonly GridValue[])[];
}

const cases: Case[] = [
  {
    name: "signals alone, daily bars",
    space: { data: base(), paths: ["pods[0].params.fast", "pods[1].params.lookback"], orchestrated: false },
    points: [3, 7].flatMap((fast) => [10, 45].map((lookback) => [fast, lookback])),
  },
  {
    name: "stops, bands, leverage, hourly bars and a limited warm-up",
    space: {
      data: base({
        backtest: { start: "2021-03-01", end: "2021-05-31", capital: 5_000 },
        data: { path: "synthetic", seed: 5, base_timeframe: "1h", warmup_bars: 900 },
        pods: [
          pod("x", "ema-cross", { fast: 3, slow: 12, short_mode: "full" }, ["BTC/USDT"], { timeframe: "4h" }),
          pod("y", "donchian", { entry_period: 20, exit_period: 5, short_mode: "full" }, ["BTC/USDT", "ETH/USDT"], {
            timeframe: "1h",
          }),
        ],
      }),
      paths: ["pods[0].risk.system_stop_loss", "pods[1].params.exit_period", "pods[0].risk.stop_cooldown_days"],
      orchestrated: false,
    },
    points: [
      [0.01, 4, null],
      [0.03, 9, 2],
      [null, 4, 1],
    ],
  },
  {
    name: "orchestration: allocation, life cycle and halts",
    space: {
      data: base({ orchestrator: { allocation_method: "risk_parity", risk: { max_portfolio_drawdown: 0.08 } } }),
      paths: [
        "orchestrator.rebalance.calendar_days",
        "pods[0].params.slow",
        "orchestrator.risk.max_portfolio_drawdown",
      ],
      orchestrated: true,
    },
    points: [
      [5, 15, 0.05],
      [20, 30, 0.2],
    ],
  },
  {
    name: "instrument rules that change at a date",
    space: {
      data: base({
        data: {
          path: "synthetic",
          seed: 3,
          instruments: { "BTC/USDT": [{ from: "2021-04-01", lot: 0.01, min_notional: 50, maintenance_rate: 0.02 }] },
        },
      }),
      paths: ["pods[1].params.lookback"],
      orchestrated: false,
    },
    points: [[15], [60]],
  },
  {
    name: "a liquidation",
    space: {
      data: base({
        pods: [
          pod("x", "tsmom", { lookback: 5, vol_target: 30, short_mode: "full" }, ["SOL/USDT"], {
            initial_fraction: 1,
            max_fraction: 1,
            risk: { max_leverage: 20, system_stop_loss: null, rebalance_threshold: 0.5 },
          }),
        ],
        orchestrator: { risk: { max_gross_leverage: 25 } },
      }),
      paths: ["pods[0].risk.max_leverage"],
      orchestrated: false,
    },
    points: [[25], [12]],
  },
];

describe("a point of a sweep is the backtest of its config", () => {
  it.each(cases)("$name", ({ name, space, points }) => {
    const market = marketOf(space);
    const sweep = new ParameterSweep(space, market);
    const hashes = points.map((values) => {
      const outcome = sweep.evaluate(values);
      const point = pointConfig(space, values);
      if (!point.ok) throw new Error(point.reason);
      const { record } = simulate(point.config, market, { orchestrated: space.orchestrated });
      const { length } = record.days.equity;
      expect([...outcome.equity.subarray(0, length)]).toEqual([...record.days.equity]);
      expect(outcome.tally[TALLY_SLOT.slices]).toBe(record.counts.slices);
      const fees = record.books.feesMicro.reduce((sum, micro) => sum + micro, 0) / 1e6;
      expect(outcome.tally[TALLY_SLOT.fees]).toBeCloseTo(fees, 6);
      const ended = record.counts.slices < sweep.timeline.openTimes.length;
      expect(outcome.tally[TALLY_SLOT.liquidated]).toBe(ended ? 1 : 0);
      expect(ended).toBe(name === "a liquidation");
      return outcomeHash(outcome);
    });
    expect(new Set(hashes).size).toBe(points.length);
    // Points leave nothing behind: the first one again, after the others, is the same to the bit.
    expect(outcomeHash(sweep.evaluate(points[0] as GridValue[]))).toBe(hashes[0]);
  });
});

describe("sharing", () => {
  it("computes a signal column once per distinct parameter set", () => {
    const [{ space }] = cases as [Case, ...Case[]];
    const sweep = new ParameterSweep(space, marketOf(space));
    for (const fast of [3, 4, 5]) for (const lookback of [10, 20, 30]) sweep.evaluate([fast, lookback]);
    // Three fasts on two symbols, three lookbacks on two symbols, an ATR for each of three symbols.
    expect(sweep.columnsComputed).toBe(6 + 6 + 3);
  });

  it("rotates signals in time without changing how often they change much", () => {
    const [{ space }] = cases as [Case, ...Case[]];
    const sweep = new ParameterSweep(space, marketOf(space));
    const trades = (outcome: PointOutcome): number =>
      pointMetrics(outcome, sweep.timeline.dayMs, sweep.capital).trades as number;
    const [real, control] = [sweep.evaluate([3, 10]), sweep.evaluate([3, 10], 100)];
    expect(outcomeHash(control)).not.toBe(outcomeHash(real));
    expect(trades(control)).toBeGreaterThan(0.5 * trades(real));
    expect(trades(control)).toBeLessThan(2 * trades(real));
  });
});

function marketOf(space: SweepSpace): ReturnType<typeof openConfigMarket> {
  const point = pointConfig({ ...space, paths: [] }, []);
  if (!point.ok) throw new Error(point.reason);
  return openConfigMarket(point.config);
}
