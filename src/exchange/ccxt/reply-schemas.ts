import { z } from "zod";
import { isDecimal } from "../decimal-text.ts";
import { VenueError } from "../port.ts";

// What replies are made of. Fields that are not named are allowed: venues add some; a named one that is missing or of another
// kind makes the whole reply malformed.

/** A plain decimal as text. */
export const decimal = z.string().refine(isDecimal, "a plain decimal");

export const unsignedDecimal = decimal.refine((text) => !text.startsWith("-"), "not below 0");

/** A whole number ≥ 0; as text when ccxt met a number beyond 2^53 beside it (P27). */
const wholeNumber = z.union([z.int().min(0), z.string().regex(/^\d{1,30}$/)]);

export const id = wholeNumber.transform(String);

/** Epoch ms. */
export const time = wholeNumber.transform(Number).refine(Number.isSafeInteger, "epoch ms");

/** @throws VenueError `malformed`, naming the first field that is wrong */
export function parseReply<T extends z.ZodType>(schema: T, reply: unknown, what: string): z.infer<T> {
  const parsed = schema.safeParse(reply);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join(".");
  throw new VenueError("malformed", `${what}: ${path === "" ? "" : `${path}: `}${issue?.message ?? "no sense"}`);
}
