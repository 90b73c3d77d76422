import { type BacktestOutcome, type RunBacktestOptions, runBacktest } from "../../src/engine/run-backtest.ts";
import { openConfigMarket, resolveConfig } from "../../src/library.ts";
import { LIVELY } from "./lively-config.ts";

/** The lively config, run through the real engine; made once per test file. */
export function livelyRun(options: RunBacktestOptions = {}): BacktestOutcome {
  const config = resolveConfig(LIVELY);
  return runBacktest(config, openConfigMarket(config), { fast: true, ...options });
}
