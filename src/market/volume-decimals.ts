import { powerOfTen } from "./power-of-ten.ts";
import { DAY_MS } from "./timeframe.ts";

/**
 * Decimals in which the volumes of a symbol are summed: the most any of them has, but never so many that the sum of a
 * UTC day in whole units could reach 2^53.
 *
 * The cap is far away for exchange data; it is met by files whose volumes carry float noise (0.30000000000000004), and
 * the noise is then rounded off in sums.
 *
 * @param most decimals of the volume that has the most.
 * @param largest volume of a bar, base units.
 */
export function summableDecimals(most: number, largest: number, timeframeMs: number): number {
  const bound = (largest * DAY_MS) / timeframeMs;
  let decimals = most;
  while (decimals > 0 && bound * powerOfTen(decimals) >= Number.MAX_SAFE_INTEGER) decimals--;
  return decimals;
}

/** The largest of some volumes; 0 of none. */
export function largestOf(volume: Float64Array): number {
  let largest = 0;
  for (const value of volume) if (value > largest) largest = value;
  return largest;
}
