import type { DailyClose } from "../market/bar-series.ts";
import type { BarColumns } from "../market/bars.ts";
import { seriesOf } from "../market/column-series.ts";
import { DAY_MS } from "../market/timeframe.ts";

export interface BenchmarkInput {
  readonly bars: readonly BarColumns[];
  /** The run's range, [start, end) in epoch ms. */
  readonly startMs: number;
  readonly endMs: number;
  /** Quote units. */
  readonly capital: number;
  /** Fractions of value and of price. */
  readonly feeRate: number;
  readonly slippage: number;
}

/** Buy and hold of the run's symbols: one value per UTC day that had a slice. */
export interface Benchmark {
  /** 00:00 UTC of the day. */
  readonly timeMs: Float64Array;
  /** Quote units, at the last close of each symbol. */
  readonly equity: Float64Array;
}

/**
 * Buys every symbol once and holds it.
 *
 * The capital is split equally. Each share buys at the open of its symbol's first bar after the first slice of the run,
 * which is when a strategy's first decision could fill, at the price after slippage and so that value and fee use up the
 * share. A symbol without a bar yet waits in cash. Quantities are not rounded to lots, impact is not charged.
 */
export function buyAndHold({ bars, startMs, endMs, capital, feeRate, slippage }: BenchmarkInput): Benchmark {
  const series = bars.map(seriesOf);
  const opens = series.map((own) =>
    own.indexAt(startMs) < own.indexAt(endMs) ? own.timeAt(own.indexAt(startMs)) : endMs,
  );
  const firstSlice = Math.min(...opens);
  const closes = series.map((own) => own.dailyCloses(startMs, endMs));
  const days = Float64Array.from(new Set(closes.flatMap((own) => own.map(({ dayMs }) => dayMs)))).sort();
  const equity = new Float64Array(days.length);
  const share = capital / bars.length;
  for (const [s, own] of series.entries()) {
    const bought = own.indexAt(firstSlice + 1);
    const isBought = bought < own.indexAt(endMs);
    const quantity = isBought ? share / (own.openAt(bought) * (1 + slippage) * (1 + feeRate)) : 0;
    const held = isBought ? (closes[s] as DailyClose[]).filter(({ dayMs }) => dayMs + DAY_MS > own.timeAt(bought)) : [];
    let next = 0;
    let value = share;
    for (let d = 0; d < days.length; d++) {
      const day = held[next];
      if (day !== undefined && day.dayMs === days[d]) {
        value = quantity * day.close;
        next++;
      }
      (equity[d] as number) += value;
    }
  }
  return { timeMs: days, equity };
}
