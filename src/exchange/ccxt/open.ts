import type { Credentials } from "../credentials.ts";
import { ExchangeClock } from "../exchange-clock.ts";
import { type MarketFeed, type TradingVenue, VenueError } from "../port.ts";
import { RateBudget } from "../rate-budget.ts";
import { BinanceFeed } from "./binance/feed.ts";
import { BinanceFuturesVenue } from "./binance/futures-venue.ts";
import { type BinanceDialect, BinanceMarket, FUTURES, SPOT } from "./binance/market.ts";
import { BinanceSpotVenue } from "./binance/spot-venue.ts";
import { CcxtClient, type ClientOptions } from "./client.ts";

export interface FeedOptions
  extends Partial<Pick<ClientOptions, "clock" | "budget" | "deadlineMs" | "throttle" | "transport">> {
  /** Name in ccxt: binanceusdm, binance, … */
  readonly venue: string;
  /** A simulated venue on this machine; null = the real one. */
  readonly baseUrl: string | null;
}

export interface TradingOptions extends FeedOptions, Partial<Pick<ClientOptions, "recvWindowMs">> {
  readonly credentials: Credentials;
  /** BASE/QUOTE of everything that is traded. */
  readonly symbols: readonly string[];
  /** Currency of the account. */
  readonly quote?: string;
}

/** What a runner watches beside the answers: the exchange's time and how far it can be trusted, and what may still be asked. */
export interface VenueGauges {
  readonly clock: ExchangeClock;
  readonly budget: RateBudget;
}

const DIALECTS: Readonly<Record<string, BinanceDialect>> = { binanceusdm: FUTURES, binance: SPOT };

/** Market data without a key. Makes no request yet. @throws VenueError for an unknown venue or a base URL that is not loopback */
export async function openFeed(options: FeedOptions): Promise<MarketFeed & VenueGauges> {
  const { market, gauges } = await openMarket({ ...options, credentials: null });
  return Object.assign(new BinanceFeed(market), gauges);
}

/** The trading side, with a client, connections and a request throttle of its own. Makes no request yet. @throws VenueError as above */
export async function openTrading(options: TradingOptions): Promise<TradingVenue & VenueGauges> {
  const { market, gauges } = await openMarket(options);
  const account = {
    apiKey: options.credentials.apiKey.reveal(),
    symbols: options.symbols,
    quote: options.quote ?? "USDT",
  };
  const Venue = market.dialect === FUTURES ? BinanceFuturesVenue : BinanceSpotVenue;
  return Object.assign(new Venue(market, account), gauges);
}

async function openMarket(options: FeedOptions & { readonly credentials: Credentials | null }) {
  const gauges: VenueGauges = {
    clock: options.clock ?? new ExchangeClock(),
    budget: options.budget ?? new RateBudget(),
  };
  const dialect = DIALECTS[options.venue];
  if (dialect === undefined) throw new VenueError("refused", `venue ${options.venue}: no adapter`);
  const client = await CcxtClient.open({ ...options, ...gauges, countedPath: dialect.countedPath });
  return { market: new BinanceMarket(client, dialect), gauges };
}
