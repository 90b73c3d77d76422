// Goal: the generator is the published one, places do not meet, and the numbers have the shape they claim.

import { describe, expect, it } from "vitest";
import { keyOf, PURPOSE, RandomStream } from "../../src/market/synthetic/random-stream.ts";

const stream = () => new RandomStream(1, keyOf("BTC/USDT"), PURPOSE.day);

describe("RandomStream", () => {
  it("is xoshiro128**", () => {
    // Values of the reference implementation (xoshiro128starstar.c 1.1), as in the tests of Rust's rand_xoshiro.
    const expected = [
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ];
    const random = stream();
    random.setState(1, 2, 3, 4);
    expect(expected.map(() => random.uint32())).toEqual(expected);
  });

  it("gives the same numbers at a place, however it got there", () => {
    const random = stream().seek(7);
    const there = [random.normal(), random.normal(), random.uniform()];
    random.seek(3).normal();
    random.seek(7);
    expect([random.normal(), random.normal(), random.uniform()]).toEqual(there);
  });

  it("gives other numbers for another seed, key, purpose or index", () => {
    const first = new Set<number>();
    for (const seed of [0, 1, 2, 2 ** 32, 2 ** 53 - 1])
      for (const key of [0, 1, keyOf("BTC/USDT"), keyOf("ETH/USDT")])
        for (const purpose of Object.values(PURPOSE))
          for (let index = 0; index < 50; index++) {
            const random = new RandomStream(seed, key, purpose).seek(index);
            first.add(random.uint32() * 2 ** 21 + (random.uint32() >>> 11));
          }
    expect(first.size).toBe(5 * 4 * Object.keys(PURPOSE).length * 50);
  });

  it("first numbers of neighbouring places are unrelated", () => {
    const random = stream();
    const draws = Array.from({ length: 20_000 }, (_, i) => random.seek(i).uniform() - 0.5);
    let product = 0;
    for (let i = 1; i < draws.length; i++) product += (draws[i] as number) * (draws[i - 1] as number);
    // Correlation of independent draws: standard deviation 1/√n = 0.007.
    expect(Math.abs((product / draws.length) * 12)).toBeLessThan(0.03);
  });

  it("normals have mean 0, variance 1 and kurtosis 3; uniforms stay inside", () => {
    const random = stream();
    const n = 200_000;
    const moments = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const z = random.normal();
      moments[0] = (moments[0] as number) + z / n;
      moments[1] = (moments[1] as number) + (z * z) / n;
      moments[2] = (moments[2] as number) + z ** 4 / n;
    }
    // Five standard errors: √(1/n), √(2/n), √(96/n).
    expect(moments[0]).toBeCloseTo(0, 1.6);
    expect(Math.abs((moments[1] as number) - 1)).toBeLessThan(0.016);
    expect(Math.abs((moments[2] as number) - 3)).toBeLessThan(0.11);
    for (let i = 0; i < 1000; i++) {
      const u = random.uniform();
      expect(u > 0 && u < 1).toBe(true);
      expect([2, 3, 4]).toContain(random.integer(2, 4));
    }
  });
});
