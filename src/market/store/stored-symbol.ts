import type { BarColumns } from "../bars.ts";
import { DataError, IssueList } from "../data-error.ts";
import type { HashedBars } from "../market-hash.ts";
import { timeframeMs } from "../timeframe.ts";
import { summableDecimals } from "../volume-decimals.ts";
import { encodeMonths, joinBars, sliceBars } from "./bar-months.ts";
import { type BarsFile, openBarsFile, readBlock } from "./bars-file.ts";

export interface StoredSymbol {
  readonly bars: BarColumns;
  readonly hashed: HashedBars;
  readonly file: BarsFile;
}

/** Reads the bars of a store's file that open before `endMs`. @throws DataError as `openBarsFile` and `readBlock`. */
export function readStoredSymbol(path: string, symbol: string, endMs: number): StoredSymbol {
  const file = openBarsFile(path);
  const { header } = file;
  if (header.symbol !== symbol) refuseSymbol(path, header.symbol, symbol);
  const lengthMs = timeframeMs(header.timeframe) ?? Number.NaN;
  const wanted = header.blocks.filter(({ runs }) => (runs[0]?.[0] ?? Number.POSITIVE_INFINITY) < endMs);
  const parts = wanted.map((block) => readBlock(file, block));
  const months = wanted.map(({ sha256 }) => sha256);
  const last = parts.at(-1);
  let decimals = wanted.slice(0, -1).map(({ volume_written_decimals }) => volume_written_decimals);
  if (last !== undefined) {
    const kept = last.timeMs.findIndex((time) => time >= endMs);
    const cut = kept < 0 ? last : sliceBars(last, 0, kept);
    const [month] = encodeMonths(cut, lengthMs);
    parts[parts.length - 1] = cut;
    months[months.length - 1] = (month as { sha256: string }).sha256;
    decimals = [...decimals, (month as { shape: { volume_written_decimals: number } }).shape.volume_written_decimals];
  }
  const bars = joinBars(parts);
  const volumeDecimals = summableDecimals(Math.max(0, ...decimals), bars.volume, lengthMs);
  return {
    bars: { symbol, ...bars, volumeDecimals },
    hashed: { symbol, rows: bars.timeMs.length, volumeDecimals, months },
    file,
  };
}

function refuseSymbol(file: string, value: string, expected: string): never {
  const issues = new IssueList();
  const hint = "the file was renamed: its header says what it holds";
  issues.add({ file, line: null, column: null, code: "BAD_STORE", value, expected, hint });
  throw new DataError(issues);
}
