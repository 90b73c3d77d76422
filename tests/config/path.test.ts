// Goal: a path has one text, and the text one path.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPath, parsePath, valueAt } from "../../src/config/path.ts";

describe("paths", () => {
  it.each([
    ["pods[0].risk.max_leverage", ["pods", 0, "risk", "max_leverage"]],
    ['data.instruments["BTC/USDT"].lot', ["data", "instruments", "BTC/USDT", "lot"]],
    ['["a b"].c', ["a b", "c"]],
    ["", []],
  ])("%s", (text, path) => {
    expect(formatPath(path)).toBe(text);
    expect(parsePath(text)).toEqual(path);
  });

  it("round trips", () => {
    const part = fc.oneof(fc.string(), fc.nat({ max: 99 }), fc.constantFrom("a", "b_c", "d-e"));
    const property = fc.property(fc.array(part, { maxLength: 5 }), (path) => {
      expect(parsePath(formatPath(path))).toEqual(path);
    });
    fc.assert(property, { seed: 3, numRuns: 300 });
  });

  it.each([".a", "a..b", "a.", "a[", "a[x]", "a b", "a[0]b", "0", 'a["b'])("%j is none", (text) => {
    expect(parsePath(text)).toBeNull();
  });

  it("valueAt sees own values only", () => {
    expect(valueAt({ a: [1, { b: 2 }] }, ["a", 1, "b"])).toBe(2);
    expect(valueAt({}, ["constructor"])).toBeUndefined();
    expect(valueAt("text", ["length"])).toBeUndefined();
  });
});
