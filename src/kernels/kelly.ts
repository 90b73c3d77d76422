import { assert } from "../lib/assert.ts";
import type { MatrixWorkspace } from "./matrix-workspace.ts";
import { type RefusedStatus, statusOf } from "./status.ts";

export type KellySolution =
  | {
      readonly status: "OK";
      /** Fractions of capital, either sign, unlimited. */
      readonly fractions: Float64Array;
      /** γ of (Σ + γ·diag Σ)f = μ: the one asked for, or a larger one when that was ill-conditioned. */
      readonly ridge: number;
      /** Smallest relative Cholesky pivot, in (0, 1]; its inverse stands in for the condition number. */
      readonly pivot: number;
    }
  | { readonly status: RefusedStatus };

/** Full Kelly fractions Σ⁻¹μ under the covariance in the workspace; μ and Σ over the same period. */
export function fullKelly(workspace: MatrixWorkspace, mu: Float64Array, ridge = 0): KellySolution {
  const assets = mu.length;
  workspace.checkAssets(assets);
  const { kernels, covariance, input, output, work, report } = workspace;
  input.view.set(mu);
  workspace.calls++;
  const status = statusOf(kernels.kelly(covariance.at, input.at, assets, ridge, output.at, work, report.at));
  if (status !== "OK") return { status: status as RefusedStatus };
  const [used = 0, pivot = 0] = report.view;
  return { status, fractions: output.view.slice(0, assets), ridge: used, pivot };
}

export interface CappedKelly {
  /** ≥ 0, Σ ≤ 1, √(fᵀΣf) ≤ the limit. */
  readonly fractions: Float64Array;
  /** What all fractions that were left were multiplied by, in (0, 1]. */
  readonly factor: number;
}

/** Applies the limits of spec 4.2 to fractions: none negative, none with negative μ, volatility and sum limited. */
export function capKelly(
  workspace: MatrixWorkspace,
  mu: Float64Array,
  fractions: Float64Array,
  maxVolatility: number,
): CappedKelly {
  const assets = mu.length;
  workspace.checkAssets(assets);
  assert(fractions.length === assets, `kelly: ${fractions.length} fractions for ${assets} expectations`);
  assert(maxVolatility > 0, `kelly: volatility limit ${maxVolatility} must be positive`);
  const { kernels, covariance, input, output, spare } = workspace;
  input.view.set(mu);
  output.view.set(fractions);
  workspace.calls++;
  const factor = kernels.kellyCap(covariance.at, input.at, assets, maxVolatility, output.at, spare.at);
  return { fractions: output.view.slice(0, assets), factor };
}
