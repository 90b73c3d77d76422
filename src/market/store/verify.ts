import type { BarColumns } from "../bars.ts";
import { type CsvFolder, isStoreFile, openCsvFolder, storedSymbols, storedTimeframes } from "../csv-folder.ts";
import { readCsvSymbol } from "../csv-symbol.ts";
import { DataError, type DataIssue, IssueList } from "../data-error.ts";
import { readCsvFunding } from "../funding-csv.ts";
import { formatTimeframe, type Timeframe, timeframeMs } from "../timeframe.ts";
import { openStoredSymbol } from "./stored-symbol.ts";

export interface VerifyRequest {
  readonly path: string;
  /** Null = all. */
  readonly symbols: readonly string[] | null;
  readonly timeframes: readonly Timeframe[] | null;
  /** A jump is an open this fraction away from the close before it. */
  readonly jump: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Gap {
  /** Open times of the first and the last bar that is missing, ISO 8601 UTC. */
  readonly from: string;
  readonly to: string;
  readonly bars: number;
}

export interface Jump {
  readonly at: string;
  readonly close_before: number;
  readonly open: number;
}

/** What `data verify` says of one series. */
export interface SeriesReport {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly bars: number;
  readonly first: string | null;
  readonly last: string | null;
  /** Bars there are, of those that a market that never stops would have had from first to last. */
  readonly coverage: number;
  readonly missing_bars: number;
  readonly gap_count: number;
  /** The longest ten. */
  readonly gaps: readonly Gap[];
  readonly jump_count: number;
  /** The largest ten. */
  readonly jumps: readonly Jump[];
  /** Bars without volume. */
  readonly empty_bars: number;
  /** Bad rows, duplicates, order, damage: what a run refuses. */
  readonly issues: readonly DataIssue[];
  readonly omitted_issues: number;
  readonly funding: { readonly rates: number; readonly first: string | null; readonly last: string | null } | null;
}

/** Longest lists in a report. */
const SHOWN = 10;

/** Reads every series of a folder or store to its last bar and says what it is worth. @throws DataError without a folder. */
export function verifyData(request: VerifyRequest): SeriesReport[] {
  const folder = openCsvFolder(request.path);
  const series = storedSymbols(folder)
    .filter((symbol) => request.symbols === null || request.symbols.includes(symbol))
    .flatMap((symbol) => storedTimeframes(folder, symbol).map((timeframe) => ({ symbol, timeframe })))
    .filter(({ timeframe }) => request.timeframes === null || request.timeframes.map(canonical).includes(timeframe));
  if (series.length === 0) refuseNothing(request, folder);
  return series.map(({ symbol, timeframe }, i) => {
    const report = verifySeries(folder, symbol, timeframe, request.jump);
    request.onProgress?.(i + 1, series.length);
    return report;
  });
}

/** True when a run over this series would refuse it. */
export function isUnusable({ issues }: SeriesReport): boolean {
  return issues.length > 0;
}

function canonical(timeframe: Timeframe): Timeframe {
  return formatTimeframe(timeframeMs(timeframe) ?? Number.NaN);
}

function verifySeries(folder: CsvFolder, symbol: string, timeframe: Timeframe, jump: number): SeriesReport {
  const lengthMs = timeframeMs(timeframe) ?? Number.NaN;
  const { bars, issues } = readSeries(folder, symbol, lengthMs);
  const rates = readCsvFunding(folder.path, symbol, Number.POSITIVE_INFINITY);
  issues.addAll(rates.issues);
  const { timeMs, open, close, volume } = bars;
  const gaps: Gap[] = [];
  const jumps: Jump[] = [];
  let [missing, empty] = [0, 0];
  for (let i = 0; i < timeMs.length; i++) {
    if (volume[i] === 0) empty++;
    if (i === 0) continue;
    const expected = (timeMs[i - 1] as number) + lengthMs;
    const absent = ((timeMs[i] as number) - expected) / lengthMs;
    if (absent > 0) gaps.push({ from: iso(expected), to: iso((timeMs[i] as number) - lengthMs), bars: absent });
    missing += Math.max(0, absent);
    const before = close[i - 1] as number;
    if (Math.abs((open[i] as number) / before - 1) > jump)
      jumps.push({ at: iso(timeMs[i] as number), close_before: before, open: open[i] as number });
  }
  const size = ({ open: at, close_before }: Jump): number => Math.abs(at / close_before - 1);
  return {
    symbol,
    timeframe,
    bars: timeMs.length,
    first: isoOrNull(timeMs[0]),
    last: isoOrNull(timeMs.at(-1)),
    coverage: timeMs.length === 0 ? 0 : timeMs.length / (timeMs.length + missing),
    missing_bars: missing,
    gap_count: gaps.length,
    gaps: gaps.sort((a, b) => b.bars - a.bars).slice(0, SHOWN),
    jump_count: jumps.length,
    jumps: jumps.sort((a, b) => size(b) - size(a)).slice(0, SHOWN),
    empty_bars: empty,
    issues: issues.kept,
    omitted_issues: issues.omitted,
    funding:
      rates.file === null
        ? null
        : {
            rates: rates.rates?.timeMs.length ?? 0,
            first: isoOrNull(rates.rates?.timeMs[0]),
            last: isoOrNull(rates.rates?.timeMs.at(-1)),
          },
  };
}

/** The bars of a series from either kind of file; problems are issues, never thrown. */
export function readSeries(
  folder: CsvFolder,
  symbol: string,
  lengthMs: number,
): { bars: BarColumns; issues: IssueList } {
  const stored = folder.files.find(
    (file) => file.symbol === symbol && file.timeframeMs === lengthMs && isStoreFile(file),
  );
  if (stored === undefined) return readCsvSymbol(folder, symbol, lengthMs, Number.POSITIVE_INFINITY);
  const issues = new IssueList();
  try {
    // A copy: reading is checking.
    return { bars: { ...openStoredSymbol(stored.path, symbol, Number.POSITIVE_INFINITY).bars }, issues };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    for (const issue of error.issues) issues.add(issue);
    const none = new Float64Array(0);
    const bars = {
      symbol,
      timeMs: none,
      open: none,
      high: none,
      low: none,
      close: none,
      volume: none,
      volumeDecimals: 0,
    };
    return { bars, issues };
  }
}

function refuseNothing({ path, symbols, timeframes }: VerifyRequest, folder: CsvFolder): never {
  const issues = new IssueList();
  const wanted = [...(symbols ?? []), ...(timeframes ?? [])].join(", ");
  const stored = storedSymbols(folder).map((symbol) => `${symbol} ${storedTimeframes(folder, symbol).join(" ")}`);
  issues.add({
    file: path,
    line: null,
    column: null,
    code: wanted === "" ? "NO_BARS" : "UNKNOWN_SYMBOL",
    value: wanted === "" ? "no bars" : wanted,
    expected: stored.length === 0 ? "TIMEFRAME/BASE-QUOTE-TIMEFRAME.csv or .bars files" : `one of ${stored.join("; ")}`,
    hint: null,
  });
  throw new DataError(issues);
}

function isoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : iso(ms);
}

function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
