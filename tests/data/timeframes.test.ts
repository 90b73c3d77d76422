// Goal: pods on any timeframes over base bars of any finer one, on real prices with their holes: candles are the files'
// candles, a daily pod sees the same days whatever the bars, nothing is traded on a partial candle, and the float reference
// agrees on the shipped hourly portfolio with funding (spec 2.1, 2.5).

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { OrchestratorFile } from "../../src/config/schema.ts";
import { simulate } from "../../src/engine/backtest.ts";
import type { SessionOutcome } from "../../src/engine/session.ts";
import { openCsvFolder } from "../../src/market/csv-folder.ts";
import { readCsvSymbol } from "../../src/market/csv-symbol.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/market/timeframe.ts";
import type { EngineEvent } from "../../src/orchestrator/events.ts";
import { builtCandles } from "../support/built-candles.ts";
import { compareWithReference } from "../support/compare-with-reference.ts";
import { dataFolder, marketOf, resolve } from "../support/run-config.ts";

type Target = Extract<EngineEvent, { type: "target" }>;
const shipped = (name: string): OrchestratorFile =>
  parse(readFileSync(new URL(`../../config/${name}.yaml`, import.meta.url), "utf8")) as OrchestratorFile;

/** Runs a file on the real data and returns its signals. */
function signalsOf(file: OrchestratorFile): { run: SessionOutcome; targets: Target[] } {
  const config = resolve(file);
  const targets: Target[] = [];
  const observe = (event: EngineEvent): void => {
    if (event.type === "target") targets.push(event);
  };
  const run = simulate(config, marketOf(config, dataFolder()), { observers: [observe], orchestrated: false });
  return { run, targets };
}

describe("candles built from minutes", () => {
  const folder = openCsvFolder(dataFolder());
  const load = (symbol: string, ms: number) => readCsvSymbol(folder, symbol, ms, Number.POSITIVE_INFINITY).bars;

  it.each([
    ["BTC/USDT", HOUR_MS],
    ["BTC/USDT", DAY_MS],
    ["ETH/USDT", HOUR_MS],
    ["ETH/USDT", DAY_MS],
  ])("%s, %i ms: open, high, low and close are the file's, volume to 1e-9", (symbol, ms) => {
    const minutes = load(symbol, MINUTE_MS);
    const expected = load(symbol, ms);
    const built = builtCandles(minutes, ms, MINUTE_MS);
    const byTime = new Map([...expected.timeMs].map((time, i) => [time, i]));
    // A candle is there as long as one minute is.
    const ofMinutes = [...expected.timeMs].filter((time) => time >= (minutes.timeMs[0] as number));
    expect(built.map(({ timeMs }) => timeMs)).toEqual(ofMinutes);
    for (const { timeMs, open, high, low, close, volume } of built) {
      const i = byTime.get(timeMs) as number;
      expect([timeMs, open, high, low, close]).toEqual([
        timeMs,
        expected.open[i],
        expected.high[i],
        expected.low[i],
        expected.close[i],
      ]);
      expect(Math.abs(volume - expected.volume[i]!)).toBeLessThanOrEqual(1e-9 * expected.volume[i]!);
    }
  });
});

describe("a daily pod", () => {
  it("gives the same signals from daily, hourly and minute bars", () => {
    const on = (base_timeframe: string) => {
      const { run, targets } = signalsOf({
        pods: [
          { pod_id: "a", strategy: "tsmom", params: { short_mode: "full" }, symbols: ["BTC/USDT", "ETH/USDT"] },
          { pod_id: "b", strategy: "donchian", params: { short_mode: "full" }, symbols: ["BTC/USDT", "ETH/USDT"] },
          { pod_id: "c", strategy: "vw-tsmom", symbols: ["BTC/USDT", "ETH/USDT"] },
        ],
        // Minutes begin in 2023: by mid-2024 every window and every Donchian position lies behind.
        backtest: { start: "2024-07-01", end: "2025-06-30" },
        data: { base_timeframe, funding: "none" },
      });
      const step = run.record.baseMs;
      return targets.map(({ timeMs, podId, symbol, weight }) => [timeMs + step, podId, symbol, weight]);
    };
    const daily = on("1D");
    expect(daily.length).toBeGreaterThan(1500);
    expect(on("1h")).toEqual(daily);
    expect(on("1m")).toEqual(daily);
  });
});

describe("holes", () => {
  it("80 minutes on 2023-03-24: every bar is processed, every signal comes at the end of a whole candle", () => {
    const { run, targets } = signalsOf({
      pods: [
        {
          pod_id: "hour",
          strategy: "ema-cross",
          params: { short_mode: "full", fast: 2, slow: 3 },
          symbols: ["BTC/USDT"],
          timeframe: "1h",
        },
        {
          pod_id: "momentum",
          strategy: "tsmom",
          params: { short_mode: "full" },
          symbols: ["ETH/USDT"],
          timeframe: "1h",
        },
      ],
      backtest: { start: "2023-03-20", end: "2023-03-26" },
      data: { base_timeframe: "1m", funding: "none" },
    });
    const missing = 80;
    expect(run.record.counts.bars).toBe(2 * (7 * 1440 - missing));
    expect(run.record.counts.slices).toBe(7 * 1440 - missing);
    const closes = targets.map(({ timeMs }) => timeMs + MINUTE_MS);
    expect(closes.every((close) => close % HOUR_MS === 0)).toBe(true);
    // 12:40 to 14:00 is missing: the candle of 12:00 never ended, that of 13:00 never was.
    const hours = closes.filter((close) => close > Date.UTC(2023, 2, 24) && close <= Date.UTC(2023, 2, 25));
    expect(new Set(hours.map((close) => new Date(close).getUTCHours()))).not.toContain(13);
    expect(new Set(hours.map((close) => new Date(close).getUTCHours()))).not.toContain(14);
    expect(hours.length).toBeGreaterThan(10);
  });

  it("a symbol listed later has no wish before its first bar; an outage of hours loses nothing", () => {
    const file: OrchestratorFile = {
      pods: [
        {
          pod_id: "both",
          strategy: "buy-and-hold",
          symbols: ["BTC/USDT", "SOL/USDT"],
          timeframe: "4h",
          initial_fraction: 0.4,
        },
        { pod_id: "day", strategy: "tsmom", params: { short_mode: "full" }, symbols: ["ETH/USDT"] },
      ],
      backtest: { start: "2020-06-01", end: "2021-06-30" },
      data: { base_timeframe: "1h", funding: "none" },
    };
    const { run } = signalsOf(file);
    const market = marketOf(resolve(file), dataFolder());
    const startMs = Date.UTC(2020, 5, 1);
    const bars = market.bars.map(({ timeMs }) => [...timeMs].filter((time) => time >= startMs).length);
    expect(run.record.counts.bars).toBe(bars.reduce((sum, count) => sum + count, 0));
    // Outages: fewer slices than hours.
    expect(run.record.counts.slices).toBeLessThan(395 * 24);
    const first = market.bars.find(({ symbol }) => symbol === "SOL/USDT")!.timeMs[0]!;
    expect(first).toBeGreaterThan(startMs);
    const { targets } = signalsOf(file);
    const sol = targets.filter(({ symbol }) => symbol === "SOL/USDT");
    expect(sol).toHaveLength(1);
    expect(sol[0]!.timeMs).toBeGreaterThanOrEqual(first);
    expect((sol[0]!.timeMs + HOUR_MS) % (4 * HOUR_MS)).toBe(0);
  });
});

describe("the float reference agrees", () => {
  it.each([
    ["initial fractions held", false],
    ["orchestrated", true],
  ])("on 1h, 4h, 12h and 1D pods over three years of hourly bars with funding: %s", (_, orchestrated) => {
    const config = resolve(shipped("hourly-portfolio"));
    const { worst, where, days, differs } = compareWithReference(config, marketOf(config, dataFolder()), orchestrated);
    expect(days).toBe(1096);
    expect(differs).toBeNull();
    expect(worst, where).toBeLessThan(1e-6);
  });

  it("with coarse lots and ticks that change on the way", () => {
    const file = shipped("hourly-portfolio");
    const instruments = {
      "AVAX/USDT": { lot: 1, tick: 0.001 },
      "BTC/USDT": [
        { from: "2023-01-01", lot: 0.001, tick: 0.1 },
        { from: "2024-06-01", lot: 0.005, tick: 0.5 },
      ],
      "ETH/USDT": [{ from: "2023-07-01", lot: 0.25, tick: 0.25 }],
      "SOL/USDT": { lot: 3, tick: 0.01 },
    };
    const config = resolve({ ...file, data: { ...file.data, instruments } });
    const market = marketOf(config, dataFolder());
    const { worst, where, days } = compareWithReference(config, market);
    expect(days).toBe(1096);
    expect(worst, where).toBeLessThan(1e-6);
    const plain = simulate(resolve(file), market, { fast: true, orchestrated: false });
    const ruled = simulate(config, market, { fast: true, orchestrated: false });
    expect(ruled.resultHash).not.toBe(plain.resultHash);
  });

  it("on daily bars with funding inside the bar", () => {
    const { pods, ...file } = shipped("hourly-portfolio");
    const daily = pods.map((pod) => ({ ...pod, timeframe: "1D" }));
    const config = resolve({ ...file, pods: daily, data: { ...file.data, base_timeframe: "1D" } });
    const { worst, where, days } = compareWithReference(config, marketOf(config, dataFolder()));
    expect(days).toBe(1096);
    expect(worst, where).toBeLessThan(1e-6);
  });
});

describe("minutes of 2024 under daily and hourly pods", () => {
  const file = shipped("minute-stops");

  it("stops are hit inside the hour; fast and event path, chunks of any size: the same bytes", () => {
    const config = resolve(file);
    const market = marketOf(config, dataFolder());
    const stops: Extract<EngineEvent, { type: "stop" }>[] = [];
    const reference = simulate(config, market, {
      observers: [(event) => (event.type === "stop" ? stops.push(event) : undefined)],
    });
    expect(stops.length).toBeGreaterThan(20);
    expect(stops.filter(({ timeMs }) => timeMs % HOUR_MS !== 0).length).toBeGreaterThan(stops.length / 2);
    for (const chunk of [997, 4096]) {
      const other = simulate(config, market, { fast: true, chunk });
      expect(other.resultHash).toBe(reference.resultHash);
      expect(Buffer.from(other.state.buffer).equals(Buffer.from(reference.state.buffer))).toBe(true);
    }
  });
});
