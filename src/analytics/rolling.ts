import type { Metric } from "./metric.ts";

/** A statistic of the last `window` values at every index; null where it is unknown. */
export function rolling(
  values: Float64Array,
  window: number,
  measure: (slice: Float64Array) => Metric,
): (number | null)[] {
  return Array.from(values, (_, i) => (i + 1 < window ? null : measure(values.subarray(i + 1 - window, i + 1)).value));
}
