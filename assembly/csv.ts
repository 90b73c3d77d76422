const NEWLINE: i32 = 10;
const RETURN: i32 = 13;
const COMMA: i32 = 44;
const DASH: i32 = 45;
const DOT: i32 = 46;
const ZERO: i32 = 48;
const COLON: i32 = 58;
const UPPER_T: i32 = 84;
const UPPER_Z: i32 = 90;

const DAY_MS: f64 = 86_400_000.0;
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;
/** Epoch values below these are seconds, milliseconds, microseconds (until the year 5138 each). */
const SECONDS_BELOW: f64 = 1e11;
const MILLISECONDS_BELOW: f64 = 1e14;
const MICROSECONDS_BELOW: f64 = 1e17;

// The roles of a field; 1 to 5 are open, high, low, close and volume.
const SKIPPED: i32 = -1;
const TIME: i32 = 0;

// Cursor, 8 f64: what a call takes over from the one before.
const POSITION: i32 = 0; // first byte that was not consumed: the start of a line
const ROWS: i32 = 1; // written so far
const PREVIOUS: i32 = 2; // open time of the row before
const TIMEFRAME: i32 = 3; // parameter, ms
const FROM: i32 = 4; // parameter: open times allowed, from inclusive
const TO: i32 = 5; // parameter: to exclusive
const DATE: i32 = 6; // yyyymmdd of the last ISO timestamp: most rows share their date
const DAY: i32 = 7; // 00:00 UTC of that date, epoch ms

/** Where the field read last ended; −1 when it was not plain. */
let position: i32 = 0;

/**
 * Reads plain, sound bars from the lines of a CSV, up to the first line that is not one.
 *
 * Plain is what nearly every row consists of: digits with at most one point, ISO-8601 UTC or epoch timestamps, the expected
 * number of fields. Numbers are correctly rounded: the digits and the power of ten are exact, so their quotient is. Sound is
 * what spec 2.1 demands of a bar. Any other line is left to the caller, who reads it as text and says what is wrong.
 *
 * Shapes   bytes with whole lines in [cursor[POSITION], end); roles [fields]; powers [23] of ten; six columns, written
 *          from cursor[ROWS] on, of `capacity` rows; cursor [8].
 * Writes   the columns and the cursor.
 * Returns  1 = stopped at a line that is not plain and sound, 0 = no byte or no room left.
 */
export function parseBars(
  bytes: StaticArray<u8>,
  end: i32,
  roles: StaticArray<i32>,
  fields: i32,
  powers: StaticArray<f64>,
  row: StaticArray<f64>,
  time: StaticArray<f64>,
  open: StaticArray<f64>,
  high: StaticArray<f64>,
  low: StaticArray<f64>,
  close: StaticArray<f64>,
  volume: StaticArray<f64>,
  capacity: i32,
  cursor: StaticArray<f64>,
): i32 {
  const timeframe = unchecked(cursor[TIMEFRAME]);
  const from = unchecked(cursor[FROM]);
  const to = unchecked(cursor[TO]);
  let previous = unchecked(cursor[PREVIOUS]);
  let rows = i32(unchecked(cursor[ROWS]));
  let start = i32(unchecked(cursor[POSITION]));
  let stopped: i32 = 0;
  while (start < end && rows < capacity) {
    position = start;
    for (let f: i32 = 0; f < fields && position >= 0; f++) {
      const role = unchecked(roles[f]);
      if (role === SKIPPED) skip(bytes);
      else if (role === TIME) unchecked((row[0] = timestamp(bytes, cursor)));
      else unchecked((row[role] = decimal(bytes, powers)));
      if (position < 0) break;
      if (f < fields - 1) position = i32(unchecked(bytes[position])) === COMMA ? position + 1 : -1;
    }
    if (position >= 0) {
      if (i32(unchecked(bytes[position])) === RETURN) position++;
      if (i32(unchecked(bytes[position])) !== NEWLINE) position = -1;
    }
    const at = unchecked(row[0]);
    const o = unchecked(row[1]);
    const h = unchecked(row[2]);
    const l = unchecked(row[3]);
    const c = unchecked(row[4]);
    const isBar =
      position >= 0 &&
      at > previous &&
      at >= from &&
      at < to &&
      at === Math.floor(at / timeframe) * timeframe &&
      l > 0.0 &&
      l <= o &&
      l <= c &&
      h >= o &&
      h >= c;
    if (!isBar) {
      stopped = 1;
      break;
    }
    unchecked((time[rows] = at));
    unchecked((open[rows] = o));
    unchecked((high[rows] = h));
    unchecked((low[rows] = l));
    unchecked((close[rows] = c));
    unchecked((volume[rows] = row[5]));
    rows++;
    previous = at;
    start = position + 1;
  }
  unchecked((cursor[POSITION] = f64(start)));
  unchecked((cursor[ROWS] = f64(rows)));
  unchecked((cursor[PREVIOUS] = previous));
  return stopped;
}

/** Moves to the comma or line end after the field. */
function skip(bytes: StaticArray<u8>): void {
  let at = position;
  let byte = i32(unchecked(bytes[at]));
  while (byte !== COMMA && byte !== NEWLINE && byte !== RETURN) byte = i32(unchecked(bytes[++at]));
  position = at;
}

/** A decimal without sign and exponent; position −1 when it is none. */
function decimal(bytes: StaticArray<u8>, powers: StaticArray<f64>): f64 {
  let at = position;
  // Nine digits fit an i32, whose sums are faster than those of doubles; few numbers have more.
  let head: i32 = 0;
  let digits: i32 = 0;
  let point: i32 = -1;
  for (; digits < 9; at++) {
    const digit = i32(unchecked(bytes[at])) - ZERO;
    if (digit >= 0 && digit <= 9) {
      head = head * 10 + digit;
      digits++;
    } else if (digit === DOT - ZERO && point < 0) point = at;
    else break;
  }
  let mantissa: f64 = f64(head);
  if (digits === 9) {
    for (; ; at++) {
      const digit = i32(unchecked(bytes[at])) - ZERO;
      if (digit >= 0 && digit <= 9) mantissa = mantissa * 10.0 + f64(digit);
      else if (digit === DOT - ZERO && point < 0) point = at;
      else break;
    }
  }
  const decimals: i32 = point < 0 ? 0 : at - point - 1;
  if (digits === 0 || mantissa > MAX_SAFE || decimals > 22) {
    position = -1;
    return 0.0;
  }
  position = at;
  return decimals === 0 ? mantissa : mantissa / unchecked(powers[decimals]);
}

/** A timestamp in epoch ms; position −1 when it is not plain. */
function timestamp(bytes: StaticArray<u8>, cursor: StaticArray<f64>): f64 {
  let at = position;
  let head: i32 = 0;
  for (let digits: i32 = 0; digits < 9; digits++) {
    const digit = i32(unchecked(bytes[at])) - ZERO;
    if (digit < 0 || digit > 9) break;
    head = head * 10 + digit;
    at++;
  }
  let value: f64 = f64(head);
  if (at === position + 9) {
    for (; ; at++) {
      const digit = i32(unchecked(bytes[at])) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10.0 + f64(digit);
    }
  }
  if (at === position + 4 && i32(unchecked(bytes[at])) === DASH) return isoTimestamp(bytes, cursor);
  const isEpoch = at > position && value < MICROSECONDS_BELOW;
  if (!isEpoch) {
    position = -1;
    return 0.0;
  }
  position = at;
  if (value < SECONDS_BELOW) return value * 1000.0;
  return value < MILLISECONDS_BELOW ? value : value / 1000.0;
}

/** "2018-04-17T00:00:00Z" or "2018-04-17T00:00:00.000Z". */
function isoTimestamp(bytes: StaticArray<u8>, cursor: StaticArray<f64>): f64 {
  const at = position;
  position = -1;
  const year = number(bytes, at, 4);
  if (i32(unchecked(bytes[at + 4])) !== DASH) return 0.0;
  const month = number(bytes, at + 5, 2);
  if (month < 0 || i32(unchecked(bytes[at + 7])) !== DASH) return 0.0;
  const day = number(bytes, at + 8, 2);
  if (day < 0 || i32(unchecked(bytes[at + 10])) !== UPPER_T) return 0.0;
  const hour = number(bytes, at + 11, 2);
  if (hour < 0 || i32(unchecked(bytes[at + 13])) !== COLON) return 0.0;
  const minute = number(bytes, at + 14, 2);
  if (minute < 0 || i32(unchecked(bytes[at + 16])) !== COLON) return 0.0;
  const second = number(bytes, at + 17, 2);
  if (second < 0 || hour > 23 || minute > 59 || second > 59) return 0.0;
  let zone = at + 19;
  let ms: i32 = 0;
  if (i32(unchecked(bytes[zone])) === DOT) {
    ms = number(bytes, zone + 1, 3);
    if (ms < 0) return 0.0;
    zone += 4;
  }
  if (i32(unchecked(bytes[zone])) !== UPPER_Z) return 0.0;
  const date = f64(year * 10_000 + month * 100 + day);
  if (date !== unchecked(cursor[DATE])) {
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return 0.0;
    unchecked((cursor[DATE] = date));
    unchecked((cursor[DAY] = f64(daysFromEpoch(year, month, day)) * DAY_MS));
  }
  position = zone + 1;
  return unchecked(cursor[DAY]) + f64((hour * 60 + minute) * 60_000 + second * 1000 + ms);
}

/** `count` digits as a number, −1 when one is none. Never reads past a line end, which is no digit. */
function number(bytes: StaticArray<u8>, at: i32, count: i32): i32 {
  let value: i32 = 0;
  for (let i: i32 = at; i < at + count; i++) {
    const digit = i32(unchecked(bytes[i])) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function isLeap(year: i32): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function daysInMonth(year: i32, month: i32): i32 {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 1970-01-01; negative before. Only 1970 and later are sound bars. */
function daysFromEpoch(year: i32, month: i32, day: i32): i32 {
  let days: i32 = (year - 1970) * 365 + day - 1;
  // Leap days of the years from 1970 up to the one before: of 1969 there were 477 since the year 0.
  const before: i32 = year - 1;
  days += i32(before / 4) - i32(before / 100) + i32(before / 400) - 477;
  for (let m: i32 = 1; m < month; m++) days += daysInMonth(year, m);
  return days;
}
