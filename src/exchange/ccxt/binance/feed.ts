import { z } from "zod";
import { compareDecimals, isDecimal } from "../../decimal-text.ts";
import {
  type MarketFeed,
  type VenueBar,
  VenueError,
  type VenueFunding,
  type VenueInstrument,
  type VenueQuote,
} from "../../port.ts";
import { checkBars } from "../bars.ts";
import { decimal, parseReply, time, unsignedDecimal } from "../reply-schemas.ts";
import { type BinanceMarket, requireInstrument } from "./market.ts";

const FUNDING_PAGE = 1000;

const quoteReply = z.looseObject({
  symbol: z.string(),
  bidPrice: unsignedDecimal,
  bidQty: unsignedDecimal,
  askPrice: unsignedDecimal,
  askQty: unsignedDecimal,
});

const fundingReply = z.array(
  z.looseObject({ symbol: z.string(), fundingTime: time, fundingRate: decimal, markPrice: z.string().optional() }),
);

/** Market data of one of Binance's exchanges, without a key. */
export class BinanceFeed implements MarketFeed {
  readonly #market: BinanceMarket;

  constructor(market: BinanceMarket) {
    this.#market = market;
  }

  serverTime(): Promise<number> {
    return this.#market.serverTime();
  }

  async bars(
    symbol: string,
    timeframe: string,
    sinceMs: number,
    limit: number,
  ): Promise<{ readonly bars: VenueBar[]; readonly refused: readonly string[] }> {
    const { id } = await this.#market.instrument(symbol);
    const interval = timeframe.toLowerCase();
    const request = { symbol: id, interval, startTime: sinceMs, limit };
    const rows = parseReply(
      z.array(z.unknown()),
      await this.#market.read(this.#market.dialect.klines, request),
      "klines",
    );
    return checkBars(rows, { timeframe: interval, sinceMs, limit });
  }

  async funding(symbol: string, sinceMs: number): Promise<VenueFunding[]> {
    if (this.#market.dialect.name !== "binanceusdm") return [];
    const { id } = await this.#market.instrument(symbol);
    const found = new Map<number, VenueFunding>();
    for (let from = sinceMs; ; ) {
      const params = { symbol: id, startTime: from, limit: FUNDING_PAGE };
      const page = parseReply(
        fundingReply,
        await this.#market.read("fapiPublicGetFundingRate", params),
        "funding rates",
      );
      for (const row of page) {
        if (row.symbol !== id) throw new VenueError("malformed", `funding rates: asked for ${id}, got ${row.symbol}`);
        if (row.fundingTime >= sinceMs) found.set(row.fundingTime, fundingOf(row));
      }
      const last = Math.max(...page.map(({ fundingTime }) => fundingTime));
      if (page.length < FUNDING_PAGE || last < from) break;
      from = last + 1;
    }
    return [...found.values()].sort((a, b) => a.timeMs - b.timeMs);
  }

  async quote(symbol: string): Promise<VenueQuote> {
    const { id } = await this.#market.instrument(symbol);
    const reply = parseReply(
      quoteReply,
      await this.#market.read(this.#market.dialect.bookTicker, { symbol: id }),
      "quote",
    );
    if (reply.symbol !== id) throw new VenueError("malformed", `quote: asked for ${id}, got ${reply.symbol}`);
    const isBook = compareDecimals(reply.bidPrice, "0") > 0 && compareDecimals(reply.askPrice, reply.bidPrice) >= 0;
    if (!isBook) throw new VenueError("malformed", `quote of ${id}: bid ${reply.bidPrice}, ask ${reply.askPrice}`);
    return { bid: reply.bidPrice, bidQuantity: reply.bidQty, ask: reply.askPrice, askQuantity: reply.askQty };
  }

  /** Asks each time: rules and status change. */
  async instruments(symbols: readonly string[]): Promise<VenueInstrument[]> {
    const listing = await this.#market.listing(true);
    return symbols.map((symbol) => requireInstrument(listing, symbol));
  }

  close(): Promise<void> {
    return this.#market.client.close();
  }
}

/** Old rows come without a mark, or with an empty one. */
function fundingOf({ fundingTime, fundingRate, markPrice }: z.infer<typeof fundingReply>[number]): VenueFunding {
  const isPrice = markPrice !== undefined && isDecimal(markPrice) && compareDecimals(markPrice, "0") > 0;
  return { timeMs: fundingTime, rate: fundingRate, mark: isPrice ? markPrice : null };
}
