import { type CovarianceEstimate, type CovarianceEstimator, estimateCovariance } from "../../kernels/covariance.ts";
import type { MatrixWorkspace } from "../../kernels/matrix-workspace.ts";
import type { PodLife } from "../lifecycle/pod-life.ts";
import type { StrategyPod } from "../lifecycle/strategy-pod.ts";
import type { CovarianceEstimatorName } from "../settings.ts";

const MIN_NONZERO_RETURNS = 20;
/** Days after which an observation of the EWMA counts half. */
const EWMA_HALFLIFE_DAYS = 30;

/** Not RETIRED, and at least 20 of its own last `lookback` daily returns are not zero. */
export function isMeasurable({ state, life }: StrategyPod, lookback: number): boolean {
  if (state === "retired") return false;
  let nonzero = 0;
  for (const value of life.returns.slice(-lookback)) if (value !== 0) nonzero++;
  return nonzero >= MIN_NONZERO_RETURNS;
}

/** UTC days within the last `lookback` up to `today` on which all of the lives have a return: common, never padded. */
export function commonDays(lives: readonly PodLife[], today: number, lookback: number): number[] {
  const [first, ...others] = lives.map(({ days }) => days.slice(firstAfter(days, today - lookback)));
  const sets = others.map((days) => new Set(days));
  return (first ?? []).filter((day) => sets.every((set) => set.has(day)));
}

/** Index of the first entry above `day` in an ascending list, which is long and the window at its end. */
function firstAfter(days: readonly number[], day: number): number {
  let index = days.length;
  while (index > 0 && (days[index - 1] as number) > day) index--;
  return index;
}

export interface Window {
  /** Common days, rows of the workspace's returns. */
  readonly days: number;
  readonly estimate: CovarianceEstimate;
}

/** Puts the common window of some pods into the workspace and estimates their covariance (daily). */
export function estimateWindow(
  workspace: MatrixWorkspace,
  pods: readonly StrategyPod[],
  today: number,
  lookback: number,
  estimator: CovarianceEstimatorName,
): Window {
  const days = commonDays(
    pods.map(({ life }) => life),
    today,
    lookback,
  );
  for (const [column, { life }] of pods.entries()) {
    let at = firstAfter(life.days, today - lookback);
    for (const [row, day] of days.entries()) {
      while (life.days[at] !== day) at++;
      workspace.returns.view[row * pods.length + column] = life.returns[at] as number;
    }
  }
  return { days: days.length, estimate: estimateCovariance(workspace, named(estimator), days.length, pods.length) };
}

function named(estimator: CovarianceEstimatorName): CovarianceEstimator {
  return estimator === "ewma" ? { kind: "ewma", halflife: EWMA_HALFLIFE_DAYS } : { kind: estimator };
}
