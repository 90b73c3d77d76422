import { instantiateKernels } from "../../src/kernels/load.ts";
import { findStrategy } from "../../src/strategies/registry.ts";
import type { Candles } from "./candles.ts";

/** The weights of a strategy over candles, through the interface that the engine uses, `chunk` candles a call. */
export function columnOf(name: string, params: unknown, candles: Candles, chunk = candles.close.length): Float64Array {
  const strategy = findStrategy(name);
  if (strategy === undefined) throw new Error(`no strategy ${name}`);
  const n = candles.close.length;
  const context = { barsPerYear: 365, chunk, find: findStrategy };
  const kernels = instantiateKernels(7 * 8 * (n + 2) + strategy.bytes(params, context) + 1024);
  const put = (column: Float64Array): number => {
    const pointer = kernels.arena.f64(n);
    kernels.arena.viewF64(pointer, n).set(column);
    return pointer;
  };
  const times = Float64Array.from(candles.close, (_, t) => t * 86_400_000);
  const opens = candles.close.map((c, t) => (t === 0 ? c : (candles.close[t - 1] as number)));
  const [time, open, high, low, close, volume] = [
    times,
    opens,
    candles.high,
    candles.low,
    candles.close,
    candles.volume,
  ].map(put) as [number, number, number, number, number, number];
  const out = kernels.arena.f64(n);
  const stream = strategy.open(kernels, params, context);
  for (let from = 0; from < n; from += chunk) {
    const at = 8 * from;
    const columns = {
      time: time + at,
      open: open + at,
      high: high + at,
      low: low + at,
      close: close + at,
      volume: volume + at,
    };
    stream.run(columns, Math.min(chunk, n - from), out + at);
  }
  return kernels.arena.viewF64(out, n).slice();
}
