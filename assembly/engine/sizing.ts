import { raiseAlert } from "./alerts";
import { ALERT_TYPE_GROSS, emitGrossLimit } from "./events";
import { surelyHolds } from "./pod-lanes";
import { openTimes } from "./slices";
import {
  ALERT_GROSS,
  account,
  active,
  BARRED_UNTIL,
  BASE_MS,
  band,
  barred,
  blocked,
  COOLING,
  capital,
  cooldownMs,
  EQUITY,
  EXPOSURE_FACTOR,
  equity,
  failed,
  holders,
  intraWeight,
  LOCKS,
  leverage,
  locked,
  lotStep,
  lots,
  MAX_GROSS,
  markPerLot,
  maxLeverage,
  netLots,
  pods,
  quiet,
  REDUCE_ONLY,
  scaled,
  signals,
  stoppedAt,
  symbols,
  threshold,
  toEdge,
  WEIGHTS_KNOWN,
  wanting,
  wish,
} from "./state";

/**
 * Phase 7, first half: what every pod wants to hold of every symbol, in whole lots (spec 2.3). A symbol in which all pods
 * surely keep what they hold is marked quiet, and its wishes are not written.
 */
export function size(t: i32): void {
  if (unchecked(account[WEIGHTS_KNOWN]) === 0.0 || unchecked(account[COOLING]) > 0.0) weigh(t);
  const exposure = exposureFactor(t);
  for (let p: i32 = 0; p < pods; p++) {
    const own: f64 = unchecked(equity[p]);
    unchecked((capital[p] = mayTrade(p) ? own * exposure : 0.0));
    unchecked((band[p] = unchecked(threshold[p]) * own));
  }
  const solvent = unchecked(account[EQUITY]) > 0.0;
  for (let s: i32 = 0; s < symbols; s++) {
    const mark: f64 = unchecked(markPerLot[s]);
    const step: f64 = unchecked(lotStep[s]);
    const keeps =
      (unchecked(wanting[s]) === 0.0 && unchecked(holders[s]) === 0.0) ||
      (solvent && surelyHolds(scaled, lots, capital, band, s * pods, pods, mark, step));
    unchecked((quiet[s] = keeps ? 1.0 : 0.0));
    if (keeps) continue;
    for (let p: i32 = 0; p < pods; p++) unchecked((wish[s * pods + p] = wished(s * pods + p, p, mark, step, exposure)));
  }
  limitGross();
  if (unchecked(account[REDUCE_ONLY]) > 0.0 || unchecked(account[LOCKS]) > 0.0) reduceOnly();
}

/** Weight of a cell after stops and the pod's own leverage limit; 0 of a pod that may not trade. */
export function scaledWeight(c: i32, p: i32): f64 {
  return mayTrade(p) ? unchecked(scaled[c]) : 0.0;
}

function mayTrade(p: i32): boolean {
  return unchecked(active[p]) !== 0.0 && unchecked(failed[p]) === 0.0;
}

function unitWeight(c: i32): f64 {
  if (unchecked(blocked[c]) !== 0.0 || unchecked(barred[c]) !== 0.0) return 0.0;
  return unchecked(signals[c]) * unchecked(intraWeight[c]);
}

/**
 * `scaled` of every cell. Cool-downs that are over end here. `leverage[p]` is 1, or what brings the pod's Σ|w| down to its
 * limit.
 */
function weigh(t: i32): void {
  const now: f64 = unchecked(openTimes[t]);
  unchecked((account[WEIGHTS_KNOWN] = 1.0));
  unchecked((account[COOLING] = 0.0));
  for (let p: i32 = 0; p < pods; p++) unchecked((leverage[p] = 0.0));
  for (let s: i32 = 0; s < symbols; s++) {
    for (let p: i32 = 0; p < pods; p++) {
      const c = s * pods + p;
      if (unchecked(blocked[c]) !== 0.0) endCooldown(c, p, now);
      unchecked((leverage[p] = unchecked(leverage[p]) + Math.abs(unitWeight(c))));
    }
  }
  for (let p: i32 = 0; p < pods; p++) {
    const sum: f64 = unchecked(leverage[p]);
    const limit: f64 = unchecked(maxLeverage[p]);
    unchecked((leverage[p] = sum > limit ? limit / sum : 1.0));
  }
  for (let s: i32 = 0; s < symbols; s++) {
    let count: f64 = 0.0;
    for (let p: i32 = 0; p < pods; p++) {
      const c = s * pods + p;
      unchecked((scaled[c] = unitWeight(c) * unchecked(leverage[p])));
      if (unchecked(scaled[c]) !== 0.0) count += 1.0;
    }
    unchecked((wanting[s] = count));
  }
}

function endCooldown(c: i32, p: i32, now: f64): void {
  const wait: f64 = unchecked(cooldownMs[p]);
  if (wait === 0.0) return;
  if (now - unchecked(stoppedAt[c]) >= wait) unchecked((blocked[c] = 0.0));
  else unchecked((account[COOLING] = unchecked(account[COOLING]) + 1.0));
}

/** k of spec 2.6: what a halt leaves of the exposure; 0 until the day after a daily loss breach is over. */
function exposureFactor(t: i32): f64 {
  const close = unchecked(openTimes[t]) + unchecked(account[BASE_MS]);
  return close < unchecked(account[BARRED_UNTIL]) ? 0.0 : unchecked(account[EXPOSURE_FACTOR]);
}

/** Lots towards zero to whole steps of the instrument. */
function wholeSteps(amount: f64, step: f64): f64 {
  const whole = Math.trunc(amount);
  // The quotient of whole numbers below 2^53 never rounds up to the next whole one.
  return step === 1.0 ? whole : Math.trunc(whole / step) * step;
}

/**
 * Wished lots of one cell, no-trade band applied. A position from before a coarser step may be no multiple of it: it can be
 * held and closed as it is, every other wish is whole steps.
 */
function wished(c: i32, p: i32, mark: f64, step: f64, exposure: f64): f64 {
  const held: f64 = unchecked(lots[c]);
  const own: f64 = unchecked(equity[p]);
  if (mark === 0.0 || own <= 0.0 || unchecked(account[EQUITY]) <= 0.0) return 0.0;
  const w = scaledWeight(c, p);
  if (w === 0.0 && held === 0.0) return 0.0;

  const target = wholeSteps((w * own * exposure) / mark, step);
  if (target * held < 0.0 || target === 0.0) return target;
  const width: f64 = unchecked(band[p]);
  const gap = target - held;
  if (Math.abs(gap) * mark < width) return held;
  if (unchecked(toEdge[p]) === 0.0 || held === 0.0) return target;
  const edge = wholeSteps(width / mark, step);
  return gap > 0.0 ? target - edge : target + edge;
}

/** Scales all wishes by one factor when what the account would hold exceeds the gross limit; overrides the band. */
function limitGross(): void {
  let gross: f64 = 0.0;
  for (let s: i32 = 0; s < symbols; s++) {
    let net: f64 = 0.0;
    if (unchecked(quiet[s]) !== 0.0) net = unchecked(netLots[s]);
    else for (let p: i32 = 0; p < pods; p++) net += unchecked(wish[s * pods + p]);
    gross += Math.abs(net) * unchecked(markPerLot[s]);
  }
  const limit: f64 = unchecked(account[MAX_GROSS]) * unchecked(account[EQUITY]);
  if (limit > 0.0)
    raiseAlert(ALERT_GROSS, ALERT_TYPE_GROSS, gross / unchecked(account[EQUITY]), unchecked(account[MAX_GROSS]));
  if (gross <= limit || gross === 0.0) return;
  const factor = limit / gross;
  emitGrossLimit(gross, limit, factor);
  for (let s: i32 = 0; s < symbols; s++) {
    const step: f64 = unchecked(lotStep[s]);
    const held = unchecked(quiet[s]) !== 0.0;
    for (let c: i32 = s * pods; c < (s + 1) * pods; c++) {
      const unlimited: f64 = held ? unchecked(lots[c]) : unchecked(wish[c]);
      unchecked((wish[c] = wholeSteps(unlimited * factor, step)));
    }
    unchecked((quiet[s] = 0.0));
  }
}

/**
 * An operator, or a locked symbol, allows no new risk: every wish lies between 0 and what is held, and where the pods' reductions together
 * would make the account's own position larger, or turn it, nothing is traded in that symbol.
 */
function reduceOnly(): void {
  const everywhere = unchecked(account[REDUCE_ONLY]) > 0.0;
  for (let s: i32 = 0; s < symbols; s++) {
    if (unchecked(quiet[s]) !== 0.0 || (!everywhere && unchecked(locked[s]) === 0.0)) continue;
    let held: f64 = 0.0;
    let wanted: f64 = 0.0;
    for (let c: i32 = s * pods; c < (s + 1) * pods; c++) {
      const own: f64 = unchecked(lots[c]);
      const target: f64 = unchecked(wish[c]);
      if (own * target <= 0.0) unchecked((wish[c] = 0.0));
      else if (Math.abs(target) > Math.abs(own)) unchecked((wish[c] = own));
      held += own;
      wanted += unchecked(wish[c]);
    }
    if (wanted * held >= 0.0 && Math.abs(wanted) <= Math.abs(held)) continue;
    // A pod that must leave leaves all the same: the account is then hedged less, and flat in that pod.
    for (let p: i32 = 0; p < pods; p++) {
      const c = s * pods + p;
      if (unchecked(barred[c]) === 0.0 && unchecked(active[p]) > 0.0) unchecked((wish[c] = unchecked(lots[c])));
    }
  }
}
