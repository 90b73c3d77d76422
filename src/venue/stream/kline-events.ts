import type { FuturesExchange } from "../futures/exchange.ts";
import { type KlineRow, klines } from "../klines.ts";

const TOPIC = /^([a-z0-9]+)@kline_([1-9]\d*[mhd])$/;
/** Of one topic and one advance: who jumps over more bars than this hears of the latest. */
const MOST = 1000;

/**
 * The messages of a topic such as "btcusdt@kline_1m" since `sinceMs`: one for each candle that has closed, and one for the present
 * one. Empty for other topics.
 */
export function klineEvents(exchange: FuturesExchange, topic: string, sinceMs: number): object[] {
  const match = TOPIC.exec(topic);
  const symbol = match?.[1]?.toUpperCase() ?? "";
  if (match === null || !exchange.symbols.includes(symbol)) return [];
  const interval = match[2] as string;
  const { path } = exchange.listing(symbol);
  const rows = klines(path, { interval, startMs: null, endMs: null, limit: MOST }, exchange.nowMs) ?? [];
  return rows
    .filter((row) => row[6] >= sinceMs)
    .map((row) => klineEvent(row, { symbol, interval, nowMs: exchange.nowMs }));
}

function klineEvent(row: KlineRow, about: { symbol: string; interval: string; nowMs: number }): object {
  const [t, o, h, l, c, v, T, q, n] = row;
  const { symbol, interval, nowMs } = about;
  return {
    e: "kline",
    E: nowMs,
    s: symbol,
    k: { t, T, s: symbol, i: interval, f: 0, L: 0, o, c, h, l, v, n, x: T < nowMs, q, V: "0", Q: "0", B: "0" },
  };
}
