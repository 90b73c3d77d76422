import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { DataError, IssueList } from "../data-error.ts";
import { FUNDING_COLUMNS, fundingPath, readCsvFunding, withHash } from "../funding-csv.ts";
import type { Timeframe } from "../timeframe.ts";

/** STORE/1m/BTC-USDT-1m.bars */
export function barsPath(store: string, symbol: string, timeframe: Timeframe): string {
  const name = timeframe.toLowerCase();
  return join(store, name, `${symbol.replaceAll("/", "-")}-${name}.bars`);
}

export interface WrittenFunding {
  readonly path: string;
  /** All times in the file now, ascending. */
  readonly timeMs: readonly number[];
  readonly added: number;
}

/**
 * Adds funding rates to those that the store has of the symbol, atomically; they stay a CSV, in the layout of a data folder,
 * whose first line is a comment with the hash of the others.
 *
 * @throws DataError when a rate differs from the one stored for its time, or the stored file is bad.
 */
export function writeFundingFile(
  store: string,
  symbol: string,
  rates: ReadonlyMap<number, number>,
  comments: readonly string[],
): WrittenFunding {
  const path = fundingPath(store, symbol);
  const old = existsSync(path) ? readCsvFunding(store, symbol, Number.POSITIVE_INFINITY) : null;
  old?.issues.throwIfAny();
  const all = new Map<number, number>(
    Array.from(old?.rates?.timeMs ?? [], (time, i) => [time, old?.rates?.rate[i] as number]),
  );
  const before = all.size;
  for (const [time, rate] of rates) {
    const stored = all.get(time);
    if (stored !== undefined && stored !== rate) refuseConflict(path, time, stored, rate);
    all.set(time, rate);
  }
  const timeMs = [...all.keys()].sort((a, b) => a - b);
  const rows = timeMs.map((time) => `${new Date(time).toISOString()},${all.get(time)}\n`);
  const marks = [...new Set([...(old?.comments ?? []), ...comments])].map((comment) => `# ${comment}\n`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomic.sync(path, withHash(`${marks.join("")}${FUNDING_COLUMNS.join(",")}\n${rows.join("")}`));
  return { path, timeMs, added: all.size - before };
}

function refuseConflict(file: string, timeMs: number, stored: number, rate: number): never {
  const issues = new IssueList();
  const [value, expected] = [`${rate} at ${new Date(timeMs).toISOString()}`, `${stored}, as stored`];
  issues.add({ file, line: null, column: "funding_rate", code: "CONFLICT", value, expected, hint: null });
  throw new DataError(issues);
}
