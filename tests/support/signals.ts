import type { Kernels } from "../../src/kernels/load.ts";
import { findStrategy } from "../../src/strategies/registry.ts";
import { atrStream, SignalStream } from "../../src/strategies/signal-stream.ts";
import type { Candles } from "./candles.ts";

export type MakeStream = (kernels: Kernels) => SignalStream;
export type MakeKernels = (bytes: number) => Kernels;

/** A stream of a built-in strategy. The parameters do not pass the schema, so windows of 1 are possible. */
export function strategyStream(name: string, params: unknown, barsPerYear = 365): MakeStream {
  const strategy = findStrategy(name);
  if (strategy === undefined) throw new Error(`no strategy ${name}`);
  return (kernels) =>
    new SignalStream(kernels, strategy.run, strategy.stateLength(params), (state) =>
      strategy.initialise(state, params, barsPerYear),
    );
}

export function averageTrueRange(period: number): MakeStream {
  return (kernels) => atrStream(kernels, period);
}

/** Runs a stream over the candles in chunks and returns its values and the state it ends in. */
export function runSignal(
  makeKernels: MakeKernels,
  make: MakeStream,
  candles: Candles,
  chunk = Number.POSITIVE_INFINITY,
): { out: Float64Array; state: Float64Array } {
  const n = candles.close.length;
  const kernels = makeKernels(5 * 8 * n + 1_000_000);
  const put = (column: Float64Array): number => {
    const pointer = kernels.arena.f64(n);
    kernels.arena.viewF64(pointer, n).set(column);
    return pointer;
  };
  const [high, low, close, volume] = [candles.high, candles.low, candles.close, candles.volume].map(put) as [
    number,
    number,
    number,
    number,
  ];
  const out = kernels.arena.f64(n);
  const stream = make(kernels);
  const { state } = stream;
  const guard = kernels.arena.viewF64(kernels.arena.f64(8), 8);
  for (let from = 0; from < n; from += chunk) {
    const at = 8 * from;
    stream.run(high + at, low + at, close + at, volume + at, Math.min(chunk, n - from), out + at);
  }
  if (guard.some((value) => value !== 0)) throw new Error("the kernel wrote behind its state");
  return { out: kernels.arena.viewF64(out, n).slice(), state: state.slice() };
}
