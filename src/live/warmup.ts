import type { Config } from "../config/schema.ts";
import { joinMembers } from "../engine/plan.ts";
import type { MarketFeed } from "../exchange/port.ts";
import { assert } from "../lib/assert.ts";
import { sha256 } from "../lib/sha256.ts";
import type { BarColumns } from "../market/bars.ts";
import { decimalsOf } from "../market/decimals.ts";
import type { Market } from "../market/market.ts";
import { DAY_MS, type Timeframe, timeframeMs } from "../market/timeframe.ts";
import { findStrategy } from "../strategies/registry.ts";

/** One bar before the start: symbol, open time ms, open, high, low, close, volume as text. */
export type WarmupRow = readonly [string, number, string, string, string, string, string];

/** Daily closes that weights within a pod are made of, and candles of the ATR behind trailing stops. */
const ASSET_DAYS = 61;
const ATR_CANDLES = 15;
/** Candles beyond what a strategy asks for: recursive indicators forget their start slowly. */
const MARGIN = 3;
const PAGE = 1000;

/** Base bars before the start that the pods of a config need, most of any. */
export function warmupBars({ pods }: Config, baseMs: number): number {
  const needs = pods.map((pod) => {
    const strategy = findStrategy(pod.strategy);
    assert(strategy !== undefined, `warm-up: strategy ${pod.strategy} is not registered`);
    const candles = strategy.warmup(strategy.params.parse(joinMembers(pod)), findStrategy);
    const candleMs = timeframeMs(pod.timeframe) ?? Number.NaN;
    const forSignals = Math.max(MARGIN * candles, pod.risk.use_trailing_stop ? MARGIN * ATR_CANDLES : 0) * candleMs;
    const forWeights = pod.asset_allocation === "equal" ? 0 : ASSET_DAYS * DAY_MS;
    return Math.max(forSignals, forWeights);
  });
  return Math.ceil(Math.max(...needs) / baseMs);
}

/** Reads the closed bars of [fromMs, endMs) of every symbol, a page at a time. */
export async function readWarmup(
  feed: MarketFeed,
  symbols: readonly string[],
  timeframe: Timeframe,
  fromMs: number,
  endMs: number,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<WarmupRow[]> {
  const baseMs = timeframeMs(timeframe) ?? Number.NaN;
  const rows: WarmupRow[] = [];
  for (const [s, symbol] of symbols.entries()) {
    for (let sinceMs = fromMs; sinceMs < endMs; ) {
      const { bars } = await feed.bars(symbol, timeframe, sinceMs, PAGE);
      const own = bars.filter(({ openMs }) => openMs >= sinceMs && openMs < endMs && openMs % baseMs === 0);
      for (const { openMs, open, high, low, close, volume } of own)
        rows.push([symbol, openMs, open, high, low, close, volume]);
      onProgress(s + Math.min(1, (sinceMs - fromMs) / (endMs - fromMs)), symbols.length);
      const last = bars.at(-1)?.openMs;
      if (last === undefined || last < sinceMs) break;
      sinceMs = last + baseMs;
    }
  }
  onProgress(symbols.length, symbols.length);
  return rows;
}

/** Rows as the lines of warmup.ndjson, and their hash. */
export function warmupText(rows: readonly WarmupRow[]): { text: string; hash: string } {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  return { text, hash: sha256(text) };
}

/** The warm-up as a market; a symbol without history keeps empty columns. */
export function warmupMarket(text: string, symbols: readonly string[], timeframe: Timeframe): Market {
  const rows = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as WarmupRow);
  const bars = symbols.toSorted().map((symbol) =>
    columnsOf(
      symbol,
      rows.filter(([own]) => own === symbol),
    ),
  );
  const funding = bars.map(() => null);
  return { kind: "files", label: "warm-up", timeframe, bars, funding, files: [], hash: sha256(text) };
}

function columnsOf(symbol: string, rows: readonly WarmupRow[]): BarColumns {
  const column = (field: number): Float64Array => Float64Array.from(rows, (row) => Number(row[field]));
  const volume = column(6);
  return {
    symbol,
    timeMs: column(1),
    open: column(2),
    high: column(3),
    low: column(4),
    close: column(5),
    volume,
    volumeDecimals: decimalsOf(volume),
  };
}
