import type { z } from "zod";
import type { Pointer } from "../kernels/arena.ts";
import type { Kernels } from "../kernels/load.ts";

/** Columns of candles in kernel memory; a candle is stamped by its open time, epoch ms. */
export interface CandlePointers {
  readonly time: Pointer;
  readonly open: Pointer;
  readonly high: Pointer;
  readonly low: Pointer;
  readonly close: Pointer;
  /** Base units. */
  readonly volume: Pointer;
}

/** One strategy at work on one symbol's candles: a machine that chunks of any length leave in the same state. */
export interface WeightStream {
  /**
   * Advances over `n` candles and writes their `n` weights to `out`, which must not overlap the candles. A weight of NaN
   * says that the strategy failed at that candle; it stays NaN.
   */
  run(candles: CandlePointers, n: number, out: Pointer): void;
  /** Why it failed; null as long as it has not. */
  readonly failure: string | null;
}

export type FindStrategy = (name: string) => AnyStrategy | undefined;

/** What a stream is opened for. */
export interface StreamContext {
  readonly barsPerYear: number;
  /** Most candles in one call of `run`. */
  readonly chunk: number;
  /** For strategies made of others. */
  readonly find: FindStrategy;
}

/**
 * A strategy: what a user may set, how much history it needs, and the machine that computes it.
 *
 * It is a streaming state machine, so a backtest that computes a whole column and a live run that feeds one candle at a
 * time get the same bits. A weight is signed, a fraction of the equity it trades; 0 while undefined.
 */
export interface StrategyDefinition<P> {
  /** As written in configuration; of a file, with the hash of its source. */
  readonly name: string;
  /** Strict: an unknown key is an error. */
  readonly params: z.ZodType<P>;
  /** Candles up to and including the first whose weight is defined. */
  warmup(params: P, find: FindStrategy): number;
  /** Bytes of kernel memory that `open` takes at most. */
  bytes(params: P, context: StreamContext): number;
  open(kernels: Kernels, params: P, context: StreamContext): WeightStream;
}

/** A strategy whose parameters are known only to its own schema: pass on what `params` parsed. */
export type AnyStrategy = StrategyDefinition<unknown>;
