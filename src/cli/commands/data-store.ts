import { type DataIssue, renderIssue } from "../../market/data-error.ts";
import { exportBars } from "../../market/store/export-bars.ts";
import { importBars, requireSymbol } from "../../market/store/import-bars.ts";
import { describeData } from "../../market/store/info.ts";
import { isUnusable, type SeriesReport, verifyData } from "../../market/store/verify.ts";
import { timeframeMs } from "../../market/timeframe.ts";
import { EXIT } from "../exit-codes.ts";
import { Progress } from "../progress.ts";
import { UsageError } from "../usage-error.ts";

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** `data import`: files of vendors, or of ours, into the local store. */
export async function importData(
  paths: readonly string[],
  flags: { readonly out: string; readonly symbol?: string; readonly timeframe?: string; readonly json?: boolean },
): Promise<void> {
  if (flags.timeframe !== undefined) requireTimeframe(flags.timeframe);
  const progress = new Progress("import", "files", process.stderr);
  const series = await importBars({
    paths,
    store: flags.out,
    symbol: flags.symbol === undefined ? null : requireSymbol(flags.symbol),
    timeframe: flags.timeframe ?? null,
    onProgress: (done, total) => progress.update(done, total),
  }).finally(() => progress.stop());
  if (flags.json) {
    print(JSON.stringify({ schema_version: 1, store: flags.out, series }));
    return;
  }
  for (const { symbol, timeframe, rows, added, first, last } of series)
    print(`${symbol} ${timeframe}: ${rows} rows, ${added} new, ${first} to ${last}`);
  print(`${series.length} series in ${flags.out}; mcbot data verify ${flags.out} checks them`);
}

/** `data export`: the store, or a folder of CSV, as Parquet. */
export async function exportData(
  path: string,
  flags: { readonly out: string; readonly symbols?: readonly string[]; readonly json?: boolean },
): Promise<void> {
  const progress = new Progress("export", "series", process.stderr);
  const files = await exportBars({
    path,
    out: flags.out,
    symbols: flags.symbols ?? null,
    onProgress: (done, total) => progress.update(done, total),
  }).finally(() => progress.stop());
  if (flags.json) {
    print(JSON.stringify({ schema_version: 1, files }));
    return;
  }
  for (const { path: file, rows } of files) print(`${file}: ${rows} rows`);
}

/** `data info`: what a folder or store holds, from names and headers. */
export function printDataInfo(path: string, flags: { readonly json?: boolean }): void {
  const files = describeData(path);
  if (flags.json) {
    print(JSON.stringify({ schema_version: 1, path, files }));
    return;
  }
  for (const { path: file, format, rows, bytes, bytes_per_bar, first, last, gaps } of files) {
    const detail =
      rows === null
        ? `${bytes} bytes, ${format}`
        : `${rows} bars, ${first} to ${last}, ${gaps} gaps, ${bytes_per_bar?.toFixed(1)} bytes a bar`;
    print(`${file}: ${detail}`);
  }
  if (files.length === 0) print(`${path} has no bars`);
}

/** `data verify`: reads everything and says what is missing or wrong; exits 2 when a run would refuse the data. */
export function verifyDataCommand(
  path: string,
  flags: {
    readonly symbols?: readonly string[];
    readonly timeframes?: readonly string[];
    readonly jump: number;
    readonly strict?: boolean;
    readonly json?: boolean;
  },
): void {
  flags.timeframes?.forEach(requireTimeframe);
  const progress = new Progress("verify", "series", process.stderr);
  const series = verifyData({
    path,
    symbols: flags.symbols ?? null,
    timeframes: flags.timeframes ?? null,
    jump: flags.jump,
    onProgress: (done, total) => progress.update(done, total),
  });
  progress.stop();
  const refused = series.filter((report) => isUnusable(report));
  const incomplete = series.filter(({ gap_count, jump_count }) => gap_count > 0 || jump_count > 0);
  const ok = refused.length === 0 && (flags.strict !== true || incomplete.length === 0);
  if (flags.json) print(JSON.stringify({ schema_version: 1, path, ok, series }));
  else for (const line of describeReports(series)) print(line);
  if (!ok) process.exitCode = EXIT.usage;
}

function describeReports(series: readonly SeriesReport[]): string[] {
  const lines = series.flatMap((report) => [
    `${report.symbol} ${report.timeframe}: ${report.bars} bars, ${report.first ?? "-"} to ${report.last ?? "-"}, coverage ${(100 * report.coverage).toFixed(3)} %, ${report.gap_count} gaps (${report.missing_bars} bars), ${report.jump_count} jumps, ${report.empty_bars} without volume, ${report.funding === null ? "no funding" : `${report.funding.rates} funding rates`}`,
    ...report.gaps.slice(0, 3).map(({ from, to, bars }) => `  gap of ${bars} from ${from} to ${to}`),
    ...report.jumps.slice(0, 3).map(({ at, close_before, open }) => `  jump at ${at} from ${close_before} to ${open}`),
    ...report.issues.map((issue: DataIssue) => `  ${renderIssue(issue)}`),
    ...(report.omitted_issues > 0 ? [`  and ${report.omitted_issues} more`] : []),
  ]);
  const refused = series.filter((report) => isUnusable(report)).length;
  const verdict =
    refused === 0 ? "every series can be run" : `${refused} of ${series.length} series are refused by a run`;
  return [...lines, `${verdict}; gaps stay gaps: nothing is filled`];
}

function requireTimeframe(timeframe: string): void {
  if (timeframeMs(timeframe) === null)
    throw new UsageError(`--timeframe ${timeframe}: expected one that divides a day, for example 1D, 1h, 1m`);
}
