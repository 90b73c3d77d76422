import { assert } from "../lib/assert.ts";
import type { BarColumns } from "./bars.ts";
import { BarWriter } from "./synthetic/bar-writer.ts";
import { CommonShocks, Intraday } from "./synthetic/intraday.ts";
import { MarketFactor } from "./synthetic/market-factor.ts";
import { SymbolDays } from "./synthetic/symbol-days.ts";
import { symbolProfile } from "./synthetic/symbol-profile.ts";
import type { TickBar, TickBars } from "./synthetic/tick-bars.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, type Timeframe, timeframeMs } from "./timeframe.ts";

/** The first bar of every synthetic symbol opens here: two years of warm-up before a backtest from 2021. */
export const SYNTHETIC_START_MS = Date.UTC(2019, 0, 1);

export interface SyntheticRequest {
  /** A whole number from 0 to 2^53 − 1. */
  readonly seed: number;
  /** Any names; "BTC/USDT" and a few others get familiar prices. */
  readonly symbols: readonly string[];
  /** Whole minutes that divide a UTC day. */
  readonly timeframe: Timeframe;
  /** First open, epoch ms; the start of the market when left out or earlier. */
  readonly fromMs?: number;
  /** Bars that open at or after this are not made; epoch ms. */
  readonly endMs: number;
  /** Called now and then with the days that are made, and all of them. */
  readonly onProgress?: (doneDays: number, totalDays: number) => void;
}

/** Days between two calls of `onProgress`: a few hundredths of a second of minutes. */
const REPORTED_DAYS = 32;

/**
 * The bars of a seeded, invented market: regimes of weeks to months (bull, bear, chop, crash), volatility that
 * clusters, and symbols that move together.
 *
 * A bar depends on (seed, symbol, timeframe, open time) and on nothing else: not on the range asked for, nor on the other
 * symbols. Days are drawn first and split into hours, hours into minutes, so all timeframes agree exactly: minutes
 * aggregate to the same hours and days that are made without them. Only + − × ÷ √ and `math` are used, so every machine
 * makes the same bits.
 *
 * Columns come sorted by symbol. A day costs about two microseconds per symbol, a minute a quarter of one.
 */
export function syntheticBars({ seed, symbols, timeframe, fromMs, endMs, onProgress }: SyntheticRequest): BarColumns[] {
  const length = timeframeMs(timeframe);
  assert(length !== null, `synthetic: ${timeframe} is not a timeframe`);
  assert(Number.isSafeInteger(seed) && seed >= 0, `synthetic: seed ${seed} is not a whole number from 0 to 2^53 − 1`);
  const range = { fromMs: Math.max(fromMs ?? SYNTHETIC_START_MS, SYNTHETIC_START_MS), endMs, timeframeMs: length };
  const factor = new MarketFactor(seed);
  const shocks = new CommonShocks(seed);
  const markets = [...new Set(symbols)].sort().map((symbol) => {
    const profile = symbolProfile(symbol);
    const intraday = new Intraday(seed, profile, shocks);
    return { days: new SymbolDays(seed, profile), intraday, writer: new BarWriter(profile, range) };
  });

  const total = Math.max(0, Math.ceil((endMs - SYNTHETIC_START_MS) / DAY_MS));
  for (let day = 0; SYNTHETIC_START_MS + day * DAY_MS < endMs; day++) {
    if (day % REPORTED_DAYS === 0) onProgress?.(day, total);
    const dayMs = SYNTHETIC_START_MS + day * DAY_MS;
    const move = factor.next();
    for (const { days, intraday, writer } of markets) {
      const bar = days.next(move);
      if (dayMs + DAY_MS > range.fromMs) writer.writeDay(dayMs, divideDay(intraday, day, bar, length));
    }
  }
  return markets.map(({ writer }) => writer.finish());
}

/** A day in the coarsest parts that the timeframe is made of. */
function divideDay(intraday: Intraday, day: number, bar: TickBar, length: number): TickBars {
  if (length % DAY_MS === 0) return whole(bar);
  if (length % HOUR_MS === 0) return intraday.hours(day, bar);
  assert(length % MINUTE_MS === 0, `synthetic: ${length} ms is not in whole minutes`);
  return intraday.minutes(day, bar);
}

function whole({ open, high, low, close, volume, sigma }: TickBar): TickBars {
  const column = (value: number) => Float64Array.of(value);
  return {
    open: column(open),
    high: column(high),
    low: column(low),
    close: column(close),
    volume: column(volume),
    sigma: column(sigma),
  };
}
