import { fundingMode } from "./config/funding-mode.ts";
import { loadConfig, resolveObject } from "./config/load.ts";
import type { Config, OrchestratorFile } from "./config/schema.ts";
import type { SingleStrategyFile } from "./config/single-strategy.ts";
import { besideConfig, contextForConfig } from "./engine/user-strategies/config-strategies.ts";
import { dateToMs } from "./lib/utc.ts";
import type { Market } from "./market/market.ts";
import { openMarket } from "./market/open-market.ts";
import { DAY_MS } from "./market/timeframe.ts";

/**
 * Fills defaults and checks every rule, of either form of file; throws a ConfigError with all issues. Files of strategies
 * are relative to the working directory.
 */
export function resolveConfig(file: OrchestratorFile | SingleStrategyFile): Config {
  return resolveObject(file, contextForConfig(file, besideConfig("config")));
}

/** Reads a YAML config; variables MCBOT__A__B in `env` override it. Throws a ConfigError with file, line and column. */
export function readConfig(path: string, env: Readonly<Record<string, string | undefined>> = {}): Config {
  return loadConfig(path, { context: (data) => contextForConfig(data, besideConfig(path)), env }).config;
}

/** Opens the market a config names. Throws a DataError with all issues. */
export function openConfigMarket(
  { data, pods, backtest }: Config,
  onProgress: (done: number, total: number) => void = () => {},
): Market {
  return openMarket({
    path: data.path,
    seed: data.seed,
    symbols: pods.flatMap(({ symbols }) => symbols),
    podTimeframes: pods.map(({ timeframe }) => timeframe),
    baseTimeframe: data.base_timeframe,
    funding: fundingMode(data),
    endMs: backtest.end === null ? Number.POSITIVE_INFINITY : dateToMs(backtest.end) + DAY_MS,
    onProgress,
  });
}
