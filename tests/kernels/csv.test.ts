// Goal: the CSV kernel reads what Number and Date.parse read, or stops at the line; WASM and plain TypeScript alike.

import { join } from "node:path";
import "../support/dialect.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BarParser } from "../../src/market/bar-parser.ts";
import { powerOfTen } from "../../src/market/power-of-ten.ts";

const { parseBars } = (await import(join(import.meta.dirname, "../../assembly/csv.ts"))) as unknown as {
  parseBars: (...args: unknown[]) => number;
};
const BOUNDS = { timeframeMs: 60_000, fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
const OWN = [0, 1, 2, 3, 4, 5];
const powers = Float64Array.from({ length: 23 }, (_, k) => powerOfTen(k));

function plain(text: string, roles: readonly number[]) {
  const bytes = Buffer.concat([Buffer.from(text), Buffer.alloc(64)]);
  const columns = OWN.map(() => new Float64Array(64));
  const { timeframeMs, fromMs, toMs } = BOUNDS;
  const cursor = Float64Array.of(0, 0, Number.NEGATIVE_INFINITY, timeframeMs, fromMs, toMs, -1, -1);
  const [row, length] = [new Float64Array(6), Buffer.byteLength(text)];
  const stopped = parseBars(bytes, length, Int32Array.from(roles), roles.length, powers, row, ...columns, 64, cursor);
  const [position, count] = cursor as unknown as [number, number];
  return { position, stopped: stopped === 1, rows: columns.map((column) => [...column.subarray(0, count)]) };
}

function compiled(text: string, roles: readonly number[]) {
  const parser = new BarParser(Buffer.from(text), 0, roles, BOUNDS);
  const rows = parser.next();
  if (rows === null) return { position: 0, stopped: false, rows: OWN.map(() => []) };
  const columns = rows.columns.map((column) => [...column.subarray(0, rows.count)]);
  return { position: parser.position, stopped: rows.stopped, rows: columns };
}

function both(text: string, roles: readonly number[] = OWN) {
  const result = plain(text, roles);
  expect(compiled(text, roles)).toEqual(result);
  return result;
}

const line = (time: string, price = "1", volume = "2") => `${time},${price},${price},${price},${price},${volume}\n`;
const decimal = fc
  .tuple(fc.stringMatching(/^\d{1,18}$/), fc.option(fc.stringMatching(/^\d{0,24}$/), { nil: undefined }))
  .map(([whole, fraction]) => (fraction === undefined ? whole : `${whole}.${fraction}`));

describe("a row", () => {
  it("has the nearest doubles, or is left to the caller", () => {
    fc.assert(
      fc.property(decimal, (text) => {
        const { rows, stopped } = both(line("1704067200", "1", text));
        if (!stopped) expect(rows[5]).toEqual([Number(text)]);
      }),
      { seed: 1, numRuns: 1000 },
    );
    for (const text of ["0", "42283.58", "0.00449", "1928297660", "795.150377", "9007199254740991", ".5", "5."])
      expect(both(line("1704067200", "1", text)).rows[5]).toEqual([Number(text)]);
    for (const text of ["", ".", "-1", "+1", "1e5", "1.2.3", "9007199254740993", "NaN", " 1", "1 ", "0x10"])
      expect(both(line("1704067200", "1", text)).stopped).toBe(true);
  });

  it("has any instant from 1970 on", () => {
    const minute = fc.date({ min: new Date("1970-01-01"), max: new Date("2399-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(minute, (date) => {
        date.setUTCSeconds(0, 0);
        for (const text of [date.toISOString(), `${date.toISOString().slice(0, 19)}Z`])
          expect(both(line(text)).rows[0]).toEqual([date.getTime()]);
      }),
      { seed: 1, numRuns: 1000 },
    );
    for (const text of ["1704067200", "1704067200000", "1704067200000000"])
      expect(both(line(text)).rows[0]).toEqual([1704067200000]);
  });

  it.each([
    "2023-02-29T00:00:00Z",
    "2024-00-01T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-04-31T00:00:00Z",
    "2024-01-00T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "2024-01-01T00:00:60Z",
    "2024-01-01T00:00:0xZ",
    "2024-01-01T00:00:00.5Z",
    "2024-01-01T00:00:00",
    "2024-01-01 00:00:00Z",
    "2024/01/01T00:00:00Z",
    "2024-01/01T00:00:00Z",
    "2024-01-01T00-00:00Z",
    "2024-01-01T00:00-00Z",
    "2024-x1-01T00:00:00Z",
    "2024-01-x1T00:00:00Z",
    "2024-01-01Tx0:00:00Z",
    "2024-01-01T00:x0:00Z",
    "2024-",
    "1704067200000000000",
    "x",
    "",
  ])("with the timestamp %j is left to the caller", (text) => {
    expect(both(line(text))).toEqual({ position: 0, stopped: true, rows: OWN.map(() => []) });
  });

  it("that is no bar is left to the caller", () => {
    for (const prices of ["0,1,0,1", "3,2,1,2", "1,2,1,3", "1,2,1.5,2", "2,2,1.5,1"])
      expect(both(`1704067200,${prices},1\n`).stopped).toBe(true);
    expect(both(line("1704067201")).stopped).toBe(true);
    for (const text of ["1704067200,1,1,1,1\n", "1704067200,1,1,1,1,1,1\n", "\n"])
      expect(both(text).stopped).toBe(true);
  });
});

it("fields in any order, some of them skipped, with CRLF", () => {
  const text = "a,2,3,1,,2.5,7,1704067200\r\nb,2,3,1,,2.5,7,1704067260\r\n";
  const { rows, position } = both(text, [-1, 1, 2, 3, -1, 4, 5, 0]);
  expect(rows.map((column) => column[1])).toEqual([1704067260000, 2, 3, 1, 2.5, 7]);
  expect(position).toBe(text.length);
  expect(both("1704067200,1,1,1,1,1,tail\n", [...OWN, -1]).rows[0]).toHaveLength(1);
});

it("stops at the first line it cannot read, and at a time that does not advance", () => {
  const good = line("1704067200");
  expect(both(`${good}${good}`)).toMatchObject({ position: good.length, stopped: true });
  expect(both(`${good}?\n`)).toMatchObject({ position: good.length, stopped: true });
});
