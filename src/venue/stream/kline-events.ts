import type { FuturesExchange } from "../futures/exchange.ts";
import { klines } from "../klines.ts";

const TOPIC = /^([a-z0-9]+)@kline_([1-9]\d*[mhd])$/;

/** The message about the present candle of a topic such as "btcusdt@kline_1m"; null for other topics. */
export function klineEvent(exchange: FuturesExchange, topic: string): object | null {
  const match = TOPIC.exec(topic);
  const symbol = match?.[1]?.toUpperCase() ?? "";
  if (match === null || !exchange.symbols.includes(symbol)) return null;
  const interval = match[2] as string;
  const request = { interval, startMs: null, endMs: null, limit: 1 };
  const row = klines(exchange.listing(symbol).path, request, exchange.nowMs)?.at(-1);
  if (row === undefined) return null;
  const [t, o, h, l, c, v, T, q, n] = row;
  return {
    e: "kline",
    E: exchange.nowMs,
    s: symbol,
    k: { t, T, s: symbol, i: interval, f: 0, L: 0, o, c, h, l, v, n, x: T < exchange.nowMs, q, V: "0", Q: "0", B: "0" },
  };
}
