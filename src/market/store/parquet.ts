import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { type BarBounds, describeRow, isOnTimeline, isSound } from "../csv-check.ts";
import { CSV_COLUMNS } from "../csv-layout.ts";
import type { IssueList } from "../data-error.ts";
import type { BlockBars } from "./bar-block.ts";

/** Reads bars from Parquet: the six columns of a CSV, timestamp as epoch ms (INT64), TIMESTAMP or DOUBLE. Bad rows are issues. */
export async function readParquet(path: string, timeframeMs: number, issues: IssueList): Promise<BlockBars | null> {
  const { asyncBufferFromFile, parquetRead, parquetMetadataAsync, parquetSchema } = await import("hyparquet");
  const add = (code: "BAD_ARCHIVE" | "WRONG_HEADER", value: string, expected: string) =>
    issues.add({ file: path, line: null, column: null, code, value, expected, hint: null });
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    if (!CSV_COLUMNS.every((name) => names.includes(name))) {
      add("WRONG_HEADER", names.join(","), CSV_COLUMNS.join(","));
      return null;
    }
    const rows = Number(metadata.num_rows);
    const columns = CSV_COLUMNS.map(() => new Float64Array(rows));
    await parquetRead({
      file,
      metadata,
      columns: [...CSV_COLUMNS],
      onChunk: ({ columnName, columnData, rowStart }) => {
        const column = columns[CSV_COLUMNS.indexOf(columnName as (typeof CSV_COLUMNS)[number])] as Float64Array;
        for (let i = 0; i < columnData.length; i++) column[rowStart + i] = numberOf(columnData[i]);
      },
    });
    return checked(path, columns, timeframeMs, issues);
  } catch (error) {
    add("BAD_ARCHIVE", (error as Error).message, "a whole Parquet file");
    return null;
  }
}

function numberOf(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : Number.NaN;
}

/** Rows are counted from 1, like lines. */
function checked(file: string, columns: readonly Float64Array[], timeframeMs: number, issues: IssueList): BlockBars {
  const [timeMs, open, high, low, close, volume] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const bounds: BarBounds = {
    timeframeMs,
    year: null,
    fromMs: Number.NEGATIVE_INFINITY,
    toMs: Number.POSITIVE_INFINITY,
    previousMs: Number.NEGATIVE_INFINITY,
  };
  for (let i = 0; i < timeMs.length; i++) {
    const row = {
      timeMs: timeMs[i] as number,
      open: open[i] as number,
      high: high[i] as number,
      low: low[i] as number,
      close: close[i] as number,
      volume: volume[i] as number,
    };
    if (!isSound(row, bounds)) {
      const written = columns.map((column) => String(column[i]));
      for (const issue of describeRow(row, written, bounds)) issues.add({ file, line: i + 1, ...issue });
    }
    if (isOnTimeline(row.timeMs, bounds)) bounds.previousMs = row.timeMs;
  }
  return { timeMs, open, high, low, close, volume };
}

/** Writes bars as Parquet, the columns of a CSV with timestamp as a TIMESTAMP in milliseconds; atomically. */
export async function writeParquet(path: string, bars: BlockBars): Promise<void> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "timestamp", data: Array.from(bars.timeMs, (ms) => new Date(ms)), type: "TIMESTAMP" },
      ...(["open", "high", "low", "close", "volume"] as const).map((name) => ({
        name,
        data: bars[name],
        type: "DOUBLE" as const,
      })),
    ],
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomic.sync(path, Buffer.from(buffer));
}
