// Goal: fields read as text are exactly the doubles and instants that the language itself reads, or NaN.
// Method: Number() and Date.parse() as oracles, over random decimals and dates.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayStartMs, parseNumber, parseTimestamp } from "../../src/market/csv-fields.ts";

const decimal = fc
  .tuple(fc.stringMatching(/^\d{1,18}$/), fc.option(fc.stringMatching(/^\d{0,24}$/), { nil: undefined }))
  .map(([whole, fraction]) => (fraction === undefined ? whole : `${whole}.${fraction}`));

describe("numbers", () => {
  it("are the nearest double", () => {
    fc.assert(
      fc.property(decimal, (text) => {
        expect(parseNumber(text)).toBe(Number(text));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("as text: any decimal notation, nothing else", () => {
    expect(["-1.5e-7", "+2", "1E3", "-0"].map(parseNumber)).toEqual([-1.5e-7, 2, 1000, 0]);
    for (const text of ["", ".", "e5", "NaN", "Infinity", "1e999", "0x10", "1_000", " 1"]) {
      expect(parseNumber(text)).toBeNaN();
    }
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

  it("with a space, an offset of zero, or a date alone", () => {
    for (const text of ["2018-04-17", "2018-04-17 00:00:00Z", "2018-04-17T00:00:00+00:00"])
      expect(parseTimestamp(text)).toBe(Date.UTC(2018, 3, 17));
  });

  it("epoch seconds, milliseconds and microseconds", () => {
    expect(parseTimestamp("1735689600000000")).toBe(1735689600000);
    expect(parseTimestamp("1546300800")).toBe(1546300800000);
    expect(parseTimestamp("1546300800000")).toBe(1546300800000);
  });

  it.each([
    "",
    "2018-04-17T00:00:00",
    "2018-02-30T00:00:00Z",
    "2018-13-01T00:00:00Z",
    "2018-04-17T24:00:00Z",
    "2018-04-17T00:60:00Z",
    "2018-04-17T00:00:0xZ",
    "2018-04-17T00:00:00.5Z",
    "1546300800.5",
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
