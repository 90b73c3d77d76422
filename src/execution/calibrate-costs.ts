import { type Bps, unfilledShare } from "./cost-model.ts";

/** One recorded fill beside the quote it met. */
export interface CostObservation {
  /** Order notional ÷ quoted notional at the decision. */
  readonly r: number;
  /** What it paid against the mid, fee apart. */
  readonly costBps: Bps;
}

export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

export type Calibration =
  | {
      readonly ok: true;
      readonly halfSpreadBps: Estimate;
      readonly alphaBps: Estimate;
      readonly penaltyBps: Estimate;
      /** The candidate with the smallest sum of squares. */
      readonly maxSafe: number;
      readonly residualBps: number;
      readonly observations: number;
    }
  | { readonly ok: false; readonly code: "TOO_FEW" | "NOT_FINITE" | "NOT_IDENTIFIED"; readonly message: string };

/** Three parameters, and one more observation to have an error at all. */
const FEWEST = 4;

/**
 * Least squares of cost = half spread + α·r + p·(1 − clamp(max_safe ÷ r, 0.1, 1)), with ordinary standard errors
 * √(s²·diag((XᵀX)⁻¹)), s² = RSS ÷ (n − 3). Rows beyond the cap must be left out by the caller: there α is not seen.
 *
 * @param maxSafe candidates; the one with the smallest residual is taken, the first of equals.
 */
export function calibrateCosts(observations: readonly CostObservation[], maxSafe: readonly number[]): Calibration {
  if (observations.length < FEWEST || maxSafe.length === 0)
    return { ok: false, code: "TOO_FEW", message: `${observations.length} fills, at least ${FEWEST} are needed` };
  if (observations.some(({ r, costBps }) => !Number.isFinite(r) || r < 0 || !Number.isFinite(costBps)))
    return { ok: false, code: "NOT_FINITE", message: "a fill whose size or cost is not a finite number" };
  let best: (Calibration & { ok: true }) | null = null;
  for (const candidate of maxSafe) {
    const fit = fitAt(observations, candidate);
    if (fit !== null && (best === null || fit.residualBps < best.residualBps)) best = fit;
  }
  const message =
    "the fills do not tell half spread, slope and penalty apart: sizes on both sides of max_safe are needed";
  return best ?? { ok: false, code: "NOT_IDENTIFIED", message };
}

type Matrix = readonly (readonly number[])[];

function fitAt(observations: readonly CostObservation[], maxSafe: number): (Calibration & { ok: true }) | null {
  const rows = observations.map(({ r }) => [1, r, unfilledShare(r, maxSafe)]);
  const normal = [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) => sum(rows, (row) => (row[i] as number) * (row[j] as number))),
  );
  const inverse = invert(normal);
  if (inverse === null) return null;
  const moments = [0, 1, 2].map((i) =>
    sum(rows, (row, k) => (row[i] as number) * (observations[k]?.costBps as number)),
  );
  const beta = inverse.map((row) => row.reduce((total, value, j) => total + value * (moments[j] as number), 0));
  const squares = sum(rows, (row, k) => {
    const fitted = row.reduce((total, value, j) => total + value * (beta[j] as number), 0);
    const residual = (observations[k]?.costBps as number) - fitted;
    return residual * residual;
  });
  const variance = squares / (observations.length - 3);
  const estimate = (i: number): Estimate => ({
    value: beta[i] as number,
    standardError: Math.sqrt(variance * (inverse[i]?.[i] as number)),
  });
  return {
    ok: true,
    halfSpreadBps: estimate(0),
    alphaBps: estimate(1),
    penaltyBps: estimate(2),
    maxSafe,
    residualBps: Math.sqrt(variance),
    observations: observations.length,
  };
}

function sum(rows: Matrix, value: (row: readonly number[], k: number) => number): number {
  return rows.reduce((total, row, k) => total + value(row, k), 0);
}

/** Pivot that counts as 0, relative to the largest entry: below it the columns are the same for a double. */
const SINGULAR = 1e-12;

/** Gauss–Jordan with partial pivoting; null when singular. */
function invert(matrix: Matrix): number[][] | null {
  const n = matrix.length;
  const scale = Math.max(...matrix.flat().map(Math.abs));
  const a = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) {
      if (Math.abs(a[i]?.[column] as number) > Math.abs(a[pivot]?.[column] as number)) pivot = i;
    }
    const rows = [a[pivot] as number[], a[column] as number[]] as const;
    if (!(Math.abs(rows[0][column] as number) > SINGULAR * scale)) return null;
    [a[column], a[pivot]] = rows;
    const head = rows[0][column] as number;
    a[column] = rows[0].map((value) => value / head);
    for (let i = 0; i < n; i++) {
      if (i === column) continue;
      const factor = a[i]?.[column] as number;
      a[i] = (a[i] as number[]).map((value, j) => value - factor * (a[column]?.[j] as number));
    }
  }
  return a.map((row) => row.slice(n));
}
