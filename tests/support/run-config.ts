import type { Config } from "../../src/config/schema.ts";
import { openConfigMarket, resolveConfig } from "../../src/library.ts";
import type { Market } from "../../src/market/market.ts";

/** The config a file with this content resolves to. */
export const resolve = resolveConfig;

/** The market a run of this config opens, from another folder than the config says. */
export function marketOf(config: Config, path: string): Market {
  return openConfigMarket({ ...config, data: { ...config.data, path } });
}

/** Folder of the real market data; the data suite fails without it. */
export function dataFolder(): string {
  const path = process.env.MCBOT_DATA;
  if (path === undefined) throw new Error("MCBOT_DATA is not set: this suite needs the real market data");
  return path;
}
