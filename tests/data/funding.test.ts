// Goal: with the venue's own funding rates, too, the account book that never sees an attribution equals the sum of the pods
// after every event, and what is booked is quantity × mark × rate of each instant.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Config, OrchestratorFile } from "../../src/config/schema.ts";
import { simulate } from "../../src/engine/backtest.ts";
import { runBacktest } from "../../src/engine/run-backtest.ts";
import type { Market } from "../../src/market/market.ts";
import type { EngineEvent } from "../../src/orchestrator/events.ts";
import { AccountBook } from "../support/account-book.ts";
import { dataFolder, marketOf, resolve } from "../support/run-config.ts";

const example = parse(
  readFileSync(new URL("../../config/orchestrator-example.yaml", import.meta.url), "utf8"),
) as OrchestratorFile;
/** The example with shorts, so that pods of opposite sign meet, and stops. */
const bothSides: OrchestratorFile = {
  ...example,
  pods: example.pods.map((pod) => ({ ...pod, params: { ...pod.params, short_mode: "full" } })),
};
const HOUR = 3_600_000;

function audited(config: Config, market: Market, orchestrated = true) {
  const events: EngineEvent[] = [];
  const run = simulate(config, market, { orchestrated, observers: [(event) => events.push(event)] });
  const capital = Object.fromEntries(
    config.pods.map((pod) => [pod.pod_id, Math.floor(100_000e6 * pod.initial_fraction)]),
  );
  const reserve = 100_000e6 - Object.values(capital).reduce((sum, micro) => sum + micro, 0);
  const { books, symbols } = run.record;
  const book = new AccountBook(capital, reserve, new Map(symbols.map((own) => [own.symbol, own.lotsPerUnit])));
  book.book(events);
  expect(book.cash).toBe(BigInt(books.reserveMicro) + books.cashMicro.reduce((sum, micro) => sum + BigInt(micro), 0n));
  const funding = events.filter((event) => event.type === "funding");
  const paid = funding.reduce((sum, { paidMicro }) => sum + BigInt(paidMicro), 0n);
  expect(books.fundingMicro.reduce((sum, micro) => sum + BigInt(micro), 0n)).toBe(paid);
  return { ...run, funding, paid, compared: book.compared };
}

describe("two years of real funding", () => {
  it.each([
    ["1D", "net", "alone", example],
    ["1D", "net", "alone", bothSides],
    ["1D", "gross", "alone", bothSides],
    ["1h", "net", "alone", bothSides],
    ["1D", "net", "orchestrated", bothSides],
    ["1h", "net", "orchestrated", bothSides],
  ] as const)("conserve to the micro-unit: %s bars, %s orders, pods %s", (base_timeframe, netting, pods, file) => {
    const orchestrated = pods === "orchestrated";
    const config = resolve({
      ...file,
      portfolio: { cost_bps: 4, netting },
      data: { funding: "required", base_timeframe },
    });
    const { funding, paid, compared, resultHash } = audited(config, marketOf(config, dataFolder()), orchestrated);
    // Three instants a day of five symbols, most days with a position, unless halts and retirement flatten the pods.
    expect(funding.length).toBeGreaterThan(orchestrated ? 1000 : 3000);
    expect(compared).toBeGreaterThan(funding.length + 300);
    expect(paid).not.toBe(0n);
    const none = resolve({ ...file, portfolio: { cost_bps: 4, netting }, data: { funding: "none", base_timeframe } });
    expect(simulate(none, marketOf(none, dataFolder()), { orchestrated, fast: true }).resultHash).not.toBe(resultHash);
  });

  it("is the same from the fast path, and the header says what there was", () => {
    const config = resolve({ ...bothSides, data: { funding: "required" } });
    const market = marketOf(config, dataFolder());
    const { resultHash, paid } = audited(config, market);
    const { result } = runBacktest(config, market, { fast: true });
    expect(result.header.result_hash).toBe(resultHash);
    expect(result.attribution.account.funding_micro).toBe(Number(paid));
    expect(result.costs.funding).toEqual({ value: Number(paid) / 1e6 });
    expect(result.header.funding.coverage.map(({ rates, gaps }) => [rates, gaps])).toEqual(
      market.bars.map(() => [2193, []]),
    );
    expect(result.header.market.files.filter((file) => file.includes("funding"))).toHaveLength(market.bars.length);
  });
});

describe("a position that is held", () => {
  it("pays what a sum over the file says, at hourly closes", () => {
    const config = resolve({
      pods: [
        {
          pod_id: "hold",
          strategy: "buy-and-hold",
          symbols: ["BTC/USDT"],
          initial_fraction: 0.5,
          max_fraction: 0.5,
          // Never rebalanced, so the quantity is that of the first fill.
          risk: { rebalance_threshold: 0.9, system_stop_loss: null },
        },
      ],
      backtest: { start: "2024-01-01", end: "2024-12-31", capital: 100_000 },
      data: { funding: "required", base_timeframe: "1h" },
    });
    const market = marketOf(config, dataFolder());
    const { funding, paid, record } = audited(config, market, false);
    const [lots] = record.books.lots as unknown as [number];
    expect(new Set(funding.map((event) => event.lots))).toEqual(new Set([lots]));

    const [rates] = market.funding;
    const [bars] = market.bars;
    const closes = new Map(Array.from(bars!.timeMs, (open, i) => [open + HOUR, bars!.close[i] as number]));
    let expected = 0;
    let instants = 0;
    for (const [i, time] of rates!.timeMs.entries()) {
      // Decided at the close of the first slice, filled at the open of the second.
      if (time <= Date.UTC(2024, 0, 1, 1) || time >= Date.UTC(2025, 0, 1)) continue;
      expected += (lots / 1e8) * (closes.get(time) as number) * (rates!.rate[i] as number);
      instants++;
    }
    expect(funding).toHaveLength(instants);
    expect(Number(paid) / 1e6).toBeCloseTo(expected, 3);
  });
});
