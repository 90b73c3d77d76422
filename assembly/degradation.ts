import { pageHinkleyLength, pageHinkleyScore, pageHinkleyStep } from "./page-hinkley";
import { finite } from "./status";

// Moments of the counting days, behind the detector's fields: field f of pod p is at (start + f) · pods + p.
const DAYS: i32 = 0;
const MEAN: i32 = 1;
const SQUARES: i32 = 2;
const FIELDS: i32 = 3;

/** Counting days before the first one is scored. */
const MIN_DAYS: f64 = 30.0;
/** A day further out than this many deviations says no more than one at the limit. */
const LIMIT: f64 = 5.0;

/** f64 of the state of that many pods: detector first (its kernels take the same array), then moments. Zeroed at the start. */
export function degradationLength(pods: i32): i32 {
  return pageHinkleyLength(pods) + FIELDS * pods;
}

/**
 * One day of a pod in the life cycle's detector. With x̄ and s (ddof 1) of the counting days before today:
 *
 *   z = (return − x̄) / s, cut at ±5, goes to Page–Hinkley;   then today joins x̄ and s
 *
 * Moments by Welford's recurrence: the state stays small for a pod of any age, and daily returns are far from the levels
 * where it loses digits. Without any spread so far, z is the limit: 0 for a return at the mean, else ±5. A day that does not
 * count or whose return is not finite changes nothing. `pageHinkleyRestart` on the same state restarts the detector and
 * keeps the moments.
 *
 * Shapes   settings[5] as in page-hinkley; state[degradationLength(pods)], pod p of `pods`.
 * Units    dayReturn a simple daily return; `counts` 1 when the pod held a position or its return is not 0; the detector's δ
 *          and λ in deviations.
 * Writes   state of pod p.
 * Returns  1 on an alarm, 0 otherwise.
 * Source   Welford (1962), Technometrics 4.
 */
export function degradationStep(
  settings: StaticArray<f64>,
  state: StaticArray<f64>,
  pods: i32,
  p: i32,
  dayReturn: f64,
  counts: i32,
): i32 {
  if (counts === 0 || !finite(dayReturn)) return 0;
  const moments: i32 = pageHinkleyLength(pods) + p;
  const days: f64 = unchecked(state[moments + DAYS * pods]);
  const mean: f64 = unchecked(state[moments + MEAN * pods]);
  const squares: f64 = unchecked(state[moments + SQUARES * pods]);
  const distance: f64 = dayReturn - mean;
  let alarm: i32 = 0;
  if (days >= MIN_DAYS) {
    const z: f64 = standardised(distance, Math.sqrt(squares / (days - 1.0)));
    alarm = pageHinkleyStep(settings, state, pods, p, z);
  }
  const nextMean: f64 = mean + distance / (days + 1.0);
  unchecked((state[moments + DAYS * pods] = days + 1.0));
  unchecked((state[moments + MEAN * pods] = nextMean));
  unchecked((state[moments + SQUARES * pods] = squares + distance * (dayReturn - nextMean)));
  return alarm;
}

/**
 * Takes `n` counting days of a single pod, bit for bit like as many steps: what run lengths are simulated with.
 *
 * Shapes   state[degradationLength(1)]; dayReturns, scores [n].
 * Writes   state; the score after each day.
 * Returns  the position of the first alarm, where it stops; n without one.
 */
export function degradationRun(
  settings: StaticArray<f64>,
  state: StaticArray<f64>,
  dayReturns: StaticArray<f64>,
  n: i32,
  scores: StaticArray<f64>,
): i32 {
  for (let t: i32 = 0; t < n; t++) {
    const alarm = degradationStep(settings, state, 1, 0, unchecked(dayReturns[t]), 1);
    unchecked((scores[t] = pageHinkleyScore(state, 1, 0)));
    if (alarm > 0) return t;
  }
  return n;
}

function standardised(distance: f64, deviation: f64): f64 {
  // 0/0 would be NaN; x/0 is ±Infinity and cut like any other far day.
  if (distance === 0.0) return 0.0;
  return Math.max(-LIMIT, Math.min(LIMIT, distance / deviation));
}
