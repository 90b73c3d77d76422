import type { StrategyPod } from "./strategy-pod.ts";

const LOOKBACK_DAYS = 90;
const MIN_COMMON_DAYS = 20;

/**
 * Signed correlation of a pod's returns with Σ P&L ÷ Σ base of the other living pods, over the days within the last 90 on which
 * it and all of them have a return. Null, which passes, below 20 such days or without variance.
 */
export function correlationWithOthers(pod: StrategyPod, pods: readonly StrategyPod[], today: number): number | null {
  const others = pods.filter((other) => other !== pod && other.state !== "retired");
  if (others.length === 0) return null;
  const byDay = others.map(({ life }) => new Map(life.days.map((day, i) => [day, i])));
  const own: number[] = [];
  const theirs: number[] = [];
  for (const [i, day] of pod.life.days.entries()) {
    if (day <= today - LOOKBACK_DAYS || !byDay.every((days) => days.has(day))) continue;
    let pnl = 0;
    let base = 0;
    for (const [o, { life }] of others.entries()) {
      const at = byDay[o]?.get(day) as number;
      base += life.bases[at] as number;
      pnl += (life.bases[at] as number) * (life.returns[at] as number);
    }
    if (!(base > 0)) continue;
    own.push(pod.life.returns[i] as number);
    theirs.push(pnl / base);
  }
  return own.length < MIN_COMMON_DAYS ? null : correlation(own, theirs);
}

/** Pearson's, two-pass; null when a side does not vary. */
function correlation(x: readonly number[], y: readonly number[]): number | null {
  const meanX = x.reduce((sum, value) => sum + value, 0) / x.length;
  const meanY = y.reduce((sum, value) => sum + value, 0) / y.length;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < x.length; i++) {
    const dx = (x[i] as number) - meanX;
    const dy = (y[i] as number) - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
}
