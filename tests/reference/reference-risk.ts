/*
 * Float reference: portfolio halts and their recovery (2.6), evaluated in every slice.
 * The readings are listed in float-reference.ts.
 */

import { DAY_MS, dayNumber } from "./reference-math.js";
import type { RefHalt, RefOrchestrator } from "./reference-types.js";

export interface Risk {
  lastEquity: number; // at the close of the slice before
  day: number; // of the slice before
  dayReference: number; // equity at the last 00:00 UTC
  breachDay: number; // the last day with a daily-loss breach
  blockedUntil: number; // no new risk in slices that close before
  highWater: number;
  isHalted: boolean; // by drawdown
  haltDay: number;
  step: number; // of the recovery; Infinity: no recovery under way
}

export function newRisk(capital: number): Risk {
  return {
    lastEquity: capital,
    day: -Infinity,
    dayReference: capital,
    breachDay: -Infinity,
    blockedUntil: -Infinity,
    highWater: capital,
    isHalted: false,
    haltDay: -Infinity,
    step: Infinity,
  };
}

/** Phase 6 at the close of a slice: the exposure factor k, and the limits breached in this slice. */
export function riskFactor(
  risk: Risk,
  slice: { open: number; close: number; endsDay: boolean },
  equity: number,
  limits: RefOrchestrator["risk"],
): { k: number; breaches: RefHalt["type"][] } {
  const breaches: RefHalt["type"][] = [];
  const today = dayNumber(slice.open);

  // daily loss: at most one breach per UTC day, blocks until the next 00:00 strictly after it
  if (today !== risk.day) risk.dayReference = risk.lastEquity;
  risk.day = today;
  risk.lastEquity = equity;
  const reference = risk.dayReference;
  if (risk.breachDay !== today && reference > 0 && (reference - equity) / reference >= limits.daily_loss_limit) {
    risk.breachDay = today;
    risk.blockedUntil = (Math.floor(slice.close / DAY_MS) + 1) * DAY_MS;
    breaches.push("daily_loss");
  }

  // drawdown: halt, then recovery by steps at day ends
  const { mode, cooldown_days: cooldownDays, steps } = limits.recovery;
  if (!risk.isHalted) {
    risk.highWater = Math.max(risk.highWater, equity);
    if (risk.highWater > 0 && (risk.highWater - equity) / risk.highWater >= limits.max_portfolio_drawdown) {
      risk.isHalted = true;
      risk.haltDay = today;
      breaches.push("drawdown");
    } else if (slice.endsDay && risk.step < steps) {
      risk.step += 1;
    }
  } else if (mode === "cooldown" && slice.endsDay && today >= risk.haltDay + cooldownDays) {
    risk.isHalted = false;
    risk.highWater = equity;
    risk.step = 1;
  }

  const recovery = risk.step < steps ? risk.step / steps : 1;
  const isBlocked = slice.close < risk.blockedUntil;
  return { k: risk.isHalted || isBlocked ? 0 : recovery, breaches };
}
