import { ringLength, ringPush } from "../indicators/ring";
import { rollingStd, windowSum } from "../indicators/rolling-std";

/** Values of the slot AGGREGATION. */
export const ENSEMBLE_EQUAL_WEIGHT: i32 = 0;
export const ENSEMBLE_INVERSE_VOLATILITY: i32 = 1;
export const ENSEMBLE_MAJORITY_VOTE: i32 = 2;
export const ENSEMBLE_STRATEGY_MOMENTUM: i32 = 3;

// Parameters.
const AGGREGATION: i32 = 0;
const MEMBERS: i32 = 1;
const WINDOW: i32 = 2; // of strategy returns; 0 where the aggregation needs none
const TOP: i32 = 3;
const MIN_AGREEMENT: i32 = 4;
// Memory.
const SEEN: i32 = 5;
const PREVIOUS_CLOSE: i32 = 6;
const POSITION: i32 = 7;
const PER_MEMBER: i32 = 8; // blocks [members] each: static weight, previous weight, score

export function ensembleStateLength(members: i32, window: i32): i32 {
  return PER_MEMBER + 3 * members + members * ringLength(window);
}

/**
 * Combines the weights of several strategies on the same candles into one.
 *
 *   equal_weight         Σ vᵢwᵢ / Σ vᵢ, v the static weights
 *   inverse_volatility   Σ wᵢ/σᵢ / Σ 1/σᵢ
 *   majority_vote        sign of the side that more of the active members (w ≠ 0) take, when its share of them reaches
 *                        min_agreement, × mean |w| of that side; 0 at a tie
 *   strategy_momentum    mean w of the `top` members by mean / σ, ties to the earlier member
 *
 * σ and mean are over the last `window` strategy returns rᵢ = wᵢ(t−1) · (C(t)/C(t−1) − 1), the current candle's included.
 * While a member has fewer of them, or its σ is 0, the statistic is undefined, and all members count equally.
 *
 * Shapes   state = [aggregation, members, window, top, min agreement, 0, 0, 0, static weights [members], memory…], memory
 *          zeroed at the start; close [n]; weights [members × stride], member after member, n of each row; out [n].
 * Units    signed weights, fractions of equity; a member's NaN (it failed) makes the result NaN.
 * Writes   state, out.
 * Cost     O(members · window) per candle where a window is needed.
 */
export function ensembleRun(
  state: StaticArray<f64>,
  close: StaticArray<f64>,
  weights: StaticArray<f64>,
  stride: i32,
  n: i32,
  out: StaticArray<f64>,
): void {
  const aggregation: i32 = i32(unchecked(state[AGGREGATION]));
  const members: i32 = i32(unchecked(state[MEMBERS]));
  const window: i32 = i32(unchecked(state[WINDOW]));
  for (let t: i32 = 0; t < n; t++) {
    if (window > 0) takeReturns(state, members, window, unchecked(close[t]));
    let combined: f64 = 0.0;
    if (aggregation === ENSEMBLE_MAJORITY_VOTE) {
      combined = majority(weights, t, stride, members, unchecked(state[MIN_AGREEMENT]));
    } else if (aggregation === ENSEMBLE_EQUAL_WEIGHT) {
      for (let m: i32 = 0; m < members; m++) unchecked((state[score(members) + m] = state[PER_MEMBER + m]));
      combined = weightedMean(state, weights, t, stride, members);
    } else {
      scoreMembers(state, aggregation, members, window);
      combined = weightedMean(state, weights, t, stride, members);
    }
    let failed = false;
    for (let m: i32 = 0; m < members; m++) {
      const w: f64 = unchecked(weights[m * stride + t]);
      if (!(w <= Infinity)) failed = true;
      unchecked((state[PER_MEMBER + members + m] = w));
    }
    unchecked((state[PREVIOUS_CLOSE] = close[t]));
    unchecked((state[SEEN] = state[SEEN] + 1.0));
    unchecked((out[t] = failed ? NaN : combined));
  }
}

/** First slot of the members' shares in the combination. */
function score(members: i32): i32 {
  return PER_MEMBER + 2 * members;
}

/** First slot of a member's ring of strategy returns. */
function ring(members: i32, window: i32, m: i32): i32 {
  return PER_MEMBER + 3 * members + m * ringLength(window);
}

/** From the second candle on, each member earned its weight of the candle before times the price's return. */
function takeReturns(state: StaticArray<f64>, members: i32, window: i32, c: f64): void {
  if (unchecked(state[SEEN]) === 0.0) return;
  const priceReturn: f64 = c / unchecked(state[PREVIOUS_CLOSE]) - 1.0;
  const position: i32 = i32(unchecked(state[POSITION]));
  let next: i32 = position;
  for (let m: i32 = 0; m < members; m++) {
    const earned: f64 = unchecked(state[PER_MEMBER + members + m]) * priceReturn;
    next = ringPush(state, ring(members, window, m), window, position, earned);
  }
  unchecked((state[POSITION] = f64(next)));
}

/** Shares by 1/σ, or 1 for the best and 0 for the others; all 1 while a statistic is undefined. */
function scoreMembers(state: StaticArray<f64>, aggregation: i32, members: i32, window: i32): void {
  const shares: i32 = score(members);
  const position: i32 = i32(unchecked(state[POSITION]));
  let defined: boolean = unchecked(state[SEEN]) >= f64(window);
  for (let m: i32 = 0; defined && m < members; m++) {
    const start: i32 = ring(members, window, m) + position;
    const deviation: f64 = rollingStd(state, start, window);
    if (!(deviation > 0.0)) defined = false;
    else if (aggregation === ENSEMBLE_INVERSE_VOLATILITY) unchecked((state[shares + m] = 1.0 / deviation));
    else unchecked((state[shares + m] = windowSum(state, start, window) / f64(window) / deviation));
  }
  if (!defined) {
    for (let m: i32 = 0; m < members; m++) unchecked((state[shares + m] = 1.0));
  } else if (aggregation === ENSEMBLE_STRATEGY_MOMENTUM) {
    keepBest(state, shares, members, i32(unchecked(state[TOP])));
  }
}

/** Replaces Sharpe ratios by 1 for the `top` highest and 0 for the rest. */
function keepBest(state: StaticArray<f64>, shares: i32, members: i32, top: i32): void {
  // Picked members are marked by +Infinity until all are picked; a ratio is finite, because a deviation is above 0.
  const wanted: i32 = top < members ? top : members;
  for (let k: i32 = 0; k < wanted; k++) {
    let best: i32 = -1;
    for (let m: i32 = 0; m < members; m++) {
      const ratio: f64 = unchecked(state[shares + m]);
      if (ratio === Infinity) continue;
      if (best < 0 || ratio > unchecked(state[shares + best])) best = m;
    }
    unchecked((state[shares + best] = Infinity));
  }
  for (let m: i32 = 0; m < members; m++) {
    unchecked((state[shares + m] = state[shares + m] === Infinity ? 1.0 : 0.0));
  }
}

function weightedMean(state: StaticArray<f64>, weights: StaticArray<f64>, t: i32, stride: i32, members: i32): f64 {
  const shares: i32 = score(members);
  let sum: f64 = 0.0;
  let total: f64 = 0.0;
  for (let m: i32 = 0; m < members; m++) {
    const share: f64 = unchecked(state[shares + m]);
    sum += share * unchecked(weights[m * stride + t]);
    total += share;
  }
  return sum / total;
}

function majority(weights: StaticArray<f64>, t: i32, stride: i32, members: i32, minAgreement: f64): f64 {
  let longs: i32 = 0;
  let shorts: i32 = 0;
  let longSum: f64 = 0.0;
  let shortSum: f64 = 0.0;
  for (let m: i32 = 0; m < members; m++) {
    const w: f64 = unchecked(weights[m * stride + t]);
    if (w > 0.0) {
      longs++;
      longSum += w;
    } else if (w < 0.0) {
      shorts++;
      shortSum += w;
    }
  }
  if (longs === shorts) return 0.0;
  const active = f64(longs + shorts);
  if (longs > shorts) return f64(longs) / active >= minAgreement ? longSum / f64(longs) : 0.0;
  return f64(shorts) / active >= minAgreement ? shortSum / f64(shorts) : 0.0;
}
