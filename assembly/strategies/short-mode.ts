import { rollingMax, rollingMaxLength, rollingMaxPush } from "../indicators/rolling-max";

// Parameters.
const MODE: i32 = 0;
const THRESHOLD: i32 = 1;
const STRENGTH_RATIO: i32 = 2;
const LOOKBACK: i32 = 3;

// Memory of hedge_only.
const POSITION: i32 = 0;
const MAXIMUM: i32 = 1;

const DISABLED: f64 = 0.0;
const FULL: f64 = 2.0;

/** Slots of the parameters: [short_mode, hedge_threshold, hedge_strength_ratio, hedge_lookback]. */
export function shortModeParams(): i32 {
  return 4;
}

/** Slots of the memory behind `applyShortMode`; `hedgeLookback` is 0 unless the mode is hedge_only. */
export function shortModeLength(hedgeLookback: i32): i32 {
  return hedgeLookback > 0 ? MAXIMUM + rollingMaxLength(hedgeLookback) : 0;
}

/** Whether a state machine may enter a short: every mode but `disabled`. The hedge condition acts on the weight only. */
export function shortsAllowed(state: StaticArray<f64>, params: i32): bool {
  return unchecked(state[params + MODE]) !== DISABLED;
}

/**
 * Applies the short mode to a column of signed weights; weights ≥ 0 pass.
 *
 *   disabled (0)    shorts become 0
 *   hedge_only (1)  a short passes × hedge_strength_ratio while close < running maximum · (1 − hedge_threshold), else 0
 *   full (2)        shorts pass
 *
 * The running maximum is over the last hedge_lookback closes, or as many as there are, the current included.
 *
 * Shapes   state[params … params + 4), state[at … at + shortModeLength(hedge_lookback)) zeroed at the start; close, out [n].
 * Writes   state, out (in place).
 */
export function applyShortMode(
  state: StaticArray<f64>,
  params: i32,
  at: i32,
  close: StaticArray<f64>,
  n: i32,
  out: StaticArray<f64>,
): void {
  const mode: f64 = unchecked(state[params + MODE]);
  if (mode === FULL) return;
  if (mode === DISABLED) {
    for (let i: i32 = 0; i < n; i++) {
      if (unchecked(out[i]) < 0.0) unchecked((out[i] = 0.0));
    }
    return;
  }
  const fraction: f64 = 1.0 - unchecked(state[params + THRESHOLD]);
  const ratio: f64 = unchecked(state[params + STRENGTH_RATIO]);
  const lookback: i32 = i32(unchecked(state[params + LOOKBACK]));
  const maximum: i32 = at + MAXIMUM;
  let position: i32 = i32(unchecked(state[at + POSITION]));
  for (let i: i32 = 0; i < n; i++) {
    const c: f64 = unchecked(close[i]);
    const weight: f64 = unchecked(out[i]);
    position = rollingMaxPush(state, maximum, lookback, position, c);
    if (weight < 0.0) {
      const hedging: bool = c < rollingMax(state, maximum, position) * fraction;
      unchecked((out[i] = hedging ? weight * ratio : 0.0));
    }
  }
  unchecked((state[at + POSITION] = f64(position)));
}
