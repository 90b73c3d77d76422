import { instantiateKernels } from "../../kernels/load.ts";
import { arenaBytes } from "../signal-stream.ts";
import type { AnyStrategy, FindStrategy } from "../strategy.ts";
import type { CandleColumns } from "../user-strategy.ts";

const FIELDS = ["time", "open", "high", "low", "close", "volume"] as const;

export interface WeightColumn {
  readonly weights: Float64Array;
  readonly failure: string | null;
}

/** The weights of candles [from, to), from a machine that starts at `from`, `chunk` candles a call. */
export function weightColumn(
  strategy: AnyStrategy,
  params: unknown,
  candles: CandleColumns,
  { from = 0, to = candles.close.length, chunk = Math.max(1, to - from), barsPerYear = 365, find }: ColumnOptions,
): WeightColumn {
  const n = to - from;
  const context = { barsPerYear, chunk, find };
  const kernels = instantiateKernels(7 * arenaBytes(n) + strategy.bytes(params, context) + 1024);
  const [time, open, high, low, close, volume] = FIELDS.map((field) => {
    const pointer = kernels.arena.f64(n);
    kernels.arena.viewF64(pointer, n).set(candles[field].subarray(from, to));
    return pointer;
  }) as [number, number, number, number, number, number];
  const out = kernels.arena.f64(n);
  const stream = strategy.open(kernels, params, context);
  for (let t = 0; t < n; t += chunk) {
    const at = t * Float64Array.BYTES_PER_ELEMENT;
    const columns = {
      time: time + at,
      open: open + at,
      high: high + at,
      low: low + at,
      close: close + at,
      volume: volume + at,
    };
    stream.run(columns, Math.min(chunk, n - t), out + at);
  }
  return { weights: kernels.arena.viewF64(out, n).slice(), failure: stream.failure };
}

export interface ColumnOptions {
  readonly from?: number;
  readonly to?: number;
  readonly chunk?: number;
  readonly barsPerYear?: number;
  readonly find: FindStrategy;
}
