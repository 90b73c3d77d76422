import type { Arena, Pointer } from "../kernels/arena.ts";
import type { BarCursor, StoredColumn } from "./bar-series.ts";
import type { BarColumns } from "./bars.ts";
import { seriesOf } from "./column-series.ts";
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
 * is absent from that slice; nothing is dropped and nothing is filled in. Bars of a store are decoded as they are packed.
 */
export class SliceReader implements SliceSource {
  readonly #cursors: readonly BarCursor[];
  readonly #series: readonly ReturnType<typeof seriesOf>[];
  readonly #stepMs: number;

  /** @param stepMs timeframe of the bars. */
  constructor(bars: readonly BarColumns[], stepMs: number) {
    this.#series = bars.map(seriesOf);
    this.#cursors = this.#series.map((series) => series.cursor());
    this.#stepMs = stepMs;
  }

  read(
    endMs: number,
    max: number,
    openTimes: Float64Array,
    rows: Float64Array,
    chunks: readonly SymbolChunk[],
  ): number {
    for (const chunk of chunks) chunk.count = 0;
    const step = this.#stepMs;
    let t = 0;
    while (t < max) {
      const time = this.peek();
      if (time >= endMs) break;
      const slices = this.#alike(time, Math.min(max - t, Math.ceil((endMs - time) / step)));
      for (let k = 0; k < slices; k++) openTimes[t + k] = time + k * step;
      for (const [s, cursor] of this.#cursors.entries()) {
        if (cursor.timeMs === time) this.#pack(s, t, slices, rows, chunks[s] as SymbolChunk);
        else this.#leaveOut(s, t, slices, rows);
      }
      t += slices;
    }
    return t;
  }

  peek(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { timeMs } of this.#cursors) if (timeMs < earliest) earliest = timeMs;
    return earliest;
  }

  /** Skips the bars before `ms`, but for the last `keep` of each symbol. */
  skipTo(ms: number, keep: number): void {
    for (const [s, series] of this.#series.entries()) {
      (this.#cursors[s] as BarCursor).seek(Math.max(0, series.indexAt(ms) - keep));
    }
  }

  /** Slices from `time` on, one step apart, that the same symbols have bars in; at most `max`. */
  #alike(time: number, max: number): number {
    let slices = max;
    for (const cursor of this.#cursors) {
      const { timeMs } = cursor;
      const own = timeMs === time ? cursor.span(slices, this.#stepMs).count : Math.ceil((timeMs - time) / this.#stepMs);
      if (own < slices) slices = own;
    }
    return slices;
  }

  #pack(s: number, t: number, slices: number, rows: Float64Array, chunk: SymbolChunk): void {
    const symbols = this.#cursors.length;
    const cursor = this.#cursors[s] as BarCursor;
    const { timeMs, from, columns, priceScale, volumeScale } = cursor.span(slices, this.#stepMs);
    const at = chunk.count;
    const { time, open, high, low, close, volume } = chunk.views;
    for (const [field, into] of [open, high, low, close, volume].entries()) {
      const place = { into, at, rows, row: (t * FIELDS + field) * symbols + s, stride: FIELDS * symbols };
      const scale = field < FIELDS - 1 ? priceScale : volumeScale;
      decode(columns[field] as StoredColumn, from, slices, scale, place);
    }
    for (let i = 0; i < slices; i++) {
      time[at + i] = timeMs + i * this.#stepMs;
      chunk.slice[at + i] = t + i;
    }
    chunk.count = at + slices;
    cursor.skip(slices);
  }

  #leaveOut(s: number, t: number, slices: number, rows: Float64Array): void {
    const symbols = this.#cursors.length;
    for (let row = t * FIELDS; row < (t + slices) * FIELDS; row++) rows[row * symbols + s] = 0;
  }
}

/** Where decoded values go: a symbol's column from `at` on, and every `stride`-th value of the packed rows from `row` on. */
interface Place {
  readonly into: Float64Array;
  readonly at: number;
  readonly rows: Float64Array;
  readonly row: number;
  readonly stride: number;
}

function decode(column: StoredColumn, from: number, count: number, scale: number, place: Place): void {
  // One loop for each kind of array: V8 compiles a loop that has seen one kind only to twice the speed.
  if (column instanceof Int32Array) decodeTicks(column, from, count, scale, place);
  else if (column instanceof Uint32Array) decodeUnits(column, from, count, scale, place);
  else copyDoubles(column, from, count, place);
}

function decodeTicks(ticks: Int32Array, from: number, count: number, scale: number, place: Place): void {
  const { into, at, rows, row, stride } = place;
  for (let i = 0; i < count; i++) {
    const value = (ticks[from + i] as number) / scale;
    into[at + i] = value;
    rows[row + i * stride] = value;
  }
}

function decodeUnits(units: Uint32Array, from: number, count: number, scale: number, place: Place): void {
  const { into, at, rows, row, stride } = place;
  for (let i = 0; i < count; i++) {
    const value = (units[from + i] as number) / scale;
    into[at + i] = value;
    rows[row + i * stride] = value;
  }
}

function copyDoubles(values: Float64Array, from: number, count: number, place: Place): void {
  const { into, at, rows, row, stride } = place;
  for (let i = 0; i < count; i++) {
    const value = values[from + i] as number;
    into[at + i] = value;
    rows[row + i * stride] = value;
  }
}
