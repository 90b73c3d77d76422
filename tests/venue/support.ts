import ccxt from "ccxt";
import { openMarket } from "../../src/market/open-market.ts";
import { VirtualClock } from "../../src/venue/clock.ts";
import { parseFaultScript } from "../../src/venue/faults/script.ts";
import { type RunningVenue, serveVenue } from "../../src/venue/server.ts";
import { Venue, type VenueOptions } from "../../src/venue/venue.ts";

export const KEY = { apiKey: "trial", secret: "trial-secret" };
export const START = Date.UTC(2020, 5, 1, 0, 0, 1);
export const HOUR = 3_600_000;

const market = openMarket({
  path: "synthetic",
  seed: 1,
  symbols: ["BTC/USDT", "ETH/USDT"],
  podTimeframes: ["1h"],
  baseTimeframe: "1h",
  funding: "if_present",
  endMs: Date.UTC(2020, 6, 1),
});

export interface TestVenue {
  readonly venue: Venue;
  readonly clock: VirtualClock;
  readonly server: RunningVenue;
  readonly futures: InstanceType<typeof ccxt.binanceusdm>;
  readonly spot: InstanceType<typeof ccxt.binance>;
}

/** A venue on an hourly market with both ccxt clients pointed at it below ccxt's own URLs, so errors map as in production. */
export async function openVenue(options: Partial<VenueOptions> = {}, faults: unknown = []): Promise<TestVenue> {
  const clock = new VirtualClock(START);
  const venue = new Venue({ clock, market, credentials: KEY, faults: parseFaultScript(faults), ...options });
  const server = await serveVenue(venue);
  const futures = new ccxt.binanceusdm(settings("linear"));
  const spot = new ccxt.binance(settings("spot"));
  for (const client of [futures, spot]) await pointAt(client, server.url, clock);
  return { venue, clock, server, futures, spot };
}

export function settings(type: "linear" | "spot") {
  const options = {
    fetchCurrencies: false,
    fetchMargins: false,
    recvWindow: 5000,
    maxRetriesOnFailure: 0,
    fetchMarkets: { types: [type] },
    fetchOpenOrders: { warnWithoutSymbol: false },
  };
  return { ...KEY, enableRateLimit: false, timeout: 2000, options };
}

type Dispatch = (options: Record<string, unknown>, handler: unknown) => boolean;

/** Turns a client's requests to `url`, and gives it the venue's clock. */
export async function pointAt(
  client: InstanceType<typeof ccxt.Exchange>,
  url: string,
  clock: VirtualClock,
): Promise<void> {
  const loose = client as unknown as {
    milliseconds: () => number;
    loadFetchImplementation: () => Promise<void>;
    fetchDispatcher: { compose: (wrap: (next: Dispatch) => Dispatch) => unknown };
  };
  loose.milliseconds = () => clock.now();
  await loose.loadFetchImplementation();
  const wrapped = loose.fetchDispatcher.compose(
    (next) => (options, handler) => next({ ...options, origin: url }, handler),
  );
  Object.assign(loose, { fetchDispatcher: wrapped });
}
