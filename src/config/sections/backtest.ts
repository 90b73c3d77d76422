import { z } from "zod";
import { date, number } from "../fields.ts";

export const backtest = z.strictObject({
  start: date.nullable().default(null).describe("First day, UTC, inclusive; null is the first bar"),
  end: date.nullable().default(null).describe("Last day, UTC, inclusive; null is the last bar"),
  // Micro-units are whole numbers below 2^53.
  capital: number({ above: 0, max: 9_000_000_000 }).default(100_000).describe("Starting capital, quote units"),
});
