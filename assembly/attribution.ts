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
  const bought = demandOf(demand, at, n, 1.0);
  const sold = demandOf(demand, at, n, -1.0);
  const net = bought - sold;
  if (filled === net) {
    for (let p: i32 = 0; p < n; p++) unchecked((out[p] = unchecked(demand[at + p])));
    return;
  }

  const side: f64 = net > 0.0 ? 1.0 : -1.0;
  const crossed = net > 0.0 ? sold : bought;
  const majority = net > 0.0 ? bought : sold;
  for (let p: i32 = 0; p < n; p++) {
    const wanted: f64 = unchecked(demand[at + p]) * side;
    unchecked((weight[p] = wanted > 0.0 ? wanted : 0.0));
  }
  apportion(crossed + filled * side, weight, n, majority, out, remainder);
  for (let p: i32 = 0; p < n; p++) {
    const wanted: f64 = unchecked(demand[at + p]);
    unchecked((out[p] = wanted * side > 0.0 ? unchecked(out[p]) * side : wanted));
  }
}

/** Σ of the demand of one side (+1 buyers, −1 sellers), as a magnitude. */
export function demandOf(demand: StaticArray<f64>, at: i32, n: i32, side: f64): f64 {
  let sum: f64 = 0.0;
  for (let p: i32 = 0; p < n; p++) {
    const wanted: f64 = unchecked(demand[at + p]) * side;
    if (wanted > 0.0) sum += wanted;
  }
  return sum;
}
