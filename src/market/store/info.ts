import { statSync } from "node:fs";
import { isStoreFile, openCsvFolder } from "../csv-folder.ts";
import { formatTimeframe, type Timeframe } from "../timeframe.ts";
import { openBarsFile } from "./bars-file.ts";

/** One file of a data folder or store, without reading its bars. */
export interface FileInfo {
  readonly path: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly format: "store" | "csv";
  readonly bytes: number;
  /** Null of CSV, whose rows only `data verify` counts. */
  readonly rows: number | null;
  readonly bytes_per_bar: number | null;
  readonly first: string | null;
  readonly last: string | null;
  readonly gaps: number | null;
}

/** Lists the files of a folder or store. @throws DataError without a folder, or for a header that was changed. */
export function describeData(path: string): FileInfo[] {
  return openCsvFolder(path).files.map((file): FileInfo => {
    const bytes = statSync(file.path).size;
    const common = { path: file.path, symbol: file.symbol, timeframe: formatTimeframe(file.timeframeMs), bytes };
    if (!isStoreFile(file))
      return { ...common, format: "csv", rows: null, bytes_per_bar: null, first: null, last: null, gaps: null };
    const { rows, blocks } = openBarsFile(file.path).header;
    const runs = blocks.flatMap((block) => block.runs);
    const [first, last] = [runs[0], runs.at(-1)];
    let gaps = 0;
    for (const [i, [startMs]] of runs.entries()) {
      const before = runs[i - 1];
      if (before !== undefined && before[0] + before[1] * file.timeframeMs < startMs) gaps++;
    }
    return {
      ...common,
      format: "store",
      rows,
      bytes_per_bar: rows === 0 ? null : bytes / rows,
      first: first === undefined ? null : new Date(first[0]).toISOString(),
      last: last === undefined ? null : new Date(last[0] + (last[1] - 1) * file.timeframeMs).toISOString(),
      gaps,
    };
  });
}
