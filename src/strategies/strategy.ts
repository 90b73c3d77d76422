import type { z } from "zod";
import type { SignalKernels } from "../kernels/exports.ts";

/**
 * A built-in strategy: what a user may set, how much history it needs, and the kernel that computes it.
 *
 * The kernel is a streaming state machine, so a backtest that computes a whole column and a live run that feeds one
 * candle at a time get the same bits. A weight is signed, a fraction of the equity it trades; 0 while undefined.
 */
export interface StrategyDefinition<P> {
  /** As written in configuration. */
  readonly name: string;
  /** Strict: an unknown key is an error. Every key has a default. */
  readonly params: z.ZodType<P>;
  /** Candles up to and including the first whose weight is defined. */
  warmup(params: P): number;
  /** Length of the kernel's state in f64. */
  stateLength(params: P): number;
  /** Writes the parameters into a zeroed state. */
  initialise(state: Float64Array, params: P, barsPerYear: number): void;
  readonly run: keyof SignalKernels;
}
