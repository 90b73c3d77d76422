import { sharpe } from "../analytics/sharpe.ts";
import type { Fold } from "./folds.ts";

/** What choosing by training Sharpe ratio, window after window, would have earned out of sample. */
export interface WalkForwardResult {
  /** Index of the trial each fold chose; null when none moved in training. */
  readonly chosen: readonly (number | null)[];
  /** Annualised Sharpe ratio of the joined test returns; null when they are too few or do not vary. */
  readonly sharpe: number | null;
  readonly total_return: number;
}

/** @param returns [trial][day]. Of equal ratios the first trial is chosen. */
export function walkForwardResult(returns: readonly Float64Array[], folds: readonly Fold[]): WalkForwardResult {
  const joined: number[] = [];
  const chosen = folds.map(({ trains, test }) => {
    const best = bestInTraining(returns, trains);
    for (let day = test.from; day < test.to; day++) joined.push(best === null ? 0 : (returns[best]?.[day] as number));
    return best;
  });
  const growth = joined.reduce((product, value) => product * (1 + value), 1);
  return { chosen, sharpe: sharpe(joined).value, total_return: growth - 1 };
}

function bestInTraining(returns: readonly Float64Array[], trains: readonly boolean[]): number | null {
  const days = trains.flatMap((isTrained, day) => (isTrained ? [day] : []));
  let best: number | null = null;
  let highest = Number.NEGATIVE_INFINITY;
  for (const [trial, own] of returns.entries()) {
    let sum = 0;
    let squares = 0;
    for (const day of days) {
      const value = own[day] as number;
      sum += value;
      squares += value * value;
    }
    const mean = sum / days.length;
    const variance = squares / days.length - mean * mean;
    const ratio = variance > 1e-18 ? mean / Math.sqrt(variance) : Number.NEGATIVE_INFINITY;
    if (ratio > highest) [best, highest] = [trial, ratio];
  }
  return best;
}
