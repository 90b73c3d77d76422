import { existsSync } from "node:fs";
import { join } from "node:path";
import { fundingMode } from "../config/funding-mode.ts";
import type { Config } from "../config/schema.ts";
import { dataQuality } from "../engine/recording/data-quality.ts";
import { MARKET_FILE } from "../engine/recording/manifest.ts";
import { readRecording } from "../engine/recording/read-recording.ts";
import { dateToMs } from "../lib/utc.ts";
import type { Market } from "../market/market.ts";
import { onlySymbols } from "../market/only-symbols.ts";
import { openMarket } from "../market/open-market.ts";
import { DAY_MS, timeframeMs } from "../market/timeframe.ts";
import type { Grid } from "./grid.ts";
import { TuningFolderError } from "./tuning-error.ts";

/**
 * Opens the market that every point of a sweep runs on: bars that serve the timeframes of all of them, or a recording, which
 * is the same for all, quotes included.
 */
export function openSweepMarket({ data, pods, backtest }: Config, grids: readonly Grid[], path: string): Market {
  const wanted = new Set(pods.flatMap(({ symbols }) => symbols));
  if (isRecording(path)) return recordedMarket(path, wanted, pods);
  const varied = grids.flatMap(({ path: at, values }) => (at.endsWith(".timeframe") ? values.map(String) : []));
  return openMarket({
    path,
    seed: data.seed,
    symbols: [...wanted],
    podTimeframes: [...pods.map(({ timeframe }) => timeframe), ...varied],
    baseTimeframe: data.base_timeframe,
    funding: fundingMode(data),
    endMs: dateToMs(backtest.end as string) + DAY_MS,
  });
}

/** Whether a path is a recording's folder. */
export function isRecording(path: string): boolean {
  return existsSync(join(path, MARKET_FILE));
}

function recordedMarket(folder: string, wanted: ReadonlySet<string>, pods: Config["pods"]): Market {
  const recording = readRecording(folder);
  const { valid, missing_share } = dataQuality(recording, null);
  if (!valid) {
    const share = (100 * missing_share).toFixed(1);
    throw new TuningFolderError(
      `${folder}: ${share} % of its bars are missing, more than 5 %: nothing is scored on it`,
    );
  }
  const { market } = recording;
  const baseMs = timeframeMs(market.timeframe) ?? Number.NaN;
  for (const symbol of wanted) {
    if (!market.bars.some((bars) => bars.symbol === symbol))
      throw new TuningFolderError(`${folder}: the recording has no ${symbol}, which the config trades`);
  }
  const coarse = pods.find(({ timeframe }) => (timeframeMs(timeframe) ?? Number.NaN) % baseMs !== 0);
  if (coarse !== undefined) {
    throw new TuningFolderError(
      `${folder}: ${coarse.pod_id} has ${coarse.timeframe} candles, which are not made of the recording's ${market.timeframe} bars`,
    );
  }
  return onlySymbols(market, wanted);
}
