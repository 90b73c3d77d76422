import { contextFromRegistry } from "../../src/config/context.ts";
import { resolveObject } from "../../src/config/load.ts";
import type { Config, OrchestratorFile } from "../../src/config/schema.ts";
import { dateToMs } from "../../src/lib/utc.ts";
import type { Market } from "../../src/market/market.ts";
import { openMarket } from "../../src/market/open-market.ts";
import { DAY_MS } from "../../src/market/timeframe.ts";
import * as registry from "../../src/strategies/registry.ts";

/** The config a file with this content resolves to. */
export function resolve(file: OrchestratorFile): Config {
  return resolveObject(file, contextFromRegistry(registry));
}

/** The market a run of this config opens. */
export function marketOf(config: Config, path: string): Market {
  return openMarket({
    path,
    seed: config.data.seed,
    symbols: config.pods.flatMap(({ symbols }) => symbols),
    podTimeframes: config.pods.map(({ timeframe }) => timeframe),
    baseTimeframe: config.data.base_timeframe,
    endMs: dateToMs(config.backtest.end as string) + DAY_MS,
  });
}

/** Folder of the real market data; the data suite fails without it. */
export function dataFolder(): string {
  const path = process.env.MCBOT_DATA;
  if (path === undefined) throw new Error("MCBOT_DATA is not set: this suite needs the real market data");
  return path;
}
