import { readdirSync } from "node:fs";
import { join } from "node:path";
import { closest, distance } from "fastest-levenshtein";
import { DataError, IssueList } from "./data-error.ts";
import { formatTimeframe, type Timeframe, timeframeMs } from "./timeframe.ts";

/** One file of bars found in a folder: CSV, or of the store. */
export interface StoredFile {
  readonly path: string;
  /** "BTC/USDT". */
  readonly symbol: string;
  readonly timeframeMs: number;
  /** The year in the name, or null. */
  readonly year: number | null;
}

/** What a folder holds: TIMEFRAME/BASE-QUOTE-TIMEFRAME[-YYYY].csv[.gz], or .bars in a store, TIMEFRAME in lower case. */
export interface CsvFolder {
  readonly path: string;
  /** By path, so that years come in order. */
  readonly files: readonly StoredFile[];
}

const FILE_NAME = /^(.+?)-(.+)-(\d+[mhd])(?:(?:-(\d{4}))?\.csv(?:\.gz)?|\.bars)$/;

/**
 * Lists the bar files of a folder. Other files and folders (funding, ticks, README) are left alone.
 *
 * @throws DataError when the folder is missing or cannot be read.
 */
export function openCsvFolder(path: string): CsvFolder {
  const timeframes = listNames(path).filter((name) => name === name.toLowerCase() && timeframeMs(name) !== null);
  const files = timeframes.flatMap((timeframe) =>
    listNames(join(path, timeframe)).flatMap((name) => parseName(join(path, timeframe), timeframe, name)),
  );
  return { path, files };
}

function parseName(folder: string, timeframe: string, name: string): StoredFile[] {
  const match = FILE_NAME.exec(name);
  if (match === null || match[3] !== timeframe) return [];
  const [, base, quote, , year] = match;
  return [
    {
      path: join(folder, name),
      symbol: `${base}/${quote}`,
      timeframeMs: timeframeMs(timeframe) ?? Number.NaN,
      year: year === undefined ? null : Number(year),
    },
  ];
}

function listNames(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const issues = new IssueList();
    issues.add({
      file: path,
      line: null,
      column: null,
      code: "NO_FOLDER",
      value: code === "ENOENT" ? "nothing" : code,
      expected: "a folder that can be read",
      hint: 'data.path is relative to the working directory; "synthetic" needs no folder',
    });
    throw new DataError(issues);
  }
}

/** Whether a file is one of the local store (docs/STORE.md). */
export function isStoreFile({ path }: StoredFile): boolean {
  return path.endsWith(".bars");
}

/** All symbols of a folder, sorted. */
export function storedSymbols({ files }: CsvFolder): string[] {
  return [...new Set(files.map((file) => file.symbol))].sort();
}

/** The timeframes stored for a symbol, finest first; empty for an unknown symbol. */
export function storedTimeframes({ files }: CsvFolder, symbol: string): Timeframe[] {
  const lengths = new Set(files.filter((file) => file.symbol === symbol).map((file) => file.timeframeMs));
  return [...lengths].sort((a, b) => a - b).map(formatTimeframe);
}

/** One issue per symbol that the folder does not have, with what it has. */
export function findMissingSymbols(folder: CsvFolder, symbols: readonly string[]): IssueList {
  const stored = storedSymbols(folder);
  const issues = new IssueList();
  for (const symbol of symbols) {
    if (stored.includes(symbol)) continue;
    issues.add({
      file: folder.path,
      line: null,
      column: null,
      code: "UNKNOWN_SYMBOL",
      value: symbol,
      expected: stored.length === 0 ? "TIMEFRAME/BASE-QUOTE-TIMEFRAME.csv files" : `one of ${stored.join(", ")}`,
      hint: nearest(symbol, stored),
    });
  }
  return issues;
}

/** "did you mean …?" for a name at most three edits away; further names are no help. */
function nearest(symbol: string, stored: readonly string[]): string | null {
  if (stored.length === 0) return null;
  const name = closest(symbol, stored);
  return distance(symbol, name) <= 3 ? `did you mean ${name}?` : null;
}
