import { CSV_COLUMNS } from "./csv-rows.ts";
import type { DataIssue } from "./data-error.ts";

const BYTE_ORDER_MARK = "\uFEFF";
const NEWLINE = 10;

/** Where the rows of a CSV begin, or why they cannot be read. */
export type CsvStart =
  | {
      readonly ok: true;
      /** First byte and line (from 1) of the first row. */
      readonly position: number;
      readonly line: number;
      /** The lines before the header that begin with "#", without it. */
      readonly comments: readonly string[];
    }
  | { readonly ok: false; readonly issue: DataIssue };

/** Reads comment lines and the header. Accepts a byte order mark and CRLF; names and order must be exact. */
export function readHeader(bytes: Buffer, file: string, columns: readonly string[] = CSV_COLUMNS): CsvStart {
  const header = columns.join(",");
  const comments: string[] = [];
  let position = 0;
  for (let line = 1; position < bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, position);
    const end = newline < 0 ? bytes.length : newline;
    const text = bytes.toString("utf8", position, end).replace(BYTE_ORDER_MARK, "").trimEnd();
    position = end + 1;
    if (text === header) return { ok: true, position, line: line + 1, comments };
    if (!text.startsWith("#")) return { ok: false, issue: wrongHeader(file, line, text, columns) };
    comments.push(text.slice(1).trim());
  }
  const issue: DataIssue = {
    file,
    line: null,
    column: null,
    code: "EMPTY_FILE",
    value: comments.length === 0 ? "no bytes" : "comments only",
    expected: `the header ${header} and rows`,
    hint: null,
  };
  return { ok: false, issue };
}

function wrongHeader(file: string, line: number, text: string, columns: readonly string[]): DataIssue {
  const names = text.toLowerCase().split(",");
  const hasAllNames = columns.every((name) => names.includes(name));
  const hint = /^\d/.test(text)
    ? "the first line is a row: put the header above it"
    : hasAllNames
      ? "the names are there: mind order, case and further columns"
      : null;
  return { file, line, column: null, code: "WRONG_HEADER", value: quote(text), expected: columns.join(","), hint };
}

/** Text for a message: quoted, and cut where it would flood the screen. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
