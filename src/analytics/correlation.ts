/** Fewest common days behind a correlation. */
export const MIN_COMMON_DAYS = 20;

/** Pearson correlation over the days that both have; null with fewer than 20 of them, or where one never moves. */
export function correlation(a: readonly (number | null)[], b: readonly (number | null)[]): number | null {
  const pairs: [number, number][] = [];
  for (const [i, x] of a.entries()) {
    const y = b[i];
    if (x !== null && y !== null && y !== undefined) pairs.push([x, y]);
  }
  const n = pairs.length;
  if (n < MIN_COMMON_DAYS) return null;
  const meanA = pairs.reduce((sum, [x]) => sum + x, 0) / n;
  const meanB = pairs.reduce((sum, [, y]) => sum + y, 0) / n;
  let [aa, bb, ab] = [0, 0, 0];
  for (const [x, y] of pairs) {
    aa += (x - meanA) * (x - meanA);
    bb += (y - meanB) * (y - meanB);
    ab += (x - meanA) * (y - meanB);
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : null;
}
