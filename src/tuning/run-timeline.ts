import type { BarColumns } from "../market/bars.ts";
import type { Market } from "../market/market.ts";
import { DAY_MS } from "../market/timeframe.ts";

/** The slices of a run and where each bar of the market falls: the same for every point of a sweep. */
export interface RunTimeline {
  /** Bars that strategies see: warm-up and run. */
  readonly bars: readonly BarColumns[];
  /** By symbol: slice of the run that each of these bars belongs to, −1 = warm-up. */
  readonly sliceOf: readonly Int32Array[];
  /** [slice] open times. */
  readonly openTimes: Float64Array;
  /** 00:00 UTC of each day that has a slice. */
  readonly dayMs: Float64Array;
  /** [slice] its day. */
  readonly dayOf: Int32Array;
}

/** @param warmupBars bars before the start that strategies see, by symbol; Infinity = all. */
export function runTimeline({ bars }: Market, startMs: number, endMs: number, warmupBars: number): RunTimeline {
  const seen = bars.map((column) => cut(column, startMs, endMs, warmupBars));
  const openTimes = unionOf(seen, startMs);
  const sliceOf = seen.map(({ timeMs }) => {
    const slices = new Int32Array(timeMs.length);
    let t = 0;
    for (let i = 0; i < timeMs.length; i++) {
      const time = timeMs[i] as number;
      if (time < startMs) {
        slices[i] = -1;
        continue;
      }
      while ((openTimes[t] as number) < time) t++;
      slices[i] = t;
    }
    return slices;
  });
  const days: number[] = [];
  const dayOf = new Int32Array(openTimes.length);
  for (let t = 0; t < openTimes.length; t++) {
    const day = Math.floor((openTimes[t] as number) / DAY_MS) * DAY_MS;
    if (days.at(-1) !== day) days.push(day);
    dayOf[t] = days.length - 1;
  }
  return { bars: seen, sliceOf, openTimes, dayMs: Float64Array.from(days), dayOf };
}

function cut(column: BarColumns, startMs: number, endMs: number, warmupBars: number): BarColumns {
  const { timeMs } = column;
  const start = lowerBound(timeMs, startMs);
  const from = Math.max(0, start - warmupBars);
  const to = lowerBound(timeMs, endMs);
  const part = (values: Float64Array): Float64Array => values.subarray(from, to);
  return {
    symbol: column.symbol,
    timeMs: part(timeMs),
    open: part(column.open),
    high: part(column.high),
    low: part(column.low),
    close: part(column.close),
    volume: part(column.volume),
    volumeDecimals: column.volumeDecimals,
  };
}

function lowerBound(values: Float64Array, least: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The union of the symbols' open times from `startMs` on, ascending. */
function unionOf(bars: readonly BarColumns[], startMs: number): Float64Array {
  const next = bars.map(({ timeMs }) => lowerBound(timeMs, startMs));
  const out = new Float64Array(bars.reduce((sum, { timeMs }, s) => sum + timeMs.length - (next[s] as number), 0));
  let n = 0;
  for (;;) {
    let earliest = Number.POSITIVE_INFINITY;
    for (const [s, { timeMs }] of bars.entries()) earliest = Math.min(earliest, timeMs[next[s] as number] ?? earliest);
    if (earliest === Number.POSITIVE_INFINITY) return out.slice(0, n);
    out[n++] = earliest;
    for (const [s, { timeMs }] of bars.entries()) if (timeMs[next[s] as number] === earliest) (next[s] as number)++;
  }
}
