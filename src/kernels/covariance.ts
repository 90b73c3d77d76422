import { assert } from "../lib/assert.ts";
import { math } from "./math.ts";
import type { MatrixWorkspace } from "./matrix-workspace.ts";
import { type RefusedStatus, statusOf } from "./status.ts";

export type CovarianceEstimator =
  | { readonly kind: "sample" }
  /** Half-life in rows (days); weights normalised over the window, or RiskMetrics' recursion from the first row. */
  | { readonly kind: "ewma"; readonly halflife: number; readonly start?: "normalised" | "recursive" }
  | { readonly kind: "ledoit_wolf" };

export type CovarianceEstimate =
  | {
      readonly status: "OK";
      /** [n × n] row-major, symmetric; a view that the next estimate overwrites. */
      readonly covariance: Float64Array;
      /** Columns without variance: no correlation, and no place in a risk budget. */
      readonly flatColumns: readonly number[];
      /** Weight of the target in Ledoit–Wolf, 0 … 1; 0 for the others. */
      readonly shrinkage: number;
    }
  | { readonly status: RefusedStatus };

/**
 * Estimates the covariance of the first `days` rows of `workspace.returns`, `assets` columns each, into
 * `workspace.covariance`. Too few days (2; one for ewma) or a value that is not finite gives INVALID_INPUT.
 */
export function estimateCovariance(
  workspace: MatrixWorkspace,
  estimator: CovarianceEstimator,
  days: number,
  assets: number,
): CovarianceEstimate {
  workspace.checkAssets(assets);
  workspace.checkDays(days);
  workspace.calls++;
  const status = statusOf(runEstimator(workspace, estimator, days, assets));
  if (status !== "OK") return { status: status as RefusedStatus };

  const [flatCount = 0, shrinkage = 0] = workspace.report.view;
  return {
    status,
    covariance: workspace.covariance.view.subarray(0, assets * assets),
    flatColumns: flatCount > 0 ? flatColumns(workspace, days, assets) : [],
    shrinkage,
  };
}

function runEstimator(workspace: MatrixWorkspace, estimator: CovarianceEstimator, days: number, assets: number) {
  const { kernels, returns, covariance, work, report } = workspace;
  switch (estimator.kind) {
    case "sample":
      return kernels.sampleCovariance(returns.at, days, assets, covariance.at, work, report.at);
    case "ledoit_wolf":
      return kernels.ledoitWolfCovariance(returns.at, days, assets, covariance.at, work, report.at);
    case "ewma": {
      assert(estimator.halflife > 0, `ewma: half-life ${estimator.halflife} must be positive`);
      const decay = math.pow(0.5, 1 / estimator.halflife);
      const recursive = estimator.start === "recursive" ? 1 : 0;
      return kernels.ewmaCovariance(returns.at, days, assets, decay, recursive, covariance.at, work, report.at);
    }
  }
}

/** A column whose rows are all equal; after shrinkage its variance no longer shows it. */
function flatColumns(workspace: MatrixWorkspace, days: number, assets: number): number[] {
  const { view } = workspace.returns;
  const columns = Array.from({ length: assets }, (_, i) => i);
  return columns.filter((i) => {
    for (let t = 1; t < days; t++) if (view[t * assets + i] !== view[i]) return false;
    return true;
  });
}

/** Share of its diagonal that a matrix may miss to be positive semidefinite: far above rounding, far below any signal. */
const INDEFINITE = 1e-10;

/**
 * Puts a matrix from elsewhere where the solvers read it. INVALID_INPUT when it is not symmetric to 1e-10 of the
 * deviations, or not finite, or has a negative variance; NOT_PD when it is indefinite beyond rounding. A singular one is OK,
 * and so is a column without variance, when it has no covariance either.
 */
export function loadCovariance(workspace: MatrixWorkspace, matrix: Float64Array): "OK" | RefusedStatus {
  const assets = Math.sqrt(matrix.length);
  assert(Number.isInteger(assets), `covariance: ${matrix.length} entries are no square matrix`);
  workspace.checkAssets(assets);
  const { kernels, covariance, correlation, work } = workspace;
  covariance.view.set(matrix);
  workspace.calls++;
  if (kernels.isSymmetric(covariance.at, assets) !== 1) return "INVALID_INPUT";

  // A column without variance would be a pivot of 0; with 1 in its place it stands apart from all others.
  correlation.view.set(matrix);
  for (let i = 0; i < assets; i++) if (matrix[i * (assets + 1)] === 0) correlation.view[i * (assets + 1)] = 1;
  const flatIsApart = matrix.every((entry, at) => entry === 0 || !touchesFlat(matrix, assets, at));
  const pivot = kernels.factorWithRidge(correlation.at, assets, INDEFINITE, work);
  return flatIsApart && pivot > 0 ? "OK" : "NOT_PD";
}

function touchesFlat(matrix: Float64Array, assets: number, at: number): boolean {
  const [row, column] = [Math.floor(at / assets), at % assets];
  return matrix[row * (assets + 1)] === 0 || matrix[column * (assets + 1)] === 0;
}

/** Adds γ times its own diagonal to the covariance in the workspace: the one ridge before a fallback. */
export function addRidge(workspace: MatrixWorkspace, assets: number, ridge: number): void {
  workspace.checkAssets(assets);
  const { view } = workspace.covariance;
  for (let i = 0; i < assets; i++) {
    const at = i * assets + i;
    view[at] = (view[at] as number) * (1 + ridge);
  }
}

export interface Correlations {
  /** [n × n] row-major, symmetric, 1 on the diagonal; 0 in the row and column of an undefined one. */
  readonly matrix: Float64Array;
  /** Columns without variance. */
  readonly undefinedColumns: readonly number[];
  /** Over all pairs of defined columns; null without a pair. */
  readonly mean: number | null;
}

/** Correlations of the covariance in the workspace. */
export function correlations(workspace: MatrixWorkspace, assets: number): Correlations {
  workspace.checkAssets(assets);
  const { kernels, covariance, correlation } = workspace;
  workspace.calls++;
  const undefinedCount = kernels.correlation(covariance.at, assets, correlation.at);
  const matrix = correlation.view.slice(0, assets * assets);
  const columns = Array.from({ length: assets }, (_, i) => i);
  const hasPairs = assets - undefinedCount >= 2;
  if (hasPairs) workspace.calls++;
  return {
    matrix,
    undefinedColumns: undefinedCount > 0 ? columns.filter((i) => matrix[i * assets + i] === 0) : [],
    mean: hasPairs ? kernels.meanCorrelation(correlation.at, assets) : null,
  };
}

export interface PortfolioRisk {
  /** wᵀΣw in the unit of the covariance. */
  readonly variance: number;
  /** Percentage risk contributions [n], summing to 1; null when the portfolio has no risk. */
  readonly shares: Float64Array | null;
}

/** Variance and risk shares of a portfolio under the covariance in the workspace. */
export function portfolioRisk(workspace: MatrixWorkspace, weights: Float64Array): PortfolioRisk {
  const assets = weights.length;
  workspace.checkAssets(assets);
  const { kernels, covariance, input, output } = workspace;
  input.view.set(weights);
  workspace.calls++;
  const variance = kernels.riskShares(covariance.at, assets, input.at, output.at);
  return { variance, shares: variance > 0 ? output.view.slice(0, assets) : null };
}
