// Goal: the decimals of a column are those its shortest texts have.

import fc from "fast-check";
import { expect, it } from "vitest";
import { commonDecimals, decimalsOf } from "../../src/market/decimals.ts";

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
