// Goal: one door to both kinds of market: sorted, cut at the end, hashed by content, and all problems at once.

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BarColumns } from "../../src/market/bars.ts";
import { DataError } from "../../src/market/data-error.ts";
import { hashBars } from "../../src/market/market-hash.ts";
import { type MarketRequest, openMarket } from "../../src/market/open-market.ts";
import { csvOf, tempFolder } from "./temp-folder.ts";

const DAYS = ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z"];
const REQUEST: MarketRequest = {
  path: "synthetic",
  seed: 1,
  symbols: ["ETH/USDT", "BTC/USDT"],
  podTimeframes: ["1D"],
  baseTimeframe: null,
  funding: "none",
  endMs: Date.UTC(2024, 0, 3),
};
const open = (request: Partial<MarketRequest>) => openMarket({ ...REQUEST, ...request });

function issuesOf(request: Partial<MarketRequest>) {
  try {
    open(request);
  } catch (error) {
    if (error instanceof DataError) return error.issues.map(({ code, value, line }) => ({ code, value, line }));
    throw error;
  }
  throw new Error("no DataError");
}

describe("a folder", () => {
  const files = { "1d/BTC-USDT-1d.csv": csvOf(DAYS), "1d/ETH-USDT-1d.csv": csvOf(DAYS.slice(1)) };

  it("gives the symbols asked for, sorted, up to the end", () => {
    const path = tempFolder({ ...files, "1d/SOL-USDT-1d.csv": "never opened" });
    const market = open({ path });
    expect(market).toMatchObject({ kind: "files", label: `${path} (CSV, 1d)`, timeframe: "1D" });
    expect(market.bars.map(({ symbol, timeMs }) => [symbol, timeMs.length])).toEqual([
      ["BTC/USDT", 2],
      ["ETH/USDT", 1],
    ]);
    expect(market.files).toEqual([join(path, "1d/BTC-USDT-1d.csv"), join(path, "1d/ETH-USDT-1d.csv")]);
    expect(open({ path, symbols: ["BTC/USDT", "ETH/USDT", "BTC/USDT"] })).toEqual(market);
  });

  it("reports the bad rows of all symbols together", () => {
    const bad = csvOf([DAYS[0] as string, DAYS[0] as string]);
    const path = tempFolder({ "1d/BTC-USDT-1d.csv": bad, "1d/ETH-USDT-1d.csv": bad });
    expect(issuesOf({ path }).map(({ code, line }) => [code, line])).toEqual([
      ["DUPLICATE_TIMESTAMP", 3],
      ["DUPLICATE_TIMESTAMP", 3],
    ]);
    expect(() => open({ path })).toThrow(
      `${join(path, "1d/BTC-USDT-1d.csv")}:3: timestamp: DUPLICATE_TIMESTAMP: found "2024-01-01T00:00:00Z", expected each bar once`,
    );
    const worse = csvOf(Array.from({ length: 16 }, () => DAYS[0] as string));
    const many = tempFolder({ "1d/BTC-USDT-1d.csv": worse, "1d/ETH-USDT-1d.csv": worse });
    expect(() => open({ path: many })).toThrow("and 10 more");
  });

  it("reports missing symbols, timeframes and bars", () => {
    const path = tempFolder(files);
    expect(issuesOf({ path, symbols: ["XRP/USDT", "BTC/USDT", "ADA/USDT"] }).map(({ value }) => value)).toEqual([
      "ADA/USDT",
      "XRP/USDT",
    ]);
    expect(issuesOf({ path, podTimeframes: ["1h"] })).toMatchObject([{ code: "NO_COMMON_TIMEFRAME" }]);
    expect(issuesOf({ path, endMs: Date.UTC(2020, 0, 1) })).toMatchObject([{ code: "NO_BARS" }]);
    expect(issuesOf({ path: join(path, "nowhere") })).toMatchObject([{ code: "NO_FOLDER" }]);
  });

  it("with a synthetic file in it is a synthetic market", () => {
    const path = tempFolder({ ...files, "1d/ETH-USDT-1d.csv": `# SYNTHETIC market, seed 7\n${csvOf(DAYS)}` });
    expect(open({ path })).toMatchObject({ kind: "synthetic", label: `SYNTHETIC market, seed 7, ${path} (CSV, 1d)` });
    expect(open({ path, symbols: ["BTC/USDT"] }).kind).toBe("files");
  });
});

describe("the synthetic market", () => {
  it("says so and reads nothing", () => {
    const market = open({});
    expect(market).toMatchObject({ kind: "synthetic", label: "SYNTHETIC market, seed 1", timeframe: "1D", files: [] });
    expect(market.bars.map((bars) => [bars.symbol, bars.timeMs.at(-1)])).toEqual([
      ["BTC/USDT", Date.UTC(2024, 0, 2)],
      ["ETH/USDT", Date.UTC(2024, 0, 2)],
    ]);
  });

  it("has every timeframe", () => {
    const endMs = Date.UTC(2019, 0, 2);
    expect(open({ endMs, podTimeframes: ["6h", "4h"] }).timeframe).toBe("2h");
    expect(open({ endMs, podTimeframes: ["4h"], baseTimeframe: "1m" }).bars[0]?.timeMs).toHaveLength(1440);
    expect(issuesOf({ podTimeframes: ["7m"] })).toMatchObject([{ code: "UNKNOWN_TIMEFRAME" }]);
    expect(issuesOf({ endMs: Date.UTC(2018, 0, 1) })).toMatchObject([{ code: "NO_BARS" }]);
    expect(() => open({ symbols: [] })).toThrow("no symbols");
  });
});

describe("the hash", () => {
  const bars = (change: Partial<BarColumns> = {}): BarColumns[] => {
    const column = (value: number) => Float64Array.of(value, value);
    const sound = { timeMs: column(0), open: column(1), high: column(1), low: column(1), close: column(1) };
    return [{ symbol: "A/B", ...sound, volume: column(0), volumeDecimals: 0, ...change }];
  };

  it("covers symbol, every column and the decimals; one bit is enough", () => {
    const changed = Float64Array.of(1, 1 + Number.EPSILON);
    const names = ["timeMs", "open", "high", "low", "close", "volume"] as const;
    const variants = [bars(), bars({ symbol: "A/C" }), bars({ volumeDecimals: 1 }), bars({ open: Float64Array.of(1) })];
    const all = [...variants, ...names.map((name) => bars({ [name]: changed })), [...bars(), ...bars()]];
    expect(new Set(all.map((own) => hashBars(own, "1D"))).size).toBe(all.length);
  });

  it("depends on the content only", () => {
    const view = Float64Array.of(9, 1, 1, 9).subarray(1, 3);
    expect(hashBars(bars({ open: view }), "1D")).toBe(hashBars(bars(), "1D"));
  });
});
