import { apportion } from "./exact";

/**
 * Splits a fill of a net order back to the pods that wanted it.
 *
 * Net demand D = Σ demand. Pods on the minority side are served in full by internal crossing; pods on the majority side
 * share the crossed lots plus the filled ones in proportion to their demand (largest remainder, ties in pod order). With
 * filled = D every pod gets exactly its demand; with filled = 0 only the crossed part changes hands. Σ out = filled.
 *
 * Shapes   demand[at … at+n) lots, signed; out[n], weight[n], remainder[n] (the last two scratch).
 * Units    whole lots; `filled` signed, of D's sign, |filled| ≤ |D|.
 * Writes   out, weight, remainder.
 */
export function attribute(
  demand: StaticArray<f64>,
  at: i32,
  n: i32,
  filled: f64,
  out: StaticArray<f64>,
  weight: StaticArray<f64>,
  remainder: StaticArray<f64>,
): void {
  const bought: f64 = demandOf(demand, at, n, 1.0);
  const sold: f64 = demandOf(demand, at, n, -1.0);
  const net: f64 = bought - sold;
  if (filled === net) {
    for (let p: i32 = 0; p < n; p++) unchecked((out[p] = unchecked(demand[at + p])));
    return;
  }

  const side: f64 = net > 0.0 ? 1.0 : -1.0;
  const crossed: f64 = net > 0.0 ? sold : bought;
  const majority: f64 = net > 0.0 ? bought : sold;
  for (let p: i32 = 0; p < n; p++) unchecked((weight[p] = positivePart(unchecked(demand[at + p]) * side)));
  apportion(crossed + filled * side, weight, n, majority, out, remainder);
  // A pod of the majority has its share, one of the minority a share of 0 and its demand.
  for (let p: i32 = 0; p < n; p++) {
    const ofMinority: f64 = unchecked(weight[p]) * side - unchecked(demand[at + p]);
    unchecked((out[p] = unchecked(out[p]) * side - ofMinority));
  }
}

/** Σ of the demand of one side (+1 buyers, −1 sellers), as a magnitude. */
export function demandOf(demand: StaticArray<f64>, at: i32, n: i32, side: f64): f64 {
  let sum: f64 = 0.0;
  for (let p: i32 = 0; p < n; p++) sum += positivePart(unchecked(demand[at + p]) * side);
  return sum;
}

/** max(x, 0) without a branch; exact, for twice a double is one. */
function positivePart(x: f64): f64 {
  return (Math.abs(x) + x) * 0.5;
}
