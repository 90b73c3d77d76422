import { createHash } from "node:crypto";
import type { StoredColumn } from "../bar-series.ts";
import { decimalsOf, writeUnits } from "../decimals.ts";
import { powerOfTen } from "../power-of-ten.ts";
import { largestOf } from "../volume-decimals.ts";

const MAX_TICKS = 2 ** 31 - 1;
const MAX_UNITS = 2 ** 32 - 1;
const PRICES = 4;
/** Bytes of a bar whose columns are all whole numbers. */
const COMPACT = 4 * (PRICES + 1);

/** Bars of one UTC month or less, as columns of equal length; units as in BarColumns. */
export interface BlockBars {
  readonly timeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** How a block's bytes are read; see docs/STORE.md. */
export interface BlockShape {
  readonly rows: number;
  /** Bars without a gap between them: [open time of the first, epoch ms; count]. Between two runs is a gap. */
  readonly runs: readonly (readonly [number, number])[];
  /** Prices are i32 ticks of 10^−decimals; null = f64. */
  readonly price_decimals: number | null;
  /** Volumes are u32 units of 10^−decimals; null = f64. */
  readonly volume_decimals: number | null;
  /** Most decimals that a volume has when written, and the largest volume. */
  readonly volume_written_decimals: number;
  readonly volume_max: number;
}

export interface EncodedBlock {
  readonly shape: BlockShape;
  readonly bytes: Buffer;
  /** SHA-256 (hex) of shape and bytes. */
  readonly sha256: string;
}

/** Bytes of a block: four price columns, then volume. */
export function blockLength({ rows, price_decimals, volume_decimals }: BlockShape): number {
  return rows * (PRICES * (price_decimals === null ? 8 : 4) + (volume_decimals === null ? 8 : 4));
}

/**
 * Encodes bars losslessly: decoding gives the same doubles. The encoding is a function of the bars alone (the fewest
 * decimals that hold them), so equal hashes mean equal bars, wherever they came from.
 */
export function encodeBlock(bars: BlockBars, timeframeMs: number): EncodedBlock {
  const { timeMs, volume } = bars;
  const prices = [bars.open, bars.high, bars.low, bars.close];
  const rows = timeMs.length;
  const compact = new ArrayBuffer(COMPACT * rows);
  const units = Array.from({ length: PRICES + 1 }, (_, c) => new Uint32Array(compact, 4 * c * rows, rows));
  const decimals = prices.map((column, c) => writeUnits(column, MAX_TICKS, units[c] as Uint32Array));
  const most = decimals.includes(null) ? null : Math.max(0, ...(decimals as number[]));
  const fits =
    most !== null &&
    prices.every(
      (column, c) => decimals[c] === most || writeUnits(column, MAX_TICKS, units[c] as Uint32Array, most) !== null,
    );
  const volumeDecimals = writeUnits(volume, MAX_UNITS, units[PRICES] as Uint32Array);
  const shape: BlockShape = {
    rows,
    runs: runsOf(timeMs, timeframeMs),
    price_decimals: fits ? most : null,
    volume_decimals: volumeDecimals,
    volume_written_decimals: volumeDecimals === null ? decimalsOf(volume) : decimalsOf(volume, volumeDecimals),
    volume_max: largestOf(volume),
  };
  const isCompact = fits && volumeDecimals !== null;
  const bytes = Buffer.from(isCompact ? compact : widen(shape, units, [...prices, volume]));
  return { shape, bytes, sha256: hashBlock(shape, bytes) };
}

/** The bytes of a block some of whose columns are doubles. */
function widen(shape: BlockShape, units: readonly Uint32Array[], values: readonly Float64Array[]): ArrayBuffer {
  const buffer = new ArrayBuffer(blockLength(shape));
  for (const [c, into] of viewsOf(shape, buffer, 0).entries()) {
    into.set((into instanceof Float64Array ? values : units)[c] as Float64Array | Uint32Array);
  }
  return buffer;
}

/** The columns of a block in memory: open, high, low, close, volume. `offset` must be a multiple of 8. */
export function viewsOf(shape: BlockShape, buffer: ArrayBuffer, offset: number): StoredColumn[] {
  const { rows, price_decimals, volume_decimals } = shape;
  const Price = price_decimals === null ? Float64Array : Int32Array;
  const Volume = volume_decimals === null ? Float64Array : Uint32Array;
  const width = Price.BYTES_PER_ELEMENT * rows;
  const columns: StoredColumn[] = [0, 1, 2, 3].map((c) => new Price(buffer, offset + c * width, rows));
  const at = offset + PRICES * width;
  // Four i32 columns are 16 bytes a row, so doubles behind them are aligned, too.
  columns.push(new Volume(buffer, at, rows));
  return columns;
}

/** SHA-256 (hex) of one line that says the shape, and the bytes. */
export function hashBlock(shape: BlockShape, bytes: Uint8Array): string {
  const { rows, runs, price_decimals, volume_decimals, volume_written_decimals, volume_max } = shape;
  const line = JSON.stringify([rows, runs, price_decimals, volume_decimals, volume_written_decimals, volume_max]);
  return createHash("sha256").update(`${line}\n`).update(bytes).digest("hex");
}

/** Writes the same doubles that were encoded into columns of the block's length. */
export function decodeBlock(
  shape: BlockShape,
  columns: readonly StoredColumn[],
  timeframeMs: number,
  into: BlockBars,
): void {
  let at = 0;
  for (const [startMs, count] of shape.runs) {
    for (let i = 0; i < count; i++) into.timeMs[at++] = startMs + i * timeframeMs;
  }
  for (const [c, column] of [into.open, into.high, into.low, into.close, into.volume].entries()) {
    read(columns[c] as StoredColumn, c < PRICES ? shape.price_decimals : shape.volume_decimals, column);
  }
}

function read(column: StoredColumn, decimals: number | null, into: Float64Array): void {
  const scale = decimals === null ? 1 : powerOfTen(decimals);
  if (decimals === null) into.set(column);
  else for (let i = 0; i < into.length; i++) into[i] = (column[i] as number) / scale;
}

function runsOf(timeMs: Float64Array, timeframeMs: number): [number, number][] {
  const runs: [number, number][] = [];
  let from = 0;
  for (let i = 1; i <= timeMs.length; i++) {
    if (i < timeMs.length && timeMs[i] === (timeMs[i - 1] as number) + timeframeMs) continue;
    runs.push([timeMs[from] as number, i - from]);
    from = i;
  }
  return runs;
}
