/*
 * Float reference: one run of the allocator (4.2), steps 1 to 6. Decides; moves nothing.
 * The readings are listed in float-reference.ts.
 */

import { commonWindow, isMeasurable, type Life, liveDays } from "./reference-lifecycle.js";
import {
  at,
  boxProjection,
  cappedKelly,
  covariance,
  DAYS_PER_YEAR,
  equalWeights,
  inverseVolatility,
  meanOf,
  quadraticForm,
  riskContributions,
  riskParity,
  sumOf,
} from "./reference-math.js";
import type { RefOrchestrator, RefPod } from "./reference-types.js";

/** A pod as the allocator sees it at the close. */
export interface Candidate {
  config: RefPod;
  life: Life;
  flat: boolean;
  fraction: number; // capital fraction held
  changedState: boolean; // today
}

export interface Decision {
  fractions: number[]; // per candidate
  moved: boolean;
}

const DEFAULT_MIN_FRACTION = 0.02;
const DEFAULT_MAX_FRACTION = 0.4;
const TRIM_TOLERANCE = 1e-9;
const TRIM_PASSES = 100;
const NOTICEABLE_CUT = 0.9;

function minFraction(candidate: Candidate): number {
  return candidate.config.min_fraction ?? DEFAULT_MIN_FRACTION;
}

function maxFraction(candidate: Candidate): number {
  return candidate.config.max_fraction ?? DEFAULT_MAX_FRACTION;
}

function measurableOf(candidates: readonly Candidate[], config: RefOrchestrator): Candidate[] {
  return candidates.filter((candidate) => isMeasurable(candidate.life, config.correlation.lookback));
}

function windowOf(candidates: readonly Candidate[], today: number, config: RefOrchestrator): number[][] {
  return commonWindow(
    candidates.map((candidate) => candidate.life),
    today,
    config.correlation.lookback,
  );
}

/** PRC of the measurable pods at the given fractions, by pod_id; empty when it cannot be computed. */
export function riskShares(
  candidates: readonly Candidate[],
  today: number,
  config: RefOrchestrator,
): Map<string, number> {
  const measurable = measurableOf(candidates, config);
  const cov = covariance(windowOf(measurable, today, config), config.correlation.estimator);
  if (cov === undefined) return new Map();
  const shares = riskContributions(
    cov,
    measurable.map((candidate) => candidate.fraction),
  );
  if (shares === undefined) return new Map();
  return new Map(measurable.map((candidate, i) => [candidate.config.pod_id, at(shares, i)]));
}

/** Step 1: the fixed slot of a pod that is not free. */
function slotOf(candidate: Candidate): number {
  const { life, config, fraction } = candidate;
  switch (life.state) {
    case "incubation":
      return config.initial_fraction;
    case "production":
      return life.targetFraction;
    case "warning":
      return Math.min(Math.max(life.entryFraction / 2, minFraction(candidate)), fraction);
    case "probation":
      return Math.min(minFraction(candidate), fraction);
    case "retired":
      return candidate.flat ? 0 : fraction;
  }
}

/** Steps 2 and 3: weights of the free pods; their sum is at most 1. */
function weightsOf(free: readonly Candidate[], today: number, config: RefOrchestrator): number[] {
  const series = windowOf(free, today, config);
  const cov = covariance(series, config.correlation.estimator);
  if (config.allocation_method === "equal_weight") return equalWeights(free.length);
  if (config.allocation_method === "inverse_volatility") return inverseVolatility(cov, free.length);
  const base = riskParity(
    cov,
    free.map((candidate) => candidate.config.risk_budget ?? 1),
  );
  if (config.allocation_method === "risk_parity") return base;

  const kelly = cappedKelly(cov, series.map(meanOf), config.risk.max_portfolio_volatility);
  const weights = free.map((candidate, i) => {
    const ramp = Math.min(liveDays(candidate.life) / config.kelly_confidence_ramp, 1);
    const trust = ramp * config.kelly_fraction;
    return (1 - trust) * at(base, i) + trust * at(kelly, i);
  });
  const total = sumOf(weights);
  return total > 1 ? weights.map((weight) => weight / total) : weights; // different trust may sum above 1
}

/** The root w >= 0 at which the pod's PRC is the limit, the other fractions unchanged. */
function fractionAtShare(cov: number[][], fractions: readonly number[], index: number, limit: number): number {
  const own = at(at(cov, index), index);
  const others = fractions.map((value, i) => (i === index ? 0 : value));
  const cross = sumOf(at(cov, index).map((value, i) => value * at(others, i)));
  const rest = quadraticForm(cov, others);
  // (own w^2 + cross w) = limit x (own w^2 + 2 cross w + rest)
  const a = (1 - limit) * own;
  const b = (1 - 2 * limit) * cross;
  const c = -limit * rest;
  const root = Math.sqrt(Math.max(b * b - 4 * a * c, 0));
  return b > 0 ? (-2 * c) / (b + root) : (root - b) / (2 * a);
}

export function allocate(candidates: readonly Candidate[], today: number, config: RefOrchestrator): Decision {
  const measurable = measurableOf(candidates, config);
  let free = measurable.filter((candidate) => candidate.life.state === "production");
  if (free.length < 2) free = []; // steps 2-4 rest, PRODUCTION pods keep their target fraction

  // step 1
  const fractions = candidates.map((candidate) => (free.includes(candidate) ? 0 : slotOf(candidate)));
  const isHeld = candidates.map((candidate) => candidate.life.state === "retired" && !candidate.flat);
  const total = sumOf(fractions);
  if (total > 1) {
    const heldTotal = sumOf(fractions.filter((_, i) => at(isHeld, i)));
    const scale = Math.max(1 - heldTotal, 0) / (total - heldTotal);
    fractions.forEach((value, i) => {
      if (!at(isHeld, i)) fractions[i] = value * scale;
    });
  }
  const available = Math.max(1 - sumOf(fractions), 0);

  // steps 2 to 4
  if (free.length > 0) {
    const v = weightsOf(free, today, config).map((weight) => weight * available);
    const boxed = boxProjection(v, sumOf(v), free.map(minFraction), free.map(maxFraction));
    free.forEach((candidate, i) => {
      const ceiling = candidate.fraction + config.rebalance.max_increase;
      fractions[candidates.indexOf(candidate)] = Math.min(at(boxed, i), ceiling);
    });
  }
  const beforeRisk = [...fractions];

  // step 5
  const positions = measurable.map((candidate) => candidates.indexOf(candidate));
  const cov = covariance(windowOf(measurable, today, config), config.correlation.estimator);
  const measured = (): number[] => positions.map((position) => at(fractions, position));
  if (cov !== undefined) {
    const volatility = Math.sqrt(Math.max(quadraticForm(cov, measured()), 0) * DAYS_PER_YEAR);
    const limit = config.risk.max_portfolio_volatility;
    if (volatility > limit) {
      fractions.forEach((value, i) => {
        fractions[i] = (value * limit) / volatility;
      });
    }

    const production = measurable.filter((candidate) => candidate.life.state === "production");
    if (production.length >= 3) {
      const share = Math.max(config.risk.max_single_pod_risk_pct, 1.2 / production.length);
      for (let pass = 0; pass < TRIM_PASSES; pass++) {
        const contributions = riskContributions(cov, measured());
        if (contributions === undefined) break;
        let largest = -1;
        measurable.forEach((candidate, i) => {
          if (!production.includes(candidate)) return;
          if (at(contributions, i) <= share + TRIM_TOLERANCE) return;
          if (at(fractions, at(positions, i)) <= minFraction(candidate)) return; // cannot be met
          if (largest < 0 || at(contributions, i) > at(contributions, largest)) largest = i;
        });
        if (largest < 0) break;
        const lowered = fractionAtShare(cov, measured(), largest, share);
        fractions[at(positions, largest)] = Math.max(lowered, minFraction(at(measurable, largest)));
      }
    }
  }

  // step 6
  const turnover = sumOf(candidates.map((candidate, i) => Math.abs(at(fractions, i) - candidate.fraction)));
  const forced = candidates.some((candidate, i) => {
    const lowered = at(fractions, i) < at(beforeRisk, i);
    return candidate.changedState || (lowered && at(fractions, i) < NOTICEABLE_CUT * candidate.fraction);
  });
  return { fractions, moved: forced || turnover >= config.rebalance.min_turnover };
}
