import { openFeed, openTrading, type TradingOptions } from "../../src/exchange/ccxt/open.ts";
import { Secret } from "../../src/exchange/credentials.ts";
import { ExchangeClock } from "../../src/exchange/exchange-clock.ts";
import type { OrderRequest } from "../../src/exchange/port.ts";
import { openMarket } from "../../src/market/open-market.ts";
import { VirtualClock } from "../../src/venue/clock.ts";
import { parseFaultScript } from "../../src/venue/faults/script.ts";
import { serveVenue } from "../../src/venue/server.ts";
import { Venue, type VenueOptions } from "../../src/venue/venue.ts";

/** Looks like a key and opens nothing: tests search every text for it. */
export const CANARY = { apiKey: "canaryKEY0123456789", secret: "canarySECRET9876543210" };
export const START = Date.UTC(2020, 5, 1, 0, 0, 1);
export const HOUR = 3_600_000;
export const BTC = "BTC/USDT";

const market = openMarket({
  path: "synthetic",
  seed: 1,
  symbols: [BTC, "ETH/USDT"],
  podTimeframes: ["1h"],
  baseTimeframe: "1h",
  funding: "if_present",
  endMs: Date.UTC(2020, 6, 1),
});

export const credentials = { apiKey: new Secret(CANARY.apiKey), secret: new Secret(CANARY.secret) };

/** A venue on an hourly market, and both sides of the adapter pointed at it. */
export async function openAdapter(
  name: "binanceusdm" | "binance",
  faults: unknown = [],
  options: Partial<VenueOptions> = {},
  trading: Partial<TradingOptions> = {},
) {
  const clock = new VirtualClock(START);
  const venue = new Venue({ clock, market, credentials: CANARY, faults: parseFaultScript(faults), ...options });
  const requests: string[] = [];
  const server = await serveVenue(venue, 0, ({ method, path }) => requests.push(`${method} ${path}`));
  // A loaded machine is slow, not silent: only what hangs by script is given up soon.
  const hangs = /hang|stallBody/.test(JSON.stringify(faults));
  const common = { venue: name, baseUrl: server.url, deadlineMs: hangs ? 600 : 10_000, throttle: false };
  const side = () => ({ ...common, clock: new ExchangeClock(() => clock.now()) });
  const account = await openTrading({ ...side(), credentials, symbols: [BTC, "ETH/USDT"], ...trading });
  const feed = await openFeed({ ...side(), unified: trading.unified ?? false });
  const close = async (): Promise<void> => {
    await account.close();
    await feed.close();
    await server.close();
  };
  return { venue, clock, server, requests, account, feed, close };
}

export type Adapter = Awaited<ReturnType<typeof openAdapter>>;

let count = 0;

/** A market buy of 0.1 BTC on the long leg, under an id that no other has. */
export function order(changes: Partial<OrderRequest> = {}): OrderRequest {
  return {
    clientId: `mct-${++count}`,
    symbol: BTC,
    side: "buy",
    leg: "long",
    quantity: "0.1",
    type: "market",
    price: null,
    reduces: false,
    postOnly: false,
    ...changes,
  };
}
