import type { Config } from "../config/schema.ts";
import { assert } from "../lib/assert.ts";
import { seriesOf } from "../market/column-series.ts";
import type { Market } from "../market/market.ts";
import { SliceReader } from "../market/slice-reader.ts";
import { DAY_MS, timeframeMs } from "../market/timeframe.ts";
import { planEngine } from "./plan.ts";
import { EngineSession, type SessionOptions, type SessionOutcome } from "./session.ts";

/** Slices per kernel call on the fast path: long enough to amortise the call, short enough for V8 to tier up. */
const CHUNK = 1024;

export interface BacktestOptions extends SessionOptions {
  /** Called now and then with the days of the range that are done, and all of them. */
  readonly onProgress?: (doneDays: number, totalDays: number) => void;
  /** Slices per chunk; results do not depend on it. */
  readonly chunk?: number;
}

/** Runs a config over a market: warm-up, every slice of the range (to a liquidation, if there is one), end of data. */
export function simulate(config: Config, market: Market, options: BacktestOptions = {}): SessionOutcome {
  const plan = planEngine(config, market, options.chunk ?? CHUNK, options.orchestrated ?? true);
  const { startMs, endMs } = plan.range;
  const source = openSource(config, market, startMs);
  const session = new EngineSession(plan, options);
  session.warmUp(source);
  while (session.advance(source) > 0) {
    const closeMs = (session.lastOpenMs as number) + plan.baseMs;
    if (!session.isOver) options.onProgress?.((closeMs - startMs) / DAY_MS, (endMs - startMs) / DAY_MS);
  }
  assertComplete(session, market);
  return session.finish();
}

/** The market's slices from the first bar that strategies may see. */
export function openSource({ data }: Config, { bars, timeframe }: Market, startMs: number): SliceReader {
  const source = new SliceReader(bars, timeframeMs(timeframe) ?? Number.NaN);
  if (data.warmup_bars !== "all") source.skipTo(startMs, data.warmup_bars);
  return source;
}

/** Bars in = bars processed, up to the slice of a liquidation; the same for funding times. */
export function assertComplete({ bars, isOver, lastOpenMs, plan }: EngineSession, market: Market): void {
  const { startMs } = plan.range;
  const endMs = isOver ? (lastOpenMs ?? startMs) + 1 : plan.range.endMs;
  const series = market.bars.map(seriesOf);
  const expected = series.reduce((sum, own) => sum + own.indexAt(endMs) - own.indexAt(startMs), 0);
  assert(bars === expected, `backtest: ${expected} bars in, ${bars} processed`);
  const { left } = plan.funding;
  assert(isOver || left === 0, `backtest: ${left} funding times met no slice`);
}
