// Goal: the decimals of a column are those its shortest texts have.

import fc from "fast-check";
import { expect, it } from "vitest";
import { commonDecimals, decimalsOf, writeUnits } from "../../src/market/decimals.ts";

it("are the most that any value needs", () => {
  expect(decimalsOf(Float64Array.of(1, 2.5, 0.125))).toBe(3);
  expect(decimalsOf(Float64Array.of(1e300))).toBe(0);
  expect(decimalsOf(Float64Array.of(0.30000000000000004, 2e-7))).toBe(17);
  expect(decimalsOf(new Float64Array(0))).toBe(0);
});

it("give back every value, or there are none", () => {
  const value = fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(4)).map(([units, k]) => units / Number(`1e${k}`));
  fc.assert(
    fc.property(fc.array(value), (values) => {
      const k = commonDecimals(Float64Array.from(values), 2 ** 53 - 1);
      expect(k).not.toBeNull();
      const scale = Number(`1e${k}`);
      for (const v of values) expect(Math.round(v * scale) / scale).toBe(v);
    }),
    { seed: 1 },
  );
  expect(commonDecimals(Float64Array.of(2 ** 31, 0.5), 2 ** 31)).toBeNull();
  expect(commonDecimals(Float64Array.of(1e9 / 3, 1e-8), 2 ** 53 - 1)).toBeNull();
});

it("are those that units are written with, whatever the order of the values", () => {
  const value = fc.oneof(
    fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(6)).map(([units, k]) => units / Number(`1e${k}`)),
    fc.tuple(fc.nat(999), fc.nat(2)).map(([units, k]) => units / Number(`1e${k}`)),
    fc.double({ min: 0, max: 1e12, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 8 }), fc.nat(3), (list, fewest) => {
      const values = Float64Array.from(list);
      const units = new Uint32Array(values.length);
      for (const limit of [2 ** 31 - 1, 2 ** 32 - 1]) {
        const k = commonDecimals(values, limit);
        expect(writeUnits(values, limit, units)).toBe(k);
        if (k === null) continue;
        expect(Array.from(units, (own) => own / Number(`1e${k}`))).toEqual(list);
        const more = writeUnits(values, limit, units, k + fewest);
        if (more === null) expect(Math.max(...list) * Number(`1e${k + fewest}`)).toBeGreaterThan(limit);
        else expect([more, Array.from(units, (own) => own / Number(`1e${more}`))]).toEqual([k + fewest, list]);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});
