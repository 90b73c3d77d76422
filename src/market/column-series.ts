import { firstIndexAt } from "./bar-search.ts";
import type { BarCursor, BarSeries, BarSpan, DailyClose, StoredColumn } from "./bar-series.ts";
import type { BarColumns } from "./bars.ts";
import { DAY_MS } from "./timeframe.ts";

type Columns = Pick<BarColumns, "timeMs" | "open" | "high" | "low" | "close" | "volume">;

const seriesByColumns = new WeakMap<BarColumns, BarSeries>();

/** The same bars piece by piece: what stands behind columns that nobody asked for yet, or the columns themselves. */
export function seriesOf(bars: BarColumns): BarSeries {
  return seriesByColumns.get(bars) ?? new ColumnSeries(bars);
}

/** Bars whose columns are decoded, all at once, when the first of them is asked for. A copy (`{...bars}`) has plain columns. */
export function lazyColumns(
  { symbol, volumeDecimals }: Pick<BarColumns, "symbol" | "volumeDecimals">,
  series: BarSeries,
  decode: () => Columns,
): BarColumns {
  let decoded: Columns | undefined;
  const whole = (): Columns => {
    decoded ??= decode();
    return decoded;
  };
  const bars: BarColumns = {
    symbol,
    get timeMs() {
      return whole().timeMs;
    },
    get open() {
      return whole().open;
    },
    get high() {
      return whole().high;
    },
    get low() {
      return whole().low;
    },
    get close() {
      return whole().close;
    },
    get volume() {
      return whole().volume;
    },
    volumeDecimals,
  };
  seriesByColumns.set(bars, series);
  return bars;
}

/** Columns in memory as a series. */
class ColumnSeries implements BarSeries {
  readonly #bars: Columns;

  constructor(bars: Columns) {
    this.#bars = bars;
  }

  get rows(): number {
    return this.#bars.timeMs.length;
  }

  indexAt(ms: number): number {
    return firstIndexAt(this.#bars.timeMs, ms);
  }

  timeAt(index: number): number {
    return this.#bars.timeMs[index] as number;
  }

  openAt(index: number): number {
    return this.#bars.open[index] as number;
  }

  closeAt(index: number): number {
    return this.#bars.close[index] as number;
  }

  cursor(): BarCursor {
    return new ColumnCursor(this.#bars);
  }

  dailyCloses(fromMs: number, toMs: number): DailyClose[] {
    const { timeMs, close } = this.#bars;
    const to = this.indexAt(toMs);
    const days: DailyClose[] = [];
    for (let i = this.indexAt(fromMs); i < to; ) {
      const dayMs = Math.floor((timeMs[i] as number) / DAY_MS) * DAY_MS;
      i = Math.min(to, firstIndexAt(timeMs, dayMs + DAY_MS));
      days.push({ dayMs, close: close[i - 1] as number });
    }
    return days;
  }
}

class ColumnCursor implements BarCursor {
  readonly #timeMs: Float64Array;
  readonly #columns: readonly StoredColumn[];
  #next = 0;

  constructor({ timeMs, open, high, low, close, volume }: Columns) {
    this.#timeMs = timeMs;
    this.#columns = [open, high, low, close, volume];
  }

  get timeMs(): number {
    return this.#timeMs[this.#next] ?? Number.POSITIVE_INFINITY;
  }

  span(max: number, stepMs: number): BarSpan {
    const timeMs = this.#timeMs;
    const from = this.#next;
    const end = Math.min(timeMs.length, from + max);
    let to = from + 1;
    while (to < end && (timeMs[to] as number) - (timeMs[to - 1] as number) === stepMs) to++;
    return { timeMs: this.timeMs, count: to - from, from, columns: this.#columns, priceScale: 1, volumeScale: 1 };
  }

  skip(count: number): void {
    this.#next += count;
  }

  seek(index: number): void {
    this.#next = index;
  }
}
