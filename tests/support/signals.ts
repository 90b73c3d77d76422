import type { Kernels } from "../../src/kernels/load.ts";
import { findStrategy, strategyNames } from "../../src/strategies/registry.ts";
import { atrStream, SignalStream } from "../../src/strategies/signal-stream.ts";
import type { Candles } from "./candles.ts";

export type MakeStream = (kernels: Kernels) => SignalStream;
/** Strategies that one kernel computes; an ensemble is made of them. */
export const kernelStrategyNames = strategyNames.filter((name) => name !== "ensemble");

export type MakeKernels = (bytes: number) => Kernels;

/** A stream of a built-in strategy. The parameters do not pass the schema, so windows of 1 are possible. */
export function strategyStream(name: string, params: unknown, barsPerYear = 365): MakeStream {
  const strategy = findStrategy(name);
  if (strategy === undefined) throw new Error(`no strategy ${name}`);
  return (kernels) => {
    const stream = strategy.open(kernels, params, { barsPerYear, chunk: 0, find: findStrategy });
    if (!(stream instanceof SignalStream)) throw new Error(`${name} is not computed by one kernel`);
    return stream;
  };
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
    // Kernels do not read opens and times.
    const columns = { time: 0, open: 0, high: high + at, low: low + at, close: close + at, volume: volume + at };
    stream.run(columns, Math.min(chunk, n - from), out + at);
  }
  if (guard.some((value) => value !== 0)) throw new Error("the kernel wrote behind its state");
  return { out: kernels.arena.viewF64(out, n).slice(), state: state.slice() };
}
