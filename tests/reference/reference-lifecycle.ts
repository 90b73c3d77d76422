/*
 * Float reference: life cycle (4.3) and Page-Hinkley (4.4) of one pod.
 * The readings are listed in float-reference.ts.
 */

import {
  correlationOf,
  DAY_MS,
  DAYS_PER_YEAR,
  meanOf,
  sampleStd,
  sharpeErrorOf,
  sharpeOf,
  sumOf,
} from "./reference-math.js";
import type { RefOrchestrator, RefPod, RefState } from "./reference-types.js";

export interface DayReturn {
  day: number; // days since the epoch
  value: number; // the day's return
  base: number; // equity at the previous close after transfers
  profit: number; // equity at the close - base
}

interface Month {
  key: string; // "2024-03"
  growth: number;
  held: boolean; // a position on some day of the month
  partial: boolean; // a first month that did not begin on the 1st
}

interface Detector {
  inputs: number;
  mean: number;
  m: number;
  minimum: number;
}

/** What is known of a pod's life: state, measured returns, and the statistics that are kept, never recomputed. */
export interface Life {
  state: RefState;
  returns: DayReturn[]; // the recorded ones, oldest first
  index: number; // compounded from the recorded returns
  highWater: number;
  maxDrawdown: number;
  months: Month[];
  trades: number; // completed round trips
  counting: number[]; // returns of the counting days
  detector: Detector;
  score: number;
  countingDaysInState: number;
  returnsAtEntry: number; // recorded returns when the present state was entered
  returnsAtProduction: number; // the same at the latest entry into PRODUCTION
  entryFraction: number; // capital fraction at the close of the entry into the present state
  targetFraction: number; // what the allocator assigned last
}

export interface Transition {
  to: RefState;
  reason: string;
}

const ROLLING_SHARPE_RETURNS = 180;
const RECOVERY_RETURNS = 60;
const RECOVERY_DAYS = 5;
const STRONG_RECOVERY_DAYS = 15;
const STANDARDISE_DAYS = 30;
const ALARM_INPUTS = 30;
const CORRELATION_DAYS = 90;
const CORRELATION_MIN_DAYS = 20;
const CUT = 5;

function newDetector(): Detector {
  return { inputs: 0, mean: 0, m: 0, minimum: 0 };
}

export function newLife(pod: RefPod): Life {
  return {
    state: pod.initial_state ?? "incubation",
    returns: [],
    index: 1,
    highWater: 1,
    maxDrawdown: 0,
    months: [],
    trades: 0,
    counting: [],
    detector: newDetector(),
    score: 0,
    countingDaysInState: 0,
    returnsAtEntry: 0,
    returnsAtProduction: 0,
    entryFraction: pod.initial_fraction,
    targetFraction: pod.initial_fraction,
  };
}

export function drawdownOf(life: Life): number {
  return 1 - life.index / life.highWater;
}

function lastValues(life: Life, count: number): number[] {
  return life.returns.slice(Math.max(0, life.returns.length - count)).map((item) => item.value);
}

function monthOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 7);
}

/** A recorded daily return: index, high-water mark, month. */
export function recordReturn(life: Life, item: DayReturn, held: boolean): void {
  const firstEver = life.returns.length === 0;
  life.returns.push(item);
  life.index *= 1 + item.value;
  life.highWater = Math.max(life.highWater, life.index);
  life.maxDrawdown = Math.max(life.maxDrawdown, drawdownOf(life));

  const key = monthOf(item.day);
  let month = life.months[life.months.length - 1];
  if (month === undefined || month.key !== key) {
    const startsOnFirst = new Date(item.day * DAY_MS).getUTCDate() === 1;
    month = { key, growth: 1, held: false, partial: firstEver && !startsOnFirst };
    life.months.push(month);
  }
  month.growth *= 1 + item.value;
  month.held ||= held;
}

/** 4.4: on a counting day the standardised return goes to the detector, then to the moments. */
export function feedDetector(life: Life, value: number, held: boolean, config: RefOrchestrator["degradation"]): void {
  if (life.state === "retired" || !(held || value !== 0)) return;
  life.countingDaysInState += 1;
  if (life.counting.length >= STANDARDISE_DAYS) {
    const standardised = (value - meanOf(life.counting)) / sampleStd(life.counting);
    if (Number.isFinite(standardised)) {
      const input = Math.min(Math.max(standardised, -CUT), CUT);
      const detector = life.detector;
      detector.inputs += 1;
      detector.mean += (input - detector.mean) / detector.inputs;
      detector.m = config.alpha * detector.m + (detector.mean - input - config.delta);
      detector.minimum = Math.min(detector.minimum, detector.m);
      life.score = detector.m - detector.minimum;
    }
  }
  life.counting.push(value);
}

/** Losing months in a row up to the last complete month; months that do not count are passed over. */
function losingMonths(life: Life, today: number): number {
  const openMonth = monthOf(today + 1); // the month of today is complete when tomorrow is in another one
  let losing = 0;
  for (const month of life.months) {
    if (month.key >= openMonth || month.partial || !month.held) continue;
    losing = month.growth < 1 ? losing + 1 : 0;
  }
  return losing;
}

/** Correlation with sum P&L / sum base of the others over the common days of the last 90; undefined passes. */
function correlationWithOthers(life: Life, others: readonly Life[], today: number): number | undefined {
  if (others.length === 0) return undefined;
  const own: number[] = [];
  const rest: number[] = [];
  for (const item of life.returns) {
    if (item.day <= today - CORRELATION_DAYS) continue;
    const theirs = others.map((other) => other.returns.find((candidate) => candidate.day === item.day));
    if (!theirs.every((other) => other !== undefined)) continue;
    const base = sumOf(theirs.map((other) => other.base));
    if (base <= 0) continue;
    own.push(item.value);
    rest.push(sumOf(theirs.map((other) => other.profit)) / base);
  }
  return own.length < CORRELATION_MIN_DAYS ? undefined : correlationOf(own, rest);
}

function graduates(life: Life, pod: RefPod, others: readonly Life[], today: number, config: RefOrchestrator): boolean {
  const limits = config.graduation;
  const liveDays = life.returns.length;
  if (liveDays < limits.min_live_days) return false;
  if (life.trades < limits.min_trade_count) return false;
  if (life.maxDrawdown > limits.max_drawdown) return false;
  const sharpe = sharpeOf(life.returns.map((item) => item.value));
  if (sharpe === undefined || sharpe < limits.min_sharpe) return false;
  if (life.maxDrawdown > 0) {
    const growthPerYear = Math.pow(Math.max(life.index, 0), DAYS_PER_YEAR / liveDays) - 1;
    if (growthPerYear / life.maxDrawdown < limits.min_calmar) return false;
  }
  const stated = pod.backtest_sharpe ?? null;
  if (stated !== null && Math.max(0, stated - sharpe) / Math.abs(stated) > limits.max_backtest_live_gap) return false;
  const correlation = correlationWithOthers(life, others, today);
  return correlation === undefined || correlation <= limits.max_portfolio_correlation;
}

function drawdownLimits(pod: RefPod): { maximum: number; warning: number } {
  const maximum = pod.risk.max_drawdown ?? 0.15;
  return { maximum, warning: pod.risk.drawdown_warning ?? Math.min(0.1, (2 / 3) * maximum) };
}

function hasRecoveredDrawdown(life: Life, pod: RefPod): boolean {
  const { maximum, warning } = drawdownLimits(pod);
  return drawdownOf(life) < (maximum + warning) / 2;
}

function recovers(life: Life, pod: RefPod, config: RefOrchestrator): boolean {
  if (life.countingDaysInState < RECOVERY_DAYS) return false;
  if (!hasRecoveredDrawdown(life, pod)) return false;
  if (!(life.score < 0.5 * config.degradation.lambda)) return false;
  if (life.returns.length < RECOVERY_RETURNS) return false;
  const sharpe = sharpeOf(lastValues(life, RECOVERY_RETURNS));
  return sharpe !== undefined && sharpe >= config.retirement.rolling_sharpe_floor;
}

function recoversStrongly(life: Life, pod: RefPod, config: RefOrchestrator): boolean {
  if (life.countingDaysInState < STRONG_RECOVERY_DAYS) return false;
  if (!hasRecoveredDrawdown(life, pod)) return false;
  const values = life.returns.slice(life.returnsAtEntry).map((item) => item.value);
  const sharpe = sharpeOf(values);
  const error = sharpeErrorOf(values);
  if (sharpe === undefined || error === undefined) return false;
  return sharpe - error >= config.retirement.rolling_sharpe_floor && sharpe >= config.graduation.min_sharpe;
}

function degradation(life: Life, pod: RefPod, config: RefOrchestrator): string | undefined {
  if (life.detector.inputs >= ALARM_INPUTS && life.score > config.degradation.lambda) return "page_hinkley";
  if (life.returns.length - life.returnsAtProduction >= ROLLING_SHARPE_RETURNS) {
    const sharpe = sharpeOf(lastValues(life, ROLLING_SHARPE_RETURNS));
    if (sharpe !== undefined && sharpe < config.retirement.rolling_sharpe_floor) return "rolling_sharpe";
  }
  return drawdownOf(life) >= drawdownLimits(pod).maximum ? "drawdown" : undefined;
}

/** 4.3: the transition of the day, if any. Order: hard stop, recovery or graduation, degradation, time-out. */
export function transitionOf(
  life: Life,
  pod: RefPod,
  others: readonly Life[], // the other non-RETIRED pods
  today: number,
  config: RefOrchestrator,
): Transition | undefined {
  const limits = config.retirement;
  if (life.state === "retired") return undefined;
  if (drawdownOf(life) > limits.max_drawdown_breach) return { to: "retired", reason: "drawdown_breach" };
  if (losingMonths(life, today) >= limits.consecutive_loss_months) return { to: "retired", reason: "loss_months" };

  switch (life.state) {
    case "incubation":
      return graduates(life, pod, others, today, config) ? { to: "production", reason: "graduation" } : undefined;
    case "production": {
      const reason = degradation(life, pod, config);
      return reason === undefined ? undefined : { to: "warning", reason };
    }
    case "warning":
      if (recovers(life, pod, config)) return { to: "production", reason: "recovery" };
      return life.countingDaysInState >= limits.warning_days ? { to: "probation", reason: "warning_days" } : undefined;
    case "probation":
      if (recoversStrongly(life, pod, config)) return { to: "production", reason: "strong_recovery" };
      return life.countingDaysInState >= limits.probation_days
        ? { to: "retired", reason: "probation_days" }
        : undefined;
  }
}

/** Enters a state at today's close; the detector restarts, the moments do not. */
export function enterState(life: Life, to: RefState, capitalFraction: number): void {
  life.state = to;
  life.detector = newDetector();
  life.score = 0;
  life.countingDaysInState = 0;
  life.returnsAtEntry = life.returns.length;
  if (to === "production") life.returnsAtProduction = life.returns.length;
  life.entryFraction = capitalFraction;
}

/** 4.2: at least 20 of the pod's own last `lookback` returns are not 0. */
export function isMeasurable(life: Life, lookback: number): boolean {
  if (life.state === "retired") return false;
  return lastValues(life, lookback).filter((value) => value !== 0).length >= 20;
}

/** Common window: the returns of the days within the last `lookback` on which all of the pods have one. */
export function commonWindow(lives: readonly Life[], today: number, lookback: number): number[][] {
  const columns = lives.map(
    (life) => new Map(life.returns.filter((item) => item.day > today - lookback).map((item) => [item.day, item.value])),
  );
  const first = columns[0];
  if (first === undefined) return [];
  const days = [...first.keys()].filter((day) => columns.every((column) => column.has(day)));
  return columns.map((column) => days.map((day) => column.get(day) ?? 0));
}

/** Number of the pod's recorded daily returns. */
export function liveDays(life: Life): number {
  return life.returns.length;
}
