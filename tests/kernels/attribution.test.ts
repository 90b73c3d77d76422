// Goal: a fill goes back to the pods that wanted it, exactly, by each pod's own demand (spec 2.5).
// Method: golden cases, the definition in BigInt as oracle, and the invariants as properties for 1 to 33 pods.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import golden from "../golden/netting.json" with { type: "json" };
import { uniform } from "../support/candles.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import { naiveAttribute } from "./naive/apportion.ts";

describe.each([
  ["wasm", instantiateKernels],
  ["plain", plainKernels],
])("attribution (%s)", (_, make) => {
  const { exports, arena } = make(8192);
  const [demand, out, weight, remainder] = [arena.f64(40), arena.f64(40), arena.f64(40), arena.f64(40)];
  const demands = arena.viewF64(demand, 40);
  const outs = arena.viewF64(out, 40);

  const attribute = (wanted: readonly number[], filled: number): number[] => {
    demands.fill(7); // neighbours must not matter
    demands.set(wanted, 3);
    exports.attribute(demand, 3, wanted.length, filled, out, weight, remainder);
    return [...outs.subarray(0, wanted.length)].map((lots) => lots + 0);
  };

  it.each(golden.cases)("golden: $id", ({ demand: wanted, fill, expect: expected }) => {
    expect(attribute(wanted, fill)).toEqual(expected);
  });

  it("from flat it is in proportion to the target weights", () => {
    expect(attribute([30, 10, 20], 30)).toEqual([15, 5, 10]);
  });

  it("a pod that closes is served by its own demand, not by its target share", () => {
    expect(attribute([-50, 80], 15)).toEqual([-50, 65]);
  });

  it.each([1, 2, 3, 5, 8, 17, 33])("equals the definition and keeps every invariant, n = %i", (n) => {
    const lots = fc.oneof(
      fc.constant(0),
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: -(2 ** 45), max: 2 ** 45 }),
    );
    const wanted = fc.array(lots, { minLength: n, maxLength: n });
    const property = fc.property(wanted, fc.double({ min: 0, max: 1, noNaN: true }), (demandOf, part) => {
      const net = demandOf.reduce((sum, d) => sum + d, 0);
      const filled = Math.trunc(net * part) + 0;
      const result = attribute(demandOf, filled);
      expect(result.map(BigInt)).toEqual(naiveAttribute(demandOf.map(BigInt), BigInt(filled)));
      expect(result.reduce((sum, lot) => sum + lot, 0)).toBe(filled);
      for (const [i, d] of demandOf.entries()) {
        expect(Math.abs(result[i] as number)).toBeLessThanOrEqual(Math.abs(d));
        expect((result[i] as number) * d).toBeGreaterThanOrEqual(0);
      }
    });
    fc.assert(property, { seed: 5, numRuns: 300 });
  });

  it.each([9, 17, 33, 37])("many units left over, small remainders and ties, n = %i", (n) => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = uniform(1000 * n + seed);
      const wanted = Array.from({ length: n }, () =>
        Math.floor(random() * (seed % 4 === 0 ? 2 ** 40 : 1 + (seed % 7))),
      );
      const net = wanted.reduce((sum, d) => sum + d, 0);
      const filled = Math.floor(net * random());
      expect(attribute(wanted, filled).map(BigInt)).toEqual(naiveAttribute(wanted.map(BigInt), BigInt(filled)));
    }
  });

  it.each([50, 200, 1000])("of %i pods, every symbol's fill in whole numbers, and in parts as at once", (n) => {
    const kernels = make(8 * 5 * (n + 2) + 4096);
    const arrays = Array.from({ length: 4 }, () => kernels.arena.f64(n)) as [number, number, number, number];
    const [wanted, parts] = arrays.map((at) => kernels.arena.viewF64(at, n)) as [Float64Array, Float64Array];
    const split = (filled: number) => {
      kernels.exports.attribute(arrays[0], 0, n, filled, arrays[1], arrays[2], arrays[3]);
      return Array.from(parts, BigInt);
    };
    const random = uniform(n);
    const symbols = Math.max(4, 2500 / n);
    for (let symbol = 0; symbol < symbols; symbol++) {
      // Lots of one size or over twelve decades; a third of the pods do not trade.
      for (let p = 0; p < n; p++) {
        const size = symbol % 2 === 0 ? 1000 : 2 ** (40 * random());
        wanted[p] = random() < 1 / 3 ? 0 : Math.trunc((random() - 0.4) * size);
      }
      const net = wanted.reduce((a, b) => a + b, 0);
      for (const part of [0, 1 / 3, 0.999, 1]) {
        const filled = Math.trunc(net * part);
        const lots = split(filled);
        expect(lots).toEqual(naiveAttribute(Array.from(wanted, BigInt), BigInt(filled)));
        expect(lots.reduce((a, b) => a + b, 0n)).toBe(BigInt(filled));
      }
    }
  });

  it("touches no pod's neighbour", () => {
    outs.fill(7);
    attribute([3, -1, 4], 6);
    expect(outs[3]).toBe(7);
    attribute([3, -1, 4], 2);
    expect(outs[3]).toBe(7);
  });
});
