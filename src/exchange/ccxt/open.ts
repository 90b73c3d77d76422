import type { Credentials } from "../credentials.ts";
import { ExchangeClock } from "../exchange-clock.ts";
import type { MarketFeed, TradingVenue } from "../port.ts";
import { RateBudget } from "../rate-budget.ts";
import { BinanceFeed } from "./binance/feed.ts";
import { BinanceFuturesVenue } from "./binance/futures-venue.ts";
import { type BinanceDialect, BinanceMarket, FUTURES, SPOT } from "./binance/market.ts";
import { BinanceSpotVenue } from "./binance/spot-venue.ts";
import { CcxtClient, type ClientOptions } from "./client.ts";
import { UnifiedFeed } from "./unified/feed.ts";
import { UnifiedMarket } from "./unified/market.ts";
import { UnifiedVenue } from "./unified/venue.ts";

export interface FeedOptions
  extends Partial<Pick<ClientOptions, "clock" | "budget" | "deadlineMs" | "throttle" | "transport" | "demo">> {
  /** Name in ccxt: binanceusdm, binance, … */
  readonly venue: string;
  /** A simulated venue on this machine; null = the real one. */
  readonly baseUrl: string | null;
  /** Go by ccxt's unified calls also where there is an adapter of our own. */
  readonly unified?: boolean;
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
/** No venue but Binance tells its budget in headers that are understood here. */
const NOT_COUNTED = "\n";

/** Market data without a key. Makes no request yet. @throws VenueError for an unknown venue or a base URL that is not loopback */
export async function openFeed(options: FeedOptions): Promise<MarketFeed & VenueGauges> {
  const { client, dialect, gauges } = await openClient({ ...options, credentials: null });
  const feed =
    dialect === null ? new UnifiedFeed(new UnifiedMarket(client)) : new BinanceFeed(new BinanceMarket(client, dialect));
  return Object.assign(feed, gauges);
}

/** The trading side, with a client, connections and a request throttle of its own. Makes no request yet. @throws VenueError as above */
export async function openTrading(options: TradingOptions): Promise<TradingVenue & VenueGauges> {
  const { client, dialect, gauges } = await openClient(options);
  const { symbols, quote = "USDT" } = options;
  return Object.assign(
    openAccount(client, dialect, { apiKey: options.credentials.apiKey.reveal(), symbols, quote }),
    gauges,
  );
}

function openAccount(
  client: CcxtClient,
  dialect: BinanceDialect | null,
  account: { readonly apiKey: string; readonly symbols: readonly string[]; readonly quote: string },
): TradingVenue {
  if (dialect === null) return new UnifiedVenue(new UnifiedMarket(client), account);
  const market = new BinanceMarket(client, dialect);
  return dialect === FUTURES ? new BinanceFuturesVenue(market, account) : new BinanceSpotVenue(market, account);
}

async function openClient(options: FeedOptions & { readonly credentials: Credentials | null }) {
  const gauges: VenueGauges = {
    clock: options.clock ?? new ExchangeClock(),
    budget: options.budget ?? new RateBudget(),
  };
  const dialect = options.unified === true ? null : (DIALECTS[options.venue] ?? null);
  const client = await CcxtClient.open({ ...options, ...gauges, countedPath: dialect?.countedPath ?? NOT_COUNTED });
  return { client, dialect, gauges };
}
