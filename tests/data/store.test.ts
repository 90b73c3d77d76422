// Goal: real prices come through the store to the bit: the same data hash, run id and result as from CSV.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { BarColumns } from "../../src/market/bars.ts";
import { openMarket } from "../../src/market/open-market.ts";
import { importBars } from "../../src/market/store/import-bars.ts";
import { describeData } from "../../src/market/store/info.ts";
import { isUnusable, verifyData } from "../../src/market/store/verify.ts";

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array) => Buffer.from(buffer, byteOffset, byteLength);
const DATA = process.env.MCBOT_DATA as string;
const SYMBOLS = ["BTC/USDT", "ETH/USDT"];

it("days, hours and three years of minutes: equal columns and hash, 20 bytes a bar, one outage", async () => {
  const store = mkdtempSync(join(tmpdir(), "mcbot-store-"));
  await importBars({
    paths: ["1d", "1h", "1m", "funding"].map((folder) => join(DATA, folder)),
    store,
    symbol: null,
    timeframe: null,
  });
  for (const timeframe of ["1D", "1h", "1m"]) {
    for (const endMs of [Date.UTC(2024, 6, 11), Number.POSITIVE_INFINITY]) {
      const request = { seed: 1, symbols: SYMBOLS, podTimeframes: [timeframe], baseTimeframe: null, endMs };
      const [csv, own] = [DATA, store].map((path) => openMarket({ ...request, path, funding: "required" }));
      expect(own?.hash).toBe(csv?.hash);
      for (const [s, bars] of (csv?.bars ?? []).entries()) {
        const other = own?.bars[s] as BarColumns;
        for (const name of ["timeMs", "open", "high", "low", "close", "volume"] as const)
          expect(Buffer.compare(bytesOf(bars[name]), bytesOf(other[name]))).toBe(0);
        expect(other.volumeDecimals).toBe(bars.volumeDecimals);
      }
    }
  }
  for (const { timeframe, bytes_per_bar } of describeData(store))
    if (timeframe === "1m") expect(bytes_per_bar).toBeLessThan(20.1);
  const reports = verifyData({ path: store, symbols: SYMBOLS, timeframes: ["1m"], jump: 0.2 });
  expect(reports.some(isUnusable)).toBe(false);
  for (const { gaps } of reports)
    expect(gaps).toEqual([{ from: "2023-03-24T12:40:00Z", to: "2023-03-24T13:59:00Z", bars: 80 }]);
}, 120_000);
