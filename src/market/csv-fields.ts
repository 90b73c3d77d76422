import { MAX_POWER, powerOfTen } from "./power-of-ten.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./timeframe.ts";

const NEWLINE = 10;
const RETURN = 13;
const COMMA = 44;
const DASH = 45;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const UPPER_T = 84;
const UPPER_Z = 90;

/** Epoch values below this are seconds (until the year 5138), above it milliseconds (from 1973). */
const SECONDS_BELOW = 1e11;
/** Beyond the year 5138 a number is not milliseconds but microseconds, as some archives have, or finer: refused. */
const MILLISECONDS_BELOW = SECONDS_BELOW * 1000;

/**
 * Reads plain CSV fields from bytes, one after the other.
 *
 * "Plain" is what nearly every row consists of: digits with at most one point, and ISO-8601 UTC or epoch timestamps.
 * Everything else gives NaN, and the caller reads the row again as text. The cursor is undefined after a NaN.
 *
 * The bytes must end with a newline: it stops every scan.
 */
export class FieldCursor {
  readonly #bytes: Uint8Array;
  position = 0;
  /** Digits after the point of the number read last, as written. */
  decimals = 0;
  /** The number read last without its point. */
  mantissa = 0;
  /** Date of the timestamp read last as yyyymmdd, and the start of that day: most rows share their date. */
  #date = Number.NaN;
  #dayMs = Number.NaN;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A decimal followed by a comma; correctly rounded, or NaN. */
  numberThenComma(): number {
    const value = this.#decimal();
    return this.#bytes[this.position++] === COMMA ? value : Number.NaN;
  }

  /** A decimal followed by the end of the line; correctly rounded, or NaN. */
  numberThenNewline(): number {
    const value = this.#decimal();
    return this.#newline() ? value : Number.NaN;
  }

  /** A timestamp followed by a comma, in epoch ms, or NaN. */
  timestampThenComma(): number {
    const value = this.#bytes[this.position + 4] === DASH ? this.#isoMs() : this.#epochMs();
    return this.#bytes[this.position++] === COMMA ? value : Number.NaN;
  }

  #newline(): boolean {
    if (this.#bytes[this.position] === RETURN) this.position++;
    return this.#bytes[this.position++] === NEWLINE;
  }

  #decimal(): number {
    const bytes = this.#bytes;
    const start = this.position;
    let at = start;
    let mantissa = 0;
    let point = -1;
    for (; ; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
      else if (digit === DOT - ZERO && point < 0) point = at;
      else break;
    }
    this.position = at;
    const decimals = point < 0 ? 0 : at - point - 1;
    const digits = at - start - (point < 0 ? 0 : 1);
    if (digits === 0 || mantissa > Number.MAX_SAFE_INTEGER || decimals > MAX_POWER) return Number.NaN;
    this.decimals = decimals;
    this.mantissa = mantissa;
    // Both are exact, so their quotient is the nearest double to the decimal that was written.
    return mantissa / powerOfTen(decimals);
  }

  #epochMs(): number {
    const value = this.#decimal();
    if (this.decimals !== 0) return Number.NaN;
    const ms = value < SECONDS_BELOW ? value * 1000 : value;
    return ms < MILLISECONDS_BELOW ? ms : Number.NaN;
  }

  /** "2018-04-17T00:00:00Z" or "2018-04-17T00:00:00.000Z". */
  #isoMs(): number {
    const bytes = this.#bytes;
    const at = this.position;
    const separated =
      bytes[at + 7] === DASH && bytes[at + 10] === UPPER_T && bytes[at + 13] === COLON && bytes[at + 16] === COLON;
    if (!separated) return Number.NaN;
    const dayMs = this.#dayStart(this.#digits(at, 4), this.#digits(at + 5, 2), this.#digits(at + 8, 2));
    const hour = this.#digits(at + 11, 2);
    const minute = this.#digits(at + 14, 2);
    const second = this.#digits(at + 17, 2);
    const hasMs = bytes[at + 19] === DOT;
    const ms = hasMs ? this.#digits(at + 20, 3) : 0;
    const end = at + (hasMs ? 23 : 19);
    // NaN from any part fails its comparison.
    if (!(hour < 24 && minute < 60 && second < 60 && ms >= 0 && bytes[end] === UPPER_Z)) return Number.NaN;
    this.position = end + 1;
    return dayMs + hour * HOUR_MS + minute * MINUTE_MS + second * 1000 + ms;
  }

  #digits(at: number, count: number): number {
    let value = 0;
    for (let i = at; i < at + count; i++) {
      const digit = (this.#bytes[i] as number) - ZERO;
      if (!(digit >= 0 && digit <= 9)) return Number.NaN;
      value = value * 10 + digit;
    }
    return value;
  }

  #dayStart(year: number, month: number, day: number): number {
    const date = year * 10_000 + month * 100 + day;
    if (date !== this.#date) {
      this.#date = date;
      this.#dayMs = dayStartMs(year, month, day);
    }
    return this.#dayMs;
  }
}

/** 00:00 UTC of a calendar date in epoch ms; NaN when there is no such date (30 February, month 13). */
export function dayStartMs(year: number, month: number, day: number): number {
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  // Date.UTC takes years 0-99 as 1900-1999 and rolls 30 February over into March.
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? Math.floor(ms / DAY_MS) * DAY_MS : Number.NaN;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Any decimal notation ("-1.5e-7" too) to the nearest double; NaN for all else (empty, "NaN", "Infinity", "1e999"). */
export function parseNumber(text: string): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  // + 0 turns −0 into 0.
  return Number.isFinite(value) ? value + 0 : Number.NaN;
}

/** A timestamp as in `FieldCursor.timestampThenComma`, from text. */
export function parseTimestamp(text: string): number {
  return new FieldCursor(Buffer.from(`${text},\n`)).timestampThenComma();
}

/** Digits after the point that matter: "1.50" 1, "2e-7" 7, "1e3" 0. The text must be a number. */
export function countDecimals(text: string): number {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [, fraction = ""] = mantissa.split(".");
  const significant = fraction.replace(/0+$/, "").length;
  return parseNumber(mantissa) === 0 ? 0 : Math.max(0, significant - Number(exponent));
}
