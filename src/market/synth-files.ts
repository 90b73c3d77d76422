import { closeSync, existsSync, mkdirSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { BarColumns } from "./bars.ts";
import { CSV_COLUMNS } from "./csv-layout.ts";
import { IssueList } from "./data-error.ts";
import type { FundingRates } from "./funding.ts";
import { FUNDING_COLUMNS, fundingPath } from "./funding-csv.ts";
import { syntheticBars } from "./synthetic.ts";
import { syntheticFunding } from "./synthetic-funding.ts";
import { syntheticLabel } from "./synthetic-label.ts";
import { HOUR_MS, type Timeframe, timeframeMs } from "./timeframe.ts";

export interface SynthRequest {
  readonly folder: string;
  readonly seed: number;
  readonly symbols: readonly string[];
  readonly timeframes: readonly Timeframe[];
  /** Epoch ms; from inclusive, end exclusive. */
  readonly fromMs: number;
  readonly endMs: number;
  /** Called now and then with the days of bars that are made, over all symbols and timeframes, and all of them. */
  readonly onProgress?: (doneDays: number, totalDays: number) => void;
}

interface TextFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes the synthetic market in the layout of a data folder: bars by timeframe (finer than 1h in a file per year),
 * funding, and a README. Each file begins with a comment that says SYNTHETIC, which stays with whoever loads it; loading
 * gives the same columns as `syntheticBars`, bit for bit.
 *
 * Each file is written whole or not at all. Returns the paths.
 *
 * @throws DataError, before anything is written, when a file of the same name is not synthetic: real data are never
 * overwritten.
 */
export function writeSyntheticMarket(request: SynthRequest): string[] {
  refuseRealFiles(request);
  const paths: string[] = [];
  for (const { path, text } of allFiles(request)) {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileAtomic.sync(path, text);
    paths.push(path);
  }
  return paths;
}

function* allFiles(request: SynthRequest): Generator<TextFile> {
  yield readme(request);
  for (const [i, timeframe] of request.timeframes.entries()) yield* barFiles(request, timeframe, i);
  for (const symbol of request.symbols) {
    yield fundingFile(request, syntheticFunding(request.seed, symbol, request.fromMs, request.endMs));
  }
}

/** @param before timeframes that are written already. */
function* barFiles(request: SynthRequest, timeframe: Timeframe, before: number): Generator<TextFile> {
  const { seed, fromMs, endMs, symbols, timeframes } = request;
  // One symbol at a time: years of minutes of all of them need not be in memory together.
  for (const [s, symbol] of symbols.entries()) {
    const onProgress = (done: number, total: number): void =>
      request.onProgress?.((before * symbols.length + s) * total + done, timeframes.length * symbols.length * total);
    for (const bars of syntheticBars({ seed, symbols: [symbol], timeframe, fromMs, endMs, onProgress })) {
      for (const { year, first, end } of parts(request, timeframe)) {
        const path = barPath(request.folder, symbol, timeframe, year);
        const rows = rowsOf(bars, first, end);
        if (rows !== "") yield { path, text: `${commentOf(seed)}\n${CSV_COLUMNS.join(",")}\n${rows}` };
      }
    }
  }
}

function rowsOf({ timeMs, open, high, low, close, volume }: BarColumns, firstMs: number, endMs: number): string {
  const lines: string[] = [];
  for (const [i, ms] of timeMs.entries()) {
    if (ms < firstMs || ms >= endMs) continue;
    // The shortest text that reads back as the same double.
    lines.push(`${iso(ms)},${open[i]},${high[i]},${low[i]},${close[i]},${volume[i]}\n`);
  }
  return lines.join("");
}

function fundingFile({ folder, seed }: SynthRequest, { symbol, timeMs, rate }: FundingRates): TextFile {
  const rows = Array.from(timeMs, (ms, i) => `${iso(ms)},${rate[i]}\n`);
  const text = `${commentOf(seed)}\n${FUNDING_COLUMNS.join(",")}\n${rows.join("")}`;
  return { path: fundingPath(folder, symbol), text };
}

function readme({ folder, seed, symbols, timeframes, fromMs, endMs }: SynthRequest): TextFile {
  const text = `${commentOf(seed)}

The prices in this folder are invented. They say nothing about any real market.

symbols     ${symbols.join(", ")}
timeframes  ${timeframes.join(", ")}
from        ${iso(fromMs)}
until       ${iso(endMs)} (not included)
made by     mcbot data synth --seed ${seed}
`;
  return { path: join(folder, "README.txt"), text };
}

/** The years that a timeframe is cut into; one part without a year from 1h on. */
function parts({ fromMs, endMs }: SynthRequest, timeframe: Timeframe) {
  if ((timeframeMs(timeframe) ?? 0) >= HOUR_MS) return [{ year: null, first: fromMs, end: endMs }];
  const first = new Date(fromMs).getUTCFullYear();
  const last = new Date(endMs - 1).getUTCFullYear();
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => ({
    year: first + i,
    first: Date.UTC(first + i, 0, 1),
    end: Date.UTC(first + i + 1, 0, 1),
  }));
}

function barPath(folder: string, symbol: string, timeframe: Timeframe, year: number | null): string {
  const name = timeframe.toLowerCase();
  return join(folder, name, `${fileSymbol(symbol)}-${name}${year === null ? "" : `-${year}`}.csv`);
}

/** "BTC/USDT" → "BTC-USDT". */
function fileSymbol(symbol: string): string {
  return symbol.replaceAll("/", "-");
}

function commentOf(seed: number): string {
  return `# ${syntheticLabel(seed)}`;
}

/** "2018-04-17T00:00:00Z". */
function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

const MARK = "# SYNTHETIC";

function beginsWith(path: string, text: string): boolean {
  const start = Buffer.alloc(text.length);
  const file = openSync(path, "r");
  readSync(file, start);
  closeSync(file);
  return start.toString("latin1") === text;
}

function refuseRealFiles(request: SynthRequest): void {
  const { folder, symbols, timeframes } = request;
  const bars = timeframes.flatMap((timeframe) =>
    symbols.flatMap((symbol) => parts(request, timeframe).map(({ year }) => barPath(folder, symbol, timeframe, year))),
  );
  const issues = new IssueList();
  for (const file of [join(folder, "README.txt"), ...bars, ...symbols.map((symbol) => fundingPath(folder, symbol))]) {
    if (!existsSync(file) || beginsWith(file, MARK)) continue;
    issues.add({
      file,
      line: 1,
      column: null,
      code: "NOT_SYNTHETIC",
      value: `a file that does not begin with ${MARK}`,
      expected: "no file, or a synthetic one to replace",
      hint: "write to another folder",
    });
  }
  issues.throwIfAny();
}
