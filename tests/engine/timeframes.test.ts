// Goal: base bars of any timeframe with pods on coarser ones: the same candles whatever the bars, every bar processed, no
// signal from a candle that has not ended, and one result whatever drives the engine.
// Method: the synthetic market, whose minutes aggregate exactly to its hours and days, with bars taken out of it.

import { describe, expect, it } from "vitest";
import type { OrchestratorFile } from "../../src/config/schema.ts";
import { type BacktestOptions, simulate } from "../../src/engine/backtest.ts";
import type { SessionOutcome } from "../../src/engine/session.ts";
import { openConfigMarket, resolveConfig } from "../../src/library.ts";
import type { BarColumns } from "../../src/market/bars.ts";
import type { Market } from "../../src/market/market.ts";
import { timeframeMs } from "../../src/market/timeframe.ts";
import type { EngineEvent } from "../../src/orchestrator/events.ts";
import { plainKernels } from "../support/plain-kernels.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const mixed = (base_timeframe: string | null, start = "2019-03-01", end = "2019-03-20"): OrchestratorFile => ({
  pods: [
    {
      pod_id: "day",
      strategy: "tsmom",
      params: { short_mode: "full", lookback: 10, vol_window: 10 },
      symbols: ["BTC/USDT", "ETH/USDT"],
    },
    { pod_id: "half", strategy: "donchian", params: { short_mode: "full" }, symbols: ["ETH/USDT"], timeframe: "12h" },
    {
      pod_id: "hours",
      strategy: "vol-adaptive",
      params: { short_mode: "full" },
      symbols: ["BTC/USDT"],
      timeframe: "2h",
      risk: { use_trailing_stop: true, trailing_stop_atr_multiplier: 1, system_stop_loss: 0.02 },
    },
    {
      pod_id: "quarter",
      strategy: "ema-cross",
      params: { short_mode: "full" },
      symbols: ["ETH/USDT"],
      timeframe: "15m",
    },
  ],
  backtest: { start, end },
  data: {
    path: "synthetic",
    base_timeframe,
    instruments: { "BTC/USDT": [{ from: "2019-03-10", lot: 0.01, tick: 0.5 }] },
  },
});
const open = (file: OrchestratorFile): Market => openConfigMarket(resolveConfig(file));
const bytes = (values: Float64Array): string => Buffer.from(values.buffer).toString("base64");

type Target = Extract<EngineEvent, { type: "target" }>;
function signalsOf(
  file: OrchestratorFile,
  market = open(file),
): { run: SessionOutcome; targets: Target[]; events: EngineEvent[] } {
  const events: EngineEvent[] = [];
  const run = simulate(resolveConfig(file), market, {
    observers: [(event) => events.push(event)],
    orchestrated: false,
  });
  return { run, events, targets: events.filter((event): event is Target => event.type === "target") };
}

/** The market without the bars that open in [from, to). */
function without(market: Market, fromMs: number, toMs: number, symbol?: string): Market {
  const cut = (bars: BarColumns): BarColumns => {
    if (symbol !== undefined && bars.symbol !== symbol) return bars;
    const keep = [...bars.timeMs.keys()].filter((i) => !(bars.timeMs[i]! >= fromMs && bars.timeMs[i]! < toMs));
    const pick = (column: Float64Array): Float64Array => Float64Array.from(keep, (i) => column[i] as number);
    return {
      ...bars,
      timeMs: pick(bars.timeMs),
      open: pick(bars.open),
      high: pick(bars.high),
      low: pick(bars.low),
      close: pick(bars.close),
      volume: pick(bars.volume),
    };
  };
  return { ...market, bars: market.bars.map(cut) };
}

describe("pods on 15m, 2h, 12h and 1D", () => {
  it("run on the finest of them by default, and on finer bars on request", () => {
    expect(open(mixed(null)).timeframe).toBe("15m");
    expect(open(mixed("5m")).timeframe).toBe("5m");
  });

  const file = mixed("5m");
  const market = open(file);
  const run = (options: BacktestOptions) => simulate(resolveConfig(file), market, options);
  const reference = run({ fast: true });

  it.each<[string, BacktestOptions]>([
    ["chunks of 1", { fast: true, chunk: 1 }],
    ["chunks of 7", { fast: true, chunk: 7 }],
    ["chunks of 4096", { fast: true, chunk: 4096 }],
    ["event path", { observers: [() => {}] }],
    ["plain TypeScript", { fast: true, kernels: plainKernels }],
  ])("over bars of 5m: %s", (_, options) => {
    const other = run(options);
    expect(other.resultHash).toBe(reference.resultHash);
    expect(bytes(other.state)).toBe(bytes(reference.state));
    expect(bytes(other.record.records)).toBe(bytes(reference.record.records));
  });

  it("signal at the close of their candles only", () => {
    const { targets } = signalsOf(file, market);
    const length = { day: DAY, half: DAY / 2, hours: 2 * HOUR, quarter: HOUR / 4 } as Record<string, number>;
    for (const { podId, timeMs } of targets) expect((timeMs + HOUR / 12) % length[podId]!).toBe(0);
    expect(new Set(targets.map(({ podId }) => podId)).size).toBe(4);
  });
});

describe("a daily pod", () => {
  const on = (base: string) => {
    const file = mixed(base, "2019-02-01", "2019-03-31");
    const { targets } = signalsOf({ ...file, pods: file.pods.slice(0, 1) });
    return targets.map(({ timeMs, symbol, weight }) => [timeMs + timeframeMs(base)!, symbol, weight]);
  };

  it("gives the same signals, to the bit, from days, hours and minutes", () => {
    const daily = on("1D");
    expect(daily.length).toBeGreaterThan(100);
    for (const base of ["12h", "4h", "1h", "15m", "1m"]) expect(on(base)).toEqual(daily);
  });
});

describe("bars that are missing", () => {
  const file = mixed("15m");
  const market = open(file);
  const expectAll = ({ run }: { run: SessionOutcome }, cut: Market): void => {
    const from = Date.UTC(2019, 2, 1);
    const to = Date.UTC(2019, 2, 21);
    const bars = cut.bars.flatMap(({ timeMs }) => [...timeMs].filter((time) => time >= from && time < to));
    expect(run.record.counts.bars).toBe(bars.length);
    expect(run.record.counts.slices).toBe(new Set(bars).size);
  };

  it("a day: every other bar is processed, no candle of that day signals, later ones do", () => {
    const from = Date.UTC(2019, 2, 9);
    const cut = without(market, from, from + DAY);
    const signals = signalsOf(file, cut);
    expectAll(signals, cut);
    expect(signals.targets.filter(({ timeMs }) => timeMs >= from && timeMs < from + DAY)).toEqual([]);
    expect(
      signals.targets.filter(({ podId, timeMs }) => podId === "day" && timeMs >= from + DAY).length,
    ).toBeGreaterThan(5);
  });

  it("the end of a candle: it gives no signal, the next one does", () => {
    // The last quarter of 2019-03-09 of ETH: no daily, half-day and quarter candle of ETH ends there.
    const end = Date.UTC(2019, 2, 10);
    const cut = without(market, end - HOUR / 4, end, "ETH/USDT");
    const signals = signalsOf(file, cut);
    expectAll(signals, cut);
    const at = (ms: number) =>
      signals.targets.filter(({ timeMs }) => timeMs === ms - HOUR / 4).map(({ podId, symbol }) => `${podId} ${symbol}`);
    expect(at(end).every((name) => !name.endsWith("ETH/USDT"))).toBe(true);
    expect(at(end)).toContain("day BTC/USDT");
    expect(at(end + DAY)).toContain("day ETH/USDT");
  });

  it("hours of all symbols: pending orders fill at the next bar there is", () => {
    const from = Date.UTC(2019, 2, 9, 10, 15);
    const cut = without(market, from, from + 5 * HOUR);
    const signals = signalsOf(file, cut);
    expectAll(signals, cut);
    const fills = signals.events.filter(({ type }) => type === "fill");
    expect(fills.filter(({ timeMs }) => timeMs >= from && timeMs < from + 5 * HOUR)).toEqual([]);
  });

  it("a symbol listed later: nothing before its first bar", () => {
    const listed = Date.UTC(2019, 2, 6, 13);
    const cut = without(market, 0, listed, "ETH/USDT");
    const signals = signalsOf(file, cut);
    expectAll(signals, cut);
    const early = signals.events.filter(
      (event) => "symbol" in event && event.symbol === "ETH/USDT" && event.timeMs < listed,
    );
    expect(early).toEqual([]);
    expect(signals.targets.some(({ symbol }) => symbol === "ETH/USDT")).toBe(true);
  });

  it("the end of the data inside a day: the partial candle is discarded", () => {
    const end = Date.UTC(2019, 2, 15, 22);
    const cut = without(market, end, Date.UTC(2019, 2, 21));
    const signals = signalsOf(file, cut);
    expectAll(signals, cut);
    const day = signals.targets.filter(({ podId, timeMs }) => podId === "day" && timeMs >= Date.UTC(2019, 2, 15));
    expect(day).toEqual([]);
    const last = signals.events.at(-1);
    expect(last === undefined || last.type !== "fill").toBe(true);
  });

  it("weekends: a daily pod signals on the days there are, and they are the days with a return", () => {
    const week = (ms: number) => new Date(ms).getUTCDay();
    const weekends = Array.from({ length: 20 }, (_, d) => Date.UTC(2019, 2, 1 + d)).filter((ms) => week(ms) % 6 === 0);
    const cut = weekends.reduce((market, ms) => without(market, ms, ms + DAY), market);
    const signals = signalsOf(file, cut);
    expectAll(signals, cut);
    expect([...signals.run.record.days.timeMs].every((ms) => week(ms) % 6 !== 0)).toBe(true);
    expect(signals.run.record.days.timeMs).toHaveLength(20 - weekends.length);
    const daily = signals.targets.filter(({ podId }) => podId === "day");
    expect(new Set(daily.map(({ timeMs }) => week(timeMs)))).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  it("the leap day is a day", () => {
    const leap = mixed("1h", "2020-02-27", "2020-03-02");
    const { run } = signalsOf({ ...leap, pods: leap.pods.slice(0, 3) });
    expect(run.record.counts.slices).toBe(5 * 24);
    expect([...run.record.days.timeMs]).toContain(Date.UTC(2020, 1, 29));
  });
});
