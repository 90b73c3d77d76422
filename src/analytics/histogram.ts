export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Counts in `bins` equal bins from the smallest to the largest value; one bin when all are equal, none without values. */
export function histogram(values: ArrayLike<number>, bins: number): Bin[] {
  const all = Array.from(values);
  if (all.length === 0) return [];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of all) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low === high) return [{ from: low, to: high, count: all.length }];
  const width = (high - low) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of all) {
    const bin = Math.min(bins - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts.map((count, i) => ({ from: low + i * width, to: low + (i + 1) * width, count }));
}
