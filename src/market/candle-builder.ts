import type { Pointer } from "../kernels/arena.ts";
import type { Kernels } from "../kernels/load.ts";
import type { SymbolChunk } from "./slice-reader.ts";

const STATE_LENGTH = 9;
const START = 0;
const LENGTH_MS = 5;

/** Candles of one symbol and timeframe, completed within the current chunk (assembly/candles.ts). */
export class CandleBuilder {
  /** Candles completed in the chunk. */
  count = 0;
  /** Open time, epoch ms. */
  readonly time: Pointer;
  readonly open: Pointer;
  readonly high: Pointer;
  readonly low: Pointer;
  readonly close: Pointer;
  readonly volume: Pointer;
  /** Index of the bar that completed each candle; −1 − i = history without a signal, displaced by bar i. */
  readonly end: Int32Array;
  readonly #kernels: Kernels;
  readonly #state: Pointer;
  readonly #end: Pointer;

  static bytes(chunk: number): number {
    return 8 * STATE_LENGTH + 6 * 8 * (chunk + 1) + 4 * (chunk + 1) + 8 * 16;
  }

  constructor(kernels: Kernels, chunk: number, lengthMs: number, baseMs: number, volumeDecimals: number) {
    const { arena } = kernels;
    this.#kernels = kernels;
    this.#state = arena.f64(STATE_LENGTH);
    const state = arena.viewF64(this.#state, STATE_LENGTH);
    state[START] = -1;
    state.set([lengthMs, baseMs, Number(`1e${volumeDecimals}`)], LENGTH_MS);
    // A gap can close one candle more than there are bars.
    this.time = arena.f64(chunk + 1);
    this.open = arena.f64(chunk + 1);
    this.high = arena.f64(chunk + 1);
    this.low = arena.f64(chunk + 1);
    this.close = arena.f64(chunk + 1);
    this.volume = arena.f64(chunk + 1);
    this.#end = arena.i32(chunk + 1);
    this.end = arena.viewI32(this.#end, chunk + 1);
  }

  /** Takes the chunk's bars; the candles they complete are in the columns until the next call. */
  advance(bars: SymbolChunk): void {
    this.count = this.#kernels.exports.candles(
      this.#state,
      bars.time,
      bars.open,
      bars.high,
      bars.low,
      bars.close,
      bars.volume,
      bars.count,
      this.time,
      this.open,
      this.high,
      this.low,
      this.close,
      this.volume,
      this.#end,
    );
  }
}
