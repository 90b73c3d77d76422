// Goal: real files load as they are: no row refused, known prices at known days, years of minutes joined.

import { describe, expect, it } from "vitest";
import type { BarColumns } from "../../src/market/bars.ts";
import { openCsvFolder, storedSymbols, storedTimeframes } from "../../src/market/csv-folder.ts";
import { readCsvSymbol } from "../../src/market/csv-symbol.ts";
import { openMarket } from "../../src/market/open-market.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/market/timeframe.ts";

const path = dataFolder();
const folder = openCsvFolder(path);
const END = Date.UTC(2026, 0, 1);

function dataFolder(): string {
  const value = process.env.MCBOT_DATA;
  if (value === undefined || value === "") throw new Error("set MCBOT_DATA to a folder of market data");
  return value;
}

function load(symbol: string, timeframeMs: number, endMs = END): BarColumns {
  const { bars, issues } = readCsvSymbol(folder, symbol, timeframeMs, endMs);
  expect(issues.kept).toEqual([]);
  return bars;
}

function at(bars: BarColumns, day: string): { open: number | undefined; close: number | undefined } {
  const i = bars.timeMs.indexOf(Date.parse(day));
  return { open: bars.open[i], close: bars.close[i] };
}

describe("real data", () => {
  it("has the eight symbols", () => {
    expect(storedSymbols(folder)).toEqual(
      ["ADA", "AVAX", "BNB", "BTC", "DOGE", "ETH", "LINK", "SOL"].map((base) => `${base}/USDT`),
    );
    expect(storedTimeframes(folder, "BTC/USDT")).toEqual(["1m", "1h", "1D"]);
    expect(storedTimeframes(folder, "SOL/USDT")).toEqual(["1h", "1D"]);
  });

  it("all daily files load, without gaps, to the end of 2025", () => {
    const symbols = storedSymbols(folder);
    const market = openMarket({
      path,
      seed: 1,
      symbols,
      podTimeframes: ["1D"],
      baseTimeframe: null,
      funding: "none",
      endMs: END,
    });
    expect(market).toMatchObject({ kind: "files", timeframe: "1D" });
    expect(market.files).toHaveLength(symbols.length);
    for (const { timeMs } of market.bars) {
      expect(timeMs.at(-1)).toBe(END - DAY_MS);
      expect(timeMs).toHaveLength((END - (timeMs[0] as number)) / DAY_MS);
    }
  });

  it("known points", () => {
    const btc = load("BTC/USDT", DAY_MS);
    const eth = load("ETH/USDT", DAY_MS);
    expect(at(btc, "2024-01-01").open).toBe(42283.58);
    expect(at(btc, "2024-12-31").close).toBe(93576);
    expect(at(eth, "2024-01-01").open).toBe(2281.87);
    expect(at(eth, "2024-12-31").close).toBe(3337.78);
    expect(at(load("BTC/USDT", DAY_MS, Date.parse("2024-12-31")), "2024-12-31").close).toBeUndefined();
  });

  it.each(["ADA", "AVAX", "BNB", "BTC", "DOGE", "ETH", "LINK", "SOL"])(
    "hours of %s load and end with the day",
    (base) => {
      const hours = load(`${base}/USDT`, HOUR_MS);
      const days = load(`${base}/USDT`, DAY_MS);
      expect(hours.timeMs.at(-1)).toBe(END - HOUR_MS);
      expect(hours.close.at(-1)).toBe(days.close.at(-1));
    },
  );

  it("minutes of BTC join over three years, and aggregate to the days", () => {
    const minutes = load("BTC/USDT", MINUTE_MS);
    expect(minutes.timeMs[0]).toBe(Date.UTC(2023, 0, 1));
    expect(minutes.timeMs.at(-1)).toBe(END - MINUTE_MS);
    expect(minutes.timeMs.length).toBeGreaterThan(1_578_000);
    const scale = 10 ** minutes.volumeDecimals;
    const days = load("BTC/USDT", DAY_MS);
    const day = days.timeMs.indexOf(Date.parse("2024-06-01"));
    const first = minutes.timeMs.indexOf(Date.parse("2024-06-01"));
    const volume = minutes.volume.slice(first, first + 1440).reduce((sum, v) => sum + Math.round(v * scale), 0) / scale;
    expect(minutes.open[first]).toBe(days.open[day]);
    expect(minutes.close[first + 1439]).toBe(days.close[day]);
    expect(volume).toBe(days.volume[day]);
  });

  it("opens only the year that is needed", () => {
    const { bars, files } = readCsvSymbol(folder, "BTC/USDT", MINUTE_MS, Date.UTC(2023, 1, 1));
    expect(files).toHaveLength(1);
    expect(bars.timeMs).toHaveLength(31 * 1440);
  });
});
