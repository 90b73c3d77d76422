import type { SignalKernels } from "../kernels/exports.ts";
import { SignalStream } from "./signal-stream.ts";
import type { StrategyDefinition } from "./strategy.ts";

/** A strategy that one kernel computes. */
export interface KernelSpec<P> extends Pick<StrategyDefinition<P>, "name" | "params"> {
  warmup(params: P): number;
  /** Length of the kernel's state in f64. */
  stateLength(params: P): number;
  /** Writes the parameters into a zeroed state. */
  initialise(state: Float64Array, params: P, barsPerYear: number): void;
  readonly run: keyof SignalKernels;
}

export type KernelStrategy<P> = KernelSpec<P> & StrategyDefinition<P>;

export function kernelStrategy<P>(spec: KernelSpec<P>): KernelStrategy<P> {
  return {
    ...spec,
    bytes: (params) => SignalStream.bytes(spec.stateLength(params)),
    open: (kernels, params, { barsPerYear }) =>
      new SignalStream(kernels, spec.run, spec.stateLength(params), (state) =>
        spec.initialise(state, params, barsPerYear),
      ),
  };
}
