// Two f64 side by side, for the matrix kernels. Everything else stays in the portable dialect; these are the only raw
// addresses, and tests/support/dialect.ts gives them to the plain TypeScript run as well.
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
  const even: f64 = f64x2.extract_lane(lanes, 0);
  const odd: f64 = f64x2.extract_lane(lanes, 1);
  return even < odd ? odd : even;
}
