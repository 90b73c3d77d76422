import { assert } from "../lib/assert.ts";
import { type BarBounds, describeRow, isOnTimeline, isSound } from "./csv-check.ts";
import { readHeader } from "./csv-header.ts";
import { type RawRow, RowReader } from "./csv-rows.ts";
import { type DataIssue, IssueList } from "./data-error.ts";

const NEWLINE = 10;

export interface CsvOptions {
  /** Name for issues. */
  readonly file: string;
  readonly timeframeMs: number;
  /** Bars that open at or after this are checked but not kept; epoch ms. */
  readonly endMs: number;
  /** The year in the file's name: rows of other years are refused. Null when the name has none. */
  readonly year: number | null;
}

/** The bars of one CSV as columns; see BarColumns for units. */
export interface CsvBars {
  readonly timeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** Most decimals any volume has, trailing zeros not counted. */
  readonly volumeDecimals: number;
  /** Comment lines above the header, without "#". */
  readonly comments: readonly string[];
}

export interface CsvResult {
  /** Complete only when `issues` is empty: bad rows are left out. */
  readonly bars: CsvBars;
  readonly issues: IssueList;
}

/**
 * Parses the CSV of one symbol and timeframe, and finds everything that is wrong with it.
 *
 * Layout: optional comment lines ("# …"), the header `timestamp,open,high,low,close,volume`, one row per bar in
 * ascending order, every line ended by a line break. Timestamps are the bar's open: ISO-8601 UTC with or without
 * milliseconds, or epoch seconds or milliseconds. Prices and volumes become the nearest double.
 *
 * Never throws for bad content. A last line without a line break is refused even when it looks whole: a file cut off
 * inside a volume cannot be told from it.
 */
export function parseCsv(bytes: Buffer, options: CsvOptions): CsvResult {
  const issues = new IssueList();
  const start = readHeader(bytes, options.file);
  if (!start.ok) {
    issues.add(start.issue);
    return { bars: new Columns(0).finish([]), issues };
  }
  const body = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
  const reader = new RowReader(body, start.position);
  const { columns, line } = readRows(reader, estimateRows(body, start.position), start.line, options, issues);
  if (body.length < bytes.length && start.position < bytes.length)
    issues.add(truncated(bytes, body, line, options.file));
  else if (line === start.line) issues.add(noRows(options.file));
  return { bars: columns.finish(start.comments), issues };
}

function readRows(reader: RowReader, rows: number, firstLine: number, options: CsvOptions, issues: IssueList) {
  const columns = new Columns(rows);
  const bounds: BarBounds = boundsOf(options);
  const { row } = reader;
  let line = firstLine;
  for (; reader.readRow(columns.volumeDecimals); line++) {
    if (reader.isComplete && isSound(row, bounds)) {
      if (row.timeMs < options.endMs) columns.push(row);
    } else {
      const found = describeRow(reader.isComplete ? row : null, reader.fields(), bounds);
      assert(found.length > 0, `csv: line ${line} of ${options.file} is left out without an issue`);
      for (const issue of found) issues.add({ file: options.file, line, ...issue });
    }
    // A row with a wrong price still moves the clock: a duplicate of it must not pass.
    if (reader.isComplete && isOnTimeline(row.timeMs, bounds)) bounds.previousMs = row.timeMs;
  }
  return { columns, line };
}

function boundsOf({ timeframeMs, year }: CsvOptions): BarBounds {
  return {
    timeframeMs,
    year,
    fromMs: year === null ? Number.NEGATIVE_INFINITY : Date.UTC(year, 0, 1),
    toMs: year === null ? Number.POSITIVE_INFINITY : Date.UTC(year + 1, 0, 1),
    previousMs: Number.NEGATIVE_INFINITY,
  };
}

/** Bars kept so far. */
class Columns {
  timeMs: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
  volumeDecimals = 0;
  #length = 0;

  /** @param capacity rows that fit before the columns have to grow. */
  constructor(capacity: number) {
    this.timeMs = new Float64Array(capacity);
    this.open = new Float64Array(capacity);
    this.high = new Float64Array(capacity);
    this.low = new Float64Array(capacity);
    this.close = new Float64Array(capacity);
    this.volume = new Float64Array(capacity);
  }

  push(row: RawRow): void {
    const at = this.#length++;
    if (at === this.timeMs.length) this.#resize(16 + Math.ceil(at * 1.5));
    this.timeMs[at] = row.timeMs;
    this.open[at] = row.open;
    this.high[at] = row.high;
    this.low[at] = row.low;
    this.close[at] = row.close;
    this.volume[at] = row.volume;
    if (row.volumeDecimals > this.volumeDecimals) this.volumeDecimals = row.volumeDecimals;
  }

  finish(comments: readonly string[]): CsvBars {
    this.#resize(this.#length);
    const { timeMs, open, high, low, close, volume, volumeDecimals } = this;
    return { timeMs, open, high, low, close, volume, volumeDecimals, comments };
  }

  #resize(length: number): void {
    this.timeMs = resized(this.timeMs, length);
    this.open = resized(this.open, length);
    this.high = resized(this.high, length);
    this.low = resized(this.low, length);
    this.close = resized(this.close, length);
    this.volume = resized(this.volume, length);
  }
}

function resized(column: Float64Array, length: number): Float64Array {
  if (length <= column.length) return column.slice(0, length);
  const longer = new Float64Array(length);
  longer.set(column);
  return longer;
}

/** Rows of a body whose rows are about as long as its first one. Counting them would take as long as reading them. */
function estimateRows(bytes: Buffer, from: number): number {
  const firstRow = Math.max(1, bytes.indexOf(NEWLINE, from) + 1 - from);
  return Math.ceil((1.05 * Math.max(0, bytes.length - from)) / firstRow);
}

function truncated(bytes: Buffer, body: Buffer, line: number, file: string): DataIssue {
  return {
    file,
    line,
    column: null,
    code: "TRUNCATED_LAST_LINE",
    value: JSON.stringify(bytes.toString("utf8", body.length, body.length + 80)),
    expected: "a line break at the end of the last row",
    hint: "the file may have been cut off; fetch it again, or end the line if it is whole",
  };
}

function noRows(file: string): DataIssue {
  const [code, value] = ["NO_ROWS" as const, "the header only"];
  return { file, line: null, column: null, code, value, expected: "at least one row", hint: null };
}
