/** A fraction with its bounds. */
export interface Boxed {
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

/**
 * clip(c·v, min, max) with the c that keeps the total T = Σv: what is clipped off goes to the unclipped in proportion, what
 * nobody may take is left over (for the reserve). Where Σ min > T the minima are scaled to T.
 *
 * Exact by breakpoints: Σ clip(c·v) is piecewise linear and does not decrease in c.
 */
export function projectOnBox(entries: readonly Boxed[]): number[] {
  const total = entries.reduce((sum, { value }) => sum + value, 0);
  const minima = entries.reduce((sum, { min }) => sum + min, 0);
  if (minima >= total) return entries.map(({ min }) => (minima > 0 ? (min * total) / minima : 0));
  const maxima = entries.reduce((sum, { max }) => sum + max, 0);
  if (maxima <= total) return entries.map(({ max }) => max);

  const c = scaleFor(entries, total);
  return entries.map(({ value, min, max }) => Math.min(max, Math.max(min, c * value)));
}

/** The c at which the clipped entries sum to `total`, between two breakpoints. */
function scaleFor(entries: readonly Boxed[], total: number): number {
  const breakpoints = entries
    .filter(({ value }) => value > 0)
    .flatMap(({ value, min, max }) => [min / value, max / value])
    .sort((a, b) => a - b);
  let low = 0;
  for (const high of breakpoints) {
    if (sumAt(entries, high) >= total) return between(entries, low, high, total);
    low = high;
  }
  return low;
}

/** Between two breakpoints the same entries are unclipped: clipped ones give a constant, the others c·v. */
function between(entries: readonly Boxed[], low: number, high: number, total: number): number {
  const middle = (low + high) / 2;
  let constant = 0;
  let slope = 0;
  for (const { value, min, max } of entries) {
    const scaled = middle * value;
    if (scaled <= min) constant += min;
    else if (scaled >= max) constant += max;
    else slope += value;
  }
  return slope > 0 ? (total - constant) / slope : high;
}

function sumAt(entries: readonly Boxed[], c: number): number {
  return entries.reduce((sum, { value, min, max }) => sum + Math.min(max, Math.max(min, c * value)), 0);
}
