// The aggregations of spec part 3 once more, from the text alone: whole columns, no state.

import { std } from "./indicators.ts";

export interface NaiveEnsemble {
  readonly aggregation: string;
  readonly window: number;
  readonly top: number;
  readonly minAgreement: number;
  readonly weights: readonly number[];
}

/** @param members [member][candle] */
export function naiveEnsemble(
  p: NaiveEnsemble,
  close: readonly number[],
  members: readonly (readonly number[])[],
): number[] {
  const earned = members.map((weights) =>
    close.map((c, t) => (t === 0 ? undefined : (weights[t - 1] as number) * (c / (close[t - 1] as number) - 1))),
  );
  return close.map((_, t) => {
    const now = members.map((weights) => weights[t] as number);
    if (p.aggregation === "equal_weight") return mean(now, p.weights);
    if (p.aggregation === "majority_vote") return vote(now, p.minAgreement);
    const windows = earned.map((column) => column.slice(Math.max(0, t + 1 - p.window), t + 1));
    const isDefined = windows.every(
      (w) => w.length === p.window && w.every((r) => r !== undefined) && std(w as number[]) > 0,
    );
    if (!isDefined)
      return mean(
        now,
        now.map(() => 1),
      );
    const values = windows as number[][];
    if (p.aggregation === "inverse_volatility")
      return mean(
        now,
        values.map((w) => 1 / std(w)),
      );
    const ratios = values.map((w) => w.reduce((sum, r) => sum + r, 0) / w.length / std(w));
    const ranked = ratios.map((ratio, i) => ({ ratio, i })).sort((a, b) => b.ratio - a.ratio || a.i - b.i);
    const best = new Set(ranked.slice(0, p.top).map(({ i }) => i));
    return mean(
      now,
      now.map((_w, i) => (best.has(i) ? 1 : 0)),
    );
  });
}

function mean(values: readonly number[], shares: readonly number[]): number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  return values.reduce((sum, value, i) => sum + value * (shares[i] as number), 0) / total;
}

function vote(weights: readonly number[], minAgreement: number): number {
  const longs = weights.filter((w) => w > 0);
  const shorts = weights.filter((w) => w < 0);
  if (longs.length === shorts.length) return 0;
  const side = longs.length > shorts.length ? longs : shorts;
  if (side.length / (longs.length + shorts.length) < minAgreement) return 0;
  return side.reduce((sum, w) => sum + w, 0) / side.length;
}
