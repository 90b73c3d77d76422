import { assert } from "../lib/assert.ts";

/** A decimal with eight places as a whole number of 1e-8: what an exchange's strings hold exactly. */
export type E8 = bigint;

export const ONE: E8 = 100_000_000n;
const PLACES = 8;

/** Parses "123.45"; null for anything that is not a plain decimal with at most eight places. */
export function parseE8(text: string): E8 | null {
  const match = /^(-?)(\d{1,18})(?:\.(\d{0,20}))?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", fraction = ""] = match;
  if (/[1-9]/.test(fraction.slice(PLACES))) return null;
  const value = BigInt(whole) * ONE + BigInt(fraction.slice(0, PLACES).padEnd(PLACES, "0"));
  return sign === "-" ? -value : value;
}

/** The decimal of a literal of our own. */
export function e8(text: string): E8 {
  const value = parseE8(text);
  assert(value !== null, `venue: ${text} is not a decimal with at most eight places`);
  return value;
}

/** Nearest multiple of 1e-8; market data are doubles of short decimals, so this recovers what was written. */
export function fromNumber(value: number): E8 {
  return e8(value.toFixed(PLACES));
}

/** "0.00100000": always eight places, as Binance prints quantities of an account. */
export function formatE8(value: E8): string {
  const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`;
}

/** Without trailing zeros: "0.001", as prices and filters are printed. */
export function formatShort(value: E8): string {
  return formatE8(value).replace(/\.?0+$/, "");
}

/** Number of decimals that `step` has: 0.001 → 3. */
export function decimalsOf(step: E8): number {
  return formatShort(step).split(".")[1]?.length ?? 0;
}

/** a × b, rounded half away from zero to 1e-8. */
export function multiply(a: E8, b: E8): E8 {
  return divideRounded(a * b, ONE);
}

/** a ÷ b, rounded half away from zero to 1e-8. */
export function divide(a: E8, b: E8): E8 {
  return divideRounded(a * ONE, b);
}

function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const rounded = (2n * n + d) / (2n * d);
  return negative ? -rounded : rounded;
}

export function abs(value: E8): E8 {
  return value < 0n ? -value : value;
}

export function min(a: E8, b: E8): E8 {
  return a < b ? a : b;
}
