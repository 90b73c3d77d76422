import { firstIndexAt } from "./bar-search.ts";
import type { SymbolChunk } from "./slice-reader.ts";
import { DAY_MS } from "./timeframe.ts";

/** The last close of every UTC day of each symbol, gathered from base bars as they are read. */
export class DailyCloses {
  readonly #days: number[][];
  readonly #closes: number[][];

  constructor(symbols: number) {
    this.#days = Array.from({ length: symbols }, () => []);
    this.#closes = Array.from({ length: symbols }, () => []);
  }

  /** Takes the bars of a chunk; later bars of a day replace earlier ones. */
  observe(chunks: readonly SymbolChunk[]): void {
    for (const [s, { count, views }] of chunks.entries()) {
      const days = this.#days[s] as number[];
      const closes = this.#closes[s] as number[];
      const time = views.time.subarray(0, count);
      for (let i = 0; i < count; ) {
        const day = Math.floor((time[i] as number) / DAY_MS);
        i = firstIndexAt(time, (day + 1) * DAY_MS);
        const close = views.close[i - 1] as number;
        if (days.at(-1) === day) closes[closes.length - 1] = close;
        else {
          days.push(day);
          closes.push(close);
        }
      }
    }
  }

  /** The closes of a symbol up to and including `day`, by day number, oldest first. */
  upTo(symbol: number, day: number): ReadonlyMap<number, number> {
    const days = this.#days[symbol] as number[];
    const closes = this.#closes[symbol] as number[];
    const found = new Map<number, number>();
    for (let i = 0; i < days.length && (days[i] as number) <= day; i++)
      found.set(days[i] as number, closes[i] as number);
    return found;
  }
}
