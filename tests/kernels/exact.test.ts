// Goal: integer arithmetic on f64 is exact where f64 products are not.
// Method: BigInt oracle over the whole range, small and huge operands mixed, both signs, in WASM and as plain TypeScript.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { floorDiv, naiveApportion } from "./naive/apportion.ts";

const MAX = 2 ** 53 - 1;
const whole = (max: number) =>
  fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -1000, max: 1000 })).map((x) => x % (max + 1));
const positive = (max: number) =>
  fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.maxSafeNat()).map((x) => (x % max) + 1);

describe.each([
  ["wasm", instantiateKernels(4096)],
  ["plain", plainKernels(4096)],
])("exact arithmetic (%s)", (_, { exports, arena }) => {
  const weight = arena.f64(33);
  const share = arena.f64(33);
  const remainder = arena.f64(33);
  const weights = arena.viewF64(weight, 33);
  const shares = arena.viewF64(share, 33);
  const views = { remainders: arena.viewF64(remainder, 33) };

  const split = (total: number, parts: readonly number[]): number[] => {
    weights.set(parts);
    const divisor = parts.reduce((sum, part) => sum + part, 0);
    exports.apportion(total, weight, parts.length, divisor, share, remainder);
    return [...shares.subarray(0, parts.length)];
  };

  it("many units to give: nothing behind the parts is looked at or touched", () => {
    const n = 32;
    for (let total = 1; total < 400; total += 7) {
      // What lies there would come before every part.
      views.remainders[n] = 0.9999;
      shares[n] = 7;
      const parts = Array.from({ length: n }, (_part, i) => 1 + ((i * 7) % 13));
      const given = split(total, parts);
      expect(given.reduce((sum, own) => sum + own, 0)).toBe(total);
      expect([shares[n], views.remainders[n]]).toEqual([7, 0.9999]);
    }
  });

  it("floorDivide is the floor of the exact quotient", () => {
    const property = fc.property(whole(MAX), positive(MAX), positive(MAX), (a, b, c) => {
      const exact = floorDiv(BigInt(a) * BigInt(b), BigInt(c));
      fc.pre(exact < 2n ** 51n && exact > -(2n ** 51n));
      expect(BigInt(exports.floorDivide(a, b, c))).toBe(exact);
    });
    fc.assert(property, { seed: 1, numRuns: 3000 });
  });

  it("floorDivide at the edge of a whole quotient", () => {
    const property = fc.property(positive(2 ** 50), positive(2 ** 52), fc.integer({ min: -1, max: 1 }), (q, c, off) => {
      // (q·c + off) ÷ c written as a·b ÷ c with b = 1 needs q·c below 2^53; scale c down.
      const small = (c % 2 ** 3) + 2;
      const a = (q % 2 ** 49) * small + off;
      expect(BigInt(exports.floorDivide(a, 1, small))).toBe(floorDiv(BigInt(a), BigInt(small)));
      const exact = floorDiv(BigInt(q) * BigInt(c), BigInt(c));
      expect(BigInt(exports.floorDivide(q, c, c))).toBe(exact);
    });
    fc.assert(property, { seed: 2, numRuns: 3000 });
  });

  it.each([1, 2, 3, 5, 8, 17, 33])("apportion sums to the total and equals the definition, n = %i", (n) => {
    const weightOf = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 40 }));
    const property = fc.property(fc.array(weightOf, { minLength: n, maxLength: n }), whole(2 ** 50), (parts, total) => {
      fc.pre(parts.some((part) => part > 0));
      const result = split(total, parts);
      const expected = naiveApportion(BigInt(total), parts.map(BigInt));
      expect(result.map(BigInt)).toEqual(expected);
      expect(result.map(BigInt).reduce((sum, part) => sum + part, 0n)).toBe(BigInt(total));
    });
    fc.assert(property, { seed: 3, numRuns: 300 });
  });

  it("rounds to the nearest, halves upwards", () => {
    const cases = [
      [0.5, 1],
      [-0.5, 0],
      [1.49, 1],
      [-1.5, -1],
      [-1.51, -2],
      [2 ** 52 - 0.5, 2 ** 52],
    ] as const;
    for (const [x, rounded] of cases) expect(exports.roundHalfUp(x) + 0).toBe(rounded);
  });

  it("splits a negative total with floors towards −∞ and ties in order", () => {
    expect(split(-1, [1, 1])).toEqual([0, -1]);
    expect(split(1, [1, 1])).toEqual([1, 0]);
    expect(split(-10, [1, 1, 1])).toEqual([-3, -3, -4]);
    expect(split(10, [0, 1, 2])).toEqual([0, 3, 7]);
  });
});
