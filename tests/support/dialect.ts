// The globals of the portable dialect (spec 8.1): with them the sources in assembly/ run as plain TypeScript, so tests
// cover kernels line by line and compare their state with the WASM build byte for byte.

import { instantiateKernels } from "../../src/kernels/load.ts";

const { exp, log, pow, sin, cos } = instantiateKernels(0).exports;

/** Two lanes of a v128. */
type Lanes = readonly [number, number];

/** The memory that addresses point into: that of the array whose address was taken last. */
let memory: Float64Array = new Float64Array(0);
const at = (address: number, offset = 0): number => (address + offset) / Float64Array.BYTES_PER_ELEMENT;
const read = (address: number, offset?: number): number => memory[at(address, offset)] as number;
const write = (address: number, value: number, offset?: number): void => {
  memory[at(address, offset)] = value;
};

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
  // Raw addresses and lanes (assembly/lanes.ts), of f64 only.
  usize: (value: number): number => value,
  changetype: (array: Float64Array): number => {
    if (memory.buffer !== array.buffer) memory = new Float64Array(array.buffer);
    return array.byteOffset;
  },
  load: read,
  store: write,
  v128: {
    load: (address: number, offset = 0): Lanes => [read(address, offset), read(address, offset + 8)],
    load64_splat: (address: number, offset = 0): Lanes => [read(address, offset), read(address, offset)],
    /** Lanes 0 and 1 are those of a, 2 and 3 those of b. */
    shuffle: (a: Lanes, b: Lanes, even: number, odd: number): Lanes => {
      const lanes = [...a, ...b];
      return [lanes[even] as number, lanes[odd] as number];
    },
    store: (address: number, [even, odd]: Lanes, offset = 0): void => {
      write(address, even, offset);
      write(address, odd, offset + 8);
    },
    any_true: (mask: Lanes): boolean => mask[0] !== 0 || mask[1] !== 0,
    /** Of whole lanes, as comparisons make them. */
    bitselect: (a: Lanes, b: Lanes, mask: Lanes): Lanes => [mask[0] !== 0 ? a[0] : b[0], mask[1] !== 0 ? a[1] : b[1]],
  },
  f64x2: {
    splat: (value: number): Lanes => [value, value],
    extract_lane: (lanes: Lanes, lane: 0 | 1): number => lanes[lane],
    replace_lane: (lanes: Lanes, lane: 0 | 1, value: number): Lanes =>
      lane === 0 ? [value, lanes[1]] : [lanes[0], value],
    gt: (a: Lanes, b: Lanes): Lanes => [Number(a[0] > b[0]), Number(a[1] > b[1])],
    sqrt: (a: Lanes): Lanes => [Math.sqrt(a[0]), Math.sqrt(a[1])],
    add: (a: Lanes, b: Lanes): Lanes => [a[0] + b[0], a[1] + b[1]],
    sub: (a: Lanes, b: Lanes): Lanes => [a[0] - b[0], a[1] - b[1]],
    mul: (a: Lanes, b: Lanes): Lanes => [a[0] * b[0], a[1] * b[1]],
    abs: (a: Lanes): Lanes => [Math.abs(a[0]), Math.abs(a[1])],
    neg: (a: Lanes): Lanes => [-a[0], -a[1]],
    pmin: (a: Lanes, b: Lanes): Lanes => [Math.min(a[0], b[0]), Math.min(a[1], b[1])],
    pmax: (a: Lanes, b: Lanes): Lanes => [Math.max(a[0], b[0]), Math.max(a[1], b[1])],
    div: (a: Lanes, b: Lanes): Lanes => [a[0] / b[0], a[1] / b[1]],
  },
});
