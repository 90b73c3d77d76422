import type { DataIssue } from "./data-error.ts";

export const CSV_COLUMNS = ["timestamp", "open", "high", "low", "close", "volume"] as const;
export type CsvColumn = (typeof CSV_COLUMNS)[number];

const BYTE_ORDER_MARK = "\uFEFF";
const NEWLINE = 10;

/** Which column a field is, −1 = none that is read. */
export type FieldRoles = readonly number[];

/** Where the rows of a CSV begin and what their fields are, or why they cannot be read. */
export type CsvStart =
  | {
      readonly ok: true;
      /** First byte and line (from 1) of the first row. */
      readonly position: number;
      readonly line: number;
      /** By field: its index in the columns asked for. */
      readonly roles: FieldRoles;
      /** The lines before the header that begin with "#", without it. */
      readonly comments: readonly string[];
    }
  | { readonly ok: false; readonly issue: DataIssue };

/** Names that vendors give the columns, in lower case; the first one found in a header is taken. */
const VENDOR_NAMES: readonly (readonly string[])[] = [
  ["timestamp", "open_time", "open time", "opentime", "time", "unix", "datetime", "date", "ts"],
  ["open", "o"],
  ["high", "h"],
  ["low", "l"],
  ["close", "c"],
  ["volume", "vol", "v", "base_volume", "volume_base"],
];

/** Binance's kline archive: twelve fields, the bar in the first six, with or without a header. */
const KLINE_FIELDS = 12;

/** Reads comment lines and a header that must be exactly `columns`. Accepts a byte order mark and CRLF. */
export function readHeader(bytes: Buffer, file: string, columns: readonly string[] = CSV_COLUMNS): CsvStart {
  const header = columns.join(",");
  const top = readTop(bytes);
  if (top === null) return { ok: false, issue: emptyFile(bytes, file, header) };
  const { text, line, next, comments } = top;
  if (text !== header) return { ok: false, issue: wrongHeader(file, line, text, columns) };
  return { ok: true, position: next, line: line + 1, roles: columns.map((_, i) => i), comments };
}

/**
 * The layouts of vendors: a header with the usual names in any order and case beside further columns, Binance's kline
 * dump with or without its header, or rows of the six columns without one.
 */
export function readVendorLayout(bytes: Buffer, file: string): CsvStart {
  const top = readTop(bytes);
  if (top === null) return { ok: false, issue: emptyFile(bytes, file, CSV_COLUMNS.join(",")) };
  const { text, line, start, next, comments } = top;
  const fields = text.split(",");
  if (/^\d/.test(text) && (fields.length === KLINE_FIELDS || fields.length === CSV_COLUMNS.length)) {
    const roles = fields.map((_, i) => (i < CSV_COLUMNS.length ? i : -1));
    return { ok: true, position: start, line, roles, comments };
  }
  const roles = rolesOf(fields.map((name) => name.trim().toLowerCase().replaceAll('"', "")));
  if (roles === null) return { ok: false, issue: wrongHeader(file, line, text, CSV_COLUMNS) };
  return { ok: true, position: next, line: line + 1, roles, comments };
}

function rolesOf(names: readonly string[]): FieldRoles | null {
  const roles = names.map(() => -1);
  for (const [column, candidates] of VENDOR_NAMES.entries()) {
    const name = candidates.find((candidate) => names.includes(candidate));
    // "Volume BTC": the base currency's volume comes first with the vendors that write both.
    const field =
      name === undefined && column === 5 ? names.findIndex((n) => n.startsWith("volume ")) : names.indexOf(name ?? "");
    if (field < 0) return null;
    roles[field] = column;
  }
  return roles;
}

/** The first line that is no comment; null without one. */
function readTop(
  bytes: Buffer,
): { text: string; line: number; start: number; next: number; comments: string[] } | null {
  const comments: string[] = [];
  let position = 0;
  for (let line = 1; position < bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, position);
    const end = newline < 0 ? bytes.length : newline;
    const text = bytes.toString("utf8", position, end).replace(BYTE_ORDER_MARK, "").trimEnd();
    if (!text.startsWith("#")) return { text, line, start: position, next: end + 1, comments };
    comments.push(text.slice(1).trim());
    position = end + 1;
  }
  return null;
}

function emptyFile(bytes: Buffer, file: string, header: string): DataIssue {
  return {
    file,
    line: null,
    column: null,
    code: "EMPTY_FILE",
    value: bytes.length === 0 ? "no bytes" : "comments only",
    expected: `the header ${header} and rows`,
    hint: null,
  };
}

function wrongHeader(file: string, line: number, text: string, columns: readonly string[]): DataIssue {
  const names = text.toLowerCase().split(",");
  const hasAllNames = columns.every((name) => names.includes(name));
  const hint = /^\d/.test(text)
    ? "the first line is a row: put the header above it, or mcbot data import it"
    : hasAllNames
      ? "the names are there: mind order, case and further columns, or mcbot data import it"
      : null;
  return { file, line, column: null, code: "WRONG_HEADER", value: quote(text), expected: columns.join(","), hint };
}

/** Text for a message: quoted, and cut where it would flood the screen. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
