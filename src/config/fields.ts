import { z } from "zod";
import { decimalOf } from "../lib/decimal.ts";
import { timeframeMs } from "../market/timeframe.ts";

// The kinds of value a config key can have. `x-kind` and `x-expected` are read by description.ts: they turn a failed
// check into a sentence and a hint. They are removed from the published JSON Schema.

export interface Range {
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
  readonly below?: number;
}

/** A finite number within `range`. */
export function number(range: Range = {}): z.ZodNumber {
  return bounded(z.number(), range);
}

/** A whole number within `range`, exact in a double. */
export function whole(range: Range = {}): z.ZodNumber {
  return bounded(z.int(), range);
}

/** A share of one: 0.15 and never 15 %. Default range: above 0, at most 1. */
export function fraction(range: Range = { above: 0, max: 1 }): z.ZodNumber {
  return number(range).meta({ "x-kind": "fraction" });
}

/** Most decimals of a step: finer than any venue's, and coarse enough to refuse the noise of a division. */
const MOST_DECIMALS = 12;

/** A step of quantities or prices: above 0, written with few decimals. */
export const decimal = number({ above: 0 })
  .refine((value) => decimalOf(value).decimals <= MOST_DECIMALS)
  .meta({ "x-expected": `a number above 0 with at most ${MOST_DECIMALS} decimals, such as 0.001` });

/** BASE/QUOTE in capitals, the two sides different. */
export const symbol = z
  .string()
  .regex(/^[A-Z0-9]+\/[A-Z0-9]+$/)
  .refine((text) => text.split("/")[0] !== text.split("/")[1])
  .meta({ "x-kind": "symbol", "x-expected": "a symbol BASE/QUOTE such as BTC/USDT" });

/** A bar length that divides a UTC day. */
export const timeframe = z
  .string()
  .refine((text) => timeframeMs(text) !== null)
  .meta({
    pattern: "^[1-9]\\d*[smhdD]$",
    "x-kind": "timeframe",
    "x-expected": 'a timeframe that divides a UTC day, such as "1D", "4h" or "15m"',
  });

/** A day of the calendar, UTC. */
export const date = z.iso.date().meta({ "x-kind": "date", "x-expected": 'a calendar date, such as "2024-01-31"' });

/** The name of an environment variable that holds a secret; the secret itself is refused. */
export const secretReference = z
  .string()
  .regex(/^env:[A-Za-z_][A-Za-z0-9_]*$/)
  .meta({ "x-kind": "secret", "x-expected": "the name of an environment variable, such as env:DISCORD_ALERTS" });

/** Text that is not empty. */
export function text(expected: string): z.ZodString {
  return z.string().min(1).meta({ "x-expected": expected });
}

function bounded<T extends z.ZodNumber>(schema: T, { min, above, max, below }: Range): T {
  let result = schema;
  if (min !== undefined) result = result.min(min);
  if (above !== undefined) result = result.gt(above);
  if (max !== undefined) result = result.max(max);
  if (below !== undefined) result = result.lt(below);
  return result;
}
