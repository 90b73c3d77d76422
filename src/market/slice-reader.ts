import type { Arena, Pointer } from "../kernels/arena.ts";
import type { BarColumns } from "./bars.ts";
import type { SliceSource } from "./slice-source.ts";

/** Fields of a packed row, in order: open, high, low, close, volume. */
const FIELDS = 5;

/** One symbol's bars of the current chunk, contiguous, in kernel memory: what candles and signals are made of. */
export class SymbolChunk {
  /** Bars in the chunk. */
  count = 0;
  readonly time: Pointer;
  readonly open: Pointer;
  readonly high: Pointer;
  readonly low: Pointer;
  readonly close: Pointer;
  readonly volume: Pointer;
  /** Slice index of each bar, within the chunk. */
  readonly slice: Int32Array;
  readonly views: {
    time: Float64Array;
    open: Float64Array;
    high: Float64Array;
    low: Float64Array;
    close: Float64Array;
    volume: Float64Array;
  };

  static bytes(chunk: number): number {
    return 6 * 8 * chunk + 6 * 16;
  }

  constructor(arena: Arena, chunk: number) {
    this.time = arena.f64(chunk);
    this.open = arena.f64(chunk);
    this.high = arena.f64(chunk);
    this.low = arena.f64(chunk);
    this.close = arena.f64(chunk);
    this.volume = arena.f64(chunk);
    this.slice = new Int32Array(chunk);
    this.views = {
      time: arena.viewF64(this.time, chunk),
      open: arena.viewF64(this.open, chunk),
      high: arena.viewF64(this.high, chunk),
      low: arena.viewF64(this.low, chunk),
      close: arena.viewF64(this.close, chunk),
      volume: arena.viewF64(this.volume, chunk),
    };
  }
}

/**
 * Walks the union of the symbols' timelines in order and packs it into chunks of slices. A symbol without a bar at a time
 * is absent from that slice; nothing is dropped and nothing is filled in.
 */
export class SliceReader implements SliceSource {
  readonly #bars: readonly BarColumns[];
  readonly #next: Int32Array;

  constructor(bars: readonly BarColumns[]) {
    this.#bars = bars;
    this.#next = new Int32Array(bars.length);
  }

  read(
    endMs: number,
    max: number,
    openTimes: Float64Array,
    rows: Float64Array,
    chunks: readonly SymbolChunk[],
  ): number {
    for (const chunk of chunks) chunk.count = 0;
    for (let t = 0; t < max; t++) {
      const time = this.#earliest();
      if (time >= endMs) return t;
      openTimes[t] = time;
      this.#pack(t, time, rows, chunks);
    }
    return max;
  }

  peek(): number {
    return this.#earliest();
  }

  /** Skips the bars before `ms`, but for the last `keep` of each symbol. */
  skipTo(ms: number, keep: number): void {
    for (const [s, { timeMs }] of this.#bars.entries()) {
      let before = 0;
      while (before < timeMs.length && (timeMs[before] as number) < ms) before++;
      this.#next[s] = Math.max(0, before - keep);
    }
  }

  #earliest(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (let s = 0; s < this.#bars.length; s++) {
      const time = this.#bars[s]?.timeMs[this.#next[s] as number];
      if (time !== undefined && time < earliest) earliest = time;
    }
    return earliest;
  }

  #pack(t: number, time: number, rows: Float64Array, chunks: readonly SymbolChunk[]): void {
    const symbols = this.#bars.length;
    const row = t * FIELDS * symbols;
    for (let s = 0; s < symbols; s++) {
      const bars = this.#bars[s] as BarColumns;
      const i = this.#next[s] as number;
      if (bars.timeMs[i] !== time) {
        for (let field = 0; field < FIELDS; field++) rows[row + field * symbols + s] = 0;
        continue;
      }
      const open = bars.open[i] as number;
      const high = bars.high[i] as number;
      const low = bars.low[i] as number;
      const close = bars.close[i] as number;
      const volume = bars.volume[i] as number;
      rows[row + s] = open;
      rows[row + symbols + s] = high;
      rows[row + 2 * symbols + s] = low;
      rows[row + 3 * symbols + s] = close;
      rows[row + 4 * symbols + s] = volume;

      const chunk = chunks[s] as SymbolChunk;
      const at = chunk.count++;
      chunk.views.time[at] = time;
      chunk.views.open[at] = open;
      chunk.views.high[at] = high;
      chunk.views.low[at] = low;
      chunk.views.close[at] = close;
      chunk.views.volume[at] = volume;
      chunk.slice[at] = t;
      this.#next[s] = i + 1;
    }
  }
}
