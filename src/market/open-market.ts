import { assert } from "../lib/assert.ts";
import { type BaseTimeframe, chooseBaseTimeframe } from "./base-timeframe.ts";
import { seriesOf } from "./column-series.ts";
import { type CsvFolder, findMissingSymbols, isStoreFile, openCsvFolder, storedTimeframes } from "./csv-folder.ts";
import { type CsvSymbol, readCsvSymbol } from "./csv-symbol.ts";
import { DataError, IssueList } from "./data-error.ts";
import type { FundingMode, FundingRates } from "./funding.ts";
import { type CsvFunding, fundingPath, readCsvFunding } from "./funding-csv.ts";
import type { Market } from "./market.ts";
import { type HashedBars, hashColumns, hashMarket, hashSeries } from "./market-hash.ts";
import { openStoredSymbol } from "./store/stored-symbol.ts";
import { SYNTHETIC_START_MS, syntheticBars } from "./synthetic.ts";
import { syntheticFunding } from "./synthetic-funding.ts";
import { syntheticLabel } from "./synthetic-label.ts";
import { DAY_MS, formatTimeframe, MINUTE_MS, type Timeframe, timeframeMs } from "./timeframe.ts";

export interface MarketRequest {
  /** A folder of CSV, the local store, or "synthetic". */
  readonly path: string;
  /** Of the synthetic market. */
  readonly seed: number;
  /** At least one, in any order; doubles are one. */
  readonly symbols: readonly string[];
  readonly podTimeframes: readonly Timeframe[];
  /** Null: chosen by `chooseBaseTimeframe`. */
  readonly baseTimeframe: Timeframe | null;
  /** Whether funding rates are read, and whether they must be there. */
  readonly funding: FundingMode;
  /** Bars that open at or after this are left out, funding rates of that time too; epoch ms. */
  readonly endMs: number;
  /** Called now and then with what is done, and all of it: days of a synthetic market, symbols of a stored one. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Opens a market with the bars and funding rates of the symbols asked for, from the first one there is up to `endMs`.
 *
 * A symbol without any bar before `endMs` keeps empty columns, unless that is true of all of them.
 *
 * @throws DataError with all issues at once: folder, symbols, timeframe, rows, or funding that is required and missing.
 */
export function openMarket(request: MarketRequest): Market {
  assert(request.symbols.length > 0, "market: no symbols");
  const symbols = [...new Set(request.symbols)].sort();
  const market = request.path === "synthetic" ? openSynthetic(request, symbols) : openFolder(request, symbols);
  if (market.bars.every((bars) => seriesOf(bars).rows === 0)) refuseEmpty(request);
  return market;
}

function openSynthetic(request: MarketRequest, symbols: readonly string[]): Market {
  const { seed, endMs, podTimeframes, baseTimeframe, funding: mode } = request;
  const stored = new Map(symbols.map((symbol) => [symbol, ALL_TIMEFRAMES]));
  const timeframe = unwrap(chooseBaseTimeframe("synthetic", stored, podTimeframes, baseTimeframe));
  const bars = syntheticBars({ seed, symbols, timeframe, endMs, ...progressOf(request) });
  const funding = symbols.map((symbol) => (mode === "none" ? null : madeFunding(seed, symbol, endMs)));
  const hash = hashMarket(bars, funding, timeframe);
  return { kind: "synthetic", label: syntheticLabel(seed), timeframe, bars, funding, files: [], hash };
}

function progressOf({ onProgress }: MarketRequest): Pick<MarketRequest, "onProgress"> {
  return onProgress === undefined ? {} : { onProgress };
}

/** Null before the first rate, as of a file without rates. */
function madeFunding(seed: number, symbol: string, endMs: number): FundingRates | null {
  const rates = syntheticFunding(seed, symbol, SYNTHETIC_START_MS, endMs);
  return rates.timeMs.length === 0 ? null : rates;
}

/** Every whole number of minutes that divides a day: what the synthetic market can make. */
const ALL_TIMEFRAMES = Array.from({ length: DAY_MS / MINUTE_MS }, (_, i) => (i + 1) * MINUTE_MS)
  .filter((ms) => DAY_MS % ms === 0)
  .map(formatTimeframe);

function openFolder(request: MarketRequest, symbols: readonly string[]): Market {
  const { path, endMs, podTimeframes, baseTimeframe } = request;
  const folder = openCsvFolder(path);
  findMissingSymbols(folder, symbols).throwIfAny();
  const stored = new Map(symbols.map((symbol) => [symbol, storedTimeframes(folder, symbol)]));
  const timeframe = unwrap(chooseBaseTimeframe(path, stored, podTimeframes, baseTimeframe));
  const read = symbols.map((symbol, s) => {
    request.onProgress?.(s, symbols.length);
    return readSymbol(folder, symbol, timeframe, endMs);
  });
  const rates = request.funding === "none" ? [] : symbols.map((symbol) => readCsvFunding(path, symbol, endMs));

  const issues = new IssueList();
  for (const { issues: own } of [...read, ...rates]) issues.addAll(own);
  if (request.funding === "required") addMissingFunding(request, symbols, rates, issues);
  issues.throwIfAny();

  const bars = read.map((symbol) => symbol.bars);
  const funding = symbols.map((_, s) => rates[s]?.rates ?? null);
  const files = [...read.flatMap((symbol) => symbol.files), ...rates.flatMap(({ file }) => file ?? [])];
  const isStore = read.every(({ hashed }) => hashed !== null);
  const source = describeSource(path, isStore ? "store" : "CSV", timeframe, [...read, ...rates]);
  const hashed = read.map(({ bars: columns, hashed: stored }) => stored ?? hashColumns(columns, timeframe));
  return { ...source, timeframe, bars, funding, files, hash: hashSeries(hashed, funding) };
}

/** A symbol's bars from either kind of file; `hashed` is what the store says of them already. */
function readSymbol(
  folder: CsvFolder,
  symbol: string,
  timeframe: Timeframe,
  endMs: number,
): CsvSymbol & { readonly hashed: HashedBars | null } {
  const lengthMs = timeframeMs(timeframe) ?? Number.NaN;
  const own = folder.files.filter((file) => file.symbol === symbol && file.timeframeMs === lengthMs);
  const stored = own.find(isStoreFile);
  if (stored === undefined) return { ...readCsvSymbol(folder, symbol, lengthMs, endMs), hashed: null };
  if (own.length > 1) refuseBoth(stored.path, own.find((file) => !isStoreFile(file))?.path ?? "");
  const { bars, hashed, file } = openStoredSymbol(stored.path, symbol, endMs);
  return { bars, hashed, files: [stored.path], comments: file.header.comments, issues: new IssueList() };
}

function refuseBoth(stored: string, csv: string): never {
  const issues = new IssueList();
  const expected = "bars in one place: CSV or the store";
  issues.add({
    file: csv,
    line: null,
    column: null,
    code: "OVERLAP",
    value: `${stored} beside it`,
    expected,
    hint: null,
  });
  throw new DataError(issues);
}

/** One issue per symbol without rates, unless its file has issues of its own. */
function addMissingFunding(
  { path, endMs }: MarketRequest,
  symbols: readonly string[],
  read: readonly CsvFunding[],
  issues: IssueList,
): void {
  for (const [s, { rates, file, issues: own }] of read.entries()) {
    if (rates !== null || !own.isEmpty) continue;
    const symbol = symbols[s] as string;
    issues.add({
      file: fundingPath(path, symbol),
      line: null,
      column: null,
      code: "NO_FUNDING",
      value: file === null ? "nothing" : "no rate",
      expected: `funding rates of ${symbol}${Number.isFinite(endMs) ? ` before ${new Date(endMs).toISOString()}` : ""}`,
      hint: "data.funding is required; if_present runs without them and says so",
    });
  }
}

/** Files that say SYNTHETIC in a comment make the whole market synthetic, even beside real ones. */
function describeSource(
  path: string,
  format: string,
  timeframe: Timeframe,
  read: readonly Pick<CsvSymbol, "comments">[],
): Pick<Market, "kind" | "label"> {
  const source = `${path} (${format}, ${timeframe.toLowerCase()})`;
  const comments = new Set(read.flatMap((symbol) => symbol.comments));
  const marks = [...comments].filter((comment) => comment.includes("SYNTHETIC"));
  if (marks.length === 0) return { kind: "files", label: source };
  return { kind: "synthetic", label: `${marks.join("; ")}, ${source}` };
}

function unwrap(choice: BaseTimeframe): Timeframe {
  if (!choice.ok) throw new DataError(choice.issues);
  return choice.timeframe;
}

function refuseEmpty({ path, symbols, endMs }: MarketRequest): never {
  const issues = new IssueList();
  issues.add({
    file: path,
    line: null,
    column: null,
    code: "NO_BARS",
    value: `no bar of ${symbols.join(", ")}`,
    expected: `bars before ${new Date(endMs).toISOString()}`,
    hint: path === "synthetic" ? `it starts on ${new Date(SYNTHETIC_START_MS).toISOString().slice(0, 10)}` : null,
  });
  throw new DataError(issues);
}
