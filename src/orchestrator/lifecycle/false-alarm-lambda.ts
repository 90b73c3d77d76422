/**
 * λ by mean run length: days until a false alarm under unchanged i.i.d. normal returns, through the whole pipeline of spec 4.4
 * (30 days of moments, cut at ±5, detector never restarted), with δ = 0.005 and α = 0.9999.
 */
const MEAN_RUN_LENGTH: readonly (readonly [days: number, lambda: number])[] = [
  [365, 20],
  [730, 30],
  [1460, 42],
];

/** The λ whose mean run length is `days`: linear between the entries of the table, the ends beyond them. */
export function lambdaFor(days: number): number {
  const [first] = MEAN_RUN_LENGTH as [readonly [number, number]];
  let [fromDays, fromLambda] = first;
  if (days <= fromDays) return fromLambda;
  for (const [toDays, toLambda] of MEAN_RUN_LENGTH) {
    if (days <= toDays) {
      return toDays === fromDays
        ? toLambda
        : fromLambda + ((toLambda - fromLambda) * (days - fromDays)) / (toDays - fromDays);
    }
    [fromDays, fromLambda] = [toDays, toLambda];
  }
  return fromLambda;
}
