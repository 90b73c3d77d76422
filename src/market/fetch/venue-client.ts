import type { Exchange } from "ccxt";
import { closest } from "fastest-levenshtein";
import { isLoopbackUrl } from "../../lib/loopback.ts";
import { DataError, type DataIssueCode, IssueList } from "../data-error.ts";

/** Most rows of a page; what Binance allows ccxt to ask for. */
export const PAGE = 1000;

/** A call that hangs is given up after this: ccxt's own limit ends with the headers of the reply. */
const DEADLINE_MS = 30_000;
const ATTEMPTS = 6;

export interface VenueOptions {
  /** Name in ccxt: binanceusdm, binance, … */
  readonly venue: string;
  /** A venue on this machine instead of the real one; loopback only. */
  readonly baseUrl: string | null;
  /** Wait before the second attempt; doubles with each further one. */
  readonly retryMs?: number;
}

/** Public data of a venue through ccxt. No key is loaded, and none could be sent. */
export interface VenueClient {
  /** The venue's clock, epoch ms. */
  now(): Promise<number>;
  /** The venue's name of BASE/QUOTE. @throws DataError when it has none. */
  resolve(symbol: string): string;
  /** Up to PAGE rows [timeMs, open, high, low, close, volume] from `sinceMs` on, before `untilMs`. */
  bars(id: string, timeframe: string, sinceMs: number, untilMs: number): Promise<unknown[][]>;
  /** Up to PAGE funding rates from `sinceMs` on; empty where the venue has none. */
  funding(
    id: string,
    sinceMs: number,
    untilMs: number,
  ): Promise<readonly { timestamp?: unknown; fundingRate?: unknown }[]>;
  readonly hasFunding: boolean;
}

/** Loads ccxt (half a second, 80 MB: only here) and the venue's markets. @throws DataError when it cannot be reached. */
export async function openVenue({ venue, baseUrl, retryMs = 1000 }: VenueOptions): Promise<VenueClient> {
  const { default: ccxt } = await import("ccxt");
  const known = ccxt.exchanges as unknown as string[];
  if (!known.includes(venue))
    refuse(venue, "VENUE", venue, "a venue that ccxt knows", `did you mean ${closest(venue, known)}?`);
  const Venue = (ccxt as unknown as Record<string, new (options: object) => Exchange>)[venue] as new (
    options: object,
  ) => Exchange;
  const exchange = new Venue({
    // A venue on this machine needs no patience.
    enableRateLimit: baseUrl === null,
    timeout: 10_000,
    // Else loading markets would call endpoints that need a key.
    options: { fetchCurrencies: false, fetchMargins: false, maxRetriesOnFailure: 0 },
  });
  if (baseUrl !== null) await sendTo(exchange, requireLoopback(baseUrl));

  const call = async <T>(what: string, request: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await withDeadline(request());
      } catch (error) {
        const isPassing = error instanceof ccxt.NetworkError || !(error instanceof ccxt.BaseError);
        if (!isPassing || attempt === ATTEMPTS)
          refuse(
            venue,
            "VENUE",
            oneLine(error),
            `${what} (attempt ${attempt} of ${ATTEMPTS})`,
            "what was fetched is stored; run it again to go on",
          );
        await new Promise((done) => setTimeout(done, retryMs * 2 ** (attempt - 1)));
      }
    }
  };

  const markets = await call("its markets", () => exchange.loadMarkets());
  return {
    now: () =>
      call("its clock", async () => (exchange.has.fetchTime ? Number(await exchange.fetchTime()) : Date.now())),
    resolve: (symbol) => {
      const candidates = [`${symbol}:${symbol.split("/")[1]}`, symbol];
      const found = candidates.find((name) => markets[name] !== undefined);
      if (found !== undefined) return found;
      const names = [...new Set(Object.keys(markets).map((name) => name.split(":")[0] as string))];
      const hint = names.length === 0 ? null : `did you mean ${closest(symbol, names)}?`;
      return refuse(venue, "UNKNOWN_SYMBOL", symbol, `one of ${names.length} markets`, hint);
    },
    bars: (id, timeframe, sinceMs, untilMs) =>
      call(`${id} ${timeframe} bars`, () => exchange.fetchOHLCV(id, timeframe, sinceMs, PAGE, { until: untilMs - 1 })),
    funding: (id, sinceMs, untilMs) =>
      call(`${id} funding rates`, () => exchange.fetchFundingRateHistory(id, sinceMs, PAGE, { until: untilMs - 1 })),
    hasFunding: Boolean(exchange.has.fetchFundingRateHistory),
  };
}

/** The loopback base URL that was asked for. @throws DataError for any other host. */
export function requireLoopback(url: string): string {
  if (isLoopbackUrl(url) && new URL(url).protocol === "http:") return new URL(url).origin;
  return refuse(
    url,
    "VENUE",
    url,
    "http:// and a loopback address such as http://127.0.0.1:8080",
    "real venues need no base URL",
  );
}

type Handler = (options: { origin?: unknown }, handler: unknown) => unknown;

/** Sends every request to `origin`, under the venue's own paths: ccxt sees the URLs and errors it always sees. */
async function sendTo(exchange: Exchange, origin: string): Promise<void> {
  const hooks = exchange as unknown as {
    loadFetchImplementation(): Promise<void>;
    fetchDispatcher: { compose(interceptor: (dispatch: Handler) => Handler): unknown };
  };
  await hooks.loadFetchImplementation();
  const composed = hooks.fetchDispatcher.compose(
    (dispatch) => (options, handler) => dispatch({ ...options, origin }, handler),
  );
  Object.assign(hooks, { fetchDispatcher: composed });
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no reply within ${DEADLINE_MS / 1000} s`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return JSON.stringify(text.split("\n")[0]?.slice(0, 200));
}

function refuse(file: string, code: DataIssueCode, value: string, expected: string, hint: string | null): never {
  const issues = new IssueList();
  issues.add({ file, line: null, column: null, code, value, expected, hint });
  throw new DataError(issues);
}
