import { firstIndexAt } from "../bar-search.ts";
import type { BarColumns } from "../bars.ts";
import { DataError, IssueList } from "../data-error.ts";
import type { HashedBars } from "../market-hash.ts";
import { timeframeMs } from "../timeframe.ts";
import { summableDecimals } from "../volume-decimals.ts";
import { encodeMonths, sliceBars } from "./bar-months.ts";
import { type BarsFile, openBarsFile, readBlocks } from "./bars-file.ts";

export interface StoredSymbol {
  readonly bars: BarColumns;
  readonly hashed: HashedBars;
  readonly file: BarsFile;
}

/** Reads the bars of a store's file that open before `endMs`. @throws DataError as `openBarsFile` and `readBlocks`. */
export function readStoredSymbol(path: string, symbol: string, endMs: number): StoredSymbol {
  const file = openBarsFile(path);
  const { header } = file;
  if (header.symbol !== symbol) refuseSymbol(path, header.symbol, symbol);
  const lengthMs = timeframeMs(header.timeframe) ?? Number.NaN;
  const wanted = header.blocks.filter(({ runs }) => (runs[0]?.[0] ?? Number.POSITIVE_INFINITY) < endMs);
  const all = readBlocks(file, wanted);
  const bars = sliceBars(all, 0, firstIndexAt(all.timeMs, endMs));
  const lastRows = wanted.at(-1)?.rows ?? 0;
  // Hashes of whole months are in the header; only a month that is cut has another.
  const [cut] =
    bars.timeMs.length === all.timeMs.length
      ? []
      : encodeMonths(sliceBars(bars, all.timeMs.length - lastRows, bars.timeMs.length), lengthMs);
  const months = wanted.map(({ sha256, volume_written_decimals: decimals }, i) =>
    cut !== undefined && i === wanted.length - 1
      ? { sha256: cut.sha256, decimals: cut.shape.volume_written_decimals }
      : { sha256, decimals },
  );
  const most = Math.max(0, ...months.map(({ decimals }) => decimals));
  const volumeDecimals = summableDecimals(most, bars.volume, lengthMs);
  const hashed = { symbol, rows: bars.timeMs.length, volumeDecimals, months: months.map(({ sha256 }) => sha256) };
  return { bars: { symbol, ...bars, volumeDecimals }, hashed, file };
}

function refuseSymbol(file: string, value: string, expected: string): never {
  const issues = new IssueList();
  const hint = "the file was renamed: its header says what it holds";
  issues.add({ file, line: null, column: null, code: "BAD_STORE", value, expected, hint });
  throw new DataError(issues);
}
