import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { NewMarketEvent } from "./market-events.ts";
import { RecordingError } from "./recording-error.ts";

// Top-of-book files as recorders write them, one update per line:
// {"ts", "recv_ns", "symbol": "BTCUSDT", "bid", "bidQty", "ask", "askQty", "u"[, "eventTime"]}; `ts` is the recorder's clock.

const decimal = z.string().regex(/^\d+(?:\.\d+)?$/, 'expected a decimal number as text, such as "61837.63"');
const ms = z.int().min(0);
const rowSchema = z.strictObject({
  ts: ms,
  recv_ns: z.number().optional(),
  symbol: z.string(),
  bid: decimal,
  bidQty: decimal,
  ask: decimal,
  askQty: decimal,
  u: z.int().optional(),
  eventTime: ms.optional(),
});

/** One update as it arrived. */
export interface Quote {
  readonly ts: number;
  readonly symbol: string;
  readonly bid: string;
  readonly bidQty: string;
  readonly ask: string;
  readonly askQty: string;
  readonly updateId: number | null;
  readonly eventMs: number | null;
}

const QUOTE_CURRENCIES = ["USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USD", "EUR", "BTC", "ETH", "BNB"];

/** Reads a file, plain or .gz; its lines must not go back in time. Throws a RecordingError with the line. */
export function readTopOfBook(path: string): Quote[] {
  const file = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(file) : file).toString();
  if (text === "") throw new RecordingError(path, null, "empty: no quote in it");
  if (!text.endsWith("\n"))
    throw new RecordingError(path, text.split("\n").length, "truncated: the last line has no end");
  const quotes: Quote[] = [];
  for (const [i, line] of text.slice(0, -1).split("\n").entries()) {
    const quote = parseRow(line, path, i + 1);
    const before = quotes.at(-1);
    if (before !== undefined && quote.ts < before.ts)
      throw new RecordingError(path, i + 1, `ts ${quote.ts} goes back: the line before has ${before.ts}`);
    quotes.push(quote);
  }
  return quotes;
}

/** Several files in one order of arrival; at the same millisecond, that of the files. */
export function mergeQuotes(files: readonly (readonly Quote[])[]): Quote[] {
  return files.flat().sort((a, b) => a.ts - b.ts);
}

/**
 * The events of a stream of quotes: every quote, and at the end of each interval a slice of bars made from the mid.
 *
 * An interval counts from the first full one on to the last that a later quote proves to be over. A symbol without a quote
 * in an interval has no bar there. Volume is 0: the top of book has none.
 *
 * @param barMs length of the bars; intervals are aligned to 00:00 UTC.
 */
export function* quoteEvents(quotes: readonly Quote[], barMs: number): Generator<NewMarketEvent> {
  const mids = new Map<string, MidBar>();
  const first = quotes[0]?.ts ?? 0;
  let openMs = Math.ceil(first / barMs) * barMs;
  for (const quote of quotes) {
    while (quote.ts >= openMs + barMs) {
      if (mids.size > 0) yield sliceOf(openMs, barMs, mids);
      mids.clear();
      openMs += barMs;
    }
    const { ts, symbol, bid, bidQty, ask, askQty, updateId, eventMs } = quote;
    yield {
      ts,
      type: "quote",
      payload: { symbol, bid, bid_qty: bidQty, ask, ask_qty: askQty, update_id: updateId, event_ms: eventMs },
    };
    const isTwoSided = Number(bid) > 0 && Number(ask) > 0;
    if (ts >= openMs && isTwoSided) addMid(mids, symbol, (Number(bid) + Number(ask)) / 2);
  }
}

interface MidBar {
  open: number;
  high: number;
  low: number;
  close: number;
}

function addMid(mids: Map<string, MidBar>, symbol: string, mid: number): void {
  const bar = mids.get(symbol);
  if (bar === undefined) {
    mids.set(symbol, { open: mid, high: mid, low: mid, close: mid });
    return;
  }
  bar.high = Math.max(bar.high, mid);
  bar.low = Math.min(bar.low, mid);
  bar.close = mid;
}

function sliceOf(openMs: number, barMs: number, mids: ReadonlyMap<string, MidBar>): NewMarketEvent {
  const bars: Record<string, [string, string, string, string, string]> = {};
  for (const [symbol, { open, high, low, close }] of [...mids].sort(([a], [b]) => (a < b ? -1 : 1))) {
    bars[symbol] = [String(open), String(high), String(low), String(close), "0"];
  }
  return { ts: openMs + barMs, type: "slice", payload: { open_ms: openMs, bars } };
}

function parseRow(line: string, path: string, number: number): Quote {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new RecordingError(path, number, `not JSON: ${(cause as Error).message}`);
  }
  const parsed = rowSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue === undefined || issue.path.length === 0 ? "" : `${z.core.toDotPath(issue.path)}: `;
    throw new RecordingError(path, number, `${at}${issue?.message}`);
  }
  const { ts, symbol, bid, bidQty, ask, askQty, u, eventTime } = parsed.data;
  const name = symbolOf(symbol);
  if (name === null)
    throw new RecordingError(
      path,
      number,
      `symbol ${symbol}: its quote currency is none of ${QUOTE_CURRENCIES.join(", ")}`,
    );
  if (Number(bid) > Number(ask) && Number(ask) > 0)
    throw new RecordingError(path, number, `bid ${bid} above ask ${ask}`);
  return { ts, symbol: name, bid, bidQty, ask, askQty, updateId: u ?? null, eventMs: eventTime ?? null };
}

/** "BTCUSDT" → "BTC/USDT". */
function symbolOf(venueSymbol: string): string | null {
  const quote = QUOTE_CURRENCIES.find(
    (currency) => venueSymbol.endsWith(currency) && venueSymbol.length > currency.length,
  );
  if (quote === undefined) return null;
  return /^[A-Z0-9]+$/.test(venueSymbol) ? `${venueSymbol.slice(0, -quote.length)}/${quote}` : null;
}
