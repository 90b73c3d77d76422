import { firstIndexAt } from "../market/bar-search.ts";
import type { BarColumns } from "../market/bars.ts";
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
  const ranges = bars.map(({ timeMs }) => [firstIndexAt(timeMs, startMs), firstIndexAt(timeMs, endMs)] as const);
  const { days, firstSlice } = daysOf(bars, ranges);
  const equity = new Float64Array(days.length);
  const share = capital / bars.length;
  for (const [s, column] of bars.entries()) {
    const [, to] = ranges[s] as readonly [number, number];
    const bought = firstIndexAt(column.timeMs, firstSlice + 1);
    const price = bought < to ? (column.open[bought] as number) * (1 + slippage) : Number.NaN;
    const quantity = share / (price * (1 + feeRate));
    let next = bought;
    let value = share;
    for (let d = 0; d < days.length; d++) {
      const dayEnd = (days[d] as number) + DAY_MS;
      while (next < to && (column.timeMs[next] as number) < dayEnd) value = quantity * (column.close[next++] as number);
      (equity[d] as number) += value;
    }
  }
  return { timeMs: days, equity };
}

/** The UTC days with a bar of any symbol, ascending, and the earliest bar. */
function daysOf(
  bars: readonly BarColumns[],
  ranges: readonly (readonly [number, number])[],
): { days: Float64Array; firstSlice: number } {
  const days = new Set<number>();
  let firstSlice = Number.POSITIVE_INFINITY;
  for (const [s, { timeMs }] of bars.entries()) {
    const [from, to] = ranges[s] as readonly [number, number];
    for (let i = from; i < to; i++) days.add(Math.floor((timeMs[i] as number) / DAY_MS) * DAY_MS);
    if (from < to) firstSlice = Math.min(firstSlice, timeMs[from] as number);
  }
  return { days: Float64Array.from(days).sort(), firstSlice };
}
