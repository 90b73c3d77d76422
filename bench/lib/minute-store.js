import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { addBars } from "../../dist/market/store/import-bars.js";
import { barsPath } from "../../dist/market/store/store-paths.js";
import { syntheticBars } from "../../dist/market/synthetic.js";
import { SYMBOLS } from "./minute-config.js";

/** A store of seeded minutes of five symbols, 2021 to 2020 + `years`, made once in bench/.cache. */
export function minuteStore(years) {
  const folder = join(import.meta.dirname, "../.cache", `minutes-${years}y`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const [fromMs, endMs] = [Date.UTC(2021, 0, 1), Date.UTC(2021 + years, 0, 1)];
  for (const symbol of SYMBOLS) {
    const [bars] = syntheticBars({ seed: 1, symbols: [symbol], timeframe: "1m", fromMs, endMs });
    addBars(barsPath(draft, symbol, "1m"), { symbol, timeframe: "1m" }, bars, "synthetic");
  }
  renameSync(draft, folder);
  return folder;
}

/** Bytes on disk of a store's minutes. */
export function storeBytes(folder) {
  return SYMBOLS.reduce((sum, symbol) => sum + statSync(barsPath(folder, symbol, "1m")).size, 0);
}
