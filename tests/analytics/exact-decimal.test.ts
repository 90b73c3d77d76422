// Goal: lots and micro-units print as the decimals they are, never as the nearest double.
// Method: round trips through BigInt arithmetic and steps of every shape a venue uses.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { microText, quantityPrinter } from "../../src/analytics/exact-decimal.ts";

describe("micro-units", () => {
  it.each([
    [0, "0.000000"],
    [1, "0.000001"],
    [-1, "-0.000001"],
    [-90_900_000_000, "-90900.000000"],
    [Number.MAX_SAFE_INTEGER, "9007199254.740991"],
  ])("%d → %s", (micro, text) => expect(microText(micro)).toBe(text));

  it("refuses what is not whole", () => {
    expect(() => microText(0.5)).toThrow("whole number");
    expect(() => microText(2 ** 53)).toThrow("whole number");
  });
});

describe("quantities", () => {
  it.each([
    [1e8, 45_454_545_454, "454.54545454"],
    [1e7, -1, "-0.0000001"],
    [1e5, 123_456, "1.23456"],
    [1000, 5, "0.005"],
    [1, 7, "7"],
    [4, 3, "0.75"],
    [8, 1, "0.125"],
    [0.1, 3, "30"],
    [1 / 0.3, 3, "0.9"],
    [1 / 2.5, 3, "7.5"],
  ])("%d lots per unit: %d lots → %s", (lotsPerUnit, lots, text) =>
    expect(quantityPrinter(lotsPerUnit)(lots)).toBe(text),
  );

  it("of every power of ten read back as the same lots", () => {
    const lots = fc.maxSafeInteger();
    const decimals = fc.integer({ min: 0, max: 12 });
    const property = fc.property(lots, decimals, (value, k) => {
      const text = quantityPrinter(Number(`1e${k}`))(value);
      return BigInt(text.replace(".", "")) === BigInt(value) && (text.split(".")[1]?.length ?? 0) === k;
    });
    fc.assert(property, { seed: 5, numRuns: 200 });
  });
});
