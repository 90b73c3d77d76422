import { firstIndexAt } from "../bar-search.ts";
import type { BarColumns } from "../bars.ts";
import { type BlockBars, type EncodedBlock, encodeBlock } from "./bar-block.ts";

/** The bars of one UTC month, encoded. */
export interface MonthBlock extends EncodedBlock {
  /** "2024-01". */
  readonly month: string;
}

/** Encodes bars a UTC month at a time, in order. */
export function* encodeMonths(
  bars: Omit<BarColumns, "symbol" | "volumeDecimals">,
  timeframeMs: number,
): Generator<MonthBlock> {
  const { timeMs } = bars;
  let from = 0;
  while (from < timeMs.length) {
    const date = new Date(timeMs[from] as number);
    const endMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    const to = firstIndexAt(timeMs, endMs);
    const block = sliceBars(bars, from, to);
    yield { month: date.toISOString().slice(0, 7), ...encodeBlock(block, timeframeMs) };
    from = to;
  }
}

/** The bars [from, to), without copying. */
export function sliceBars(bars: BlockBars, from: number, to: number): BlockBars {
  const { timeMs, open, high, low, close, volume } = bars;
  const [t, o, h, l, c, v] = [timeMs, open, high, low, close, volume].map((column) => column.subarray(from, to)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { timeMs: t, open: o, high: h, low: l, close: c, volume: v };
}

/** Columns of this length, all 0. */
export function emptyBars(rows: number): BlockBars {
  const column = (): Float64Array => new Float64Array(rows);
  return { timeMs: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
}

/** Bars in the order given, as one. */
export function joinBars(parts: readonly BlockBars[]): BlockBars {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const joined = emptyBars(parts.reduce((sum, { timeMs }) => sum + timeMs.length, 0));
  for (const name of ["timeMs", "open", "high", "low", "close", "volume"] as const) {
    let at = 0;
    for (const part of parts) {
      joined[name].set(part[name], at);
      at += part[name].length;
    }
  }
  return joined;
}
