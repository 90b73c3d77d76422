import { MAX_POWER, powerOfTen } from "./power-of-ten.ts";

/** Decimals beyond this cannot be told apart in a double. */
const MOST_DECIMALS = 17;

/**
 * Fewest decimals k such that every value is the double nearest to a whole number over 10^k, that number at most `limit`;
 * null when there is no k up to MAX_POWER.
 *
 * @param values ≥ 0.
 */
export function commonDecimals(values: Float64Array, limit: number): number | null {
  let k = 0;
  let scale = 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    for (;;) {
      const units = Math.round(value * scale);
      if (units > limit) return null;
      if (units / scale === value) break;
      if (k === MAX_POWER) return null;
      scale = powerOfTen(++k);
    }
  }
  // A value that was tested with fewer decimals may exceed the limit with more.
  for (let i = 0; i < values.length; i++) if (Math.round((values[i] as number) * scale) > limit) return null;
  return k;
}

/**
 * Writes every value as a whole number over 10^k, with the fewest k ≥ `fewest` that `commonDecimals` allows; null, and
 * anything written, when there is none.
 *
 * @param values ≥ 0. @param limit below 2^32. @param into written: as many whole numbers as there are values.
 */
export function writeUnits(values: Float64Array, limit: number, into: Uint32Array, fewest = 0): number | null {
  let k = fewest;
  let scale = powerOfTen(k);
  /** Values before it were written with fewer decimals. */
  let stale = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    let units = Math.round(value * scale);
    while (units / scale !== value) {
      if (units > limit || k === MAX_POWER) return null;
      scale = powerOfTen(++k);
      stale = i;
      units = Math.round(value * scale);
    }
    if (units > limit) return null;
    into[i] = units;
  }
  for (let i = 0; i < stale; i++) {
    const units = Math.round((values[i] as number) * scale);
    if (units > limit) return null;
    into[i] = units;
  }
  return k;
}

/** Most decimals that any of the values has when written as the shortest decimal that reads back as it; at most 17. @param common of the values, when known. */
export function decimalsOf(values: Float64Array, common = commonDecimals(values, Number.MAX_SAFE_INTEGER)): number {
  if (common !== null) return Math.min(MOST_DECIMALS, common);
  let most = 0;
  for (const value of values) most = Math.max(most, writtenDecimals(String(value)));
  return Math.min(MOST_DECIMALS, most);
}

/** "1.5" 1, "2e-7" 7, "1.5e+22" 0. */
function writtenDecimals(text: string): number {
  const [mantissa = "", exponent = "0"] = text.split("e");
  const fraction = mantissa.split(".")[1] ?? "";
  return Math.max(0, fraction.length - Number(exponent));
}
