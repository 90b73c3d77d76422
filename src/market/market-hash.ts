import { createHash } from "node:crypto";
import type { BarColumns } from "./bars.ts";
import type { FundingRates } from "./funding.ts";

/**
 * SHA-256 (hex) of bars: for each symbol the line "SYMBOL ROWS VOLUME_DECIMALS\n" in UTF-8, then the raw little-endian
 * doubles of timeMs, open, high, low, close and volume. One changed bit of one bar gives another hash; where the bars
 * came from does not.
 *
 * @param bars sorted by symbol.
 */
export function hashBars(bars: readonly BarColumns[]): string {
  return hashMarket(bars, []);
}

/**
 * SHA-256 (hex) of bars and funding: what `hashBars` covers, then for each symbol with rates the line
 * "SYMBOL funding ROWS\n" and the raw doubles of timeMs and rate. Without rates it is the hash of the bars.
 */
export function hashMarket(bars: readonly BarColumns[], funding: readonly (FundingRates | null)[]): string {
  const hash = createHash("sha256");
  for (const { symbol, timeMs, open, high, low, close, volume, volumeDecimals } of bars) {
    hash.update(`${symbol} ${timeMs.length} ${volumeDecimals}\n`);
    for (const column of [timeMs, open, high, low, close, volume]) hash.update(bytesOf(column));
  }
  for (const rates of funding) {
    if (rates === null) continue;
    hash.update(`${rates.symbol} funding ${rates.timeMs.length}\n`);
    for (const column of [rates.timeMs, rates.rate]) hash.update(bytesOf(column));
  }
  return hash.digest("hex");
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
