import { fundingMode } from "../config/funding-mode.ts";
import type { Config } from "../config/schema.ts";
import { dateToMs } from "../lib/utc.ts";
import type { Market } from "../market/market.ts";
import { openMarket } from "../market/open-market.ts";
import { DAY_MS } from "../market/timeframe.ts";
import type { Grid } from "./grid.ts";

/** Opens the market that every point of a sweep runs on: it serves the timeframes of all of them. */
export function openSweepMarket({ data, pods, backtest }: Config, grids: readonly Grid[], path: string): Market {
  const varied = grids.flatMap(({ path: at, values }) => (at.endsWith(".timeframe") ? values.map(String) : []));
  return openMarket({
    path,
    seed: data.seed,
    symbols: pods.flatMap(({ symbols }) => symbols),
    podTimeframes: [...pods.map(({ timeframe }) => timeframe), ...varied],
    baseTimeframe: data.base_timeframe,
    funding: fundingMode(data),
    endMs: dateToMs(backtest.end as string) + DAY_MS,
  });
}
