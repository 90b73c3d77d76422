import type { Pointer } from "../kernels/arena.ts";
import type { Kernels } from "../kernels/load.ts";
import { CandleBuilder } from "../market/candle-builder.ts";
import type { SymbolChunk } from "../market/slice-reader.ts";
import type { SliceBuffers } from "../orchestrator/engine.ts";
import { findStrategy } from "../strategies/registry.ts";
import { atrStream, atrStreamBytes } from "../strategies/signal-stream.ts";
import type { AnyStrategy, StreamContext, WeightStream } from "../strategies/strategy.ts";

/** Candles in the ATR of trailing stops (spec 2.6). */
export const ATR_PERIOD = 14;

/** One cell's wish for signals: a strategy with its parameters on a symbol's candles. */
export interface SignalRequest {
  /** Index of the symbol. */
  readonly symbol: number;
  /** Cell of the engine, s·P + p. */
  readonly cell: number;
  readonly timeframeMs: number;
  readonly barsPerYear: number;
  readonly strategy: AnyStrategy;
  readonly params: unknown;
  /** True when the pod uses a trailing stop and needs the ATR. */
  readonly trailing: boolean;
}

interface Source {
  readonly candles: CandleBuilder;
  readonly symbol: number;
  readonly stream: WeightStream;
  readonly out: Pointer;
  readonly values: Float64Array;
  /** Slots of the engine's `signals` that take this stream's values. */
  readonly slots: number[];
  /** Weights are signals; ATRs are facts, in force even when their candle gives no signal. */
  readonly isSignal: boolean;
}

/** What an engine session asks for the values that candles complete: weights, and ATRs behind them. */
export interface SignalSource {
  /** Takes the chunk's bars. */
  advance(chunks: readonly SymbolChunk[]): void;
  /** Warm-up: leaves the last value of each stream in force. */
  settle(signals: Float64Array): void;
  /** Writes the chunk's values as updates of its slices; those of slices before it go to `signals`. */
  writeUpdates(chunks: readonly SymbolChunk[], slices: number, buffers: SliceBuffers, signals: Float64Array): void;
  /** Why strategies failed, by cell. */
  failures(): ReadonlyMap<number, string>;
}

/**
 * Everything between bars and target weights: candles of each (symbol, timeframe) and one streaming state machine per
 * distinct (strategy, parameters, symbol, timeframe), however many pods share it.
 */
export class SignalBoard implements SignalSource {
  readonly #sources: Source[] = [];
  readonly #candles = new Map<string, { builder: CandleBuilder; symbol: number }>();

  /** Bytes of kernel memory the board of these requests reserves at most. */
  static bytes(requests: readonly SignalRequest[], chunk: number): number {
    return requests.reduce(
      (sum, { strategy, params, trailing, barsPerYear }) =>
        sum +
        CandleBuilder.bytes(chunk) +
        strategy.bytes(params, contextOf(barsPerYear, chunk)) +
        (trailing ? atrStreamBytes() + 8 * (chunk + 1) + 16 : 0) +
        8 * (chunk + 1) +
        16,
      0,
    );
  }

  /**
   * @param cells cells of the engine; ATR slots lie behind them.
   * @param volumeDecimals by symbol.
   */
  constructor(
    kernels: Kernels,
    requests: readonly SignalRequest[],
    cells: number,
    chunk: number,
    baseMs: number,
    volumeDecimals: readonly number[],
  ) {
    const shared = new Map<string, Source>();
    const isSignal = (slot: number): boolean => slot < cells;
    const subscribe = (key: string, request: SignalRequest, slot: number, stream: () => WeightStream): void => {
      let source = shared.get(key);
      if (source === undefined) {
        const candles = this.#candlesFor(kernels, request, chunk, baseMs, volumeDecimals[request.symbol] ?? 0);
        const out = kernels.arena.f64(chunk + 1);
        const values = kernels.arena.viewF64(out, chunk + 1);
        source = {
          candles,
          symbol: request.symbol,
          stream: stream(),
          out,
          values,
          slots: [],
          isSignal: isSignal(slot),
        };
        shared.set(key, source);
        this.#sources.push(source);
      }
      source.slots.push(slot);
    };

    for (const request of requests) {
      const { strategy, params, symbol, timeframeMs, barsPerYear } = request;
      const key = JSON.stringify([strategy.name, params, symbol, timeframeMs]);
      subscribe(key, request, request.cell, () => strategy.open(kernels, params, contextOf(barsPerYear, chunk)));
      if (request.trailing) {
        const atrKey = JSON.stringify(["atr", symbol, timeframeMs]);
        subscribe(atrKey, request, cells + request.cell, () => atrStream(kernels, ATR_PERIOD));
      }
    }
  }

  /** Why strategies failed, by cell. */
  failures(): Map<number, string> {
    const failed = this.#sources.filter(({ stream }) => stream.failure !== null);
    return new Map(failed.flatMap(({ stream, slots }) => slots.map((slot) => [slot, stream.failure as string])));
  }

  /** Feeds the chunk's bars to every candle builder and every stream. */
  advance(chunks: readonly SymbolChunk[]): void {
    for (const { builder, symbol } of this.#candles.values()) builder.advance(chunks[symbol] as SymbolChunk);
    for (const { stream, candles, out } of this.#sources) {
      stream.run(candles, candles.count, out);
    }
  }

  /** Warm-up: leaves the last value of each stream in force: of signals the last signalled, of ATRs the last known. */
  settle(signals: Float64Array): void {
    for (const { candles, values, slots, isSignal } of this.#sources) {
      let last = candles.count - 1;
      while (isSignal && last >= 0 && (candles.end[last] as number) < 0) last--;
      if (last < 0) continue;
      const value = values[last] as number;
      // A strategy that failed before the start fails again at its first candle of the run, and is recorded there.
      for (const slot of slots) signals[slot] = Number.isNaN(value) ? 0 : value;
    }
  }

  /**
   * Writes the values of the current chunk as updates of its slices, sources in a fixed order within a slice.
   *
   * A candle without its last bar gives no signal, but its ATR counts from the bar that displaced it on, in time for that
   * bar's stops: it is an update of the slice before, or goes to `signals` at once when that slice lies in the chunk before.
   */
  writeUpdates(chunks: readonly SymbolChunk[], slices: number, buffers: SliceBuffers, signals: Float64Array): void {
    const { updateStart, updateSlot, updateValue } = buffers;
    updateStart.fill(0, 0, slices + 1);
    for (const source of this.#sources) {
      const { candles, slots } = source;
      for (let i = 0; i < candles.count; i++) {
        const t = effectiveSlice(source, chunks, i);
        if (t >= 0) (updateStart[t + 1] as number) += slots.length;
      }
    }
    for (let t = 0; t < slices; t++) (updateStart[t + 1] as number) += updateStart[t] as number;

    const next = updateStart.slice(0, slices);
    for (const source of this.#sources) {
      const { candles, slots, values } = source;
      for (let i = 0; i < candles.count; i++) {
        const t = effectiveSlice(source, chunks, i);
        if (t === NEVER) continue;
        for (const slot of slots) {
          if (t < 0) {
            signals[slot] = values[i] as number;
            continue;
          }
          const at = next[t] as number;
          updateSlot[at] = slot;
          updateValue[at] = values[i] as number;
          next[t] = at + 1;
        }
      }
    }
  }

  #candlesFor(
    kernels: Kernels,
    { symbol, timeframeMs }: SignalRequest,
    chunk: number,
    baseMs: number,
    volumeDecimals: number,
  ): CandleBuilder {
    const key = `${symbol}/${timeframeMs}`;
    let entry = this.#candles.get(key);
    if (entry === undefined) {
      entry = { builder: new CandleBuilder(kernels, chunk, timeframeMs, baseMs, volumeDecimals), symbol };
      this.#candles.set(key, entry);
    }
    return entry.builder;
  }
}

/** A gap can close one candle more than there are bars in a chunk. */
function contextOf(barsPerYear: number, chunk: number): StreamContext {
  return { barsPerYear, chunk: chunk + 1, find: findStrategy };
}

/** No slice: a signal of a candle that lacks its last bar. */
const NEVER = Number.NEGATIVE_INFINITY;

/** Slice of the chunk at whose close value `i` of a source takes effect; −1 = before the chunk's first. */
function effectiveSlice({ candles, symbol, isSignal }: Source, chunks: readonly SymbolChunk[], i: number): number {
  const { slice } = chunks[symbol] as SymbolChunk;
  const bar = candles.end[i] as number;
  if (bar >= 0) return slice[bar] as number;
  return isSignal ? NEVER : (slice[-1 - bar] as number) - 1;
}
