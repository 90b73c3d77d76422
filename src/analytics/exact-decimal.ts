import { assert } from "../lib/assert.ts";

/** Micro-units in one unit of the quote. */
export const MICRO = 1e6;
const MICRO_DECIMALS = 6;

/** Largest relative gap at which a decimal counts as the lot step; lots per unit are a rounded reciprocal of it. */
const STEP_TOLERANCE = 4 * Number.EPSILON;

/** Whole micro-units as an exact decimal of the quote: −90900000000 → "-90900.000000". */
export function microText(micro: number): string {
  assert(Number.isSafeInteger(micro), `${micro} micro-units are not a whole number below 2^53`);
  return shift(micro, MICRO_DECIMALS);
}

/**
 * Prints lots as an exact decimal of the base, with the decimals of the lot step: 45454545454 lots of 1e-8 →
 * "454.54545454".
 *
 * @param lotsPerUnit reciprocal of the lot step, which must be a decimal of at most 17 digits (0.001, 0.25, 10).
 */
export function quantityPrinter(lotsPerUnit: number): (lots: number) => string {
  const { digits, decimals } = lotStep(lotsPerUnit);
  return (lots) => {
    assert(Number.isSafeInteger(lots), `${lots} lots are not a whole number below 2^53`);
    return digits === 1n ? shift(lots, decimals) : shift(BigInt(lots) * digits, decimals);
  };
}

/** The step as digits × 10^−decimals: the shortest decimal whose reciprocal is `lotsPerUnit`. */
function lotStep(lotsPerUnit: number): { digits: bigint; decimals: number } {
  const step = 1 / lotsPerUnit;
  for (let precision = 1; precision <= 17; precision++) {
    const text = step.toExponential(precision - 1);
    if (Math.abs(Number(text) * lotsPerUnit - 1) > STEP_TOLERANCE) continue;
    const [mantissa = "", exponent = ""] = text.split("e");
    const decimals = precision - 1 - Number(exponent);
    const digits = mantissa.replace(".", "") + "0".repeat(Math.max(0, -decimals));
    return { digits: BigInt(digits), decimals: Math.max(0, decimals) };
  }
  throw new RangeError(`${lotsPerUnit} lots per unit are not the reciprocal of a lot step`);
}

/** Whole numbers below 2^53 are printed by `String` digit by digit, too. */
function shift(value: bigint | number, decimals: number): string {
  const sign = value < 0 ? "-" : "";
  const digits = (value < 0 ? -value : value).toString().padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
