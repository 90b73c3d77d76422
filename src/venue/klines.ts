import { timeframeMs } from "../market/timeframe.ts";
import { type E8, formatShort, fromNumber, multiply } from "./decimal.ts";
import type { Knot, PricePath } from "./price-path.ts";

/** Binance's row: open time, o, h, l, c, volume, close time, quote volume, trades, taker base, taker quote, unused. */
export type KlineRow = readonly [
  number,
  string,
  string,
  string,
  string,
  string,
  number,
  string,
  number,
  string,
  string,
  string,
];

export interface KlineRequest {
  /** "1m" … "1d". */
  readonly interval: string;
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly limit: number;
}

/**
 * Klines of `interval` known at `nowMs`, ascending; the last one may still be open. Without a start the latest `limit`.
 * Null when the interval is unknown or finer than the bars.
 */
export function klines(path: PricePath, request: KlineRequest, nowMs: number): KlineRow[] | null {
  const length = timeframeMs(request.interval);
  if (length === null || length % path.lengthMs !== 0) return null;
  const { timeMs } = path.bars;
  const last = path.indexAt(Math.min(nowMs, request.endMs ?? nowMs));
  const rows: KlineRow[] = [];
  if (request.startMs === null) {
    for (let i = last; i >= 0 && rows.length < request.limit; ) {
      const { row, first } = candleUpTo(path, i, length, nowMs);
      rows.unshift(row);
      i = first - 1;
    }
    return rows;
  }
  const start = Math.ceil(request.startMs / length) * length;
  for (let i = Math.max(0, path.indexAt(start - 1) + 1); i <= last && rows.length < request.limit; ) {
    const openMs = Math.floor((timeMs[i] as number) / length) * length;
    let end = i;
    while (end < last && (timeMs[end + 1] as number) < openMs + length) end++;
    rows.push(candleUpTo(path, end, length, nowMs).row);
    i = end + 1;
  }
  return rows;
}

/** The candle that bar `last` belongs to, up to that bar, and the index of its first bar. */
function candleUpTo(path: PricePath, last: number, length: number, nowMs: number): { row: KlineRow; first: number } {
  const { timeMs, close, volume } = path.bars;
  const openMs = Math.floor((timeMs[last] as number) / length) * length;
  let first = last;
  while (first > 0 && (timeMs[first - 1] as number) >= openMs) first--;
  let top = 0n;
  let bottom: E8 | null = null;
  let base = 0n;
  let quote = 0n;
  let final = 0n;
  const see = (price: E8): void => {
    if (price > top) top = price;
    if (bottom === null || price < bottom) bottom = price;
    final = price;
  };
  for (let i = first; i <= last; i++) {
    const at = timeMs[i] as number;
    if (at + path.lengthMs <= nowMs) {
      for (const knot of path.knots(i)) see(knot.price);
      base += fromNumber(volume[i] as number);
      quote += multiply(fromNumber(volume[i] as number), fromNumber(close[i] as number));
      continue;
    }
    // The bar that is still open shows what has happened so far, and its volume in proportion.
    for (const knot of path.knots(i)) if (knot.timeMs <= nowMs) see(knot.price);
    const share = BigInt(nowMs - at);
    base += (fromNumber(volume[i] as number) * share) / BigInt(path.lengthMs);
    quote += multiply(base, final);
  }
  const row: KlineRow = [
    openMs,
    formatShort((path.knots(first)[0] as Knot).price),
    formatShort(top),
    formatShort(bottom ?? top),
    formatShort(final),
    formatShort(base),
    openMs + length - 1,
    formatShort(quote),
    last - first + 1,
    "0",
    "0",
    "0",
  ];
  return { row, first };
}
