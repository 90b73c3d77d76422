import { ATR_PERIOD, type SignalRequest } from "../engine/signal-board.ts";
import { Arena } from "../kernels/arena.ts";
import { instantiateKernels, type Kernels } from "../kernels/load.ts";
import type { BarColumns } from "../market/bars.ts";
import { CandleBuilder } from "../market/candle-builder.ts";
import { SymbolChunk } from "../market/slice-reader.ts";
import { findStrategy } from "../strategies/registry.ts";
import { atrStream, atrStreamBytes } from "../strategies/signal-stream.ts";
import type { CandlePointers, WeightStream } from "../strategies/strategy.ts";
import { PointError } from "./tuning-error.ts";

/** One stream's values over a whole run: those that differ from the one before, with the slice they take effect in. */
export interface SignalColumn {
  /** In force at the first slice. */
  readonly initial: number;
  /** [update] slice of the run, ascending. */
  readonly slice: Int32Array;
  readonly value: Float64Array;
}

/** The bars of the run and its warm-up, by symbol, and the slice of the run that each belongs to (−1 = warm-up). */
export interface ColumnMarket {
  readonly bars: readonly BarColumns[];
  readonly sliceOf: readonly Int32Array[];
  readonly baseMs: number;
}

/** Where the updates of a column gather before they are cut to length. */
interface KeptUpdates {
  readonly slice: Int32Array;
  readonly value: Float64Array;
}

interface Candles {
  readonly builder: CandleBuilder;
  readonly symbol: number;
}

/** Values kept; more are computed again. */
const CACHED_VALUES = 8_000_000;
/** Columns kept: a grid whose last path is fastest comes back to the same few, and memory stays flat over thousands. */
const CACHED_COLUMNS = 1024;
/** Candles that a stream takes at once: their weights stay in the first cache. */
const TILE = 2048;
const FIRST_SCRATCH = 1 << 20;

/**
 * The signal columns of a sweep: each distinct (strategy, parameters, symbol, timeframe) is computed once over the whole
 * run and shared by all points that use it.
 *
 * The kernels are those of a backtest, in a memory of their own. A value that repeats the one before is left out: with an
 * equal weight the engine does nothing, because a stopped position always had the sign of the weight in force.
 */
export class SignalColumns {
  /** Columns computed so far. */
  computed = 0;
  readonly #market: ColumnMarket;
  readonly #cache = new Map<string, SignalColumn>();
  #cachedValues = 0;
  #kernels!: Kernels;
  #candles = new Map<string, Candles>();
  #chunks: SymbolChunk[] = [];
  #out = 0;
  #values: Float64Array = new Float64Array(0);
  /** Memory behind the bars, zeroed and used anew by each stream. */
  #scratch = 0;
  #scratchBytes = 0;
  #named: { readonly params: unknown; readonly text: string } = { params: null, text: "null" };
  readonly #timeframes: number;
  /** Most candles of a symbol. */
  readonly #longest: number;
  readonly #kept: KeptUpdates;

  /** @param timeframes distinct (symbol, timeframe) pairs there can be. */
  constructor(market: ColumnMarket, timeframes: number) {
    this.#market = market;
    this.#timeframes = timeframes;
    // A gap can close one candle more than there are bars.
    this.#longest = Math.max(...market.bars.map(({ timeMs }) => timeMs.length)) + 1;
    this.#kept = { slice: new Int32Array(this.#longest), value: new Float64Array(this.#longest) };
    this.#layOut(FIRST_SCRATCH);
  }

  /** The weights of a request. @param shift thousandths of the run by which they are rotated in time: a negative control. */
  weights(request: SignalRequest, shift = 0): SignalColumn {
    const { strategy, params, symbol, timeframeMs, barsPerYear } = request;
    const key = `${strategy.name} ${this.#nameOf(params)} ${symbol} ${timeframeMs} ${shift}`;
    const context = { barsPerYear, chunk: TILE, find: findStrategy };
    return this.#column(key, () => {
      const kernels = this.#reserve(strategy.bytes(params, context));
      return this.#run(strategy.open(kernels, params, context), request, true, shift);
    });
  }

  /** Parameters as text; those of a pod are the same object for each of its symbols. */
  #nameOf(params: unknown): string {
    if (params !== this.#named.params) this.#named = { params, text: JSON.stringify(params) };
    return this.#named.text;
  }

  /** The average true range that a request's trailing stop needs. */
  atr(request: SignalRequest): SignalColumn {
    const key = JSON.stringify(["atr", request.symbol, request.timeframeMs]);
    return this.#column(key, () =>
      this.#run(atrStream(this.#reserve(atrStreamBytes()), ATR_PERIOD), request, false, 0),
    );
  }

  #column(key: string, compute: () => SignalColumn): SignalColumn {
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    const column = compute();
    this.computed++;
    for (const [oldest, { value }] of this.#cache) {
      if (this.#cachedValues + column.value.length <= CACHED_VALUES && this.#cache.size < CACHED_COLUMNS) break;
      this.#cache.delete(oldest);
      this.#cachedValues -= value.length;
    }
    this.#cache.set(key, column);
    this.#cachedValues += column.value.length;
    return column;
  }

  #run(stream: WeightStream, request: SignalRequest, isSignal: boolean, shift: number): SignalColumn {
    const candles = this.#candlesOf(request);
    const sliceOf = this.#market.sliceOf[request.symbol] as Int32Array;
    const sparse = new SparseColumn(candles, sliceOf, isSignal, this.#kept);
    const { count } = candles;
    // Tile by tile, so that what the kernel wrote is still in the cache when its changes are looked for.
    for (let from = 0; from < count; from += TILE) {
      const length = Math.min(TILE, count - from);
      const out = shift === 0 ? this.#out : this.#out + 8 * from;
      stream.run(candlesFrom(candles, from), length, out);
      if (stream.failure !== null) throw new PointError(`the strategy failed: ${stream.failure}`);
      if (shift === 0) sparse.take(this.#values, from, length);
    }
    if (shift !== 0) sparse.take(rotated(this.#values, candles.end, sliceOf, count, shift), 0, count);
    return sparse.column();
  }

  #candlesOf({ symbol, timeframeMs }: SignalRequest): CandleBuilder {
    const key = `${symbol}/${timeframeMs}`;
    const known = this.#candles.get(key);
    if (known !== undefined) return known.builder;
    const { bars, baseMs } = this.#market;
    const column = bars[symbol] as BarColumns;
    const builder = new CandleBuilder(this.#kernels, column.timeMs.length, timeframeMs, baseMs, column.volumeDecimals);
    builder.advance(this.#chunks[symbol] as SymbolChunk);
    this.#candles.set(key, { builder, symbol });
    return builder;
  }

  /** Zeroed memory for one stream. */
  #reserve(bytes: number): Kernels {
    if (bytes > this.#scratchBytes) this.#layOut(2 * bytes);
    const { exports, arena } = this.#kernels;
    new Uint8Array(arena.buffer, this.#scratch, bytes).fill(0);
    return { exports, arena: new Arena(arena.buffer, this.#scratch) };
  }

  #layOut(scratchBytes: number): void {
    const { bars } = this.#market;
    const longest = this.#longest;
    const bytes =
      bars.reduce((sum, { timeMs }) => sum + SymbolChunk.bytes(timeMs.length), 0) +
      this.#timeframes * CandleBuilder.bytes(longest) +
      8 * longest +
      scratchBytes +
      256;
    this.#kernels = instantiateKernels(bytes);
    this.#candles = new Map();
    const { arena } = this.#kernels;
    this.#scratch = arena.f64(scratchBytes / 8);
    this.#scratchBytes = scratchBytes;
    this.#out = arena.f64(longest);
    this.#values = arena.viewF64(this.#out, longest);
    this.#chunks = bars.map((column) => loadChunk(new SymbolChunk(arena, column.timeMs.length), column));
  }
}

function loadChunk(chunk: SymbolChunk, { timeMs, high, low, close, volume }: BarColumns): SymbolChunk {
  chunk.views.time.set(timeMs);
  chunk.views.high.set(high);
  chunk.views.low.set(low);
  chunk.views.close.set(close);
  chunk.views.volume.set(volume);
  chunk.count = timeMs.length;
  return chunk;
}

/** The same columns from candle `from` on. */
function candlesFrom({ time, open, high, low, close, volume }: CandlePointers, from: number): CandlePointers {
  const skipped = 8 * from;
  return {
    time: time + skipped,
    open: open + skipped,
    high: high + skipped,
    low: low + skipped,
    close: close + skipped,
    volume: volume + skipped,
  };
}

/**
 * Keeps what takes effect in a slice and changes something, as `SignalBoard` does: a candle without its last bar gives no
 * signal, but its ATR is in force from the slice before the bar that displaced it.
 */
class SparseColumn {
  readonly #end: Int32Array;
  readonly #sliceOf: Int32Array;
  readonly #isSignal: boolean;
  readonly #kept: KeptUpdates;
  /** The first candle that takes effect in the run, and the last one before it that does at all. */
  readonly #first: number;
  readonly #warm: number;
  #initial = 0;
  #last = 0;
  #length = 0;

  constructor({ end, count }: CandleBuilder, sliceOf: Int32Array, isSignal: boolean, kept: KeptUpdates) {
    this.#end = end;
    this.#sliceOf = sliceOf;
    this.#isSignal = isSignal;
    this.#kept = kept;
    this.#first = firstWhere(count, (candle) => this.#sliceAt(candle) >= 0);
    let warm = this.#first - 1;
    while (isSignal && warm >= 0 && (end[warm] as number) < 0) warm--;
    this.#warm = warm;
  }

  /** Takes the values of the `length` candles from `from` on, in order. */
  take(values: Float64Array, from: number, length: number): void {
    const warm = this.#warm - from;
    if (warm >= 0 && warm < length) {
      this.#initial = values[warm] as number;
      this.#last = this.#initial;
    }
    let i = nextChange(values, Math.max(0, this.#first - from), length, this.#last);
    for (; i < length; i = nextChange(values, i + 1, length, this.#last)) {
      if (this.#isSignal && (this.#end[from + i] as number) < 0) continue;
      this.#last = values[i] as number;
      this.#kept.slice[this.#length] = this.#sliceAt(from + i);
      this.#kept.value[this.#length++] = this.#last;
    }
  }

  column(): SignalColumn {
    const { slice, value } = this.#kept;
    return { initial: this.#initial, slice: slice.slice(0, this.#length), value: value.slice(0, this.#length) };
  }

  /** The slice in which a candle's value takes effect; below 0 = before the run. */
  #sliceAt(candle: number): number {
    const bar = this.#end[candle] as number;
    return bar >= 0 ? (this.#sliceOf[bar] as number) : (this.#sliceOf[-1 - bar] as number) - 1;
  }
}

/** The first of `count` from which on `holds`. */
function firstWhere(count: number, holds: (i: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first candle from `from` on whose value is not `last`: a loop of its own, because most candles repeat the value. */
function nextChange(values: Float64Array, from: number, count: number, last: number): number {
  let i = from;
  while (i < count && values[i] === last) i++;
  return i;
}

/** The run's values taken from `shift` thousandths of the run later, those of its beginning at its end. */
function rotated(
  values: Float64Array,
  end: Int32Array,
  sliceOf: Int32Array,
  count: number,
  shift: number,
): Float64Array {
  const inRun: number[] = [];
  for (let i = 0; i < count; i++) {
    const bar = end[i] as number;
    if (bar >= 0 && (sliceOf[bar] as number) >= 0) inRun.push(i);
  }
  const out = values.slice(0, count);
  const by = Math.floor((inRun.length * shift) / 1000);
  for (const [k, i] of inRun.entries()) out[i] = values[inRun[(k + by) % inRun.length] as number] as number;
  return out;
}
