import { emaDefined, emaLength, emaStep } from "../indicators/ema";

/** Slots of the memory behind `momentumDirection`. */
export function momentumLength(): i32 {
  return emaLength();
}

/**
 * Direction of a defined momentum: its sign, or with `smoothing` > 0 the sign of its EMA over the defined momenta.
 *
 * Shapes   state[at … at + momentumLength()), zeroed at the start.
 * Writes   state.
 * Returns  −1, 0 or 1; 0 while fewer than `smoothing` momenta were seen.
 */
export function momentumDirection(state: StaticArray<f64>, at: i32, smoothing: i32, momentum: f64): f64 {
  if (smoothing === 0) return sign(momentum);
  const smoothed: f64 = emaStep(state, at, smoothing, momentum);
  return emaDefined(state, at, smoothing) ? sign(smoothed) : 0.0;
}

function sign(x: f64): f64 {
  return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0;
}
