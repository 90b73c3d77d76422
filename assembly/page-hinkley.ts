import { addressOf, anyAbove, laneSum, smaller } from "./lanes";
import { finite } from "./status";

// Settings, one array for all streams.
const DELTA: i32 = 0;
const LAMBDA: i32 = 1;
const ALPHA: i32 = 2;
const MIN_INPUTS: i32 = 3;
const RESET: i32 = 4;

// State, structure of arrays: field f of stream s is at f · streams + s.
const COUNT: i32 = 0;
const MEAN: i32 = 1;
const SUM: i32 = 2;
const LOW: i32 = 3;
const ALARM: i32 = 4;
const FIELDS: i32 = 5;

/** f64 of the state of that many streams; zeroed it is the state at the start. */
export function pageHinkleyLength(streams: i32): i32 {
  return FIELDS * streams;
}

/** f64 of the settings: δ ≥ 0, λ, α, inputs before the first alarm, and whether an alarm restarts the detector (1) or not (0). */
export function pageHinkleySettingsLength(): i32 {
  return 5;
}

/**
 * Page–Hinkley test for a decrease of the mean. With the running mean x̄ₜ over all inputs, xₜ included:
 *
 *   mₜ = α·mₜ₋₁ + (x̄ₜ − xₜ − δ),   Mₜ = min(Mₜ₋₁, mₜ),   score = mₜ − Mₜ,   alarm when score > λ
 *
 * The mean is updated as x̄ₜ₋₁ + (xₜ − x̄ₜ₋₁)·(1/t) here and in every other form of the detector, so they agree in each bit.
 * An input that is not finite is ignored. With the reset on, the input after an alarm meets a fresh detector.
 *
 * Shapes   settings[5]; state[pageHinkleyLength(streams)], stream s of `streams`.
 * Units    x in any unit, δ and λ in the same.
 * Writes   state of stream s.
 * Returns  1 on an alarm, 0 otherwise (also for an ignored input).
 * Source   Page (1954), Hinkley (1971); river's PageHinkley, `down`, with the sign turned.
 */
export function pageHinkleyStep(
  settings: StaticArray<f64>,
  state: StaticArray<f64>,
  streams: i32,
  s: i32,
  x: f64,
): i32 {
  const delta: f64 = unchecked(settings[DELTA]);
  const lambda: f64 = unchecked(settings[LAMBDA]);
  const alpha: f64 = unchecked(settings[ALPHA]);
  const minInputs: f64 = unchecked(settings[MIN_INPUTS]);
  return advance(state, streams, s, x, delta, lambda, alpha, minInputs, unchecked(settings[RESET]) > 0.0);
}

/** One input of one stream, with the settings at hand. */
function advance(
  state: StaticArray<f64>,
  streams: i32,
  s: i32,
  x: f64,
  delta: f64,
  lambda: f64,
  alpha: f64,
  minInputs: f64,
  resets: boolean,
): i32 {
  if (!finite(x)) return 0;
  const atMean: i32 = s + streams;
  const atSum: i32 = atMean + streams;
  const atLow: i32 = atSum + streams;
  const atAlarm: i32 = atLow + streams;
  if (resets && unchecked(state[atAlarm]) > 0.0) pageHinkleyRestart(state, streams, s);
  const count: f64 = unchecked(state[s]) + 1.0;
  let mean: f64 = unchecked(state[atMean]);
  mean += (x - mean) * (1.0 / count);
  const sum: f64 = alpha * unchecked(state[atSum]) + (mean - x - delta);
  const low: f64 = smaller(unchecked(state[atLow]), sum);
  const alarm: boolean = count >= minInputs && sum - low > lambda;
  unchecked((state[s] = count));
  unchecked((state[atMean] = mean));
  unchecked((state[atSum] = sum));
  unchecked((state[atLow] = low));
  unchecked((state[atAlarm] = alarm ? 1.0 : 0.0));
  return alarm ? 1 : 0;
}

/** The score mₜ − Mₜ of stream s; 0 before the first input. */
export function pageHinkleyScore(state: StaticArray<f64>, streams: i32, s: i32): f64 {
  return unchecked(state[SUM * streams + s]) - unchecked(state[LOW * streams + s]);
}

/** Whether the last input of stream s raised an alarm. */
export function pageHinkleyAlarm(state: StaticArray<f64>, streams: i32, s: i32): i32 {
  return unchecked(state[ALARM * streams + s]) > 0.0 ? 1 : 0;
}

/** Forgets every input of stream s. */
export function pageHinkleyRestart(state: StaticArray<f64>, streams: i32, s: i32): void {
  for (let field: i32 = 0; field < FIELDS; field++) unchecked((state[field * streams + s] = 0.0));
}

/**
 * Takes `n` inputs of one stream, bit for bit like as many steps.
 *
 * Shapes   state[pageHinkleyLength(1)]; values, scores [n]; alarms[n].
 * Writes   state; scores after each input; alarms[0 … returned) = positions of the inputs that raised one.
 * Returns  the number of alarms.
 * Cost     one dependent chain per input; the division is not on it.
 */
export function pageHinkleyRun(
  settings: StaticArray<f64>,
  state: StaticArray<f64>,
  values: StaticArray<f64>,
  n: i32,
  scores: StaticArray<f64>,
  alarms: StaticArray<i32>,
): i32 {
  const delta: f64 = unchecked(settings[DELTA]);
  const lambda: f64 = unchecked(settings[LAMBDA]);
  const alpha: f64 = unchecked(settings[ALPHA]);
  const minInputs: f64 = unchecked(settings[MIN_INPUTS]);
  const resets: boolean = unchecked(settings[RESET]) > 0.0;
  let count: f64 = unchecked(state[COUNT]);
  let mean: f64 = unchecked(state[MEAN]);
  let sum: f64 = unchecked(state[SUM]);
  let low: f64 = unchecked(state[LOW]);
  let alarm: boolean = unchecked(state[ALARM]) > 0.0;
  let found: i32 = 0;
  for (let t: i32 = 0; t < n; t++) {
    const x: f64 = unchecked(values[t]);
    if (finite(x)) {
      if (alarm && resets) {
        count = 0.0;
        mean = 0.0;
        sum = 0.0;
        low = 0.0;
      }
      count += 1.0;
      mean += (x - mean) * (1.0 / count);
      sum = alpha * sum + (mean - x - delta);
      low = smaller(low, sum);
      alarm = count >= minInputs && sum - low > lambda;
      if (alarm) unchecked((alarms[found++] = t));
    }
    unchecked((scores[t] = sum - low));
  }
  unchecked((state[COUNT] = count));
  unchecked((state[MEAN] = mean));
  unchecked((state[SUM] = sum));
  unchecked((state[LOW] = low));
  unchecked((state[ALARM] = alarm ? 1.0 : 0.0));
  return found;
}

/**
 * Takes one input of each of many streams; a stream without one today gets NaN, which is ignored.
 *
 * Shapes   state[pageHinkleyLength(streams)]; values, scores [streams].
 * Writes   state; scores (unchanged for an ignored input).
 * Returns  the number of alarms; `pageHinkleyAlarm` says whose.
 */
export function pageHinkleyTick(
  settings: StaticArray<f64>,
  state: StaticArray<f64>,
  streams: i32,
  values: StaticArray<f64>,
  scores: StaticArray<f64>,
): i32 {
  const delta: f64 = unchecked(settings[DELTA]);
  const lambda: f64 = unchecked(settings[LAMBDA]);
  const alpha: f64 = unchecked(settings[ALPHA]);
  const minInputs: f64 = unchecked(settings[MIN_INPUTS]);
  const resets: boolean = unchecked(settings[RESET]) > 0.0;
  let found: i32 = 0;
  let s: i32 = 0;
  for (; s + 1 < streams; s += 2) {
    if (advancePair(state, streams, s, values, scores, delta, lambda, alpha)) continue;
    for (let own: i32 = s; own < s + 2; own++) {
      found += advance(state, streams, own, unchecked(values[own]), delta, lambda, alpha, minInputs, resets);
      unchecked((scores[own] = pageHinkleyScore(state, streams, own)));
    }
  }
  for (; s < streams; s++) {
    found += advance(state, streams, s, unchecked(values[s]), delta, lambda, alpha, minInputs, resets);
    unchecked((scores[s] = pageHinkleyScore(state, streams, s)));
  }
  return found;
}

/**
 * Streams s and s + 1 side by side, bit for bit as `advance`, when nothing special happens: both inputs finite, neither in alarm
 * before or after. Otherwise writes nothing and returns false.
 */
function advancePair(
  state: StaticArray<f64>,
  streams: i32,
  s: i32,
  values: StaticArray<f64>,
  scores: StaticArray<f64>,
  delta: f64,
  lambda: f64,
  alpha: f64,
): boolean {
  const field: usize = usize(streams) << 3;
  const atCount: usize = addressOf(state, s);
  const atMean: usize = atCount + field;
  const atSum: usize = atMean + field;
  const atLow: usize = atSum + field;
  const xs: v128 = v128.load(addressOf(values, s));
  // x − x is 0 or NaN, an alarm 0 or 1.
  if (laneSum(f64x2.add(f64x2.sub(xs, xs), v128.load(atLow + field))) !== 0.0) return false;
  const ones: v128 = f64x2.splat(1.0);
  const counts: v128 = f64x2.add(v128.load(atCount), ones);
  const befores: v128 = v128.load(atMean);
  const means: v128 = f64x2.add(befores, f64x2.mul(f64x2.sub(xs, befores), f64x2.div(ones, counts)));
  const rises: v128 = f64x2.sub(f64x2.sub(means, xs), f64x2.splat(delta));
  const sums: v128 = f64x2.add(f64x2.mul(f64x2.splat(alpha), v128.load(atSum)), rises);
  const lows: v128 = f64x2.pmin(v128.load(atLow), sums);
  const scored: v128 = f64x2.sub(sums, lows);
  // Whether it counts as an alarm yet is for the scalar form to say.
  if (anyAbove(scored, lambda)) return false;
  v128.store(atCount, counts);
  v128.store(atMean, means);
  v128.store(atSum, sums);
  v128.store(atLow, lows);
  v128.store(addressOf(scores, s), scored);
  return true;
}
