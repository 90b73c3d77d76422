import { math } from "../kernels/math.ts";
import { assert } from "../lib/assert.ts";
import type { FundingRates } from "./funding.ts";
import { PURPOSE, RandomStream } from "./synthetic/random-stream.ts";
import { symbolProfile } from "./synthetic/symbol-profile.ts";
import { SYNTHETIC_START_MS, syntheticBars } from "./synthetic.ts";
import { DAY_MS, HOUR_MS } from "./timeframe.ts";

const INTERVAL_MS = 8 * HOUR_MS;
/** Exchanges publish rates with eight decimals. */
const RATE_UNITS = 1e8;
/** The rate follows the log return of this many whole days before the funding day, so it never knows the future. */
const TREND_DAYS = 7;
/** 0.01 % of interest, half of it left when nothing moves. */
const BASE_RATE = 0.00005;
/** A week of + 10 % adds 0.012 %. */
const RATE_PER_TREND = 0.0012;
const NOISE = 0.00002;
/** The clamp that exchanges put on large contracts. */
const MAX_RATE = 0.003;

/**
 * Invented funding rates every 8 hours (00:00, 08:00, 16:00) with fromMs ≤ time < toMs, from the second day of the synthetic market on. Rising
 * weeks make longs pay, falling weeks shorts. Each rate depends on (seed, symbol, time) only.
 */
export function syntheticFunding(seed: number, symbol: string, fromMs: number, toMs: number): FundingRates {
  const [days] = syntheticBars({ seed, symbols: [symbol], timeframe: "1D", endMs: toMs });
  assert(days !== undefined, "synthetic: one symbol gives one set of columns");
  const stream = new RandomStream(seed, symbolProfile(symbol).key, PURPOSE.funding);
  // On the first day there is no close to look back to.
  const first = Math.ceil(Math.max(fromMs, SYNTHETIC_START_MS + DAY_MS) / INTERVAL_MS);
  const count = Math.max(0, Math.ceil(toMs / INTERVAL_MS) - first);
  const timeMs = new Float64Array(count);
  const rate = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    timeMs[i] = (first + i) * INTERVAL_MS;
    const day = Math.floor(((timeMs[i] as number) - SYNTHETIC_START_MS) / DAY_MS);
    rate[i] = drawRate(trendBefore(days.close, day), stream.seek(first + i).normal());
  }
  return { symbol, timeMs, rate };
}

/** Log return of the TREND_DAYS days before `day`, or of those there are. */
function trendBefore(close: Float64Array, day: number): number {
  const last = close[day - 1] as number;
  const first = close[Math.max(0, day - 1 - TREND_DAYS)] as number;
  return math.log(last / first);
}

function drawRate(trend: number, normal: number): number {
  const rate = BASE_RATE + RATE_PER_TREND * trend + NOISE * normal;
  // + 0 turns −0 into 0.
  return Math.round(Math.max(-MAX_RATE, Math.min(MAX_RATE, rate)) * RATE_UNITS) / RATE_UNITS + 0;
}
