// Two f64 side by side, for the matrix kernels. Everything else stays in the portable dialect; these are the only raw
// addresses, and tests/support/dialect.ts gives them to the plain TypeScript run as well.
//
// Loops over lanes test at their end (do … while): what is computed before such a loop and used in it stays outside. Before a loop that
// tests first V8's compiler moves it inside, a division or a square root for every pair of values.
//
// What a kernel sums in lanes is part of its definition: the even and the odd terms apart, added at the end. So a run
// without SIMD has the same bits.

/** Address of an array's entry. */
export function addressOf(array: StaticArray<f64>, i: i32): usize {
  return changetype<usize>(array) + (usize(i) << 3);
}

/** Even lane + odd lane. */
export function laneSum(lanes: v128): f64 {
  return f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
}

/** The larger lane. */
export function laneMax(lanes: v128): f64 {
  return f64x2.extract_lane(f64x2.pmax(lanes, v128.shuffle<f64>(lanes, lanes, 1, 0)), 0);
}

/** Whether a lane is above the limit. */
export function anyAbove(lanes: v128, limit: f64): bool {
  return v128.any_true(f64x2.gt(lanes, f64x2.splat(limit)));
}

/** Two values side by side. A pair that is stored whole can be loaded whole; two single stores would have to wait. */
export function lanePair(even: f64, odd: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(even), 1, odd);
}

/** Lane by lane: a where `test` is above 0, else b. */
export function whereAbove0(test: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, f64x2.gt(test, f64x2.splat(0.0)));
}

/** The smaller one, without a branch that a noisy series would make the processor guess. */
export function smaller(a: f64, b: f64): f64 {
  return f64x2.extract_lane(f64x2.pmin(f64x2.splat(a), f64x2.splat(b)), 0);
}
