/**
 * Simple returns of consecutive daily closes; the first day's base is the capital at the start.
 *
 * Shapes   equity[n] → returns[n].
 * Edge     a base ≤ 0 gives a return of 0: nothing can be earned on nothing.
 */
export function dailyReturns(equity: ArrayLike<number>, start: number): Float64Array {
  const returns = new Float64Array(equity.length);
  let base = start;
  for (let d = 0; d < equity.length; d++) {
    const close = equity[d] as number;
    returns[d] = base > 0 ? close / base - 1 : 0;
    base = close;
  }
  return returns;
}
