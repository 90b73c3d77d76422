// Goal: the fast scanner reads exactly the doubles and instants that the language itself reads, or declines.
// Method: Number() and Date.parse() as oracles, over random decimals and dates.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countDecimals, dayStartMs, FieldCursor, parseNumber, parseTimestamp } from "../../src/market/csv-fields.ts";

const scan = (text: string) => new FieldCursor(Buffer.from(`${text},\n`)).numberThenComma();

const decimal = fc
  .tuple(fc.stringMatching(/^\d{1,18}$/), fc.option(fc.stringMatching(/^\d{0,24}$/), { nil: undefined }))
  .map(([whole, fraction]) => (fraction === undefined ? whole : `${whole}.${fraction}`));

describe("numbers", () => {
  it("are the nearest double, or declined when they are too long for the fast way", () => {
    fc.assert(
      fc.property(decimal, (text) => {
        const value = scan(text);
        expect(Number.isNaN(value) || Object.is(value, Number(text))).toBe(true);
        expect(parseNumber(text)).toBe(Number(text));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("take the fast way for everything an exchange prints", () => {
    for (const text of [
      "0",
      "42283.58",
      "0.00449",
      "1928297660",
      "795.150377",
      "0.1",
      "9007199254740991",
      ".5",
      "5.",
    ]) {
      expect(scan(text)).toBe(Number(text));
    }
  });

  it("decline the fast way for the rest", () => {
    for (const text of ["", ".", "-1", "+1", "1e5", "1.2.3", "9007199254740993", "NaN", " 1", "1 ", "0x10"]) {
      expect(scan(text)).toBeNaN();
    }
  });

  it("as text: any decimal notation, nothing else", () => {
    expect(["-1.5e-7", "+2", "1E3", "-0"].map(parseNumber)).toEqual([-1.5e-7, 2, 1000, 0]);
    for (const text of ["", ".", "e5", "NaN", "Infinity", "1e999", "0x10", "1_000", " 1"]) {
      expect(parseNumber(text)).toBeNaN();
    }
  });

  it("count the decimals that matter", () => {
    const cases = { "1.50": 1, "1": 0, "2e-7": 7, "1.25e1": 1, "1e3": 0, "0.000": 0, "795.150377": 6 };
    for (const [text, decimals] of Object.entries(cases)) expect(countDecimals(text)).toBe(decimals);
  });
});

describe("timestamps", () => {
  it("ISO-8601 UTC with and without milliseconds, for any instant", () => {
    const instant = fc.date({ min: new Date("1970-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(instant, (date) => {
        expect(parseTimestamp(date.toISOString())).toBe(date.getTime());
        expect(parseTimestamp(`${date.toISOString().slice(0, 19)}Z`)).toBe(Math.floor(date.getTime() / 1000) * 1000);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("epoch seconds and milliseconds", () => {
    expect(parseTimestamp("1546300800")).toBe(1546300800000);
    expect(parseTimestamp("1546300800000")).toBe(1546300800000);
  });

  it.each([
    "",
    "2018-04-17",
    "2018-04-17T00:00:00",
    "2018-04-17 00:00:00Z",
    "2018-04-17T00:00:00+00:00",
    "2018-02-30T00:00:00Z",
    "2018-13-01T00:00:00Z",
    "2018-04-17T24:00:00Z",
    "2018-04-17T00:60:00Z",
    "2018-04-17T00:00:0xZ",
    "2018-04-17T00:00:00.5Z",
    "1546300800.5",
    "1735689600000000",
    "1735689600000000000",
    "0017-01-01T00:00:00Z",
  ])("refuses %j", (text) => {
    expect(parseTimestamp(text)).toBeNaN();
  });

  it("knows the calendar", () => {
    expect(dayStartMs(2024, 2, 29)).toBe(Date.UTC(2024, 1, 29));
    expect(dayStartMs(2023, 2, 29)).toBeNaN();
  });
});
