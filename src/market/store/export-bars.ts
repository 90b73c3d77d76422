import { copyFileSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { openCsvFolder, storedSymbols, storedTimeframes } from "../csv-folder.ts";
import { fundingPath } from "../funding-csv.ts";
import { type Timeframe, timeframeMs } from "../timeframe.ts";
import { writeParquet } from "./parquet.ts";
import { readSeries } from "./verify.ts";

export interface ExportRequest {
  /** A store, or a folder of CSV. */
  readonly path: string;
  readonly out: string;
  /** Null = all. */
  readonly symbols: readonly string[] | null;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ExportedSeries {
  readonly path: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly rows: number;
}

/**
 * Writes every series as OUT/TIMEFRAME/BASE-QUOTE-TIMEFRAME.parquet, which `importBars` reads back to the same bits, and
 * copies funding rates beside them.
 *
 * @throws DataError for a series that a run would refuse, too.
 */
export async function exportBars({ path, out, symbols, onProgress }: ExportRequest): Promise<ExportedSeries[]> {
  const folder = openCsvFolder(path);
  const wanted = storedSymbols(folder).filter((symbol) => symbols === null || symbols.includes(symbol));
  const series = wanted.flatMap((symbol) =>
    storedTimeframes(folder, symbol).map((timeframe) => ({ symbol, timeframe })),
  );
  const exported: ExportedSeries[] = [];
  for (const { symbol, timeframe } of series) {
    const { bars, issues } = readSeries(folder, symbol, timeframeMs(timeframe) ?? Number.NaN);
    issues.throwIfAny();
    const name = timeframe.toLowerCase();
    const file = join(out, name, `${symbol.replaceAll("/", "-")}-${name}.parquet`);
    await writeParquet(file, bars);
    exported.push({ path: file, symbol, timeframe, rows: bars.timeMs.length });
    onProgress?.(exported.length, series.length);
  }
  for (const symbol of wanted) copyFunding(path, out, symbol);
  return exported;
}

function copyFunding(from: string, to: string, symbol: string): void {
  const [source, target] = [fundingPath(from, symbol), fundingPath(to, symbol)];
  if (!existsSync(source)) return;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, `${target}.part`);
  renameSync(`${target}.part`, target);
}
