// Goal: capital that moves is neither profit nor loss: the attribution has it in a column of its own, and a pod's return and
// drawdown do not see it.
// Method: a small run whose orchestrator is written by hand, with every figure worked out beside it.

import { describe, expect, it } from "vitest";
import { attributeAccount } from "../../src/analytics/attribution.ts";
import { capitalFractions } from "../../src/analytics/orchestration/capital-fractions.ts";
import { podPerformance } from "../../src/analytics/pod-performance.ts";
import { tallyRun } from "../../src/analytics/run-tally.ts";
import { transferRecord } from "../../src/orchestrator/host-records.ts";
import type { RunRecord } from "../../src/orchestrator/run-record.ts";
import type { DaySummary } from "../../src/orchestrator/strategy-orchestrator.ts";
import { bar, DAY, recordOf, T0 } from "./record.ts";

/**
 * Pod a holds 100 units from 100 on, fee 1 %: 10,000 + 100 fee, then the price is 110, then 99, then 99.
 * At the close of day 1 it gives 2,000 back; b gets 500 at the close of day 2.
 */
function handMade(): RunRecord {
  const record = recordOf({
    pods: [
      { podId: "a", capital: 20_000, rebalanceThreshold: 0.4 },
      { podId: "b", capital: 5_000 },
    ],
    symbols: [{ symbol: "BTC", lotsPerUnit: 1 }],
    reserve: 1_000,
    setup: { feeRate: 0.01 },
    slices: [
      { bars: { BTC: bar(100) }, weights: { "a/BTC": 0.5 } },
      { bars: { BTC: bar(100, 110) } },
      { bars: { BTC: bar(110, 99) } },
      { bars: { BTC: bar(99) } },
    ],
  });
  const micro = (amount: number): number => amount * 1e6;
  const records = [
    ...record.records,
    ...[1, T0 + DAY, ...transferRecord(0, micro(-2_000), micro(7_900), micro(3_000))],
    ...[1, T0 + 2 * DAY, ...transferRecord(1, micro(500), micro(5_500), micro(2_500))],
  ];
  const { books } = record;
  const moved = [-2_000, 500];
  // Day 1: 20,000 − 100 fee + 1,000; day 2: 1,100 lost on 18,900.
  const returns = [0, 20_900 / 20_000 - 1, 17_800 / 18_900 - 1, 0];
  const picture = { shares: new Map<string, number>(), effectiveN: null, meanCorrelation: null, measurable: 0 };
  const days = returns.map(
    (own, d): DaySummary => ({
      day: T0 / DAY + d,
      states: ["production", "production"],
      returns: [own, 0],
      picture,
      exposure: 1,
    }),
  );
  const after = (d: number, p: number): number => (p === 0 ? (d > 1 ? -2_000 : 0) : d > 2 ? 500 : 0);
  return {
    ...record,
    pods: record.pods.map((pod) => ({ ...pod, initialState: "production" })),
    records: Float64Array.from(records),
    days: {
      ...record.days,
      pods: record.days.pods.map((column, p) => column.map((equity, d) => equity + after(d, p))),
    },
    books: {
      ...books,
      reserveMicro: books.reserveMicro + micro(1_500),
      cashMicro: books.cashMicro.map((cash, p) => cash + micro(moved[p] as number)),
      equity: books.equity.map((equity, p) => equity + (moved[p] as number)),
    },
    orchestrator: { days, allocations: [], lifecycle: [], alerts: [] },
  };
}

describe("attribution with transfers", () => {
  const record = handMade();
  const tally = tallyRun(record);
  const row = (start: number, transfers: number, unrealised: number, fees: number, end: number) => ({
    start_micro: start * 1e6,
    transfers_micro: transfers * 1e6,
    realized_micro: 0,
    unrealized_micro: unrealised * 1e6,
    fees_micro: fees * 1e6,
    funding_micro: 0,
    end_micro: end * 1e6,
  });

  it("start + transfers + realised + unrealised − fees = end, by hand", () => {
    expect(attributeAccount(record, tally)).toEqual({
      pods: [
        { pod_id: "a", ...row(20_000, -2_000, -100, 100, 17_800) },
        { pod_id: "b", ...row(5_000, 500, 0, 0, 5_500) },
      ],
      reserve: row(1_000, 1_500, 0, 0, 2_500),
      account: row(26_000, 0, -100, 100, 25_800),
    });
  });

  it("a transfer that is missing from the records, or from the reserve, breaks it", () => {
    const [{ transfersMicro = 0, ...first } = {}, second] = tally.pods as never as Record<string, number>[];
    const lost = { ...tally, pods: [{ ...first, transfersMicro: transfersMicro + 1 }, second] };
    expect(() => attributeAccount(record, lost as never)).toThrow("a began with");
    const books = { ...record.books, reserveMicro: record.books.reserveMicro - 1 };
    expect(() => attributeAccount({ ...record, books }, tally)).toThrow("attribution");
  });

  it("the pod's return and drawdown are those of its trading", () => {
    const performance = podPerformance(record, 0, tally.pods[0] as never);
    const index = (20_900 / 20_000) * (17_800 / 18_900);
    expect(performance.total_return.value).toBeCloseTo(index - 1, 12);
    expect(performance.max_drawdown.value).toBeCloseTo(1_100 / 18_900, 12);
    expect(performance.current_drawdown).toBeCloseTo(1_100 / 18_900, 12);
    // Today's capital at the best close: what 17,800 was before it lost 1,100 of 18,900.
    expect(performance.peak_equity).toBeCloseTo(18_900, 6);
    expect(performance).toMatchObject({
      start_equity: 20_000,
      end_equity: 17_800,
      current_equity: 17_800,
      live_days: 4,
    });
    expect(podPerformance(record, 1, tally.pods[1] as never)).toMatchObject({
      total_return: { value: 0 },
      max_drawdown: { value: 0 },
      current_equity: 5_500,
    });
  });

  it("daily fractions are those after the transfers of the close, and sum to 1 with the reserve", () => {
    const { pods, reserve, targets } = capitalFractions(record, tally);
    expect(pods[0]?.[1]).toBeCloseTo(18_900 / 26_900, 12);
    expect(pods[1]?.[2]).toBeCloseTo(5_500 / 25_800, 12);
    expect(reserve[3]).toBeCloseTo(2_500 / 25_800, 12);
    for (const [d, left] of reserve.entries()) {
      expect((pods[0]?.[d] ?? 0) + (pods[1]?.[d] ?? 0) + (left ?? 0)).toBeCloseTo(1, 12);
    }
    // No run of the allocator: what they began with.
    expect(targets[0]).toEqual([20_000 / 26_000, 20_000 / 26_000, 20_000 / 26_000, 20_000 / 26_000]);
  });

  it("without recorded days nothing is invented: a life of no days", () => {
    const idle = { ...record, orchestrator: { days: [], allocations: [], lifecycle: [], alerts: [] } };
    expect(podPerformance(idle, 0, tally.pods[0] as never)).toMatchObject({
      live_days: 0,
      total_return: { value: 0 },
      sharpe_ratio: { value: null, reason: "needs 20 daily returns, has 0" },
    });
  });
});
