import { assert } from "../../lib/assert.ts";

// Whole lots and micro-units inside, decimal strings at the venue's edge; all conversions are exact or say that they
// cannot be.

/** digits × 10^−decimals. */
interface ExactDecimal {
  readonly digits: bigint;
  readonly decimals: number;
}

/** A venue's number that cannot be one: not a plain decimal, not a multiple of the step, too large. */
export class UnitError extends Error {
  override readonly name = "UnitError";
}

/** Lots as the venue's decimal string of the base: 3 lots of step "0.001" → "0.003". */
export function quantityOf(lots: number, step: string): string {
  assert(Number.isSafeInteger(lots) && lots >= 0, `${lots} is not a number of lots`);
  const { digits, decimals } = parse(step);
  return print(BigInt(lots) * digits, decimals);
}

/** A venue's quantity in whole lots, signed. Throws a UnitError when it is not a multiple of the step. */
export function lotsOf(quantity: string, step: string): number {
  const [whole, rest] = divided(quantity, step);
  if (rest !== 0n) throw new UnitError(`${quantity} is not a multiple of the step ${step}`);
  return safe(whole, quantity);
}

/** Whole lots of a quantity, cut towards zero; at most 2^53 − 1. */
export function lotsWithin(quantity: string, step: string): number {
  const [whole] = divided(quantity, step);
  return whole > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(whole);
}

/** The fewest whole lots that hold a quantity, which is ≥ 0. */
export function lotsAround(quantity: string, step: string): number {
  const [whole, rest] = divided(quantity, step);
  return safe(rest === 0n ? whole : whole + 1n, quantity);
}

/** What a venue's quantity is beyond a number of lots: whole lots, towards 0, and whether less than a lot is left over. */
export function excessOf(
  quantity: string,
  held: number,
  step: string,
): { readonly lots: number; readonly dust: boolean } {
  const q = parse(quantity);
  const s = parse(step);
  const lot = s.digits * 10n ** BigInt(q.decimals);
  const excess = q.digits * 10n ** BigInt(s.decimals) - BigInt(held) * lot;
  return { lots: safe(excess / lot, quantity), dust: excess % lot !== 0n };
}

/** quantity × price in whole micro-units, rounded half away from zero. Signed as its factors are. */
export function microOf(quantity: string, price: string): number {
  const q = parse(quantity);
  const p = parse(price);
  return safe(
    rounded(q.digits * p.digits * 1_000_000n, 10n ** BigInt(q.decimals + p.decimals)),
    `${quantity} × ${price}`,
  );
}

/** The price at which `quantity` is worth `micro`, to twelve decimals. */
export function priceOf(micro: number, quantity: string): string {
  const q = parse(quantity);
  return print(rounded(BigInt(micro) * 10n ** BigInt(6 + q.decimals), q.digits), 12);
}

/** Moves a price to the next tick that does not take: down for a buy, up for a sell. */
export function toTick(price: string, tick: string, side: "buy" | "sell"): string {
  const p = parse(price);
  const t = parse(tick);
  const numerator = p.digits * 10n ** BigInt(t.decimals);
  const denominator = t.digits * 10n ** BigInt(p.decimals);
  const down = numerator / denominator;
  const ticks = side === "sell" && numerator % denominator !== 0n ? down + 1n : down;
  return print(ticks * t.digits, t.decimals);
}

/** Quotient, cut towards zero, and remainder. */
function divided(quantity: string, step: string): [bigint, bigint] {
  const q = parse(quantity);
  const s = parse(step);
  const numerator = q.digits * 10n ** BigInt(s.decimals);
  const denominator = s.digits * 10n ** BigInt(q.decimals);
  if (denominator <= 0n) throw new UnitError(`${step} is not a step`);
  return [numerator / denominator, numerator % denominator];
}

function parse(text: string): ExactDecimal {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text);
  if (match === null) throw new UnitError(`${JSON.stringify(text)} is not a plain decimal`);
  const [, sign, whole = "", fraction = ""] = match;
  const digits = BigInt(whole + fraction);
  return { digits: sign === "-" ? -digits : digits, decimals: fraction.length };
}

function print(digits: bigint, decimals: number): string {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(decimals + 1, "0");
  return decimals === 0 ? sign + text : `${sign}${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
}

function rounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n;
  const half = ((negative ? -numerator : numerator) * 2n + denominator) / (denominator * 2n);
  return negative ? -half : half;
}

function safe(value: bigint, what: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < -BigInt(Number.MAX_SAFE_INTEGER))
    throw new UnitError(`${what} does not fit into 53 bits`);
  return Number(value);
}
