import { addressOf } from "./lanes";

// The layout of the solver's scratch: vectors one after the other, then an n × n matrix. All of it is in the variables of the
// problem scaled by x: there the Hessian XΣX + B has a diagonal of the size of the budget, whatever the volatilities are.
//
// A vector takes an even number of places. With n odd the last one is padding, kept so that it adds nothing to any sum:
// 1 in x, 0 in every other vector.

/** Current iterate, scaled so that xᵀΣx = 1. */
export const X: i32 = 0;
/** Σx. */
export const Y: i32 = 1;
/** Budget, summing to 1. */
export const B: i32 = 2;
/** 1 / b. */
export const INVERSE_B: i32 = 3;
/** Diagonal of Σ. */
export const DIAGONAL: i32 = 4;
/** Relative step: the Newton direction is eᵢ·xᵢ. */
export const E: i32 = 5;
/** XΣX·e. */
export const CURVATURE: i32 = 6;
/** bᵢ − xᵢ(Σx)ᵢ. */
export const GAP: i32 = 7;
/** Best iterate so far. */
export const BEST: i32 = 8;
/** Conjugate gradients: residual, direction, Hessian times direction, X·direction, Σ times that, 1 / the Hessian's diagonal. */
export const RESIDUAL: i32 = 9;
export const DIRECTION: i32 = 10;
export const IMAGE: i32 = 11;
export const SCALED: i32 = 12;
export const PRODUCT: i32 = 13;
export const INVERSE: i32 = 14;

/** At its first place the difficulty of the iterate that was measured last. */
export const MEASURES: i32 = 15;

/** Index of the matrix behind the vectors, in vectors. */
export const MATRIX: i32 = 16;

/** Places that a vector of length n takes. */
export function stride(n: i32): i32 {
  return n + (n & 1);
}

/** Writes the padding of every vector. */
export function pad(work: StaticArray<f64>, n: i32): void {
  if ((n & 1) === 0) return;
  for (let vector: i32 = 0; vector < MATRIX; vector++) {
    unchecked((work[vector * stride(n) + n] = vector === X ? 1.0 : 0.0));
  }
}

/** One vector to another, padding and all. */
export function copy(work: StaticArray<f64>, n: i32, from: i32, to: i32): void {
  const source: usize = addressOf(work, from * stride(n));
  const target: usize = addressOf(work, to * stride(n));
  const bytes: usize = usize(stride(n)) << 3;
  let o: usize = 0;
  do {
    v128.store(target + o, v128.load(source + o));
    o += 16;
  } while (o < bytes);
}
