import { instantiateKernels } from "../../src/kernels/load.ts";
import type { BarColumns } from "../../src/market/bars.ts";
import { CandleBuilder } from "../../src/market/candle-builder.ts";
import { SliceReader, SymbolChunk } from "../../src/market/slice-reader.ts";

export interface BuiltCandle {
  readonly timeMs: number;
  /** Open of its first bar; the kernels need none. */
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Candles of `lengthMs` as the engine builds them from bars, chunk by chunk; the last one only when it is complete. */
export function builtCandles(bars: BarColumns, lengthMs: number, baseMs: number, chunk = 1024): BuiltCandle[] {
  const kernels = instantiateKernels(SymbolChunk.bytes(chunk) + CandleBuilder.bytes(chunk));
  const columns = new SymbolChunk(kernels.arena, chunk);
  const builder = new CandleBuilder(kernels, chunk, lengthMs, baseMs, bars.volumeDecimals);
  const [high, low, close, volume] = [builder.high, builder.low, builder.close, builder.volume].map((pointer) =>
    kernels.arena.viewF64(pointer, chunk + 1),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const firstBars = new Map<number, number>();
  for (const [i, time] of bars.timeMs.entries()) {
    const start = Math.floor(time / lengthMs) * lengthMs;
    if (!firstBars.has(start)) firstBars.set(start, i);
  }
  const starts = [...firstBars];
  const reader = new SliceReader([bars], baseMs);
  const times = new Float64Array(chunk);
  const rows = new Float64Array(5 * chunk);
  const built: BuiltCandle[] = [];
  while (reader.read(Number.POSITIVE_INFINITY, chunk, times, rows, [columns]) > 0) {
    builder.advance(columns);
    for (let i = 0; i < builder.count; i++) {
      const [timeMs, first] = starts[built.length] as [number, number];
      built.push({
        timeMs,
        open: bars.open[first] as number,
        high: high[i] as number,
        low: low[i] as number,
        close: close[i] as number,
        volume: volume[i] as number,
      });
    }
  }
  return built;
}
