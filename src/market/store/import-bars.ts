import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { unpackFile } from "../archive.ts";
import { parseCsv } from "../csv-parse.ts";
import { DataError, type DataIssueCode, IssueList } from "../data-error.ts";
import { parseFunding } from "../funding-csv.ts";
import { ParseRoom } from "../parse-room.ts";
import { formatTimeframe, type Timeframe, timeframeMs } from "../timeframe.ts";
import type { BlockBars } from "./bar-block.ts";
import { encodeMonths, joinBars, sliceBars } from "./bar-months.ts";
import { openBarsFile, readBlocks, writeBarsFile } from "./bars-file.ts";
import { readParquet } from "./parquet.ts";
import { barsPath, writeFundingFile } from "./store-paths.ts";

export interface ImportRequest {
  /** Files, or folders that are searched for them. */
  readonly paths: readonly string[];
  readonly store: string;
  /** For files whose name does not say it; null = by name. */
  readonly symbol: string | null;
  readonly timeframe: Timeframe | null;
  /** Called with the files done, and all of them. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What an import did to one file of the store. */
export interface ImportedSeries {
  readonly path: string;
  readonly symbol: string;
  /** "funding" for rates. */
  readonly timeframe: Timeframe | "funding";
  readonly sources: readonly string[];
  readonly rows: number;
  /** Rows that the store did not have. */
  readonly added: number;
  readonly first: string;
  readonly last: string;
}

interface Source {
  readonly path: string;
  readonly symbol: string;
  /** Null for funding. */
  readonly timeframe: Timeframe | null;
}

interface Part {
  readonly name: string;
  readonly bars: BlockBars;
  readonly comments: readonly string[];
}

const NAMED = /\.(csv|csv\.gz|zip|parquet)$/i;

/**
 * Imports bars and funding rates into the store. Each series is read whole, joined with what the store has of it (bars
 * that are in both must be equal), and written at once: an import that is killed leaves every file as it was, or whole.
 *
 * @throws DataError with everything that is wrong, before anything of that series is written.
 */
export async function importBars(request: ImportRequest): Promise<ImportedSeries[]> {
  const groups = new Map<string, Source[]>();
  for (const source of findSources(request)) {
    const key = `${source.symbol} ${source.timeframe}`;
    groups.set(key, [...(groups.get(key) ?? []), source]);
  }
  const total = [...groups.values()].reduce((sum, sources) => sum + sources.length, 0);
  let done = 0;
  const imported: ImportedSeries[] = [];
  const rooms: ParseRoom[] = [];
  for (const sources of groups.values()) {
    const [{ timeframe }] = sources as [Source];
    imported.push(
      timeframe === null
        ? importFunding(sources, request.store)
        : await importSeries(sources, timeframe, request.store, rooms),
    );
    done += sources.length;
    request.onProgress?.(done, total);
  }
  return imported;
}

/** @param rooms by part; those that are missing are added. */
async function importSeries(
  sources: readonly Source[],
  timeframe: Timeframe,
  store: string,
  rooms: ParseRoom[],
): Promise<ImportedSeries> {
  const issues = new IssueList();
  const [{ symbol }] = sources as [Source];
  const lengthMs = timeframeMs(timeframe) ?? Number.NaN;
  const parts: Part[] = [];
  for (const { path } of sources) {
    if (path.toLowerCase().endsWith(".parquet")) {
      const bars = await readParquet(path, lengthMs, issues);
      if (bars !== null) parts.push({ name: path, bars, comments: [] });
      continue;
    }
    const room = (): ParseRoom => {
      rooms[parts.length] ??= new ParseRoom();
      return rooms[parts.length] as ParseRoom;
    };
    for (const { name, bytes } of unpackFile(path, issues, room())) {
      const parsed = parseCsv(bytes, {
        file: name,
        timeframeMs: lengthMs,
        endMs: Number.POSITIVE_INFINITY,
        year: null,
        layout: "vendor",
        room: room(),
      });
      issues.addAll(parsed.issues);
      parts.push({ name, bars: parsed.bars, comments: parsed.bars.comments });
    }
  }
  issues.throwIfAny();
  const path = barsPath(store, symbol, timeframe);
  const { bars, added } = addParts(path, { symbol, timeframe }, parts);
  return {
    path,
    symbol,
    timeframe,
    sources: sources.map((source) => source.path),
    rows: bars.timeMs.length,
    added,
    first: iso(bars.timeMs[0]),
    last: iso(bars.timeMs.at(-1)),
  };
}

/**
 * Adds bars to a file of the store, atomically. Returns how many the file did not have.
 *
 * @param name of the bars, for issues. @throws DataError for a bar that differs from the stored one.
 */
export function addBars(
  path: string,
  series: { readonly symbol: string; readonly timeframe: Timeframe },
  bars: BlockBars,
  name: string,
): number {
  return addParts(path, series, [{ name, bars, comments: [] }]).added;
}

function addParts(
  path: string,
  { symbol, timeframe }: { readonly symbol: string; readonly timeframe: Timeframe },
  fresh: readonly Part[],
): { bars: BlockBars; added: number } {
  const issues = new IssueList();
  const parts = [...fresh];
  let before = 0;
  if (existsSync(path)) {
    const old = openBarsFile(path);
    before = old.header.rows;
    const bars = readBlocks(old, old.header.blocks);
    parts.push({ name: path, bars, comments: old.header.comments });
  }
  const bars = merge(parts, issues);
  issues.throwIfAny();
  const comments = [...new Set(parts.flatMap((part) => part.comments))];
  const blocks = [...encodeMonths(bars, timeframeMs(timeframe) ?? Number.NaN)];
  writeBarsFile(path, { symbol, timeframe, comments }, blocks);
  return { bars, added: bars.timeMs.length - before };
}

/** Joins parts by time. A bar in two of them must be the same bar: nothing decides which one is right. */
function merge(parts: readonly Part[], issues: IssueList): BlockBars {
  const sorted = parts
    .filter(({ bars }) => bars.timeMs.length > 0)
    .sort((a, b) => (a.bars.timeMs[0] as number) - (b.bars.timeMs[0] as number));
  let merged: Part | undefined;
  const chain: Part[] = [];
  for (const part of sorted) {
    if (merged === undefined || (part.bars.timeMs[0] as number) > (merged.bars.timeMs.at(-1) as number)) {
      merged = part;
      chain.push(part);
      continue;
    }
    merged = { name: merged.name, comments: [], bars: interleave(merged, part, issues) };
    chain[chain.length - 1] = merged;
  }
  return joinBars(chain.map(({ bars }) => bars));
}

function interleave(a: Part, b: Part, issues: IssueList): BlockBars {
  const names = ["timeMs", "open", "high", "low", "close", "volume"] as const;
  const rows = a.bars.timeMs.length + b.bars.timeMs.length;
  const out = Object.fromEntries(names.map((name) => [name, new Float64Array(rows)])) as unknown as BlockBars;
  let [i, j, n] = [0, 0, 0];
  while (i < a.bars.timeMs.length || j < b.bars.timeMs.length) {
    const timeA = a.bars.timeMs[i] ?? Number.POSITIVE_INFINITY;
    const timeB = b.bars.timeMs[j] ?? Number.POSITIVE_INFINITY;
    if (timeA === timeB) {
      const differs = names.find((name) => a.bars[name][i] !== b.bars[name][j]);
      if (differs !== undefined) addConflict(a, b, i, j, differs, issues);
    }
    const [from, row] = timeA <= timeB ? [a, i] : [b, j];
    for (const name of names) out[name][n] = from.bars[name][row] as number;
    if (timeA <= timeB) i++;
    if (timeB <= timeA) j++;
    n++;
  }
  return sliceBars(out, 0, n);
}

function addConflict(a: Part, b: Part, i: number, j: number, column: keyof BlockBars, issues: IssueList): void {
  issues.add({
    file: b.name,
    line: null,
    column,
    code: "CONFLICT",
    value: `${b.bars[column][j]} at ${iso(b.bars.timeMs[j])}`,
    expected: `${a.bars[column][i]}, as in ${a.name}`,
    hint: "remove the wrong file, or import into another store",
  });
}

function importFunding(sources: readonly Source[], store: string): ImportedSeries {
  const issues = new IssueList();
  const [{ symbol }] = sources as [Source];
  const rates = new Map<number, number>();
  const comments: string[] = [];
  for (const { path } of sources) {
    for (const { name, bytes } of unpackFile(path, issues)) {
      const parsed = parseFunding(bytes, { file: name, endMs: Number.POSITIVE_INFINITY }, issues);
      comments.push(...parsed.comments);
      for (const [i, time] of parsed.timeMs.entries()) rates.set(time, parsed.rate[i] as number);
    }
  }
  issues.throwIfAny();
  const written = writeFundingFile(store, symbol, rates, comments);
  const [first, last] = [iso(written.timeMs[0]), iso(written.timeMs.at(-1))];
  const { path, added, timeMs } = written;
  return {
    path,
    symbol,
    timeframe: "funding",
    sources: sources.map((s) => s.path),
    rows: timeMs.length,
    added,
    first,
    last,
  };
}

function findSources({ paths, symbol, timeframe }: ImportRequest): Source[] {
  const issues = new IssueList();
  const found = paths.flatMap((path) => {
    if (!existsSync(path)) {
      issues.add(issue(path, "UNREADABLE", "nothing", "a file or a folder", null));
      return [];
    }
    const files = statSync(path).isDirectory() ? listFiles(path) : [path];
    if (files.length === 0)
      issues.add(issue(path, "NO_BARS", "no file to import", ".csv, .csv.gz, .zip or .parquet files", null));
    return files;
  });
  const sources = found.flatMap((path) => {
    const named = sourceOf(path);
    const own = {
      symbol: symbol ?? named?.symbol,
      timeframe: named?.timeframe === null ? null : (timeframe ?? named?.timeframe),
    };
    if (own.symbol !== undefined && own.timeframe !== undefined)
      return [
        {
          path,
          symbol: own.symbol,
          timeframe: own.timeframe === null ? null : formatTimeframe(timeframeMs(own.timeframe) ?? Number.NaN),
        },
      ];
    const expected = "a name such as BTC-USDT-1h.csv, BTCUSDT-1m-2024-01.zip or BTC-USDT-funding.csv";
    issues.add(issue(path, "UNKNOWN_SYMBOL", basename(path), expected, "say it with --symbol and --timeframe"));
    return [];
  });
  issues.throwIfAny();
  return sources;
}

function issue(file: string, code: DataIssueCode, value: string, expected: string, hint: string | null) {
  return { file, line: null, column: null, code, value, expected, hint };
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(path);
      return NAMED.test(entry.name) && sourceOf(path) !== null ? [path] : [];
    });
}

const QUOTES = "USDT|USDC|FDUSD|BUSD|TUSD|USD|EUR|BTC|ETH";
const VENDOR_NAME = new RegExp(`^([A-Z0-9]+?)[-_]?(${QUOTES})[-_](\\d+[mhdD])\\b`);

/** Symbol and timeframe by a file's name: ours (BTC-USDT-1m-2024.csv) or the venue's (BTCUSDT-1m-2024-01.zip). */
function sourceOf(path: string): Omit<Source, "path"> | null {
  const name = basename(path);
  const funding = /^(.+?)-(.+)-funding\.csv(?:\.gz)?$/.exec(name);
  if (funding !== null) return { symbol: `${funding[1]}/${funding[2]}`, timeframe: null };
  const match = /^(.+?)-(.+?)-(\d+[mhdD])(?=[-.])/.exec(name) ?? VENDOR_NAME.exec(name);
  if (match === null || timeframeMs(match[3] as string) === null) return null;
  return { symbol: `${match[1]}/${match[2]}`, timeframe: match[3] as string };
}

function iso(ms: number | undefined): string {
  return ms === undefined ? "" : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A symbol that may name files. @throws DataError when it is not BASE/QUOTE. */
export function requireSymbol(symbol: string): string {
  if (/^[A-Z0-9]+\/[A-Z0-9]+$/.test(symbol)) return symbol;
  const issues = new IssueList();
  issues.add(issue(symbol, "UNKNOWN_SYMBOL", symbol, "BASE/QUOTE, for example BTC/USDT", null));
  throw new DataError(issues);
}
