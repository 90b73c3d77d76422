import type { Engine } from "./engine.ts";
import { TAG } from "./events.ts";
import type { HostRecord } from "./host-records.ts";
import { ACCOUNT } from "./state.ts";

/** What operators allow an engine to do (spec 6.6), as far as it concerns its decisions. */
export interface Restrictions {
  /** No new risk: positions only get smaller. */
  readonly reduceOnly: boolean;
  /** Every wish is 0. */
  readonly flatten: boolean;
  /** Blacklisted: their weights count as 0 (spec 2.3.1). */
  readonly symbols: readonly string[];
  readonly pods: readonly string[];
}

export const UNRESTRICTED: Restrictions = { reduceOnly: false, flatten: false, symbols: [], pods: [] };

export interface RestrictionChange {
  /** What changed, for the event stream; empty when nothing did. */
  readonly records: readonly HostRecord[];
  /** Something is forbidden now that was allowed: what is pending must be decided again. */
  readonly isTighter: boolean;
}

/** Brings an engine's state to `restrictions`. */
export function restrict({ state, setup }: Engine, restrictions: Restrictions): RestrictionChange {
  const { pods, symbols } = setup;
  const records: HostRecord[] = [];
  let isTighter = false;

  const reduceOnly = restrictions.reduceOnly || restrictions.flatten ? 1 : 0;
  if (state.account[ACCOUNT.reduceOnly] !== reduceOnly) {
    state.account[ACCOUNT.reduceOnly] = reduceOnly;
    isTighter = reduceOnly === 1;
    records.push([TAG.control, reduceOnly]);
  }
  const barredPods = new Set(restrictions.pods);
  const barredSymbols = new Set(restrictions.symbols);
  for (const [s, { symbol }] of symbols.entries()) {
    for (const [p, { podId, symbols: own }] of pods.entries()) {
      if (!own.includes(s)) continue;
      const cell = s * pods.length + p;
      const barred = restrictions.flatten || barredPods.has(podId) || barredSymbols.has(symbol) ? 1 : 0;
      if (state.barred[cell] === barred) continue;
      state.barred[cell] = barred;
      isTighter ||= barred === 1;
      records.push([TAG.barred, cell, barred]);
    }
  }
  // Scaled weights are derived from what is barred.
  if (records.length > 0) state.account[ACCOUNT.weightsKnown] = 0;
  return { records, isTighter };
}
