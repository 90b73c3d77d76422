import { createHash } from "node:crypto";
import type { BarColumns } from "./bars.ts";

/**
 * SHA-256 (hex) of bars: for each symbol the line "SYMBOL ROWS VOLUME_DECIMALS\n" in UTF-8, then the raw little-endian
 * doubles of timeMs, open, high, low, close and volume. One changed bit of one bar gives another hash; where the bars
 * came from does not.
 *
 * @param bars sorted by symbol.
 */
export function hashBars(bars: readonly BarColumns[]): string {
  const hash = createHash("sha256");
  for (const { symbol, timeMs, open, high, low, close, volume, volumeDecimals } of bars) {
    hash.update(`${symbol} ${timeMs.length} ${volumeDecimals}\n`);
    for (const column of [timeMs, open, high, low, close, volume]) {
      hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    }
  }
  return hash.digest("hex");
}
