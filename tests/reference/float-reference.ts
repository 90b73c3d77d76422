/*
 * Float reference: the engine semantics of specification parts 2 and 3 in plain doubles. An oracle, written from
 * the text alone.
 *
 * In scope: 2.1 time, candles, warm-up; 2.2 books; 2.3 sizing, band, gross limit; 2.4 netting (net, gross); 2.5
 * fills, fees, attribution, funding; 2.6 stops; the seven simple strategies of part 3. With `orchestrator` also: 4.2
 * allocation, 4.3 life cycle, 4.4 Page-Hinkley, 2.6 portfolio halts, 2.3.1 intra-pod weights, `paused`. Out of
 * scope: lots and rounding without a rule, minimum notional, liquidation, revival and resume by an operator, ensemble,
 * alerts. Without `orchestrator` initial fractions are held, nothing halts and k is 1.
 *
 * Files: this one holds the phases; reference-allocation.ts 4.2, reference-lifecycle.ts 4.3 and 4.4,
 * reference-risk.ts 2.6's halts, reference-math.ts statistics and solvers, reference-types.ts the interface.
 *
 * Readings (paragraph: the reading chosen where the text leaves room)
 *
 * 2.1 The timeline is the union over the symbols of the pods only; other symbols in `bars` are ignored.
 * 2.1 A day ends with the last slice of its UTC date (also when the slice that closes at 00:00 is missing).
 * 2.1 Candles start at multiples of their length since the epoch (for lengths that divide a day: aligned to 00:00
 *     UTC).
 * 2.1 A candle signals only if the symbol has a bar in the slice that closes at the candle's end. Without that bar
 *     the candle stays in the column (made of the bars it has; history for later candles and for the ATR) but
 *     gives no signal, clears no block.
 * 2.1 A candle with holes inside, or partial at the very start of the data, is an ordinary candle made of the bars
 *     it has.
 * 2.1 Warm-up candles leave a last target weight and a last mark behind: the sizing of the first slice already
 *     uses them, even if no candle of the pod's timeframe completes in that slice. "First decision" is sizing, not
 *     the first candle inside the run.
 * 2.3.3 "An entry from 0 too": an entry from 0 must reach the threshold as well; "the sign differs" means
 *       opposite, both not 0.
 * 2.3.3 Band's edge: the quantity on q's side at a distance of rebalance_threshold x equity / mark from q*.
 * 2.3.4 Gross is measured on the wishes netted over pods, also with `netting: gross`; wishes that are "what it
 *       holds" are scaled too.
 * 2.4 D = 0 is |D| <= 1e-12 x sum |d| (the engine has whole lots; doubles leave dust). Purpose "cross" is this
 *     case only; fills of pods served in full by crossing under a net order that fills are "net", one fill per pod
 *     with its whole demand.
 * 2.5 No partial fills and no minimum notional here, so F = D and each pod gets exactly its demand.
 * 2.5 The fee of a net order is cost x |D| x price, shared by |whole attributed demand| (majority and minority
 *     pods alike).
 * 2.3.2, 7.2 With a lot, q*, the band's edge and scaled wishes are whole lots towards zero, by the rule of the slice's
 *     close, where the order is placed. A position from a finer lot may be held and closed.
 * 2.5, 7.2 With a tick, the price after slippage goes on to the next tick against the order, by the rule of the open.
 * 2.5 A funding time at a slice's open, or in a gap before it, is paid before the fills at the last mark; one inside
 *     the slice at the bar's open (without a bar: the last mark) on what is left after the fills and stops.
 * 2.5 Pending orders fill (also reductions) before stops of the same bar are tested, even if the bar opened beyond
 *     the stop.
 * 2.6 The fee of a grouped stop order is cost x |F| x mean price, shared by |lots| (2.5's rule), not by each pod's
 *     own notional; with `netting: gross` a stop order is per pod, so the fee is on the pod's own price.
 * 2.6 The first fill of a position (from flat or on a flip) sets the peak; later fills that add or reduce do not
 *     move it.
 * 2.6 Peak = the better of the entry fill price and the highs (short: lows) of tested bars; a fill beyond the
 *     bar's high stays.
 * 2.6 The trailing level is re-evaluated once per tested bar, with the ATR of the last candle whose end <= the
 *     bar's open, then ratcheted; while the ATR is undefined there is no new candidate. A flip starts a new level.
 * 2.6 "Opened beyond" includes open = stop (same price either way).
 * 2.6 ATR(14): Wilder of the true range including the first bar's H - L, defined from the 14th candle.
 * 2.6 The cooldown counts from the close of the stop's slice and has passed when slice close - that close >= days
 *     x 24 h.
 * 2.6 "Raw weight" that clears a block is the strategy's output after its own short mode, before intra-pod weight
 *     and leverage.
 * 2.6 A block starts with a stop only, and holds only while the raw weight keeps the stopped sign; a 0 clears it
 *     for good.
 * 3 Realised volatility needs vol_window returns (vol_window + 1 candles).
 * 3 vw-tsmom: window = the last lookback returns, V = volume of the return's own candle (the later one).
 * 3 momentum_smoothing (also for vw-tsmom): EMA over the defined momenta only, seeded with the first, used from
 *   the n-th of them; a candle whose own momentum is undefined has weight 0 and does not advance the EMA.
 * 3 donchian: the machine starts when both channels are defined, runs on while the volatility is undefined (weight
 *   0 then), and handles the exit before the entry on each candle.
 * 3 RSI: Wilder of gains and of losses over n changes (first value at candle n + 1); 100 x gain / (gain + loss).
 * 3 Directional movement: up = H - H', down = L' - L; the larger one counts if > 0, neither when equal. DX first
 *   at candle n + 1, ADX first at candle 2n.
 * 3 EMA pairs are used from max(fast, slow) candles on. Equal EMAs give 0.
 * 2.2 A base below one micro-unit (1e-6) counts as <= 0 (doubles cannot be set to exactly 0): return 0, wishes 0.
 * 2.2 A flat RETIRED pod returns its cash after the day's life cycle and before the allocator, also while k = 0; it
 *     then holds a fraction of 0 in that day's run. Cash below 0 that the reserve cannot bear stays until it can.
 * 2.2 `days` shows equity at the close before the day's transfers, states after the day's transitions.
 * 2.2 "Held a position" on a day (2.6, 4.3, 4.4): at the previous close, or after any fill of the day (stopped out
 *     in the entry bar counts).
 * 2.3.1 Daily close = the last bar of a UTC date, warm-up included. The window is the last 60 dates on which all
 *       symbols of the pod have one (59 simple returns, sample covariance, equal budgets); fewer than 60, or no
 *       variance: equal.
 * 2.3.1 Weights are refreshed on every run of the allocator, also one that moves nothing, for pods in every state.
 * 2.6 Daily loss: against the equity at the last slice of the day before (at first the capital); at most one breach
 *     per UTC date of the slice's open; evaluated also while k = 0 for another reason (and then listed).
 * 2.6 Drawdown: the high-water mark takes today's equity first; it is frozen and no new breach is counted while
 *     halted.
 * 2.6 Cooldown: at the first day end with date >= halt date + cooldown_days the mark is re-based and k = 1/steps;
 *     each following day end adds 1/steps, also when a daily loss holds k at 0 on that day; only a new drawdown
 *     breach starts over (and wins over the step of the same slice).
 * 2.6 While k = 0: a recorded return enters index, months, Sharpe windows and live_days; it is no counting day (no
 *     detector input, no moment, no day in the state).
 * 2.6 A missed calendar run (calendar, hybrid) is made at the first day end whose phase 5 sees k > 0: the day after
 *     the resuming close. Several missed runs make one. Threshold runs are not made up for. Equity <= 0 counts as
 *     missed too.
 * 4.1 initial_state defaults to incubation, asset_allocation to equal.
 * 4.2 Trigger `threshold`: before a first run only a change of state runs the allocator. The PRC kept is that of the
 *     fractions after the run's transfers, with that day's window.
 * 4.2 "The last lookback" of a window: calendar days up to and including today. "Its own last lookback daily
 *     returns" (measurable): recorded returns, whatever their dates. EWMA ages count observations of the window.
 * 4.2 Sigma and PRC need two common days and some variance, else: equal base weights, no Kelly part, no scale, no
 *     trim, no PRC (counts as missing).
 * 4.2.1 The target fraction is the final one after steps 1-5, of the last run that moved; a run that moves nothing
 *       assigns nothing. So a PRODUCTION pod that rests on its target keeps an earlier volatility scale.
 * 4.2.1 WARNING: min(max(fraction at entry / 2, min_fraction), held); fraction at entry is before that day's
 *       transfers.
 * 4.2.1 "The others are scaled": all fixed slots but those of retired pods that are not flat.
 * 4.2.2 Ridge 1e-8 x diagonal; "fails" is a residual above 1e-10 or a variance that is not > 0. Inverse volatility
 *       ignores budgets. A zero variance inside the window goes down the fallbacks (to equal weight).
 * 4.2.3 Full Kelly is not solved again after negatives are set to 0. mu is the plain mean of the window, also with
 *       ewma. Ridge when a relative pivot is <= 1e-10: 1e-4 x diagonal, then x 10 up to 1e-1, then f = 0. live_days
 *       counts all recorded returns. When different trusts make sum w > 1, w is scaled down to 1 (the reserve is
 *       never negative).
 * 4.2.4 Pods with v = 0 stay at their minimum (or the scaled minimum); max_increase is applied once, nothing is
 *       handed on.
 * 4.2.5 One covariance over all measurable pods (a pod without capital adds nothing). The volatility scale takes
 *       literally every fraction, also that of a retired pod that is not flat. It applies also when steps 2-4 rest.
 * 4.2.5 Trim: the largest PRC among PRODUCTION pods above L and above their min_fraction; a pod at its minimum is
 *       passed over. n counts measurable PRODUCTION pods.
 * 4.2.6 "Step 5 sets a pod below": step 5 lowered it and the result is < 0.9 x held. Turnover sums all pods.
 * 4.3 All pods are judged on the states before the day's transitions ("other non-RETIRED pods" included).
 * 4.3 A month is complete at the day end of its last calendar day; months that do not count are passed over and do
 *     not break a row. "Partial first month": the first recorded return is not of the 1st.
 * 4.3 Rolling Sharpe: 180 returns recorded after the day of the entry (an initial PRODUCTION: from the start). No
 *     variance: no degradation, no recovery.
 * 4.3 CAGR = index^(365 / recorded returns) - 1. Gap is skipped when backtest_sharpe is null.
 * 4.3 Graduation correlation: days of the last 90 calendar days on which the pod and all others have a return (sum
 *     of bases <= 0: left out); no others: passes.
 * 4.3 Recovery: "score since entry" is the score of the restarted detector now, not its maximum; fewer than 60
 *     recorded returns: no recovery. Sharpe "since entry" in PROBATION: recorded returns after the entry day.
 * 4.3 Standard error of a Sharpe ratio: sqrt((1 + S^2 / 2) / n) on the daily ratio, x sqrt(365) (i.i.d. normal).
 * 4.3 Time-out at >= warning_days (probation_days) counting days, the first one the day after the entry.
 * 4.4 Today's input is fed before the day's transitions. A deviation of 0 gives no finite input: ignored.
 */

import { allocate, type Candidate, riskShares } from "./reference-allocation.js";
import { enterState, feedDetector, type Life, newLife, recordReturn, transitionOf } from "./reference-lifecycle.js";
import {
  at,
  byName,
  covariance,
  DAY_MS,
  dayNumber,
  equalWeights,
  get,
  inverseVolatility,
  riskParity,
  sampleStd,
  utcDate,
} from "./reference-math.js";
import { newRisk, type Risk, riskFactor } from "./reference-risk.js";
import type {
  RefAllocation,
  RefBar,
  RefDay,
  RefFill,
  RefHalt,
  RefInput,
  RefOrchestrator,
  RefOutput,
  RefPod,
  RefRule,
  RefTransition,
} from "./reference-types.js";

export type * from "./reference-types.js";

// ---------------------------------------------------------------------------------------------------------------------
// Small helpers
// ---------------------------------------------------------------------------------------------------------------------

/** Less equity than a micro-unit of the quote is none: what a transfer to fraction 0 leaves in doubles. */
const DUST = 1e-6;

/** A column of an indicator: undefined where the text calls it undefined. */
type Column = (number | undefined)[];

function timeframeMs(timeframe: string): number {
  const match = /^(\d+)([mhdD])$/.exec(timeframe);
  if (match === null) throw new Error(`timeframe ${timeframe}`);
  const unit = match[2] === "m" ? 60_000 : match[2] === "h" ? 3_600_000 : DAY_MS;
  return Number(match[1]) * unit;
}

// ---------------------------------------------------------------------------------------------------------------------
// Part 3: definitions above the table
// ---------------------------------------------------------------------------------------------------------------------

/** Log return of each candle; undefined on the first. */
function logReturns(candles: RefBar[]): Column {
  return candles.map((candle, t) => (t === 0 ? undefined : Math.log(candle.c / at(candles, t - 1).c)));
}

/** The `n` values up to and including index t; undefined when one is missing. */
function windowOf(column: Column, t: number, n: number): number[] | undefined {
  if (t - n + 1 < 0) return undefined;
  const values: number[] = [];
  for (let i = t - n + 1; i <= t; i++) {
    const value = column[i];
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function volScalars(candles: RefBar[], window: number, target: number, minimum: number, timeframe: string): Column {
  const barsPerYear = (365 * DAY_MS) / timeframeMs(timeframe);
  const returns = logReturns(candles);
  return candles.map((_, t) => {
    const values = windowOf(returns, t, window);
    if (values === undefined) return undefined;
    return target / Math.max(sampleStd(values) * Math.sqrt(barsPerYear), minimum);
  });
}

/** EMA(n) over the defined values: seeded with the first, used from the n-th; undefined values do not advance it. */
function ema(column: Column, n: number): Column {
  const alpha = 2 / (n + 1);
  let count = 0;
  let state = 0;
  return column.map((value) => {
    if (value === undefined) return undefined;
    count += 1;
    state = count === 1 ? value : state + alpha * (value - state);
    return count >= n ? state : undefined;
  });
}

/** Wilder smoothing over the defined values: seeded with the mean of the first n, then alpha = 1/n. */
function wilder(column: Column, n: number): Column {
  let count = 0;
  let state = 0;
  return column.map((value) => {
    if (value === undefined) return undefined;
    count += 1;
    if (count <= n) {
      state += value;
      if (count < n) return undefined;
      state /= n;
      return state;
    }
    state += (value - state) / n;
    return state;
  });
}

function trueRanges(candles: RefBar[]): number[] {
  return candles.map((candle, t) => {
    if (t === 0) return candle.h - candle.l;
    const previousClose = at(candles, t - 1).c;
    return Math.max(candle.h - candle.l, Math.abs(candle.h - previousClose), Math.abs(candle.l - previousClose));
  });
}

function averageTrueRange(candles: RefBar[], n: number): Column {
  return wilder(trueRanges(candles), n);
}

function rsi(candles: RefBar[], n: number): Column {
  const changes: Column = candles.map((candle, t) => (t === 0 ? undefined : candle.c - at(candles, t - 1).c));
  const gains = wilder(
    changes.map((change) => (change === undefined ? undefined : Math.max(change, 0))),
    n,
  );
  const losses = wilder(
    changes.map((change) => (change === undefined ? undefined : Math.max(-change, 0))),
    n,
  );
  return candles.map((_, t) => {
    const gain = gains[t];
    const loss = losses[t];
    if (gain === undefined || loss === undefined) return undefined;
    return gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
  });
}

function adx(candles: RefBar[], n: number): Column {
  const plusMoves: Column = [];
  const minusMoves: Column = [];
  candles.forEach((candle, t) => {
    if (t === 0) {
      plusMoves.push(undefined);
      minusMoves.push(undefined);
      return;
    }
    const previous = at(candles, t - 1);
    const up = candle.h - previous.h;
    const down = previous.l - candle.l;
    plusMoves.push(up > down && up > 0 ? up : 0);
    minusMoves.push(down > up && down > 0 ? down : 0);
  });
  const ranges: Column = trueRanges(candles);
  if (ranges.length > 0) ranges[0] = undefined; // DI's smoothing of the true range starts with the second bar
  const smoothedPlus = wilder(plusMoves, n);
  const smoothedMinus = wilder(minusMoves, n);
  const smoothedRange = wilder(ranges, n);
  const dx: Column = candles.map((_, t) => {
    const plus = smoothedPlus[t];
    const minus = smoothedMinus[t];
    const range = smoothedRange[t];
    if (plus === undefined || minus === undefined || range === undefined) return undefined;
    const plusDi = range === 0 ? 0 : (100 * plus) / range;
    const minusDi = range === 0 ? 0 : (100 * minus) / range;
    return plusDi + minusDi === 0 ? 0 : (100 * Math.abs(plusDi - minusDi)) / (plusDi + minusDi);
  });
  return wilder(dx, n);
}

/** Donchian upper/lower(n) at t: max high / min low of the n candles BEFORE t. */
function donchianUpper(candles: RefBar[], t: number, n: number): number | undefined {
  if (t < n) return undefined;
  let upper = -Infinity;
  for (let i = t - n; i < t; i++) upper = Math.max(upper, at(candles, i).h);
  return upper;
}

function donchianLower(candles: RefBar[], t: number, n: number): number | undefined {
  if (t < n) return undefined;
  let lower = Infinity;
  for (let i = t - n; i < t; i++) lower = Math.min(lower, at(candles, i).l);
  return lower;
}

// ---------------------------------------------------------------------------------------------------------------------
// Part 3: strategies
// ---------------------------------------------------------------------------------------------------------------------

type ShortMode = "disabled" | "hedge_only" | "full";

function numberParam(params: Record<string, unknown>, key: string, fallback: number): number {
  const value = params[key];
  if (value === undefined) return fallback;
  if (typeof value !== "number") throw new Error(`parameter ${key} must be a number`);
  return value;
}

function numbersParam(params: Record<string, unknown>, key: string, fallback: number[]): number[] {
  const value: unknown = params[key];
  if (value === undefined) return fallback;
  if (!Array.isArray(value)) throw new Error(`parameter ${key} must be a list`);
  return value.map((item: unknown) => {
    if (typeof item !== "number") throw new Error(`parameter ${key} must be a list of numbers`);
    return item;
  });
}

function shortModeParam(params: Record<string, unknown>, fallback: ShortMode): ShortMode {
  const value = params["short_mode"];
  if (value === undefined) return fallback;
  if (value === "disabled" || value === "hedge_only" || value === "full") return value;
  throw new Error("parameter short_mode");
}

/** The short mode acts on the weight: longs pass, shorts are dropped, kept as a hedge, or passed. */
function applyShortMode(
  weights: number[],
  candles: RefBar[],
  mode: ShortMode,
  params: Record<string, unknown>,
): number[] {
  const threshold = numberParam(params, "hedge_threshold", 0.07);
  const ratio = numberParam(params, "hedge_strength_ratio", 0.8);
  const lookback = numberParam(params, "hedge_lookback", 365);
  return weights.map((weight, t) => {
    if (weight >= 0) return weight;
    if (mode === "full") return weight;
    if (mode === "disabled") return 0;
    let maximum = -Infinity;
    for (let i = Math.max(0, t - lookback + 1); i <= t; i++) maximum = Math.max(maximum, at(candles, i).c);
    return at(candles, t).c < maximum * (1 - threshold) ? weight * ratio : 0;
  });
}

function momentumOf(strategy: "tsmom" | "vw-tsmom", candles: RefBar[], lookback: number): Column {
  return candles.map((candle, t) => {
    if (t < lookback) return undefined;
    if (strategy === "tsmom") return Math.log(candle.c / at(candles, t - lookback).c) / lookback;
    let weighted = 0;
    let divisor = 0;
    for (let i = t - lookback + 1; i <= t; i++) {
      const weight = Math.log(1 + at(candles, i).v);
      weighted += Math.log(at(candles, i).c / at(candles, i - 1).c) * weight;
      divisor += weight;
    }
    return divisor === 0 ? undefined : weighted / divisor;
  });
}

function momentumDirections(
  strategy: "tsmom" | "vw-tsmom",
  params: Record<string, unknown>,
  candles: RefBar[],
): number[] {
  const lookback = numberParam(params, "lookback", strategy === "tsmom" ? 30 : 21);
  const smoothing = params["momentum_smoothing"];
  let momentum = momentumOf(strategy, candles, lookback);
  if (smoothing !== undefined && smoothing !== null) {
    momentum = ema(momentum, numberParam(params, "momentum_smoothing", 1));
  }
  return momentum.map((value) => (value === undefined ? 0 : Math.sign(value)));
}

function donchianDirections(params: Record<string, unknown>, candles: RefBar[], shortsAllowed: boolean): number[] {
  const entry = numberParam(params, "entry_period", 20);
  const exit = numberParam(params, "exit_period", 10);
  let state = 0;
  return candles.map((candle, t) => {
    const entryUpper = donchianUpper(candles, t, entry);
    const entryLower = donchianLower(candles, t, entry);
    const exitUpper = donchianUpper(candles, t, exit);
    const exitLower = donchianLower(candles, t, exit);
    if (entryUpper === undefined || entryLower === undefined) return 0;
    if (exitUpper === undefined || exitLower === undefined) return 0;
    if (state === 1 && candle.c < exitLower) state = 0;
    if (state === -1 && candle.c > exitUpper) state = 0;
    if (state === 0 && candle.c > entryUpper) state = 1;
    if (state === 0 && candle.c < entryLower && shortsAllowed) state = -1;
    return state;
  });
}

function donchianVotes(params: Record<string, unknown>, candles: RefBar[]): number[] {
  const lookbacks = numbersParam(params, "lookbacks", [5, 10, 20, 30, 60, 90, 150, 250, 360]);
  return candles.map((candle, t) => {
    let votes = 0;
    for (const lookback of lookbacks) {
      const upper = donchianUpper(candles, t, lookback);
      const lower = donchianLower(candles, t, lookback);
      if (upper === undefined || lower === undefined) return 0;
      if (candle.c > upper) votes += 1;
      else if (candle.c < lower) votes -= 1;
    }
    return votes / lookbacks.length;
  });
}

function volAdaptiveDirections(params: Record<string, unknown>, candles: RefBar[]): number[] {
  const closes = candles.map((candle) => candle.c);
  const fast = ema(closes, numberParam(params, "ema_fast", 10));
  const slow = ema(closes, numberParam(params, "ema_slow", 50));
  const strength = rsi(candles, numberParam(params, "rsi_period", 14));
  const trend = adx(candles, numberParam(params, "adx_period", 14));
  const rsiUpper = numberParam(params, "rsi_upper", 50);
  const rsiLower = numberParam(params, "rsi_lower", 50);
  const adxThreshold = numberParam(params, "adx_threshold", 20);
  return candles.map((_, t) => {
    const f = fast[t];
    const s = slow[t];
    const r = strength[t];
    const a = trend[t];
    if (f === undefined || s === undefined || r === undefined || a === undefined) return 0;
    if (f > s && r > rsiUpper && a > adxThreshold) return 1;
    if (f < s && r < rsiLower && a > adxThreshold) return -1;
    return 0;
  });
}

function emaCrossDirections(params: Record<string, unknown>, candles: RefBar[]): number[] {
  const closes = candles.map((candle) => candle.c);
  const fast = ema(closes, numberParam(params, "fast", 10));
  const slow = ema(closes, numberParam(params, "slow", 50));
  return candles.map((_, t) => {
    const f = fast[t];
    const s = slow[t];
    if (f === undefined || s === undefined) return 0;
    return f > s ? 1 : f < s ? -1 : 0;
  });
}

/** Weights of one strategy over candle columns (same length as the candles; 0 where undefined). */
export function referenceWeights(
  strategy: string,
  params: Record<string, unknown>,
  candles: RefBar[],
  timeframe: string,
): number[] {
  /** direction x vol scalar (0 where that is undefined), then the short mode */
  const scaled = (directions: number[], defaultWindow: number, defaultTarget: number, mode: ShortMode): number[] => {
    const scalars = volScalars(
      candles,
      numberParam(params, "vol_window", defaultWindow),
      numberParam(params, "vol_target", defaultTarget),
      numberParam(params, "min_volatility", 0.05),
      timeframe,
    );
    const weights = directions.map((direction, t) => {
      const scalar = scalars[t];
      return scalar === undefined || direction === 0 ? 0 : direction * scalar;
    });
    return applyShortMode(weights, candles, mode, params);
  };

  switch (strategy) {
    case "tsmom":
      return scaled(momentumDirections("tsmom", params, candles), 30, 0.3, shortModeParam(params, "hedge_only"));
    case "vw-tsmom":
      return scaled(momentumDirections("vw-tsmom", params, candles), 30, 0.35, shortModeParam(params, "hedge_only"));
    case "donchian": {
      const mode = shortModeParam(params, "disabled");
      return scaled(donchianDirections(params, candles, mode !== "disabled"), 14, 0.4, mode);
    }
    case "donchian-ensemble":
      return scaled(donchianVotes(params, candles), 14, 0.4, shortModeParam(params, "disabled"));
    case "vol-adaptive":
      return scaled(volAdaptiveDirections(params, candles), 20, 0.4, shortModeParam(params, "disabled"));
    case "ema-cross": {
      const mode = shortModeParam(params, "disabled");
      return applyShortMode(emaCrossDirections(params, candles), candles, mode, params);
    }
    case "buy-and-hold":
      return candles.map(() => 1);
    default:
      throw new Error(`strategy ${strategy} is not in the reference`);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// 2.1: candles
// ---------------------------------------------------------------------------------------------------------------------

/** Base bars of one symbol grouped into candles (also the partial last one, which never completes in a slice). */
function aggregate(bars: RefBar[], candleMs: number): RefBar[] {
  const candles: RefBar[] = [];
  for (const bar of bars) {
    const open = Math.floor(bar.t / candleMs) * candleMs;
    const last = candles[candles.length - 1];
    if (last === undefined || last.t !== open) {
      candles.push({ t: open, o: bar.o, h: bar.h, l: bar.l, c: bar.c, v: bar.v });
    } else {
      last.h = Math.max(last.h, bar.h);
      last.l = Math.min(last.l, bar.l);
      last.c = bar.c;
      last.v += bar.v;
    }
  }
  return candles;
}

// ---------------------------------------------------------------------------------------------------------------------
// 2.2: books
// ---------------------------------------------------------------------------------------------------------------------

interface Position {
  quantity: number; // signed, never 0
  averageEntry: number;
  peak: number; // best price since the entry: fill price, then highs (short: lows) of tested bars
  trailingLevel: number | undefined; // never loosens while the position keeps its sign
}

interface Block {
  sign: number; // of the stopped position
  since: number; // close of the stop's slice
}

/** What a pod knows about one of its symbols. */
interface Market {
  symbol: string;
  candleEnds: number[];
  weights: number[]; // raw weight per candle
  atr: Column;
  indexByEnd: Map<number, number>;
  completed: number; // candles with end <= the current slice's open
  targetWeight: number; // last raw target weight
  block: Block | undefined;
  share: number | undefined; // intra-pod weight; undefined: equal
}

interface Pod {
  config: RefPod;
  cash: number;
  positions: Map<string, Position>;
  markets: Market[];
  base: number; // equity at the previous day's close after transfers
  heldToday: boolean; // a position at the previous close or after a fill of the day
  life: Life;
}

interface Demand {
  pod: Pod;
  quantity: number;
}

/** Everything that lasts from slice to slice. */
interface World {
  input: RefInput;
  symbols: string[];
  pods: Pod[];
  reserve: number;
  marks: Map<string, number>;
  fundedUntil: number; // funding times before this are paid
  pending: Map<string, Demand[]>; // per symbol: the demands decided at the last close
  dailyCloses: Map<string, DailyClose[]>; // per symbol, warm-up included
  allocator: { missedCalendar: boolean; sharesAfterLast: Map<string, number> | undefined };
  risk: Risk;
  days: RefDay[];
  fills: RefFill[];
  transitions: RefTransition[];
  allocations: RefAllocation[];
  halts: RefHalt[];
}

interface DailyClose {
  day: number;
  close: number;
}

interface Slice {
  open: number;
  close: number;
  bars: Map<string, RefBar>;
  endsDay: boolean; // the last slice of its UTC date
}

function held(pod: Pod, symbol: string): number {
  return pod.positions.get(symbol)?.quantity ?? 0;
}

function podEquity(world: World, pod: Pod): number {
  let equity = pod.cash;
  for (const [symbol, position] of pod.positions) equity += position.quantity * get(world.marks, symbol);
  return equity;
}

function portfolioEquity(world: World): number {
  let equity = world.reserve;
  for (const pod of world.pods) equity += podEquity(world, pod);
  return equity;
}

/** Books one attributed fill: cash, quantity, average entry (weighted adding, unchanged reducing, new flipping). */
function book(
  world: World,
  slice: Slice,
  pod: Pod,
  symbol: string,
  quantity: number,
  price: number,
  fee: number,
  purpose: RefFill["purpose"],
): void {
  pod.cash -= quantity * price + fee;
  const position = pod.positions.get(symbol);
  const before = position?.quantity ?? 0;
  const after = before + quantity;
  if (after === 0) {
    pod.positions.delete(symbol);
  } else if (position === undefined || Math.sign(after) !== Math.sign(before)) {
    pod.positions.set(symbol, { quantity: after, averageEntry: price, peak: price, trailingLevel: undefined });
  } else {
    if (Math.abs(after) > Math.abs(before)) {
      position.averageEntry = (before * position.averageEntry + quantity * price) / after;
    }
    position.quantity = after;
  }
  if (before !== 0 && Math.sign(after) !== Math.sign(before)) pod.life.trades += 1; // a round trip: to flat or a flip
  if (pod.positions.size > 0) pod.heldToday = true;
  world.fills.push({ t: slice.open, symbol, pod_id: pod.config.pod_id, quantity, price, fee, purpose });
}

// ---------------------------------------------------------------------------------------------------------------------
// Funding (2.5): cash −= quantity × price × rate
// ---------------------------------------------------------------------------------------------------------------------

function payFunding(world: World, symbol: string, price: number, rate: number): void {
  for (const pod of world.pods) pod.cash -= held(pod, symbol) * price * rate;
}

/** Funding times after the slice before, up to and including this open: on what is held, at the last close. */
function fundingBeforeFills(world: World, slice: Slice): void {
  for (const symbol of world.symbols) {
    const mark = world.marks.get(symbol);
    for (const { t, rate } of world.input.funding?.[symbol] ?? []) {
      if (t >= world.fundedUntil && t <= slice.open && mark !== undefined) payFunding(world, symbol, mark, rate);
    }
  }
}

/** Funding times inside the slice: at the bar's open. */
function fundingInside(world: World, slice: Slice): void {
  for (const symbol of world.symbols) {
    const price = slice.bars.get(symbol)?.o ?? world.marks.get(symbol);
    for (const { t, rate } of world.input.funding?.[symbol] ?? []) {
      if (t > slice.open && t < slice.close && price !== undefined) payFunding(world, symbol, price, rate);
    }
  }
  world.fundedUntil = slice.close;
}

// ---------------------------------------------------------------------------------------------------------------------
// Phase 1: fill the pending orders at the open (2.4, 2.5)
// ---------------------------------------------------------------------------------------------------------------------

function ruleAt(world: World, symbol: string, ms: number): RefRule | undefined {
  const rules = world.input.instruments?.[symbol] ?? [];
  return rules.filter(({ from }) => from === null || Date.parse(`${from}T00:00:00Z`) <= ms).at(-1);
}

/** Of a number of steps: doubles miss whole numbers by this much. */
const STEP_DUST = 1e-9;

/** Whole lots towards zero. */
function wholeLots(world: World, symbol: string, quantity: number, ms: number): number {
  const lot = ruleAt(world, symbol, ms)?.lot;
  if (lot === undefined) return quantity;
  return Math.sign(quantity) * Math.floor(Math.abs(quantity) / lot + STEP_DUST) * lot;
}

function worsened(world: World, slice: Slice, symbol: string, price: number, side: number): number {
  const moved = price * (1 + (side * world.input.slippageBps) / 10_000);
  const tick = ruleAt(world, symbol, slice.open)?.tick;
  if (tick === undefined) return moved;
  const ticks = moved / tick;
  if (Math.abs(ticks - Math.round(ticks)) < 1e-13 * ticks) return Math.round(ticks) * tick;
  return (side > 0 ? Math.ceil(ticks) : Math.floor(ticks)) * tick;
}

function phase1Open(world: World, slice: Slice): void {
  const cost = world.input.costBps / 10_000;
  for (const symbol of world.symbols) {
    const demands = world.pending.get(symbol);
    const bar = slice.bars.get(symbol);
    if (demands === undefined || bar === undefined) continue; // nothing decided, or NO_BAR: the decision lapses

    if (world.input.netting === "gross") {
      for (const { pod, quantity } of demands) {
        const price = worsened(world, slice, symbol, bar.o, Math.sign(quantity));
        book(world, slice, pod, symbol, quantity, price, cost * Math.abs(quantity) * price, "net");
      }
      continue;
    }

    let net = 0;
    let total = 0;
    for (const { quantity } of demands) {
      net += quantity;
      total += Math.abs(quantity);
    }
    if (Math.abs(net) <= 1e-12 * total) {
      for (const { pod, quantity } of demands) book(world, slice, pod, symbol, quantity, bar.o, 0, "cross");
      continue;
    }
    const price = worsened(world, slice, symbol, bar.o, Math.sign(net));
    const orderFee = cost * Math.abs(net) * price;
    for (const { pod, quantity } of demands) {
      book(world, slice, pod, symbol, quantity, price, (orderFee * Math.abs(quantity)) / total, "net");
    }
  }
  world.pending.clear();
}

// ---------------------------------------------------------------------------------------------------------------------
// Phase 2: protective stops (2.6). (A liquidation check would follow.)
// ---------------------------------------------------------------------------------------------------------------------

interface StopExit {
  pod: Pod;
  market: Market;
  quantity: number; // of the exit, signed
  price: number; // after slippage
}

/** The price at which a position is stopped in this bar (before slippage), or undefined. Ratchets the trailing level. */
function triggerPrice(pod: Pod, market: Market, position: Position, bar: RefBar): number | undefined {
  const risk = pod.config.risk;
  const side = Math.sign(position.quantity);

  if (risk.use_trailing_stop && market.completed > 0) {
    const atr = market.atr[market.completed - 1];
    if (atr !== undefined) {
      const candidate = position.peak - side * risk.trailing_stop_atr_multiplier * atr;
      const level = position.trailingLevel;
      if (level === undefined) position.trailingLevel = candidate;
      else position.trailingLevel = side > 0 ? Math.max(level, candidate) : Math.min(level, candidate);
    }
  }

  const levels: number[] = [];
  if (risk.system_stop_loss !== null) levels.push(position.averageEntry * (1 - side * risk.system_stop_loss));
  if (risk.use_trailing_stop && position.trailingLevel !== undefined) levels.push(position.trailingLevel);
  if (levels.length === 0) return undefined;

  if (side > 0) {
    const stop = Math.max(...levels); // the one reached first
    if (bar.l > stop) return undefined;
    return bar.o <= stop ? bar.o : stop;
  }
  const stop = Math.min(...levels);
  if (bar.h < stop) return undefined;
  return bar.o >= stop ? bar.o : stop;
}

function phase2Intrabar(world: World, slice: Slice): void {
  const cost = world.input.costBps / 10_000;
  for (const pod of world.pods) {
    for (const market of pod.markets) {
      while (market.completed < market.candleEnds.length && at(market.candleEnds, market.completed) <= slice.open) {
        market.completed += 1;
      }
    }
  }

  for (const symbol of world.symbols) {
    const bar = slice.bars.get(symbol);
    if (bar === undefined) continue;
    const exits: StopExit[] = [];
    for (const pod of world.pods) {
      const position = pod.positions.get(symbol);
      const market = pod.markets.find((candidate) => candidate.symbol === symbol);
      if (position === undefined || market === undefined) continue;
      const trigger = triggerPrice(pod, market, position, bar);
      if (trigger !== undefined) {
        const price = worsened(world, slice, symbol, trigger, -Math.sign(position.quantity));
        exits.push({ pod, market, quantity: -position.quantity, price });
      } else if (position.quantity > 0) {
        position.peak = Math.max(position.peak, bar.h);
      } else {
        position.peak = Math.min(position.peak, bar.l);
      }
    }

    for (const side of [-1, 1]) {
      const order = exits.filter((exit) => Math.sign(exit.quantity) === side);
      let quantitySum = 0;
      let notionalSum = 0;
      for (const exit of order) {
        quantitySum += Math.abs(exit.quantity);
        notionalSum += Math.abs(exit.quantity) * exit.price;
      }
      for (const exit of order) {
        const feePrice = world.input.netting === "gross" ? exit.price : notionalSum / quantitySum;
        const fee = cost * Math.abs(exit.quantity) * feePrice;
        book(world, slice, exit.pod, symbol, exit.quantity, exit.price, fee, "stop");
        exit.market.block = { sign: -side, since: slice.close };
      }
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Phase 3: mark to market
// ---------------------------------------------------------------------------------------------------------------------

function noteDailyClose(closes: DailyClose[], bar: RefBar): void {
  const day = dayNumber(bar.t);
  const last = closes[closes.length - 1];
  if (last !== undefined && last.day === day) last.close = bar.c;
  else closes.push({ day, close: bar.c });
}

function phase3Close(world: World, slice: Slice): void {
  for (const [symbol, bar] of slice.bars) {
    world.marks.set(symbol, bar.c);
    noteDailyClose(get(world.dailyCloses, symbol), bar);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Phase 4: candles that complete in this slice give new raw target weights, and may end the block after a stop
// ---------------------------------------------------------------------------------------------------------------------

function phase4Signals(world: World, slice: Slice): void {
  for (const pod of world.pods) {
    for (const market of pod.markets) {
      const index = market.indexByEnd.get(slice.close);
      if (index === undefined || !slice.bars.has(market.symbol)) continue;
      market.targetWeight = at(market.weights, index);
      if (market.block !== undefined && Math.sign(market.targetWeight) !== market.block.sign) market.block = undefined;
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Phase 5: day end (2.2, 4.2, 4.3, 4.4): daily returns, degradation, life cycle, retired cash, allocator. `k` is the
// one decided in phase 6 of the slice before.
// ---------------------------------------------------------------------------------------------------------------------

function phase5DayEnd(world: World, slice: Slice, k: number): void {
  if (!slice.endsDay) return;
  const today = dayNumber(slice.open);
  const pods: Record<string, number> = {};
  for (const pod of world.pods) pods[pod.config.pod_id] = podEquity(world, pod);
  const portfolio = portfolioEquity(world);

  const orchestrator = world.input.orchestrator;
  if (orchestrator !== undefined) {
    measureReturns(world, today, k, orchestrator);
    const changed = k > 0 ? runLifeCycle(world, today, orchestrator) : new Set<Pod>();
    returnRetiredCash(world);
    runAllocator(world, today, k, changed, orchestrator);
  }
  for (const pod of world.pods) {
    pod.base = podEquity(world, pod);
    pod.heldToday = pod.positions.size > 0;
  }

  const states: Record<string, string> = {};
  for (const pod of world.pods) states[pod.config.pod_id] = pod.life.state;
  world.days.push({ date: utcDate(slice.open), portfolio, pods, states });
}

/** 2.2, 2.6, 4.4: the day's pod returns, and the detectors. */
function measureReturns(world: World, today: number, k: number, orchestrator: RefOrchestrator): void {
  for (const pod of world.pods) {
    if (k === 0 && !pod.heldToday) continue;
    const profit = podEquity(world, pod) - pod.base;
    const value = pod.base > DUST ? profit / pod.base : 0;
    recordReturn(pod.life, { day: today, value, base: pod.base, profit }, pod.heldToday);
    if (k > 0) feedDetector(pod.life, value, pod.heldToday, orchestrator.degradation);
  }
}

/** 4.3: every pod is judged on the states before the day's transitions. */
function runLifeCycle(world: World, today: number, orchestrator: RefOrchestrator): Set<Pod> {
  const equity = portfolioEquity(world);
  const transitions = world.pods.map((pod) => {
    const others = world.pods.filter((other) => other !== pod && other.life.state !== "retired");
    const lives = others.map((other) => other.life);
    return transitionOf(pod.life, pod.config, lives, today, orchestrator);
  });
  const changed = new Set<Pod>();
  world.pods.forEach((pod, i) => {
    const transition = transitions[i];
    if (transition === undefined) return;
    const { to, reason } = transition;
    world.transitions.push({
      date: utcDate(today * DAY_MS),
      pod_id: pod.config.pod_id,
      from: pod.life.state,
      to,
      reason,
    });
    enterState(pod.life, to, equity > 0 ? podEquity(world, pod) / equity : 0);
    changed.add(pod);
  });
  return changed;
}

/** A RETIRED pod that is flat gives its cash to the reserve, when the reserve can bear it. */
function returnRetiredCash(world: World): void {
  for (const pod of world.pods) {
    if (pod.life.state !== "retired" || pod.positions.size > 0) continue;
    if (world.reserve + pod.cash < 0) continue;
    world.reserve += pod.cash;
    pod.cash = 0;
  }
}

function candidatesOf(world: World, changed: Set<Pod>): Candidate[] {
  const equity = portfolioEquity(world);
  return world.pods.map((pod) => ({
    config: pod.config,
    life: pod.life,
    flat: pod.positions.size === 0,
    fraction: podEquity(world, pod) / equity,
    changedState: changed.has(pod),
  }));
}

/** max over pods |PRC now - PRC after the last run|, a pod missing on one side counting 0; 0 before a first run. */
function drift(world: World, today: number, orchestrator: RefOrchestrator): number {
  const before = world.allocator.sharesAfterLast;
  if (before === undefined) return 0;
  const now = riskShares(candidatesOf(world, new Set()), today, orchestrator);
  let largest = 0;
  for (const id of new Set([...before.keys(), ...now.keys()])) {
    largest = Math.max(largest, Math.abs((now.get(id) ?? 0) - (before.get(id) ?? 0)));
  }
  return largest;
}

function runAllocator(world: World, today: number, k: number, changed: Set<Pod>, orchestrator: RefOrchestrator): void {
  const { trigger, calendar_days: everyDays, drift_threshold: driftThreshold } = orchestrator.rebalance;
  const startDay = dayNumber(Date.parse(`${world.input.start}T00:00:00Z`));
  const equity = portfolioEquity(world);
  if (trigger !== "threshold" && (today - startDay + 1) % everyDays === 0) world.allocator.missedCalendar = true;
  if (k === 0 || equity <= 0) return;

  const calendarDue = world.allocator.missedCalendar; // due today, or missed while k was 0
  const hasDrifted = trigger !== "calendar" && drift(world, today, orchestrator) > driftThreshold;
  if (!calendarDue && !hasDrifted && changed.size === 0) return;
  world.allocator.missedCalendar = false;

  const { fractions, moved } = allocate(candidatesOf(world, changed), today, orchestrator);
  if (moved) {
    world.pods.forEach((pod, i) => {
      const fraction = at(fractions, i);
      pod.life.targetFraction = fraction;
      const transfer = fraction * equity - podEquity(world, pod);
      pod.cash += transfer;
      world.reserve -= transfer;
    });
  }
  world.allocator.sharesAfterLast = riskShares(candidatesOf(world, new Set()), today, orchestrator);
  for (const pod of world.pods) refreshShares(world, pod);

  const named: Record<string, number> = {};
  world.pods.forEach((pod, i) => {
    named[pod.config.pod_id] = at(fractions, i);
  });
  world.allocations.push({ date: utcDate(today * DAY_MS), fractions: named, moved });
}

const ASSET_CLOSES = 60;

/** 2.3.1: intra-pod weights from the last 60 daily closes that all symbols of the pod have. */
function refreshShares(world: World, pod: Pod): void {
  const method = pod.config.asset_allocation ?? "equal";
  if (method === "equal") return;
  const columns = pod.markets.map(
    (market) => new Map(get(world.dailyCloses, market.symbol).map((item) => [item.day, item.close])),
  );
  const days = [...(columns[0]?.keys() ?? [])].filter((day) => columns.every((column) => column.has(day)));
  const recent = days.slice(-ASSET_CLOSES);
  let shares: number[] = equalWeights(pod.markets.length);
  if (recent.length === ASSET_CLOSES) {
    const returns = columns.map((column) =>
      recent.slice(1).map((day, i) => get(column, day) / get(column, at(recent, i)) - 1),
    );
    const cov = covariance(returns, "sample");
    shares = method === "inverse_volatility" ? inverseVolatility(cov, shares.length) : riskParity(cov, shares);
  }
  pod.markets.forEach((market, i) => {
    market.share = at(shares, i);
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// Phase 6: risk (2.6): daily loss, drawdown and recovery decide k
// ---------------------------------------------------------------------------------------------------------------------

function phase6Risk(world: World, slice: Slice): number {
  const orchestrator = world.input.orchestrator;
  if (orchestrator === undefined) return 1;
  const { k, breaches } = riskFactor(world.risk, slice, portfolioEquity(world), orchestrator.risk);
  for (const type of breaches) world.halts.push({ date: utcDate(slice.open), type });
  return k;
}

// ---------------------------------------------------------------------------------------------------------------------
// Phase 7: sizing and netting (2.3, 2.4)
// ---------------------------------------------------------------------------------------------------------------------

/** 2.3.1: raw weight x intra-pod weight, stopped symbols 0, scaled down to the pod's max_leverage. */
function podWeights(pod: Pod, slice: Slice): number[] {
  const cooldown = pod.config.risk.stop_cooldown_days;
  const weights = pod.markets.map((market) => {
    if (market.block !== undefined && cooldown !== null && slice.close - market.block.since >= cooldown * DAY_MS) {
      market.block = undefined;
    }
    if (market.block !== undefined) return 0;
    if (market.share !== undefined) return market.targetWeight * market.share;
    return market.targetWeight / pod.markets.length;
  });
  let leverage = 0;
  for (const weight of weights) leverage += Math.abs(weight);
  const limit = pod.config.risk.max_leverage;
  return leverage > limit ? weights.map((weight) => (weight * limit) / leverage) : weights;
}

/** 2.3.3: the no-trade band. */
function bandedWish(
  pod: Pod,
  unrounded: number,
  current: number,
  mark: number,
  equity: number,
  round: (quantity: number) => number,
): number {
  const wanted = round(unrounded);
  if (wanted === 0) return 0; // q* = 0: trades if it holds something
  const opposite = wanted * current < 0;
  if (opposite) return wanted;
  const band = pod.config.risk.rebalance_threshold * equity;
  if (Math.abs(wanted - current) * mark < band) return current;
  const sameSign = wanted * current > 0;
  if (pod.config.risk.rebalance_to === "edge" && sameSign) {
    return wanted - Math.sign(wanted - current) * round(band / mark);
  }
  return wanted;
}

function phase7Net(world: World, slice: Slice, k: number): void {
  // one snapshot: equities at the marks of phase 3
  const equity = portfolioEquity(world);
  const wishes: Map<string, number>[] = world.pods.map((pod) => {
    const own = podEquity(world, pod);
    const weights = podWeights(pod, slice);
    const nothing = world.input.orchestrator === undefined ? 0 : DUST;
    const rests = own <= nothing || equity <= 0 || pod.life.state === "retired" || pod.config.paused === true;
    const wished = new Map<string, number>();
    pod.markets.forEach((market, index) => {
      const mark = world.marks.get(market.symbol);
      if (mark === undefined) return; // never had a bar: no mark and no wish
      const wanted = rests ? 0 : (at(weights, index) * own * k) / mark;
      const round = (quantity: number): number => wholeLots(world, market.symbol, quantity, slice.close);
      wished.set(market.symbol, bandedWish(pod, wanted, held(pod, market.symbol), mark, own, round));
    });
    return wished;
  });

  // 2.3.4: gross limit on the wishes netted over pods; overrides the band
  let gross = 0;
  for (const symbol of world.symbols) {
    const mark = world.marks.get(symbol);
    if (mark === undefined) continue;
    let net = 0;
    for (const wished of wishes) net += wished.get(symbol) ?? 0;
    gross += Math.abs(net) * mark;
  }
  const limit = world.input.maxGrossLeverage * equity;
  const scale = gross > limit && gross > 0 ? Math.max(limit, 0) / gross : 1;

  // 2.4: demands, pending for the next open
  for (const symbol of world.symbols) {
    const demands: Demand[] = [];
    world.pods.forEach((pod, index) => {
      const wish = at(wishes, index).get(symbol);
      if (wish === undefined) return;
      const scaled = scale === 1 ? wish : wholeLots(world, symbol, wish * scale, slice.close);
      const quantity = scaled - held(pod, symbol);
      if (quantity !== 0) demands.push({ pod, quantity });
    });
    if (demands.length > 0) world.pending.set(symbol, demands);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// The run
// ---------------------------------------------------------------------------------------------------------------------

/** 2.1: slices = union over symbols of the bars with start <= date <= end, in time order. */
function slicesOf(input: RefInput, symbols: string[], baseMs: number): Slice[] {
  const byOpen = new Map<number, Slice>();
  for (const symbol of symbols) {
    let previous = -Infinity;
    for (const bar of input.bars[symbol] ?? []) {
      if (bar.t <= previous) throw new Error(`${symbol}: bars not ascending at ${bar.t}`);
      previous = bar.t;
      const date = utcDate(bar.t);
      if (date < input.start || date > input.end) continue;
      let slice = byOpen.get(bar.t);
      if (slice === undefined) {
        slice = { open: bar.t, close: bar.t + baseMs, bars: new Map(), endsDay: false };
        byOpen.set(bar.t, slice);
      }
      slice.bars.set(symbol, bar);
    }
  }
  const slices = [...byOpen.values()].sort((a, b) => a.open - b.open);
  slices.forEach((slice, i) => {
    const next = slices[i + 1];
    slice.endsDay = next === undefined || utcDate(next.open) !== utcDate(slice.open);
  });
  return slices;
}

/** A pod's view of a symbol: candles, weights and ATR over all data (causal columns), last weight after the warm-up. */
function marketOf(config: RefPod, symbol: string, bars: RefBar[], baseMs: number, startMs: number): Market {
  const candleMs = timeframeMs(config.timeframe);
  if (candleMs % baseMs !== 0) throw new Error(`${config.pod_id}: ${config.timeframe} is not made of base bars`);
  const candles = aggregate(bars, candleMs);
  const weights = referenceWeights(config.strategy, config.params, candles, config.timeframe);
  const candleEnds = candles.map((candle) => candle.t + candleMs);
  const indexByEnd = new Map(candleEnds.map((end, index) => [end, index] as const));
  let targetWeight = 0;
  for (const bar of bars) {
    if (bar.t >= startMs) break;
    const index = indexByEnd.get(bar.t + baseMs); // this warm-up bar completes a candle
    if (index !== undefined) targetWeight = at(weights, index);
  }
  const atr = averageTrueRange(candles, 14);
  return {
    symbol,
    candleEnds,
    weights,
    atr,
    indexByEnd,
    completed: 0,
    targetWeight,
    block: undefined,
    share: undefined,
  };
}

function createWorld(input: RefInput): World {
  const baseMs = timeframeMs(input.baseTimeframe);
  const startMs = Date.parse(`${input.start}T00:00:00Z`);
  const symbols = [...new Set(input.pods.flatMap((pod) => pod.symbols))].sort(byName);

  const marks = new Map<string, number>();
  const dailyCloses = new Map<string, DailyClose[]>();
  for (const symbol of symbols) {
    const closes: DailyClose[] = [];
    dailyCloses.set(symbol, closes);
    for (const bar of input.bars[symbol] ?? []) {
      if (bar.t >= startMs) break;
      marks.set(symbol, bar.c);
      noteDailyClose(closes, bar);
    }
  }

  const pods = [...input.pods]
    .sort((a, b) => byName(a.pod_id, b.pod_id))
    .map((config): Pod => {
      const names = [...config.symbols].sort(byName);
      const markets = names.map((symbol) => marketOf(config, symbol, input.bars[symbol] ?? [], baseMs, startMs));
      const cash = input.capital * config.initial_fraction;
      return { config, cash, positions: new Map(), markets, base: cash, heldToday: false, life: newLife(config) };
    });
  let assigned = 0;
  for (const pod of pods) assigned += pod.cash;
  return {
    input,
    symbols,
    pods,
    reserve: input.capital - assigned,
    marks,
    fundedUntil: startMs,
    pending: new Map(),
    dailyCloses,
    allocator: { missedCalendar: false, sharesAfterLast: undefined },
    risk: newRisk(input.capital),
    days: [],
    fills: [],
    transitions: [],
    allocations: [],
    halts: [],
  };
}

export function runReference(input: RefInput): RefOutput {
  const world = createWorld(input);
  let k = 1;
  for (const slice of slicesOf(input, world.symbols, timeframeMs(input.baseTimeframe))) {
    fundingBeforeFills(world, slice);
    phase1Open(world, slice);
    phase2Intrabar(world, slice);
    fundingInside(world, slice);
    phase3Close(world, slice);
    phase4Signals(world, slice);
    phase5DayEnd(world, slice, k);
    k = phase6Risk(world, slice);
    phase7Net(world, slice, k);
  }
  const { days, fills, transitions, allocations, halts } = world;
  return { days, fills, transitions, allocations, halts }; // pending orders are skipped: END_OF_DATA
}
