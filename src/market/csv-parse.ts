import { assert } from "../lib/assert.ts";
import { BarParser } from "./bar-parser.ts";
import { type BarBounds, describeRow, isOnTimeline, isSound, type RawRow } from "./csv-check.ts";
import { parseNumber, parseTimestamp } from "./csv-fields.ts";
import { CSV_COLUMNS, type FieldRoles, readHeader, readVendorLayout } from "./csv-layout.ts";
import { type DataIssue, IssueList } from "./data-error.ts";
import { decimalsOf } from "./decimals.ts";
import { ParseRoom } from "./parse-room.ts";

const NEWLINE = 10;

export interface CsvOptions {
  /** Name for issues. */
  readonly file: string;
  readonly timeframeMs: number;
  /** Bars that open at or after this are checked but not kept; epoch ms. */
  readonly endMs: number;
  /** The year in the file's name: rows of other years are refused. Null when the name has none. */
  readonly year: number | null;
  /** "own" (default): the exact header of a data folder; "vendor": what readVendorLayout knows. */
  readonly layout?: "own" | "vendor";
  /** Where the columns are put; left out = memory of their own. */
  readonly room?: ParseRoom;
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
 * milliseconds, or epoch seconds, milliseconds or microseconds. Prices and volumes become the nearest double.
 *
 * Never throws for bad content. A last line without a line break is refused even when it looks whole: a file cut off
 * inside a volume cannot be told from it.
 */
export function parseCsv(bytes: Buffer, options: CsvOptions): CsvResult {
  const issues = new IssueList();
  const start = options.layout === "vendor" ? readVendorLayout(bytes, options.file) : readHeader(bytes, options.file);
  if (!start.ok) {
    issues.add(start.issue);
    return { bars: new Columns(new ParseRoom(), 0).finish([]), issues };
  }
  const body = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
  const columns = new Columns(options.room ?? new ParseRoom(), estimateRows(body, start.position));
  const line = readRows(body, start.position, start.line, start.roles, columns, options, issues);
  if (body.length < bytes.length && start.position < bytes.length)
    issues.add(truncated(bytes, body, line, options.file));
  else if (line === start.line) issues.add(noRows(options.file));
  return { bars: columns.finish(start.comments), issues };
}

/** Returns the line after the last one. */
function readRows(
  body: Buffer,
  position: number,
  firstLine: number,
  roles: FieldRoles,
  columns: Columns,
  options: CsvOptions,
  issues: IssueList,
): number {
  const bounds: BarBounds = boundsOf(options);
  const parser = new BarParser(body, position, roles, bounds);
  let line = firstLine;
  for (let rows = parser.next(); rows !== null; rows = parser.next()) {
    columns.append(rows.columns, rows.count, options.endMs);
    line += rows.count;
    if (!rows.stopped) continue;
    const end = body.indexOf(NEWLINE, parser.position);
    const text = body.toString("utf8", parser.position, end).replace(/\r$/, "");
    bounds.previousMs = parser.previousMs;
    const row = readText(text, roles, line++, columns, bounds, options, issues);
    // A row with a wrong price still moves the clock: a duplicate of it must not pass.
    if (row !== null && isOnTimeline(row.timeMs, bounds)) parser.previousMs = row.timeMs;
    parser.position = end + 1;
  }
  return line;
}

/** The complete way to read a line: any notation, any number of fields, whatever stands in them. */
function readText(
  text: string,
  roles: FieldRoles,
  line: number,
  columns: Columns,
  bounds: BarBounds,
  { file, endMs }: CsvOptions,
  issues: IssueList,
): RawRow | null {
  const fields = text.split(",");
  const isComplete = fields.length === roles.length;
  const written = isComplete ? CSV_COLUMNS.map((_, column) => fields[roles.indexOf(column)] as string) : fields;
  const [timestamp = "", ...numbers] = written;
  const [open, high, low, close, volume] = numbers.map(parseNumber) as [number, number, number, number, number];
  const row = isComplete ? { timeMs: parseTimestamp(timestamp), open, high, low, close, volume } : null;
  if (row !== null && isSound(row, bounds)) {
    columns.append(
      [row.timeMs, open, high, low, close, volume].map((value) => Float64Array.of(value)),
      1,
      endMs,
    );
    return row;
  }
  const found = describeRow(row, written, bounds, roles.length);
  assert(found.length > 0, `csv: line ${line} of ${file} is left out without an issue`);
  for (const issue of found) issues.add({ file, line, ...issue });
  return row;
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
  #columns: Float64Array[];
  #length = 0;

  /** @param capacity rows that fit before the columns have to grow. */
  constructor(room: ParseRoom, capacity: number) {
    this.#columns = room.columns(CSV_COLUMNS.length, capacity);
  }

  /** Takes the first `count` rows, those from `endMs` on left out. */
  append(rows: readonly Float64Array[], count: number, endMs: number): void {
    const [timeMs] = rows as [Float64Array];
    let kept = count;
    while (kept > 0 && (timeMs[kept - 1] as number) >= endMs) kept--;
    const length = this.#length + kept;
    if (length > (this.#columns[0] as Float64Array).length) this.#resize(16 + Math.ceil(length * 1.5));
    for (const [c, column] of this.#columns.entries()) {
      column.set((rows[c] as Float64Array).subarray(0, kept), this.#length);
    }
    this.#length = length;
  }

  finish(comments: readonly string[]): CsvBars {
    const views = this.#columns.map((column) => column.subarray(0, this.#length));
    const [timeMs, open, high, low, close, volume] = views as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    return {
      timeMs,
      open,
      high,
      low,
      close,
      volume,
      // An import does not ask for it.
      get volumeDecimals() {
        return decimalsOf(volume);
      },
      comments,
    };
  }

  #resize(length: number): void {
    this.#columns = this.#columns.map((column) => {
      const longer = new Float64Array(length);
      longer.set(column.subarray(0, this.#length));
      return longer;
    });
  }
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
