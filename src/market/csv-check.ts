import { CSV_COLUMNS, type CsvColumn } from "./csv-layout.ts";
import type { DataIssue } from "./data-error.ts";

/** One row as numbers; a field that is not a number is NaN. */
export interface RawRow {
  readonly timeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** What a row is checked against besides itself. */
export interface BarBounds {
  readonly timeframeMs: number;
  /** The year that the file's name promises, or null. */
  readonly year: number | null;
  /** Open times allowed by `year`: from inclusive, to exclusive; infinite without one. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Open time of the latest row so far; −Infinity before the first. */
  previousMs: number;
}

/** An issue of a row; the parser knows file and line. */
export type RowIssue = Omit<DataIssue, "file" | "line">;

/** Whether a bar may open at `timeMs`, given the rows before it. NaN may not. */
export function isOnTimeline(timeMs: number, bounds: BarBounds): boolean {
  return (
    timeMs > bounds.previousMs && timeMs % bounds.timeframeMs === 0 && timeMs >= bounds.fromMs && timeMs < bounds.toMs
  );
}

/** Whether a row is a bar that may be traded on. Written so that NaN fails. */
export function isSound({ timeMs, open, high, low, close, volume }: RawRow, bounds: BarBounds): boolean {
  return (
    isOnTimeline(timeMs, bounds) &&
    low > 0 &&
    low <= open &&
    low <= close &&
    high >= open &&
    high >= close &&
    volume >= 0
  );
}

/**
 * Everything that is wrong with a row that is not sound; never empty for such a row.
 *
 * @param row null when the line does not have six fields.
 * @param fields the six columns as written, or the whole line when row is null.
 * @param wanted fields that the line should have.
 */
export function describeRow(
  row: RawRow | null,
  fields: readonly string[],
  bounds: BarBounds,
  wanted: number = CSV_COLUMNS.length,
): RowIssue[] {
  if (row === null) return [wrongFieldCount(fields, wanted)];
  const written = (column: CsvColumn) => show(fields[CSV_COLUMNS.indexOf(column)]);
  return [
    ...describeTime(row.timeMs, written("timestamp"), bounds),
    ...describeNumbers(row, written),
    ...describeShape(row, written),
  ];
}

function wrongFieldCount(fields: readonly string[], wanted: number): RowIssue {
  return {
    column: null,
    code: "WRONG_FIELD_COUNT",
    value: `${fields.length === 1 && fields[0] === "" ? 0 : fields.length} in ${show(fields.join(","))}`,
    expected: `${wanted} fields`,
    hint: null,
  };
}

function describeTime(timeMs: number, value: string, bounds: BarBounds): RowIssue[] {
  const issue = (code: RowIssue["code"], expected: string, hint: string | null): RowIssue[] => [
    { column: "timestamp", code, value, expected, hint },
  ];
  if (Number.isNaN(timeMs)) {
    const hint = /^"\d{18,}"$/.test(value)
      ? "nanoseconds or finer: divide to microseconds"
      : "only UTC with a Z is read: convert other zones and formats";
    const expected = "ISO-8601 UTC such as 2018-04-17T00:00:00Z, or epoch seconds, milliseconds or microseconds";
    return issue("BAD_TIMESTAMP", expected, hint);
  }
  if (timeMs % bounds.timeframeMs !== 0) {
    const grid = `a multiple of ${bounds.timeframeMs / 60_000} minutes from 00:00 UTC`;
    return issue("OFF_GRID", grid, "timestamps are the bar's open");
  }
  if (timeMs === bounds.previousMs) return issue("DUPLICATE_TIMESTAMP", "each bar once", null);
  if (timeMs < bounds.previousMs) {
    return issue(
      "OUT_OF_ORDER",
      `later than ${new Date(bounds.previousMs).toISOString()}`,
      "sort the file by timestamp",
    );
  }
  if (timeMs < bounds.fromMs || timeMs >= bounds.toMs) {
    return issue("OUTSIDE_FILE_YEAR", `a bar of ${bounds.year}, the year in the file's name`, null);
  }
  return [];
}

function describeNumbers(row: RawRow, written: (column: CsvColumn) => string): RowIssue[] {
  const issues: RowIssue[] = [];
  for (const column of ["open", "high", "low", "close", "volume"] as const) {
    const number = row[column];
    const value = written(column);
    if (Number.isNaN(number)) {
      issues.push({ column, code: "NOT_A_NUMBER", value, expected: "a finite decimal number", hint: null });
    } else if (column === "volume" && number < 0) {
      issues.push({ column, code: "NEGATIVE_VOLUME", value, expected: "0 or more", hint: null });
    } else if (column !== "volume" && number <= 0) {
      issues.push({ column, code: "PRICE_NOT_POSITIVE", value, expected: "a price above 0", hint: null });
    }
  }
  return issues;
}

function describeShape(row: RawRow, written: (column: CsvColumn) => string): RowIssue[] {
  const { open, high, low, close } = row;
  const issues: RowIssue[] = [];
  // A NaN has its own issue and fails both comparisons.
  if (high < Math.max(open, close)) {
    const expected = `at least the larger of open ${written("open")} and close ${written("close")}`;
    issues.push({ column: "high", code: "HIGH_TOO_LOW", value: written("high"), expected, hint: null });
  }
  if (low > Math.min(open, close)) {
    const expected = `at most the smaller of open ${written("open")} and close ${written("close")}`;
    issues.push({ column: "low", code: "LOW_TOO_HIGH", value: written("low"), expected, hint: null });
  }
  return issues;
}

/** A field for a message: quoted, and cut where it would flood the screen. */
function show(text = ""): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
