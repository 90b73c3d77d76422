import { countDecimals, FieldCursor, parseNumber, parseTimestamp } from "./csv-fields.ts";

export const CSV_COLUMNS = ["timestamp", "open", "high", "low", "close", "volume"] as const;
export type CsvColumn = (typeof CSV_COLUMNS)[number];

/** Decimals are counted only up to this: more cannot be told apart in a double. */
const MOST_DECIMALS = 17;

/** One row as numbers. The reader reuses one object for all rows; a field that is not a number is NaN. */
export interface RawRow {
  timeMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  /** Decimals of the volume without trailing zeros, but never below what was asked for in `readRow`. */
  volumeDecimals: number;
}

/** Reads the rows of one CSV body, which must end with a newline. */
export class RowReader {
  readonly row: RawRow = { timeMs: 0, open: 0, high: 0, low: 0, close: 0, volume: 0, volumeDecimals: 0 };
  /** False when the line read last does not have six fields; `row` is then meaningless. */
  isComplete = true;
  readonly #bytes: Buffer;
  readonly #cursor: FieldCursor;
  #start = 0;
  #next: number;

  constructor(bytes: Buffer, position: number) {
    this.#bytes = bytes;
    this.#cursor = new FieldCursor(bytes);
    this.#next = position;
  }

  /**
   * Reads the next line into `row`; false at the end.
   *
   * @param decimals volumes with at most this many decimals need no closer look.
   */
  readRow(decimals: number): boolean {
    this.#start = this.#next;
    if (this.#start >= this.#bytes.length) return false;
    this.isComplete = true;
    if (!this.#readPlain(decimals)) this.#readText();
    return true;
  }

  /** The fields of the line read last, as written. */
  fields(): string[] {
    const end = this.#bytes.indexOf(10, this.#start);
    return this.#bytes.toString("utf8", this.#start, end).replace(/\r$/, "").split(",");
  }

  /** The fast way: no strings. False when any field is out of the ordinary. */
  #readPlain(decimals: number): boolean {
    const cursor = this.#cursor;
    const row = this.row;
    cursor.position = this.#start;
    // A NaN leaves the cursor anywhere, so each field is only read after a good one.
    row.timeMs = cursor.timestampThenComma();
    if (!(row.timeMs >= 0)) return false;
    row.open = cursor.numberThenComma();
    if (!(row.open >= 0)) return false;
    row.high = cursor.numberThenComma();
    if (!(row.high >= 0)) return false;
    row.low = cursor.numberThenComma();
    if (!(row.low >= 0)) return false;
    row.close = cursor.numberThenComma();
    if (!(row.close >= 0)) return false;
    row.volume = cursor.numberThenNewline();
    if (!(row.volume >= 0)) return false;
    row.volumeDecimals = cursor.decimals > decimals ? withoutZeros(cursor.mantissa, cursor.decimals) : decimals;
    this.#next = cursor.position;
    return true;
  }

  /** The complete way: any notation, any number of fields, whatever stands in them. */
  #readText(): void {
    const fields = this.fields();
    this.#next = this.#bytes.indexOf(10, this.#start) + 1;
    this.isComplete = fields.length === CSV_COLUMNS.length;
    if (!this.isComplete) return;
    const [timestamp = "", open = "", high = "", low = "", close = "", volume = ""] = fields;
    const row = this.row;
    row.timeMs = parseTimestamp(timestamp);
    row.open = parseNumber(open);
    row.high = parseNumber(high);
    row.low = parseNumber(low);
    row.close = parseNumber(close);
    row.volume = parseNumber(volume);
    row.volumeDecimals = row.volume > 0 ? Math.min(MOST_DECIMALS, countDecimals(volume)) : 0;
  }
}

/** Decimals of mantissa / 10^decimals once trailing zeros are dropped. */
function withoutZeros(mantissa: number, decimals: number): number {
  let left = decimals;
  let digits = mantissa;
  while (left > 0 && digits % 10 === 0) {
    digits /= 10;
    left--;
  }
  return left;
}
