import { existsSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../lib/sha256.ts";
import { parseNumber, parseTimestamp } from "./csv-fields.ts";
import { readHeader } from "./csv-layout.ts";
import { readBytes } from "./csv-symbol.ts";
import { type DataIssue, IssueList } from "./data-error.ts";
import type { FundingRates } from "./funding.ts";

export const FUNDING_COLUMNS = ["timestamp", "funding_rate"] as const;

/** Rates are fractions of the position's value; venues cap them at a few percent, so 1 and more is another unit. */
const RATES_BELOW = 1;

const NEWLINE = 10;

export interface CsvFunding {
  /** Null when the symbol has no file, or none of its rates is before the end. */
  readonly rates: FundingRates | null;
  /** Null when there is none. */
  readonly file: string | null;
  /** Comment lines above the header, without "#". */
  readonly comments: readonly string[];
  /** When not empty, `rates` is incomplete and must not be used. */
  readonly issues: IssueList;
}

/** Where a data folder keeps the funding rates of a symbol: funding/BASE-QUOTE-funding.csv. */
export function fundingPath(folder: string, symbol: string): string {
  return join(folder, "funding", `${symbol.replaceAll("/", "-")}-funding.csv`);
}

/** Reads the funding rates of one symbol from a data folder; rates at or after `endMs` are checked but not kept. */
export function readCsvFunding(folder: string, symbol: string, endMs: number): CsvFunding {
  const issues = new IssueList();
  const file = fundingPath(folder, symbol);
  if (!existsSync(file)) return { rates: null, file: null, comments: [], issues };
  const bytes = readBytes(file, issues);
  if (bytes === null) return { rates: null, file, comments: [], issues };
  const { timeMs, rate, comments } = parseFunding(bytes, { file, endMs }, issues);
  const rates = timeMs.length === 0 ? null : { symbol, timeMs, rate };
  return { rates, file, comments, issues };
}

/** Columns of FundingRates, and the comment lines above the header. */
export interface ParsedFunding {
  readonly timeMs: Float64Array;
  readonly rate: Float64Array;
  readonly comments: readonly string[];
}

/**
 * Parses a funding CSV and adds everything that is wrong with it to `issues`.
 *
 * Layout: optional comment lines ("# …"), the header `timestamp,funding_rate`, one row per funding time in ascending order,
 * every line ended by a line break. Timestamps as in bars: ISO-8601 UTC, or epoch seconds or milliseconds. A first line
 * "# sha256 …" (`withHash`) is the hash of all that follows it; a file that does not match it is refused.
 *
 * Never throws for bad content; bad rows are left out.
 */
export function parseFunding(
  bytes: Buffer,
  { file, endMs }: { readonly file: string; readonly endMs: number },
  issues: IssueList,
): ParsedFunding {
  const mark = readHashMark(bytes);
  if (mark !== null && mark.sha256 !== mark.expected) issues.add(tampered(mark, file));
  const start = readHeader(bytes, file, FUNDING_COLUMNS);
  if (!start.ok) {
    issues.add(start.issue);
    return { timeMs: new Float64Array(0), rate: new Float64Array(0), comments: [] };
  }
  const end = Math.max(start.position, bytes.lastIndexOf(NEWLINE) + 1);
  const lines = bytes.toString("utf8", start.position, end).split("\n").slice(0, -1);
  const timeMs: number[] = [];
  const rate: number[] = [];
  let previousMs = Number.NEGATIVE_INFINITY;
  for (const [i, text] of lines.entries()) {
    const row = readRow(text.replace(/\r$/, ""), previousMs);
    for (const issue of row.issues) issues.add({ file, line: start.line + i, ...issue });
    // A row with a wrong rate still moves the clock: a duplicate of it must not pass.
    if (row.timeMs > previousMs) previousMs = row.timeMs;
    if (row.issues.length > 0 || row.timeMs >= endMs) continue;
    timeMs.push(row.timeMs);
    rate.push(row.rate);
  }
  if (end < bytes.length) issues.add(truncated(bytes.toString("utf8", end, end + 80), start.line + lines.length, file));
  else if (lines.length === 0) issues.add(noRows(file));
  return {
    timeMs: Float64Array.from(timeMs),
    rate: Float64Array.from(rate),
    comments: start.comments.slice(mark === null ? 0 : 1),
  };
}

/** What the store writes above a text: a comment with the SHA-256 of the text. */
export function withHash(text: string): string {
  return `${HASH_MARK}${sha256(text)}\n${text}`;
}

const HASH_MARK = "# sha256 ";
const HASH_LENGTH = 64;

/** The hash that the first line gives of the bytes behind it, and the one they have; null without such a line. */
function readHashMark(bytes: Buffer): { expected: string; sha256: string } | null {
  const end = HASH_MARK.length + HASH_LENGTH;
  const line = bytes.toString("latin1", 0, end + 1);
  if (!line.startsWith(HASH_MARK) || line.at(-1) !== "\n") return null;
  return { expected: line.slice(HASH_MARK.length, end), sha256: sha256(bytes.subarray(end + 1)) };
}

function tampered({ expected, sha256 }: { expected: string; sha256: string }, file: string): DataIssue {
  const hint = "the file was changed or damaged: import or fetch again, or remove its first line to use it as it is";
  return { file, line: 1, column: null, code: "TAMPERED", value: `SHA-256 ${sha256}`, expected, hint };
}

type RowIssue = Omit<DataIssue, "file" | "line">;

function readRow(text: string, previousMs: number): { timeMs: number; rate: number; issues: RowIssue[] } {
  const fields = text.split(",");
  const [timestamp = "", written = ""] = fields;
  if (fields.length !== FUNDING_COLUMNS.length) {
    const value = `${text === "" ? 0 : fields.length} in ${show(text)}`;
    const issue: RowIssue = { column: null, code: "WRONG_FIELD_COUNT", value, expected: "2 fields", hint: null };
    return { timeMs: Number.NaN, rate: Number.NaN, issues: [issue] };
  }
  const timeMs = parseTimestamp(timestamp);
  const rate = parseNumber(written);
  return { timeMs, rate, issues: [...timeIssues(timeMs, timestamp, previousMs), ...rateIssues(rate, written)] };
}

function timeIssues(timeMs: number, written: string, previousMs: number): RowIssue[] {
  const issue = (code: RowIssue["code"], expected: string, hint: string | null): RowIssue[] => [
    { column: "timestamp", code, value: show(written), expected, hint },
  ];
  if (Number.isNaN(timeMs)) {
    const expected = "ISO-8601 UTC such as 2018-04-17T00:00:00Z, or epoch seconds or milliseconds";
    return issue("BAD_TIMESTAMP", expected, "only UTC with a Z is read: convert other zones and formats");
  }
  if (timeMs === previousMs) return issue("DUPLICATE_TIMESTAMP", "each funding time once", null);
  if (timeMs > previousMs) return [];
  return issue("OUT_OF_ORDER", `later than ${new Date(previousMs).toISOString()}`, "sort the file by timestamp");
}

function rateIssues(rate: number, written: string): RowIssue[] {
  const issue = (code: RowIssue["code"], expected: string, hint: string | null): RowIssue[] => [
    { column: "funding_rate", code, value: show(written), expected, hint },
  ];
  if (Number.isNaN(rate)) return issue("NOT_A_NUMBER", "a finite decimal number", null);
  if (Math.abs(rate) < RATES_BELOW) return [];
  return issue("RATE_TOO_LARGE", "a fraction between -1 and 1", "0.01 % is 0.0001");
}

function truncated(rest: string, line: number, file: string): DataIssue {
  return {
    file,
    line,
    column: null,
    code: "TRUNCATED_LAST_LINE",
    value: show(rest),
    expected: "a line break at the end of the last row",
    hint: "the file may have been cut off; fetch it again, or end the line if it is whole",
  };
}

function noRows(file: string): DataIssue {
  const [code, value] = ["NO_ROWS" as const, "the header only"];
  return { file, line: null, column: null, code, value, expected: "at least one row", hint: null };
}

/** A field for a message: quoted, and cut where it would flood the screen. */
function show(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
