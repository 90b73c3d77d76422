import { PURPOSE, RandomStream } from "../market/synthetic/random-stream.ts";

export type GridValue = number | string | boolean | null | readonly (number | string)[];

/** One varied path with its values, in the order of the file. */
export interface Grid {
  readonly path: string;
  readonly values: readonly GridValue[];
}

/** Digits of a step's noise that are dropped: 0.1 + 0.2 is meant as 0.3. */
const DIGITS = 12;

/** from, from + step, … up to `to` (included when a step reaches it), as a person would write them. */
export function rangeValues(from: number, to: number, step: number): number[] {
  const steps = Math.floor(Number(((to - from) / step).toPrecision(DIGITS)));
  return Array.from({ length: Math.max(0, steps + 1) }, (_, i) => Number((from + i * step).toPrecision(DIGITS)));
}

/** Number of points in the product. */
export function gridSize(grids: readonly Grid[]): number {
  return grids.reduce((product, { values }) => product * values.length, 1);
}

/** Index into each grid's values of the point at `index`: declared order, the last grid fastest. */
export function digitsOf(grids: readonly Grid[], index: number): number[] {
  const digits = grids.map(() => 0);
  let rest = index;
  for (let g = grids.length - 1; g >= 0; g--) {
    const { length } = (grids[g] as Grid).values;
    digits[g] = rest % length;
    rest = Math.floor(rest / length);
  }
  return digits;
}

/** Inverse of `digitsOf`. */
export function indexOf(grids: readonly Grid[], digits: readonly number[]): number {
  return grids.reduce((index, { values }, g) => index * values.length + (digits[g] as number), 0);
}

/** All indexes below `size`, or a seeded sample of `most` of them over the whole space, ascending. */
export function sampleIndexes(size: number, most: number, seed: number): number[] {
  if (size <= most) return Array.from({ length: size }, (_, i) => i);
  // Floyd's algorithm: every subset is equally likely, and memory is that of the sample.
  const random = new RandomStream(seed, 0, PURPOSE.gridSample);
  const chosen = new Set<number>();
  for (let last = size - most; last < size; last++) {
    // Two draws: a grid may have more points than one 32-bit number can tell apart.
    const draw = Math.min(
      last,
      Math.floor(((random.uint32() * 2097152 + (random.uint32() >>> 11)) / 2 ** 53) * (last + 1)),
    );
    chosen.add(chosen.has(draw) ? last : draw);
  }
  return [...chosen].sort((a, b) => a - b);
}
