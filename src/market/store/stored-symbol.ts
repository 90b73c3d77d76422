import type { BarColumns } from "../bars.ts";
import { lazyColumns } from "../column-series.ts";
import { DataError, IssueList } from "../data-error.ts";
import type { HashedBars } from "../market-hash.ts";
import { timeframeMs } from "../timeframe.ts";
import { summableDecimals } from "../volume-decimals.ts";
import { encodeMonths, sliceBars } from "./bar-months.ts";
import { type BarsFile, openBarsFile, readBlocks, type StoredBlock } from "./bars-file.ts";
import { StoredSeries } from "./stored-series.ts";

export interface StoredSymbol {
  /** Decoded when a column is asked for; `seriesOf` reads them piece by piece. */
  readonly bars: BarColumns;
  readonly hashed: HashedBars;
  readonly file: BarsFile;
}

/** What a market's hash needs of a month. */
type MonthSummary = Pick<StoredBlock, "sha256" | "volume_written_decimals" | "volume_max">;

/**
 * Opens the bars of a store's file that open before `endMs`. Nothing but the header is read, and the last month where the end
 * cuts it: the hashes of whole months are in the header, and a block is checked against its hash when it is read.
 *
 * @throws DataError as `openBarsFile`; so does, later, who reads a damaged block.
 */
export function openStoredSymbol(path: string, symbol: string, endMs: number): StoredSymbol {
  const file = openBarsFile(path);
  const { header } = file;
  if (header.symbol !== symbol) refuseSymbol(path, header.symbol, symbol);
  const lengthMs = timeframeMs(header.timeframe) ?? Number.NaN;
  const blocks = header.blocks.filter(({ runs }) => (runs[0]?.[0] ?? Number.POSITIVE_INFINITY) < endMs);
  const series = new StoredSeries(file, endMs);
  const beyond = blocks.reduce((sum, { rows }) => sum + rows, 0) - series.rows;
  const months: MonthSummary[] = beyond === 0 ? blocks : [...blocks.slice(0, -1), cutMonth(file, blocks, beyond)];
  const written = Math.max(0, ...months.map(({ volume_written_decimals }) => volume_written_decimals));
  const largest = Math.max(0, ...months.map(({ volume_max }) => volume_max));
  const volumeDecimals = summableDecimals(written, largest, lengthMs);
  const decode = () => sliceBars(readBlocks(file, blocks), 0, series.rows);
  const bars = lazyColumns({ symbol, volumeDecimals }, series, decode);
  const hashed = { symbol, rows: series.rows, volumeDecimals, months: months.map(({ sha256 }) => sha256) };
  return { bars, hashed, file };
}

/** The last of some months without its last bars. */
function cutMonth(file: BarsFile, blocks: readonly StoredBlock[], beyond: number): MonthSummary {
  const last = blocks.slice(-1);
  const bars = readBlocks(file, last);
  const kept = sliceBars(bars, 0, bars.timeMs.length - beyond);
  const [{ sha256, shape }] = [...encodeMonths(kept, timeframeMs(file.header.timeframe) ?? Number.NaN)] as [
    ReturnType<typeof encodeMonths> extends Generator<infer Month> ? Month : never,
  ];
  return { sha256, ...shape };
}

function refuseSymbol(file: string, value: string, expected: string): never {
  const issues = new IssueList();
  const hint = "the file was renamed: its header says what it holds";
  issues.add({ file, line: null, column: null, code: "BAD_STORE", value, expected, hint });
  throw new DataError(issues);
}
