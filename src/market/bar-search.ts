/** Index of the first entry ≥ `ms` in an ascending column; its length when there is none. */
export function firstIndexAt(timeMs: Float64Array, ms: number): number {
  let low = 0;
  let high = timeMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timeMs[middle] as number) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
