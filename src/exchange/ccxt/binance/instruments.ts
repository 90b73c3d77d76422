import { z } from "zod";
import { compareDecimals, isZero } from "../../decimal-text.ts";
import type { VenueInstrument } from "../../port.ts";
import type { RateLimit } from "../../rate-budget.ts";
import { decimal, parseReply, time } from "../reply-schemas.ts";

/** Perpetuals carry a delivery in 2100 until their delisting is announced (P12). */
const NO_DELIVERY_MS = Date.UTC(2100, 0, 1);

const filter = z.looseObject({
  filterType: z.string(),
  tickSize: decimal.optional(),
  stepSize: decimal.optional(),
  minQty: decimal.optional(),
  maxQty: decimal.optional(),
  notional: decimal.optional(),
  minNotional: decimal.optional(),
});

const listed = z.looseObject({
  symbol: z.string().min(1),
  status: z.string(),
  baseAsset: z.string().min(1),
  quoteAsset: z.string().min(1),
  contractType: z.string().optional(),
  deliveryDate: time.optional(),
  filters: z.array(filter),
});

const limit = z.looseObject({
  rateLimitType: z.string(),
  interval: z.string(),
  intervalNum: z.int().min(1),
  limit: z.int().min(1),
});

const exchangeInfo = z.looseObject({ symbols: z.array(z.unknown()), rateLimits: z.array(limit).default([]) });

export interface BinanceInstrument extends VenueInstrument {
  /** "BTCUSDT". */
  readonly id: string;
  readonly base: string;
  readonly quote: string;
}

/** Symbols by BASE/QUOTE and by id, as one exchangeInfo told them. */
export interface Listing {
  readonly bySymbol: ReadonlyMap<string, BinanceInstrument>;
  readonly byId: ReadonlyMap<string, BinanceInstrument>;
  readonly limits: readonly RateLimit[];
}

/**
 * Reads exchangeInfo. Of futures only perpetuals have a BASE/QUOTE name here. A symbol whose entry makes no sense is left out, so
 * that it is unknown to whoever asks for it and does not stop the others.
 *
 * @throws VenueError `malformed` when the reply as a whole makes no sense
 */
export function readListing(reply: unknown): Listing {
  const { symbols, rateLimits } = parseReply(exchangeInfo, reply, "exchangeInfo");
  const instruments = symbols.flatMap((entry) => {
    const parsed = listed.safeParse(entry);
    if (!parsed.success) return [];
    const { contractType } = parsed.data;
    if (contractType !== undefined && !contractType.endsWith("PERPETUAL")) return [];
    const instrument = readInstrument(parsed.data);
    return instrument === null ? [] : [instrument];
  });
  return {
    bySymbol: new Map(instruments.map((each) => [each.symbol, each])),
    byId: new Map(instruments.map((each) => [each.id, each])),
    limits: rateLimits.flatMap(readLimit),
  };
}

function readInstrument(entry: z.infer<typeof listed>): BinanceInstrument | null {
  const of = (type: string) => entry.filters.find(({ filterType }) => filterType === type);
  const price = of("PRICE_FILTER");
  const lot = of("LOT_SIZE");
  const market = of("MARKET_LOT_SIZE");
  const notional = of("MIN_NOTIONAL") ?? of("NOTIONAL");
  if (price?.tickSize === undefined || lot?.stepSize === undefined) return null;
  if (lot.minQty === undefined || lot.maxQty === undefined) return null;
  const { deliveryDate } = entry;
  return {
    id: entry.symbol,
    symbol: `${entry.baseAsset}/${entry.quoteAsset}`,
    base: entry.baseAsset,
    quote: entry.quoteAsset,
    trading: entry.status === "TRADING",
    step: coarser(lot.stepSize, market?.stepSize),
    tick: price.tickSize,
    minQuantity: lot.minQty,
    maxQuantity: lot.maxQty,
    // Spot writes 0 where it has no limit of its own for market orders.
    maxMarketQuantity: market?.maxQty === undefined || isZero(market.maxQty) ? lot.maxQty : market.maxQty,
    minNotional: notional?.notional ?? notional?.minNotional ?? "0",
    delistMs: deliveryDate === undefined || deliveryDate >= NO_DELIVERY_MS || deliveryDate === 0 ? null : deliveryDate,
  };
}

function coarser(step: string, other: string | undefined): string {
  return other !== undefined && compareDecimals(other, step) > 0 ? other : step;
}

const INTERVALS: Readonly<Record<string, number>> = { SECOND: 1000, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 };
const COUNTED: Readonly<Record<string, RateLimit["counts"]>> = { REQUEST_WEIGHT: "weight", ORDERS: "orders" };

function readLimit(entry: z.infer<typeof limit>): RateLimit[] {
  const counts = COUNTED[entry.rateLimitType];
  const unit = INTERVALS[entry.interval];
  if (counts === undefined || unit === undefined) return [];
  return [{ counts, windowMs: unit * entry.intervalNum, limit: entry.limit }];
}
