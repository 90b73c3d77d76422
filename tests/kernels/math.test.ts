// Goal: the specified functions are the module's, on both ways to run a kernel, and close to the host's.

import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import { math } from "../../src/kernels/math.ts";
import { plainKernels } from "../support/plain-kernels.ts";

describe("math", () => {
  it("agrees with the host to an ulp or two and is the same from everywhere", () => {
    const plain = plainKernels(0).exports;
    const wasm = instantiateKernels(0).exports;
    for (let x = 0.01; x < 20; x += 0.37) {
      expect(math.log(x)).toBe(wasm.log(x));
      expect(plain.log(x)).toBe(wasm.log(x));
      expect(math.log(x)).toBeCloseTo(Math.log(x), 14);
      expect(math.exp(-x)).toBeCloseTo(Math.exp(-x), 14);
      expect(math.pow(x, 0.3)).toBeCloseTo(x ** 0.3, 13);
      expect(math.sin(x)).toBeCloseTo(Math.sin(x), 13);
      expect(math.cos(x)).toBeCloseTo(Math.cos(x), 13);
    }
  });
});
