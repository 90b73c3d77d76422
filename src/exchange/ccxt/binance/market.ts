import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { VenueError } from "../../port.ts";
import { CallError } from "../call-error.ts";
import { type CallKind, type CcxtClient, endpoint } from "../client.ts";
import { parseReply, time } from "../reply-schemas.ts";
import { venueErrorOf } from "../verdicts.ts";
import { type BinanceInstrument, type Listing, readListing } from "./instruments.ts";

/** One of Binance's two exchanges: what their otherwise equal endpoints are called in ccxt, and how far one query reaches. */
export interface BinanceDialect {
  readonly name: "binanceusdm" | "binance";
  /** In the URLs that its request weight counts. */
  readonly countedPath: string;
  readonly time: string;
  readonly exchangeInfo: string;
  readonly klines: string;
  readonly bookTicker: string;
  readonly placeOrder: string;
  readonly order: string;
  readonly cancelOrder: string;
  readonly openOrders: string;
  readonly trades: string;
  /** Longest span between the two times of a query for trades. */
  readonly tradesSpanMs: number;
}

export const FUTURES: BinanceDialect = {
  name: "binanceusdm",
  countedPath: "/fapi/",
  time: "fapiPublicGetTime",
  exchangeInfo: "fapiPublicGetExchangeInfo",
  klines: "fapiPublicGetKlines",
  bookTicker: "fapiPublicGetTickerBookTicker",
  placeOrder: "fapiPrivatePostOrder",
  order: "fapiPrivateGetOrder",
  cancelOrder: "fapiPrivateDeleteOrder",
  openOrders: "fapiPrivateGetOpenOrders",
  trades: "fapiPrivateGetUserTrades",
  tradesSpanMs: 7 * 86_400_000,
};

export const SPOT: BinanceDialect = {
  name: "binance",
  countedPath: "/api/",
  time: "publicGetTime",
  exchangeInfo: "publicGetExchangeInfo",
  klines: "publicGetKlines",
  bookTicker: "publicGetTickerBookTicker",
  placeOrder: "privatePostOrder",
  order: "privateGetOrder",
  cancelOrder: "privateDeleteOrder",
  openOrders: "privateGetOpenOrders",
  trades: "privateGetMyTrades",
  tradesSpanMs: 86_400_000,
};

type Params = Readonly<Record<string, unknown>>;

const serverTime = z.looseObject({ serverTime: time });

/** What trading and market data have in common: a client, its dialect, the clock, and the names of symbols. */
export class BinanceMarket {
  readonly client: CcxtClient;
  readonly dialect: BinanceDialect;
  #listing: Listing | null = null;

  constructor(client: CcxtClient, dialect: BinanceDialect) {
    this.client = client;
    this.dialect = dialect;
  }

  /** Each answer is a reading of the exchange's clock, too. */
  async serverTime(): Promise<number> {
    const { clock } = this.client;
    const sentMs = clock.local();
    const reply = parseReply(serverTime, await this.read(this.dialect.time, {}, "resolving"), "server time");
    clock.observe(sentMs, reply.serverTime, clock.local());
    return reply.serverTime;
  }

  /** @throws VenueError */
  async read(name: string, params: Params, kind: CallKind = "routine"): Promise<unknown> {
    try {
      return await this.query(name, params, kind);
    } catch (error) {
      if (error instanceof CallError) throw venueErrorOf(error.failure);
      throw error;
    }
  }

  /** Reads; when the exchange does not like the timestamp, once more after a look at its clock. @throws CallError */
  async query(name: string, params: Params, kind: CallKind): Promise<unknown> {
    try {
      return await this.client.read(endpoint(name, params), kind);
    } catch (error) {
      if (!(error instanceof CallError) || error.failure.code !== "-1021") throw error;
      await this.serverTime();
      return await this.client.read(endpoint(name, params), kind);
    }
  }

  /** Asks for a change, once. @throws CallError */
  change(name: string, params: Params, kind: CallKind, signedAtMs: number | null = null): Promise<unknown> {
    return this.client.run(endpoint(name, params), kind, signedAtMs);
  }

  /** What the exchange lists; asked for once, or again when `fresh`. */
  async listing(fresh = false): Promise<Listing> {
    if (this.#listing === null || fresh) {
      this.#listing = readListing(await this.read(this.dialect.exchangeInfo, {}, "resolving"));
      if (this.#listing.limits.length > 0) this.client.budget.setLimits(this.#listing.limits);
    }
    return this.#listing;
  }

  /** @throws VenueError `refused` for a symbol that is not listed */
  async instrument(symbol: string): Promise<BinanceInstrument> {
    return requireInstrument(await this.listing(), symbol);
  }

  /** BASE/QUOTE of an id; the id itself where it has none, as a delivery contract. */
  async symbolOf(id: string): Promise<string> {
    return (await this.listing()).byId.get(id)?.symbol ?? id;
  }
}

export function requireInstrument({ bySymbol }: Listing, symbol: string): BinanceInstrument {
  const found = bySymbol.get(symbol);
  if (found !== undefined) return found;
  const names = [...bySymbol.keys()];
  const hint = names.length === 0 ? "" : `: did you mean ${closest(symbol, names)}?`;
  throw new VenueError("refused", `the venue lists no ${symbol}${hint}`, "UNKNOWN_SYMBOL");
}
