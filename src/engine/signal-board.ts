import type { Pointer } from "../kernels/arena.ts";
import type { Kernels } from "../kernels/load.ts";
import { CandleBuilder } from "../market/candle-builder.ts";
import type { SymbolChunk } from "../market/slice-reader.ts";
import type { SliceBuffers } from "../orchestrator/engine.ts";
import { atrStream, atrStreamBytes, SignalStream } from "../strategies/signal-stream.ts";
import type { StrategyDefinition } from "../strategies/strategy.ts";

/** Candles in the ATR of trailing stops (spec 2.6). */
const ATR_PERIOD = 14;

/** One cell's wish for signals: a strategy with its parameters on a symbol's candles. */
export interface SignalRequest {
  /** Index of the symbol. */
  readonly symbol: number;
  /** Cell of the engine, s·P + p. */
  readonly cell: number;
  readonly timeframeMs: number;
  readonly barsPerYear: number;
  readonly strategy: StrategyDefinition<unknown>;
  readonly params: unknown;
  /** True when the pod uses a trailing stop and needs the ATR. */
  readonly trailing: boolean;
}

interface Source {
  readonly candles: CandleBuilder;
  readonly symbol: number;
  readonly stream: SignalStream;
  readonly out: Pointer;
  readonly values: Float64Array;
  /** Slots of the engine's `signals` that take this stream's values. */
  readonly slots: number[];
}

/**
 * Everything between bars and target weights: candles of each (symbol, timeframe) and one streaming state machine per
 * distinct (strategy, parameters, symbol, timeframe), however many pods share it.
 */
export class SignalBoard {
  readonly #sources: Source[] = [];
  readonly #candles = new Map<string, { builder: CandleBuilder; symbol: number }>();

  /** Bytes of kernel memory the board of these requests reserves at most. */
  static bytes(requests: readonly SignalRequest[], chunk: number): number {
    return requests.reduce(
      (sum, { strategy, params, trailing }) =>
        sum +
        CandleBuilder.bytes(chunk) +
        SignalStream.bytes(strategy.stateLength(params)) +
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
    const subscribe = (key: string, request: SignalRequest, slot: number, stream: () => SignalStream): void => {
      let source = shared.get(key);
      if (source === undefined) {
        const candles = this.#candlesFor(kernels, request, chunk, baseMs, volumeDecimals[request.symbol] ?? 0);
        const out = kernels.arena.f64(chunk + 1);
        const values = kernels.arena.viewF64(out, chunk + 1);
        source = { candles, symbol: request.symbol, stream: stream(), out, values, slots: [] };
        shared.set(key, source);
        this.#sources.push(source);
      }
      source.slots.push(slot);
    };

    for (const request of requests) {
      const { strategy, params, symbol, timeframeMs, barsPerYear } = request;
      const key = JSON.stringify([strategy.name, params, symbol, timeframeMs]);
      const initialise = (state: Float64Array): void => strategy.initialise(state, params, barsPerYear);
      subscribe(
        key,
        request,
        request.cell,
        () => new SignalStream(kernels, strategy.run, strategy.stateLength(params), initialise),
      );
      if (request.trailing) {
        const atrKey = JSON.stringify(["atr", symbol, timeframeMs]);
        subscribe(atrKey, request, cells + request.cell, () => atrStream(kernels, ATR_PERIOD));
      }
    }
  }

  /** Feeds the chunk's bars to every candle builder and every stream. */
  advance(chunks: readonly SymbolChunk[]): void {
    for (const { builder, symbol } of this.#candles.values()) builder.advance(chunks[symbol] as SymbolChunk);
    for (const { stream, candles, out } of this.#sources) {
      stream.run(candles.high, candles.low, candles.close, candles.volume, candles.count, out);
    }
  }

  /** Warm-up: leaves the last value of each stream that signalled in this chunk as the target in force. */
  settle(signals: Float64Array): void {
    for (const { candles, values, slots } of this.#sources) {
      let last = candles.count - 1;
      while (last >= 0 && candles.end[last] === -1) last--;
      if (last < 0) continue;
      for (const slot of slots) signals[slot] = values[last] as number;
    }
  }

  /** Writes the values of the current chunk as updates of its slices, sources in a fixed order within a slice. */
  writeUpdates(chunks: readonly SymbolChunk[], slices: number, buffers: SliceBuffers): void {
    const { updateStart, updateSlot, updateValue } = buffers;
    updateStart.fill(0, 0, slices + 1);
    for (const { candles, symbol, slots } of this.#sources) {
      const sliceOf = (chunks[symbol] as SymbolChunk).slice;
      for (let i = 0; i < candles.count; i++) {
        const bar = candles.end[i] as number;
        if (bar >= 0) (updateStart[(sliceOf[bar] as number) + 1] as number) += slots.length;
      }
    }
    for (let t = 0; t < slices; t++) (updateStart[t + 1] as number) += updateStart[t] as number;

    const next = updateStart.slice(0, slices);
    for (const { candles, symbol, slots, values } of this.#sources) {
      const sliceOf = (chunks[symbol] as SymbolChunk).slice;
      for (let i = 0; i < candles.count; i++) {
        const bar = candles.end[i] as number;
        if (bar < 0) continue;
        const t = sliceOf[bar] as number;
        for (const slot of slots) {
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
