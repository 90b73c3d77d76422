import type { Market } from "ccxt";
import { compareDecimals } from "../../decimal-text.ts";
import {
  type MarketFeed,
  type VenueBar,
  VenueError,
  type VenueFunding,
  type VenueInstrument,
  type VenueQuote,
} from "../../port.ts";
import { checkBars, timeframeLength } from "../bars.ts";
import { requireCall, resolve, stepText, textOf, type UnifiedMarket } from "./market.ts";

const FUNDING_PAGE = 1000;

/** Market data of any venue by ccxt's unified calls. ccxt leaves out a bar's close time: it is taken from its length. */
export class UnifiedFeed implements MarketFeed {
  readonly #market: UnifiedMarket;

  constructor(market: UnifiedMarket) {
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
    const { symbol: name } = await this.#market.market(symbol);
    const interval = timeframe.toLowerCase();
    const rows = await this.#market.read((exchange) => exchange.fetchOHLCV(name, interval, sinceMs, limit));
    const length = timeframeLength(interval);
    const texts = rows.map((row) => {
      const [openMs, ...values] = row;
      return [openMs, ...values.slice(0, 5).map(numberText), Number(openMs) + length - 1];
    });
    return checkBars(texts, { timeframe: interval, sinceMs, limit });
  }

  async funding(symbol: string, sinceMs: number): Promise<VenueFunding[]> {
    const market = await this.#market.market(symbol);
    if (market.spot) return [];
    const found = new Map<number, string>();
    for (let from = sinceMs; ; ) {
      const page = await this.#market.read((exchange) => {
        requireCall(exchange, "fetchFundingRateHistory");
        return exchange.fetchFundingRateHistory(market.symbol, from, FUNDING_PAGE);
      });
      let last = from - 1;
      for (const { timestamp, fundingRate } of page) {
        const timeMs = Number(textOf(timestamp, "funding time"));
        if (timeMs >= sinceMs) found.set(timeMs, textOf(fundingRate, "funding rate"));
        last = Math.max(last, timeMs);
      }
      // Venues differ in how long their pages are: on until there is nothing new.
      if (last < from) break;
      from = last + 1;
    }
    return [...found].sort(([a], [b]) => a - b).map(([timeMs, rate]) => ({ timeMs, rate, mark: null }));
  }

  async quote(symbol: string): Promise<VenueQuote> {
    const { symbol: name } = await this.#market.market(symbol);
    const ticker = await this.#market.read(async (exchange) => {
      if (exchange.has.fetchBidsAsks) return (await exchange.fetchBidsAsks([name]))[name];
      requireCall(exchange, "fetchTicker");
      return exchange.fetchTicker(name);
    });
    const [bid, ask] = [textOf(ticker?.bid, "bid"), textOf(ticker?.ask, "ask")];
    if (compareDecimals(bid, "0") <= 0 || compareDecimals(ask, bid) < 0) {
      throw new VenueError("malformed", `quote of ${symbol}: bid ${bid}, ask ${ask}`);
    }
    return {
      bid,
      bidQuantity: textOf(ticker?.bidVolume ?? 0, "bid"),
      ask,
      askQuantity: textOf(ticker?.askVolume ?? 0, "ask"),
    };
  }

  async instruments(symbols: readonly string[]): Promise<VenueInstrument[]> {
    const markets = await this.#market.markets(true);
    const mode = await this.#market.read(async (exchange) => Number(exchange.precisionMode));
    return symbols.map((symbol) => instrumentOf(resolve(markets, symbol), symbol, mode));
  }

  close(): Promise<void> {
    return this.#market.client.close();
  }
}

function numberText(value: unknown): unknown {
  return typeof value === "number" && Number.isFinite(value) ? textOf(value, "bar") : value;
}

const UNLIMITED = "1000000000";

function instrumentOf(market: NonNullable<Market>, symbol: string, mode: number): VenueInstrument {
  const { precision, limits } = market;
  const limit = (value: unknown, otherwise: string): string =>
    value === undefined || value === null ? otherwise : textOf(value, `limits of ${symbol}`);
  const step = stepText(precision.amount, mode, `step of ${symbol}`);
  const most = limit(limits.amount?.max, UNLIMITED);
  return {
    symbol,
    // Quantities in contracts that are not one unit of the base are nothing this adapter can trade.
    trading: market.active === true && (market.spot === true || market.contractSize === 1),
    step,
    tick: stepText(precision.price, mode, `tick of ${symbol}`),
    minQuantity: limit(limits.amount?.min, step),
    maxQuantity: most,
    maxMarketQuantity: limit(limits.market?.max, most),
    minNotional: limit(limits.cost?.min, "0"),
    delistMs: market.expiry ?? null,
  };
}
