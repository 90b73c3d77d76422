import { msToIso } from "../lib/utc.ts";
import type { BarColumns } from "../market/bars.ts";
import { seriesOf } from "../market/column-series.ts";

/** What of a symbol's data a run saw. */
export interface SymbolCoverage {
  readonly symbol: string;
  /** Lots in one unit of the base. */
  readonly lots_per_unit: number;
  /** Open times of the first and the last bar inside the range, ISO 8601 UTC; null without a bar. */
  readonly first: string | null;
  readonly last: string | null;
  /** Bars inside the range. */
  readonly bars: number;
  /** Bars before the range that strategies saw. */
  readonly warmup_bars: number;
  /** Slices of the run in which the symbol had no bar, those before its first included. */
  readonly missing_slices: number;
}

/**
 * Coverage of one symbol.
 *
 * @param range [start, end) of the run, epoch ms.
 * @param slices slices of the run.
 */
export function coverageOf(
  bars: BarColumns,
  range: { readonly startMs: number; readonly endMs: number },
  lotsPerUnit: number,
  warmupBars: number,
  slices: number,
): SymbolCoverage {
  const series = seriesOf(bars);
  const from = series.indexAt(range.startMs);
  const to = series.indexAt(range.endMs);
  const timeOf = (i: number): string | null => (from < to ? msToIso(series.timeAt(i)) : null);
  return {
    symbol: bars.symbol,
    lots_per_unit: lotsPerUnit,
    first: timeOf(from),
    last: timeOf(to - 1),
    bars: to - from,
    warmup_bars: warmupBars,
    missing_slices: slices - (to - from),
  };
}
