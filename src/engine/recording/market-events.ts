import { z } from "zod";

// The lines of market.ndjson, in order of arrival (docs/RECORDING.md). Prices and quantities are text, as they were sent:
// a number that went through a double once could not show how many decimals it came with.

export const MARKET_VERSION = 1;

const decimal = z
  .string()
  .regex(/^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/, 'expected a decimal number as text, such as "61837.63"');
const signed = z
  .string()
  .regex(/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/, 'expected a decimal number as text, such as "-0.0001"');
const ms = z.int().min(0);
const symbol = z.string().regex(/^[A-Z0-9]+\/[A-Z0-9]+$/, 'expected BASE/QUOTE, such as "BTC/USDT"');
const envelope = { v: z.literal(MARKET_VERSION), seq: z.int().min(0), ts: ms };

/** Open, high, low, close, volume. */
const bar = z.tuple([decimal, decimal, decimal, decimal, decimal]);

const slice = z.strictObject({
  ...envelope,
  type: z.literal("slice"),
  payload: z.strictObject({ open_ms: ms, bars: z.record(symbol, bar) }),
});

const quote = z.strictObject({
  ...envelope,
  type: z.literal("quote"),
  payload: z.strictObject({
    symbol,
    bid: decimal,
    bid_qty: decimal,
    ask: decimal,
    ask_qty: decimal,
    /** The venue's own number of this update, and its clock. */
    update_id: z.int().nullable(),
    event_ms: ms.nullable(),
  }),
});

const funding = z.strictObject({
  ...envelope,
  type: z.literal("funding"),
  payload: z.strictObject({ symbol, time_ms: ms, rate: signed }),
});

const fill = z.strictObject({
  ...envelope,
  type: z.literal("fill"),
  payload: z.strictObject({
    symbol,
    order_id: z.string().min(1),
    quantity: signed,
    price: decimal,
    fee: signed,
  }),
});

const control = z.strictObject({
  ...envelope,
  type: z.literal("control"),
  payload: z.strictObject({
    /** UNKNOWN: the state was missing or unreadable. */
    mode: z.enum(["RUNNING", "PAUSED", "STOPPING", "PANIC", "UNKNOWN"]),
    flatten: z.boolean(),
    symbols: z.array(symbol),
    pods: z.array(z.string()),
  }),
});

export const marketEventSchema = z.discriminatedUnion("type", [slice, quote, funding, fill, control]);

export type MarketEvent = z.infer<typeof marketEventSchema>;
export type MarketEventType = MarketEvent["type"];
export type SliceEvent = z.infer<typeof slice>;
export type QuoteEvent = z.infer<typeof quote>;
export type FillPayload = z.infer<typeof fill>["payload"];
export type ControlPayload = z.infer<typeof control>["payload"];
/** An event before it has its place in a recording. */
export type NewMarketEvent = MarketEvent extends infer E
  ? E extends MarketEvent
    ? Omit<E, "v" | "seq">
    : never
  : never;

export type EventCounts = Record<MarketEventType, number>;

export function noEvents(): EventCounts {
  return { slice: 0, quote: 0, funding: 0, fill: 0, control: 0 };
}
