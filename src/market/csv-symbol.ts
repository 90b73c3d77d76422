import { unpackFile } from "./archive.ts";
import type { BarColumns } from "./bars.ts";
import { type CsvFolder, isStoreFile, type StoredFile } from "./csv-folder.ts";
import { type CsvBars, parseCsv } from "./csv-parse.ts";
import { IssueList } from "./data-error.ts";
import { largestOf, summableDecimals } from "./volume-decimals.ts";

export interface CsvSymbol {
  readonly bars: BarColumns;
  /** Files in the order they were joined. */
  readonly files: readonly string[];
  /** Distinct comment lines of those files. */
  readonly comments: readonly string[];
  /** When not empty, `bars` is incomplete and must not be used. */
  readonly issues: IssueList;
}

interface Part {
  readonly path: string;
  readonly bars: CsvBars;
}

/**
 * Reads and joins the files of one symbol and timeframe.
 *
 * Files of years that begin at or after `endMs` are not opened. All others are checked to their last row; bars that
 * open at or after `endMs` are then dropped.
 */
export function readCsvSymbol(folder: CsvFolder, symbol: string, timeframeMs: number, endMs: number): CsvSymbol {
  const issues = new IssueList();
  const parts: Part[] = [];
  for (const file of folder.files) {
    const isWanted = file.symbol === symbol && file.timeframeMs === timeframeMs && !isStoreFile(file);
    if (!isWanted || (file.year !== null && Date.UTC(file.year, 0, 1) >= endMs)) continue;
    const bars = readFile(file, endMs, issues);
    if (bars !== null) parts.push({ path: file.path, bars });
  }
  parts.sort((a, b) => (firstTime(a) < firstTime(b) ? -1 : 1));
  findOverlaps(parts, issues);
  return {
    bars: join(symbol, parts, timeframeMs),
    files: parts.map((part) => part.path),
    comments: [...new Set(parts.flatMap((part) => part.bars.comments))],
    issues,
  };
}

function readFile(file: StoredFile, endMs: number, issues: IssueList): CsvBars | null {
  const bytes = readBytes(file.path, issues);
  if (bytes === null) return null;
  const result = parseCsv(bytes, { file: file.path, timeframeMs: file.timeframeMs, endMs, year: file.year });
  issues.addAll(result.issues);
  return result.bars;
}

/** The bytes of a file, unpacked; null, with an issue, when it cannot be read. */
export function readBytes(path: string, issues: IssueList): Buffer | null {
  return unpackFile(path, issues)[0]?.bytes ?? null;
}

/** Parts without a bar before the end come last; they hold nothing to join. */
function firstTime({ bars }: Part): number {
  return bars.timeMs[0] ?? Number.POSITIVE_INFINITY;
}

function lastTime({ bars }: Part): number {
  return bars.timeMs.at(-1) ?? Number.NEGATIVE_INFINITY;
}

function findOverlaps(parts: readonly Part[], issues: IssueList): void {
  let furthest: Part | undefined;
  for (const part of parts) {
    const last = furthest === undefined ? Number.NEGATIVE_INFINITY : lastTime(furthest);
    if (furthest !== undefined && firstTime(part) <= last) {
      issues.add({
        file: part.path,
        line: null,
        column: "timestamp",
        code: "OVERLAP",
        value: `bars from ${new Date(firstTime(part)).toISOString()}`,
        expected: `bars after ${new Date(last).toISOString()}, where ${furthest.path} ends`,
        hint: "each bar in one file only",
      });
    }
    if (lastTime(part) > last) furthest = part;
  }
}

function join(symbol: string, parts: readonly Part[], timeframeMs: number): BarColumns {
  const column = (name: "timeMs" | "open" | "high" | "low" | "close" | "volume") =>
    concatenate(parts.map((part) => part.bars[name]));
  const volume = column("volume");
  const most = parts.reduce((decimals, part) => Math.max(decimals, part.bars.volumeDecimals), 0);
  return {
    symbol,
    timeMs: column("timeMs"),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume,
    volumeDecimals: summableDecimals(most, largestOf(volume), timeframeMs),
  };
}

function concatenate(columns: readonly Float64Array[]): Float64Array {
  const [only] = columns;
  if (columns.length === 1 && only !== undefined) return only;
  const joined = new Float64Array(columns.reduce((length, column) => length + column.length, 0));
  let at = 0;
  for (const column of columns) {
    joined.set(column, at);
    at += column.length;
  }
  return joined;
}
