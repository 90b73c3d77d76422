import { createHash } from "node:crypto";
import type { BarColumns } from "./bars.ts";
import type { FundingRates } from "./funding.ts";
import { encodeMonths } from "./store/bar-months.ts";
import type { Timeframe } from "./timeframe.ts";
import { timeframeMs } from "./timeframe.ts";

/** A symbol's bars as the hash sees them: the SHA-256 of each UTC month, encoded as in the store. */
export interface HashedBars {
  readonly symbol: string;
  readonly rows: number;
  readonly volumeDecimals: number;
  readonly months: readonly string[];
}

export function hashColumns(bars: BarColumns, timeframe: Timeframe): HashedBars {
  const months = Array.from(encodeMonths(bars, timeframeMs(timeframe) ?? Number.NaN), ({ sha256 }) => sha256);
  return { symbol: bars.symbol, rows: bars.timeMs.length, volumeDecimals: bars.volumeDecimals, months };
}

/**
 * SHA-256 (hex) of a market: for each symbol the line "SYMBOL ROWS VOLUME_DECIMALS\n" and the hash of each UTC month
 * (docs/STORE.md) on its own line; then for each symbol with funding rates the line "SYMBOL funding ROWS\n" and the raw
 * little-endian doubles of timeMs and rate. One changed bit of one bar gives another hash; where it came from does not.
 *
 * @param bars sorted by symbol.
 */
export function hashSeries(bars: readonly HashedBars[], funding: readonly (FundingRates | null)[]): string {
  const hash = createHash("sha256");
  for (const { symbol, rows, volumeDecimals, months } of bars) {
    hash.update(`${symbol} ${rows} ${volumeDecimals}\n`);
    for (const month of months) hash.update(`${month}\n`);
  }
  for (const rates of funding) {
    if (rates === null) continue;
    hash.update(`${rates.symbol} funding ${rates.timeMs.length}\n`);
    for (const column of [rates.timeMs, rates.rate]) hash.update(bytesOf(column));
  }
  return hash.digest("hex");
}

/** `hashSeries` of bars in memory. */
export function hashMarket(
  bars: readonly BarColumns[],
  funding: readonly (FundingRates | null)[],
  timeframe: Timeframe,
): string {
  const hashed = bars.map((columns) => hashColumns(columns, timeframe));
  return hashSeries(hashed, funding);
}

/** SHA-256 (hex) of bars without funding. */
export function hashBars(bars: readonly BarColumns[], timeframe: Timeframe): string {
  return hashMarket(bars, [], timeframe);
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
