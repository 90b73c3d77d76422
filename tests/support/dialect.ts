// The globals of the portable dialect (spec 8.1): with them the sources in assembly/ run as plain TypeScript, so tests
// cover kernels line by line and compare their state with the WASM build byte for byte.

import { instantiateKernels } from "../../src/kernels/load.ts";

const { exp, log, pow, sin, cos } = instantiateKernels(0).exports;

Object.assign(globalThis, {
  // biome-ignore lint/complexity/useArrowFunction: called with `new`
  StaticArray: function (length: number) {
    return new Float64Array(length);
  },
  unchecked: <T>(value: T): T => value,
  i32: (value: number): number => value | 0,
  f64: (value: number): number => value,
  // Specified functions keep their one implementation, the module's.
  NativeMath: { exp, log, pow, sin, cos },
  __heap_base: 0,
});
