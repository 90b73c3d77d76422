import type { Pointer } from "../kernels/arena.ts";
import type { SignalKernels, SignalRun } from "../kernels/exports.ts";
import type { Kernels } from "../kernels/load.ts";
import { stateLengths } from "../kernels/state-lengths.ts";

/** The arena hands out whole units of its alignment. */
const ALIGNMENT = 16;

/**
 * One signal on one symbol: a kernel and its state in the kernels' memory.
 *
 * Chunks of any length give the same values and the same state.
 */
export class SignalStream {
  /** Bytes that a stream takes from the arena. */
  static bytes(stateLength: number): number {
    return Math.ceil((stateLength * Float64Array.BYTES_PER_ELEMENT) / ALIGNMENT) * ALIGNMENT;
  }

  /** Everything the stream remembers; a copy of it is a snapshot. */
  readonly state: Float64Array;
  readonly #pointer: Pointer;
  readonly #run: SignalRun;

  constructor(
    kernels: Kernels,
    run: keyof SignalKernels,
    stateLength: number,
    initialise: (state: Float64Array) => void,
  ) {
    this.#pointer = kernels.arena.f64(stateLength);
    this.state = kernels.arena.viewF64(this.#pointer, stateLength);
    this.#run = kernels.exports[run];
    initialise(this.state);
  }

  /** Advances over `n` candles and writes their `n` values to `out`, which must not overlap the inputs. */
  run(high: Pointer, low: Pointer, close: Pointer, volume: Pointer, n: number, out: Pointer): void {
    this.#run(this.#pointer, high, low, close, volume, n, out);
  }
}

/** Bytes that an `atrStream` takes from the arena. */
export function atrStreamBytes(): number {
  return SignalStream.bytes(stateLengths.atrStateLength());
}

/** Average true range over `period` candles, in price; 0 before `period` candles. */
export function atrStream(kernels: Kernels, period: number): SignalStream {
  return new SignalStream(kernels, "atrRun", stateLengths.atrStateLength(), (state) => {
    state[0] = period;
  });
}
