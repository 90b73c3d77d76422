// Goal: the fast path, the event path, any chunk size and the plain-TypeScript run of the kernels are one engine: same hash,
// same bytes of state, same record; and the past does not depend on the future.
// Method: portfolios on random walks with holes, whole runs through `simulate`.

import { describe, expect, it } from "vitest";
import type { OrchestratorFile } from "../../src/config/schema.ts";
import { type BacktestOptions, simulate } from "../../src/engine/backtest.ts";
import { resolveConfig } from "../../src/library.ts";
import type { Market } from "../../src/market/market.ts";
import { decodeEvents, type EngineEvent } from "../../src/orchestrator/events.ts";
import { madeMarket, walk } from "../support/made-market.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { seededRandom } from "../support/random-script.ts";

const FIRST = Date.UTC(2023, 0, 1);
const HOUR = 3_600_000;
const file: OrchestratorFile = {
  pods: [
    {
      pod_id: "trend",
      strategy: "tsmom",
      params: { short_mode: "full" },
      symbols: ["BTC/USDT", "ETH/USDT"],
      risk: { use_trailing_stop: true },
    },
    {
      pod_id: "breakout",
      strategy: "donchian",
      params: { short_mode: "full" },
      symbols: ["ETH/USDT", "SOL/USDT"],
      initial_fraction: 0.3,
    },
    {
      pod_id: "adaptive",
      strategy: "vol-adaptive",
      params: { short_mode: "full" },
      symbols: ["BTC/USDT"],
      timeframe: "4h",
    },
    { pod_id: "cross", strategy: "ema-cross", symbols: ["SOL/USDT"], timeframe: "1h", risk: { stop_cooldown_days: 2 } },
    { pod_id: "twin", strategy: "tsmom", params: { short_mode: "full" }, symbols: ["BTC/USDT"] },
  ],
  backtest: { start: "2023-03-01", end: "2023-05-31" },
};
const hours = 24 * 151;
const closes = {
  "BTC/USDT": walk(11, hours, { start: 20_000, step: 0.008, missing: 0.01 }),
  "ETH/USDT": walk(12, hours, { start: 1500, step: 0.01 }),
  // Listed late, and gone for a while.
  "SOL/USDT": walk(13, hours, { start: 0.5, step: 0.015, missing: 0.05 }).map((close, i) =>
    i < 500 || (i > 2000 && i < 2100) ? null : close,
  ),
};
/** Every 8 hours; of SOL only for a while and a few minutes late, as venues are. */
const funding = ["BTC/USDT", "ETH/USDT", "SOL/USDT"].map((symbol, s) => {
  const random = seededRandom(20 + s);
  const timeMs = Float64Array.from(
    { length: symbol === "SOL/USDT" ? 350 : hours / 8 },
    (_, i) => FIRST + i * 8 * HOUR + s * 90_000,
  );
  return { symbol, timeMs, rate: timeMs.map(() => Number(((random() - 0.4) * 1e-3).toFixed(8))) };
});
const market = madeMarket(closes, FIRST, "1h", funding);
const run = (options: BacktestOptions = {}, on: Market = market) => simulate(resolveConfig(file), on, options);
const bytes = (values: Float64Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");

describe("one engine, whatever drives it", () => {
  const reference = run({ fast: true });

  it("trades enough to mean something", () => {
    const events = [...decodeEvents(reference.record.records, namesOf(reference.record))];
    const count = (type: EngineEvent["type"]): number => events.filter((event) => event.type === type).length;
    expect(count("fill")).toBeGreaterThan(200);
    expect(count("stop")).toBeGreaterThan(5);
    expect(count("lapse")).toBeGreaterThan(5);
    expect(count("funding")).toBeGreaterThan(200);
    expect(count("funding_part")).toBeGreaterThan(count("funding"));
  });

  it.each<[string, BacktestOptions]>([
    ["event path", { observers: [() => {}] }],
    ["event path without observers", {}],
    ["chunks of 1", { fast: true, chunk: 1 }],
    ["chunks of 7", { fast: true, chunk: 7 }],
    ["chunks of 256", { fast: true, chunk: 256 }],
    ["event path in chunks of 7", { chunk: 7, observers: [() => {}] }],
    ["plain TypeScript", { fast: true, kernels: plainKernels }],
  ])("%s", (_, options) => {
    const other = run(options);
    expect(other.resultHash).toBe(reference.resultHash);
    expect(bytes(other.state)).toBe(bytes(reference.state));
    expect(bytes(other.record.records)).toBe(bytes(reference.record.records));
    expect(bytes(other.record.curve.equity)).toBe(bytes(reference.record.curve.equity));
    expect(bytes(other.record.days.equity)).toBe(bytes(reference.record.days.equity));
  });

  it("shows every event to observers and none in fast mode", () => {
    const seen: EngineEvent[] = [];
    const { record } = run({ observers: [(event) => seen.push(event)] });
    expect(record.counts.eventObjects).toBe(seen.length);
    expect(seen.filter(({ type }) => type === "target")).toHaveLength(record.counts.targets);
    expect(seen.filter(({ type }) => type !== "target")).toEqual([...decodeEvents(record.records, namesOf(record))]);
    expect(run({ fast: true, observers: [() => expect.unreachable()] }).record.counts.eventObjects).toBe(0);
  });
});

describe("the past", () => {
  it("does not depend on the future: a shorter run is a prefix of the longer one", () => {
    const whole = run({ fast: true });
    const cutMs = FIRST + 24 * 100 * 3_600_000;
    const shorter = madeMarket(
      Object.fromEntries(Object.entries(closes).map(([symbol, values]) => [symbol, values.slice(0, 24 * 100)])),
      FIRST,
      "1h",
      funding,
    );
    const part = run({ fast: true }, shorter);
    const slices = part.record.curve.timeMs.length;
    expect(part.record.curve.timeMs.at(-1)).toBeLessThan(cutMs);
    expect(bytes(part.record.curve.equity)).toBe(bytes(whole.record.curve.equity.slice(0, slices)));
  });
});

describe("the hash", () => {
  it("changes with one bit of one price", () => {
    const bars = market.bars.map((column) => ({ ...column, open: column.open.slice() }));
    const opens = bars[0]!.open;
    const at = [...bars[0]!.timeMs].findIndex((time) => time >= Date.UTC(2023, 3, 1));
    opens[at] = opens[at]! + 2 ** -30;
    const hashes = new Set([run({ fast: true }).resultHash]);
    // Not every bar fills an order: nudge until one does.
    for (let i = at; i < at + 400 && hashes.size === 1; i++) {
      opens[i] = opens[i]! * (1 + 2 ** -50);
      hashes.add(run({ fast: true }, { ...market, bars }).resultHash);
      i += 40;
    }
    expect(hashes.size).toBe(2);
  });
});

describe("funding", () => {
  const withData = (data: OrchestratorFile["data"]) =>
    simulate(resolveConfig({ ...file, data }), market, { fast: true });

  it("changes the hash with one bit of one rate", () => {
    const nudged = funding.map((rates) => ({
      ...rates,
      rate: rates.rate.map((rate, i) => (i === 300 ? rate * 2 : rate)),
    }));
    const other = run({ fast: true }, madeMarket(closes, FIRST, "1h", nudged));
    expect(other.resultHash).not.toBe(run({ fast: true }).resultHash);
  });

  it("none and spot book none, as a market without rates", () => {
    const without = run({ fast: true }, madeMarket(closes, FIRST, "1h"));
    expect(withData({ funding: "none" }).resultHash).toBe(without.resultHash);
    expect(withData({ market: "spot" }).resultHash).toBe(without.resultHash);
    expect(withData({ funding: "if_present" }).resultHash).toBe(run({ fast: true }).resultHash);
    expect(without.record.books.fundingMicro.every((micro) => micro === 0)).toBe(true);
    expect(without.resultHash).not.toBe(run({ fast: true }).resultHash);
  });
});

describe("warm-up", () => {
  it("counts per symbol and changes nothing but what strategies know", () => {
    const limited = simulate(resolveConfig({ ...file, data: { warmup_bars: 100 } }), market, { fast: true });
    expect(limited.record.counts.warmupBars).toEqual([100, 100, 100]);
    expect(limited.record.counts.slices).toBe(run({ fast: true }).record.counts.slices);
    expect(limited.resultHash).not.toBe(run({ fast: true }).resultHash);
  });
});

function namesOf({ pods, symbols }: { pods: readonly { podId: string }[]; symbols: readonly { symbol: string }[] }) {
  return { podIds: pods.map(({ podId }) => podId), symbols: symbols.map(({ symbol }) => symbol) };
}
