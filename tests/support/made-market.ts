import type { BarColumns } from "../../src/market/bars.ts";
import type { FundingRates } from "../../src/market/funding.ts";
import type { Market } from "../../src/market/market.ts";
import { type Timeframe, timeframeMs } from "../../src/market/timeframe.ts";
import { seededRandom } from "./random-script.ts";

/** A market from closes by symbol, with the funding rates given: each bar opens at the close before it, with a small range around both. */
export function madeMarket(
  closes: Readonly<Record<string, readonly (number | null)[]>>,
  firstMs: number,
  timeframe: Timeframe = "1D",
  rates: readonly FundingRates[] = [],
): Market {
  const bars = Object.entries(closes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, values]) => columns(symbol, values, firstMs, timeframeMs(timeframe) as number));
  const funding = bars.map(({ symbol }) => rates.find((own) => own.symbol === symbol) ?? null);
  return { kind: "files", label: "made for a test", timeframe, bars, funding, files: [], hash: "0".repeat(64) };
}

function columns(symbol: string, closes: readonly (number | null)[], firstMs: number, stepMs: number): BarColumns {
  const rows: number[][] = [];
  let last = closes.find((close) => close !== null) ?? 1;
  for (const [i, close] of closes.entries()) {
    // A null is a bar that does not exist.
    if (close === null) continue;
    rows.push([firstMs + i * stepMs, last, Math.max(last, close) * 1.001, Math.min(last, close) * 0.999, close, 1000]);
    last = close;
  }
  const column = (field: number): Float64Array => Float64Array.from(rows, (row) => row[field] as number);
  return {
    symbol,
    timeMs: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
    volumeDecimals: 0,
  };
}

/** A seeded random walk with drift, as closes. */
export function walk(
  seed: number,
  length: number,
  { start = 100, drift = 0, step = 0.03, missing = 0 } = {},
): (number | null)[] {
  const random = seededRandom(seed);
  let price = start;
  return Array.from({ length }, () => {
    price *= 1 + drift + step * (random() + random() + random() - 1.5);
    return random() < missing ? null : price;
  });
}
