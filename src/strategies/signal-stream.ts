import type { Pointer } from "../kernels/arena.ts";
import type { SignalKernels, SignalRun } from "../kernels/exports.ts";
import type { Kernels } from "../kernels/load.ts";
import { stateLengths } from "../kernels/state-lengths.ts";
import type { CandlePointers, WeightStream } from "./strategy.ts";

/** The arena hands out whole units of its alignment. */
const ALIGNMENT = 16;

/** Bytes that `length` f64 take from the arena. */
export function arenaBytes(length: number): number {
  return Math.ceil((length * Float64Array.BYTES_PER_ELEMENT) / ALIGNMENT) * ALIGNMENT;
}

/**
 * One signal on one symbol: a kernel and its state in the kernels' memory.
 *
 * Chunks of any length give the same values and the same state.
 */
export class SignalStream implements WeightStream {
  /** Bytes that a stream takes from the arena. */
  static bytes(stateLength: number): number {
    return arenaBytes(stateLength);
  }

  readonly failure = null;
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

  run({ high, low, close, volume }: CandlePointers, n: number, out: Pointer): void {
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
