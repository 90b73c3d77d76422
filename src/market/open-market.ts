import { assert } from "../lib/assert.ts";
import { type BaseTimeframe, chooseBaseTimeframe } from "./base-timeframe.ts";
import { findMissingSymbols, openCsvFolder, storedTimeframes } from "./csv-folder.ts";
import { type CsvSymbol, readCsvSymbol } from "./csv-symbol.ts";
import { DataError, IssueList } from "./data-error.ts";
import type { Market } from "./market.ts";
import { hashBars } from "./market-hash.ts";
import { SYNTHETIC_START_MS, syntheticBars } from "./synthetic.ts";
import { syntheticLabel } from "./synthetic-label.ts";
import { DAY_MS, formatTimeframe, MINUTE_MS, type Timeframe, timeframeMs } from "./timeframe.ts";

export interface MarketRequest {
  /** A folder of CSV, or "synthetic". */
  readonly path: string;
  /** Of the synthetic market. */
  readonly seed: number;
  /** At least one, in any order; doubles are one. */
  readonly symbols: readonly string[];
  readonly podTimeframes: readonly Timeframe[];
  /** Null: chosen by `chooseBaseTimeframe`. */
  readonly baseTimeframe: Timeframe | null;
  /** Bars that open at or after this are left out; epoch ms. */
  readonly endMs: number;
}

/**
 * Opens a market with the bars of the symbols asked for, from the first one there is up to `endMs`.
 *
 * A symbol without any bar before `endMs` keeps empty columns, unless that is true of all of them.
 *
 * @throws DataError with all issues at once: folder, symbols, timeframe, or rows.
 */
export function openMarket(request: MarketRequest): Market {
  assert(request.symbols.length > 0, "market: no symbols");
  const symbols = [...new Set(request.symbols)].sort();
  const market = request.path === "synthetic" ? openSynthetic(request, symbols) : openFolder(request, symbols);
  if (market.bars.every((bars) => bars.timeMs.length === 0)) refuseEmpty(request);
  return market;
}

function openSynthetic(request: MarketRequest, symbols: readonly string[]): Market {
  const { seed, endMs, podTimeframes, baseTimeframe } = request;
  const stored = new Map(symbols.map((symbol) => [symbol, ALL_TIMEFRAMES]));
  const timeframe = unwrap(chooseBaseTimeframe("synthetic", stored, podTimeframes, baseTimeframe));
  const bars = syntheticBars({ seed, symbols, timeframe, endMs });
  return { kind: "synthetic", label: syntheticLabel(seed), timeframe, bars, files: [], hash: hashBars(bars) };
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
  const read = symbols.map((symbol) => readCsvSymbol(folder, symbol, timeframeMs(timeframe) ?? Number.NaN, endMs));

  const issues = new IssueList();
  for (const symbol of read) issues.addAll(symbol.issues);
  issues.throwIfAny();

  const bars = read.map((symbol) => symbol.bars);
  return { ...describeSource(path, timeframe, read), timeframe, bars, files: filesOf(read), hash: hashBars(bars) };
}

/** Files that say SYNTHETIC in a comment make the whole market synthetic, even beside real ones. */
function describeSource(
  path: string,
  timeframe: Timeframe,
  read: readonly CsvSymbol[],
): Pick<Market, "kind" | "label"> {
  const source = `${path} (CSV, ${timeframe.toLowerCase()})`;
  const comments = new Set(read.flatMap((symbol) => symbol.comments));
  const marks = [...comments].filter((comment) => comment.includes("SYNTHETIC"));
  if (marks.length === 0) return { kind: "files", label: source };
  return { kind: "synthetic", label: `${marks.join("; ")}, ${source}` };
}

function filesOf(read: readonly CsvSymbol[]): string[] {
  return read.flatMap((symbol) => symbol.files);
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
