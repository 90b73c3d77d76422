// Goal: what is written loads as the same market, says SYNTHETIC everywhere, and never replaces real data.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openMarket } from "../../src/market/open-market.ts";
import { type SynthRequest, writeSyntheticMarket } from "../../src/market/synth-files.ts";
import { syntheticBars } from "../../src/market/synthetic.ts";
import { syntheticFunding } from "../../src/market/synthetic-funding.ts";
import { tempFolder } from "./temp-folder.ts";

const SYMBOLS = ["BTC/USDT", "DOGE/USDT", "NEW/EUR"];
const FROM = Date.UTC(2023, 11, 30);
const END = Date.UTC(2024, 0, 2, 12);

const request = (folder: string, change: Partial<SynthRequest> = {}): SynthRequest => {
  return { folder, seed: 3, symbols: SYMBOLS, timeframes: ["1D", "1h", "1m"], fromMs: FROM, endMs: END, ...change };
};

describe("writeSyntheticMarket", () => {
  it.each(["1D", "1h", "1m"])("loads as the same %s columns, bit for bit", (timeframe) => {
    const folder = tempFolder();
    writeSyntheticMarket(request(folder));
    const loaded = openMarket({
      path: folder,
      seed: 0,
      symbols: SYMBOLS,
      podTimeframes: [timeframe],
      baseTimeframe: null,
      funding: "none",
      endMs: END,
    });
    expect(loaded.bars).toEqual(syntheticBars({ seed: 3, symbols: SYMBOLS, timeframe, fromMs: FROM, endMs: END }));
    expect(loaded.kind).toBe("synthetic");
    expect(loaded.label).toContain("SYNTHETIC market, seed 3");
  });

  it("a whole market from its start has the hash of the one in memory", () => {
    const folder = tempFolder();
    const end = Date.UTC(2020, 0, 1);
    writeSyntheticMarket(request(folder, { timeframes: ["1D"], fromMs: 0, endMs: end }));
    const open = (path: string) =>
      openMarket({
        path,
        seed: 3,
        symbols: SYMBOLS,
        podTimeframes: ["1D"],
        baseTimeframe: null,
        funding: "none",
        endMs: end,
      });
    expect(open(folder).hash).toBe(open("synthetic").hash);
  });

  it("writes the layout, minutes by year, and SYNTHETIC in the first line of every file", () => {
    const folder = tempFolder();
    const paths = writeSyntheticMarket(request(folder, { symbols: ["BTC/USDT"] }));
    const names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(names.sort()).toEqual([...paths].sort());
    expect(paths.map((path) => path.slice(folder.length + 1)).sort()).toEqual([
      "1d/BTC-USDT-1d.csv",
      "1h/BTC-USDT-1h.csv",
      "1m/BTC-USDT-1m-2023.csv",
      "1m/BTC-USDT-1m-2024.csv",
      "README.txt",
      "funding/BTC-USDT-funding.csv",
    ]);
    for (const path of paths) {
      expect(readFileSync(path, "utf8").split("\n")[0]).toBe("# SYNTHETIC market, seed 3");
    }
  });

  it("writes funding as it is in memory", () => {
    const folder = tempFolder();
    writeSyntheticMarket(request(folder, { timeframes: [] }));
    const [, header, ...rows] = readFileSync(join(folder, "funding/DOGE-USDT-funding.csv"), "utf8").trim().split("\n");
    const { timeMs, rate } = syntheticFunding(3, "DOGE/USDT", FROM, END);
    expect(header).toBe("timestamp,funding_rate");
    expect(rows.map((row) => Date.parse(row.split(",")[0] as string))).toEqual([...timeMs]);
    expect(rows.map((row) => Number(row.split(",")[1]))).toEqual([...rate]);
  });

  it("replaces what it wrote, but no real file, and then writes nothing", () => {
    const folder = tempFolder();
    writeSyntheticMarket(request(folder, { timeframes: ["1D"] }));
    writeSyntheticMarket(request(folder, { timeframes: ["1D"], seed: 4 }));
    writeFileSync(join(folder, "1d/DOGE-USDT-1d.csv"), "timestamp,open,high,low,close,volume\n");
    expect(() => writeSyntheticMarket(request(folder, { timeframes: ["1D"], seed: 5 }))).toThrow("NOT_SYNTHETIC");
    expect(readFileSync(join(folder, "1d/BTC-USDT-1d.csv"), "utf8")).toContain("seed 4");
    writeFileSync(join(folder, "1d/DOGE-USDT-1d.csv"), "");
    expect(() => writeSyntheticMarket(request(folder, { timeframes: ["1D"] }))).toThrow("1d/DOGE-USDT-1d.csv:1");
  });

  it("writes no file for a year without bars", () => {
    const folder = tempFolder();
    const paths = writeSyntheticMarket(
      request(folder, {
        symbols: ["BTC/USDT"],
        timeframes: ["1m"],
        fromMs: Date.UTC(2018, 11, 31),
        endMs: Date.UTC(2019, 0, 2),
      }),
    );
    expect(paths.filter((path) => path.includes("1m/"))).toEqual([join(folder, "1m/BTC-USDT-1m-2019.csv")]);
  });
});
