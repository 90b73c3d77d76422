/** The deepest fall below the high-water mark. Indexes into the curve; −1 is the capital at the start. */
export interface Drawdown {
  /** Fraction of the peak, ≥ 0; above 1 only when equity became negative. */
  readonly depth: number;
  readonly peak: number;
  readonly trough: number;
  /** First value at or above the peak again; null when the curve ends below it. */
  readonly recovered: number | null;
}

/** The maximum drawdown of a curve that began with `start`; the earliest of equals; null when it never fell. */
export function maxDrawdown(equity: ArrayLike<number>, start: number): Drawdown | null {
  let high = start;
  let highAt = -1;
  let deepest: { depth: number; peak: number; trough: number; recovered: number | null } | null = null;
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i] as number;
    if (value >= high) {
      if (deepest !== null && deepest.recovered === null && deepest.peak === highAt) deepest.recovered = i;
      high = value;
      highAt = i;
      continue;
    }
    const depth = high > 0 ? (high - value) / high : 0;
    if (depth > (deepest?.depth ?? 0)) deepest = { depth, peak: highAt, trough: i, recovered: null };
  }
  return deepest;
}

/** Fraction of each value below the high-water mark so far. */
export function drawdownCurve(equity: ArrayLike<number>, start: number): Float64Array {
  const curve = new Float64Array(equity.length);
  let high = start;
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i] as number;
    high = Math.max(high, value);
    curve[i] = high > 0 ? (high - value) / high : 0;
  }
  return curve;
}
