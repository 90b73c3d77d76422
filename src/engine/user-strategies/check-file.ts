import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { syntheticBars } from "../../market/synthetic.ts";
import { type CheckItem, checkStrategy } from "../../strategies/check/check-strategy.ts";
import { findStrategy } from "../../strategies/registry.ts";
import type { CandleColumns } from "../../strategies/user-strategy.ts";
import { loadStrategy } from "./load-strategy.ts";

const DAYS = 1000;
const START_MS = Date.UTC(2019, 0, 1);
const DAY_MS = 86_400_000;

/** Candles that strategies are checked on: three years of the SYNTHETIC market. */
export function checkCandles(): CandleColumns {
  const request = { seed: 1, symbols: ["BTC/USDT"], timeframe: "1D", endMs: START_MS + DAYS * DAY_MS };
  const [bars] = syntheticBars(request);
  if (bars === undefined) throw new Error("synthetic: one symbol gives one set of columns");
  const { timeMs: time, open, high, low, close, volume } = bars;
  return { time, open, high, low, close, volume };
}

/**
 * What `mcbot strategy check` does, for tests of a strategy: one item per property.
 *
 * @param params those that differ from the defaults.
 * @throws StrategyFileError when the file is refused.
 */
export function checkStrategyFile(file: string | URL, params: object = {}): CheckItem[] {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  const { strategy, user } = loadStrategy(`./${basename(path)}`, path);
  const request = {
    strategy,
    params: strategy.params.parse(params),
    candles: checkCandles(),
    find: findStrategy,
    user,
  };
  return checkStrategy(request);
}
