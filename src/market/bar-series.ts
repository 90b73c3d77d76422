/** Ticks or units as stored, or doubles. */
export type StoredColumn = Int32Array | Uint32Array | Float64Array;

/** Bars one step apart, without a gap, as they lie in memory; valid until their cursor moves on. */
export interface BarSpan {
  /** Open time of the first, epoch ms. */
  readonly timeMs: number;
  readonly count: number;
  /** Where the first lies in the columns. */
  readonly from: number;
  /** open, high, low, close, volume. */
  readonly columns: readonly StoredColumn[];
  /** Values are column ÷ scale; a scale of 1 is that of doubles. */
  readonly priceScale: number;
  readonly volumeScale: number;
}

/** Walks the bars of a series forward. */
export interface BarCursor {
  /** Open time of the next bar, epoch ms; Infinity behind the last. */
  readonly timeMs: number;
  /** The next bars that follow one another by `stepMs`: at least one, at most `max`. Does not move. */
  span(max: number, stepMs: number): BarSpan;
  skip(count: number): void;
  /** Goes to the bar with this index. */
  seek(index: number): void;
}

/** The last closes of UTC days. */
export interface DailyClose {
  /** 00:00 UTC of the day, epoch ms. */
  readonly dayMs: number;
  readonly close: number;
}

/**
 * The bars of one symbol for who needs them in order, or a few of them: never more than a part of them is decoded at a
 * time. `BarColumns` is the same bars as whole columns.
 */
export interface BarSeries {
  readonly rows: number;
  /** Index of the first bar that opens at or after `ms`; `rows` when there is none. */
  indexAt(ms: number): number;
  /** Open time of a bar, epoch ms. */
  timeAt(index: number): number;
  openAt(index: number): number;
  closeAt(index: number): number;
  cursor(): BarCursor;
  /** The close of the last bar of each UTC day, of bars that open in [fromMs, toMs). */
  dailyCloses(fromMs: number, toMs: number): DailyClose[];
}

/** Close of the last bar opened at or before `ms`; null when there was none. */
export function lastCloseAt(series: BarSeries, ms: number): number | null {
  const index = series.indexAt(ms + 1) - 1;
  return index < 0 ? null : series.closeAt(index);
}
