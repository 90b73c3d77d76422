import type { SliceRecord } from "../../src/live/journal-records.ts";
import type { BarColumns } from "../../src/market/bars.ts";
import type { Market } from "../../src/market/market.ts";
import { timeframeMs } from "../../src/market/timeframe.ts";

type Bar = SliceRecord["bars"][string];

/** The market's bars before `startMs`, and every slice from there on as a journal has it. */
export function journaled(market: Market, startMs: number): { warmup: Market; slices: SliceRecord[] } {
  const baseMs = timeframeMs(market.timeframe) as number;
  const bars = new Map<number, Record<string, Bar>>();
  for (const column of market.bars) {
    for (const [i, openMs] of column.timeMs.entries()) {
      if (openMs < startMs) continue;
      const row = bars.get(openMs) ?? {};
      row[column.symbol] = barAt(column, i);
      bars.set(openMs, row);
    }
  }
  const rates = market.funding
    .flatMap((own, s) =>
      [...(own?.timeMs ?? [])].map((time_ms, i) => ({
        symbol: market.bars[s]?.symbol as string,
        time_ms,
        rate: String(own?.rate[i]),
        mark: null,
      })),
    )
    .sort((a, b) => a.time_ms - b.time_ms);
  const opens = [...bars.keys()].sort((a, b) => a - b);
  let paid = rates.findIndex(({ time_ms }) => time_ms >= (opens[0] as number));
  if (paid === -1) paid = rates.length;
  const slices = opens.map((open_ms): SliceRecord => {
    const from = paid;
    while (paid < rates.length && (rates[paid]?.time_ms as number) < open_ms + baseMs) paid++;
    const funding = rates.slice(from, paid);
    return { type: "slice", open_ms, bars: bars.get(open_ms) as Record<string, Bar>, funding, traded: true };
  });
  const warmup = { ...market, bars: market.bars.map((column) => until(column, startMs)) };
  return { warmup, slices };
}

function barAt({ open, high, low, close, volume }: BarColumns, i: number): Bar {
  return [open, high, low, close, volume].map((column) => String(column[i])) as unknown as Bar;
}

function until(column: BarColumns, endMs: number): BarColumns {
  const length = column.timeMs.findIndex((timeMs) => timeMs >= endMs);
  const cut = (values: Float64Array): Float64Array => (length === -1 ? values : values.subarray(0, length));
  const { timeMs, open, high, low, close, volume } = column;
  return {
    ...column,
    timeMs: cut(timeMs),
    open: cut(open),
    high: cut(high),
    low: cut(low),
    close: cut(close),
    volume: cut(volume),
  };
}
