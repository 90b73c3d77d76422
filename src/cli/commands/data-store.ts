import { exportBars } from "../../market/store/export-bars.ts";
import { importBars, requireSymbol } from "../../market/store/import-bars.ts";
import { describeData } from "../../market/store/info.ts";
import { isUnusable, verifyData } from "../../market/store/verify.ts";
import { timeframeMs } from "../../market/timeframe.ts";
import { renderFiles, renderImported, renderVerified } from "../../reporting/data-tables.ts";
import { EXIT } from "../exit-codes.ts";
import { Progress } from "../progress.ts";
import { styleOf } from "../terminal.ts";
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
  process.stdout.write(renderImported(series, flags.out, styleOf(process.stdout, process.env)));
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
  process.stdout.write(renderFiles(path, files, styleOf(process.stdout, process.env)));
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
  const { symbols = null, timeframes = null, jump } = flags;
  const series = progress.during((onProgress) => verifyData({ path, symbols, timeframes, jump, onProgress }));
  const refused = series.filter((report) => isUnusable(report));
  const incomplete = series.filter(({ gap_count, jump_count }) => gap_count > 0 || jump_count > 0);
  const ok = refused.length === 0 && (flags.strict !== true || incomplete.length === 0);
  if (flags.json) print(JSON.stringify({ schema_version: 1, path, ok, series }));
  else process.stdout.write(renderVerified(series, styleOf(process.stdout, process.env)));
  if (!ok) process.exitCode = EXIT.usage;
}

function requireTimeframe(timeframe: string): void {
  if (timeframeMs(timeframe) === null)
    throw new UsageError(`--timeframe ${timeframe}: expected one that divides a day, for example 1D, 1h, 1m`);
}
