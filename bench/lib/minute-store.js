import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { addBars } from "../../dist/market/store/import-bars.js";
import { barsPath, writeFundingFile } from "../../dist/market/store/store-paths.js";
import { syntheticBars } from "../../dist/market/synthetic.js";
import { syntheticFunding } from "../../dist/market/synthetic-funding.js";
import { SYMBOLS } from "./minute-config.js";

export const YEARS = 5;

/** A store of seeded minutes of five symbols with funding, 2021 to 2025, made once in bench/.cache. */
export function minuteStore() {
  const folder = join(import.meta.dirname, "../.cache/minutes");
  if (existsSync(folder)) return folder;
  const draft = `${folder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const [fromMs, endMs] = [Date.UTC(2021, 0, 1), Date.UTC(2021 + YEARS, 0, 1)];
  for (const symbol of SYMBOLS) {
    const [bars] = syntheticBars({ seed: 1, symbols: [symbol], timeframe: "1m", fromMs, endMs });
    addBars(barsPath(draft, symbol, "1m"), { symbol, timeframe: "1m" }, bars, "synthetic");
    const { timeMs, rate } = syntheticFunding(1, symbol, fromMs, endMs);
    writeFundingFile(draft, symbol, new Map(Array.from(timeMs, (time, i) => [time, rate[i]])), ["SYNTHETIC, seed 1"]);
  }
  renameSync(draft, folder);
  return folder;
}

/** Bytes on disk of a store's minutes. */
export function storeBytes(folder) {
  return SYMBOLS.reduce((sum, symbol) => sum + statSync(barsPath(folder, symbol, "1m")).size, 0);
}
