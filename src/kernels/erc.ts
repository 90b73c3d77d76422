import { assert } from "../lib/assert.ts";
import type { MatrixWorkspace } from "./matrix-workspace.ts";
import { isUsable, type RefusedStatus, statusOf, type UsableStatus } from "./status.ts";

export interface RiskBudgetOptions {
  /** On max |risk share − budget|; default RISK_BUDGET_TOLERANCE. */
  readonly tolerance?: number;
  /** Newton iterations; default 60. */
  readonly maxIterations?: number;
  /** Weights of an earlier solution, positive; ignored when one is not. */
  readonly start?: Float64Array;
}

export type RiskBudgetSolution =
  | {
      readonly status: UsableStatus;
      /** Fractions summing to 1; 0 where the budget is 0. */
      readonly weights: Float64Array;
      readonly iterations: number;
      /** max |PRCᵢ − bᵢ|, measured on the returned weights before their normalisation. */
      readonly residual: number;
      /** Largest Σᵢᵢxᵢ²/(bᵢxᵀΣx): what rounding errors are multiplied by; ~1 without hedges, large with. */
      readonly difficulty: number;
    }
  | { readonly status: RefusedStatus; readonly iterations: number };

/**
 * Tolerance when the caller names none: whoever recomputes the shares, with rounding of his own, finds them within 1e-10.
 * Above the rounding of all but extremely hedged matrices.
 */
export const RISK_BUDGET_TOLERANCE = 5e-11;
const MAX_ITERATIONS = 60;

/**
 * Weights whose risk shares under the covariance in the workspace are the budgets (≥ 0, any scale). Equal budgets give
 * equal risk contribution. See assembly/erc.ts for the method and the statuses.
 */
export function riskBudget(
  workspace: MatrixWorkspace,
  budget: Float64Array,
  { tolerance = RISK_BUDGET_TOLERANCE, maxIterations = MAX_ITERATIONS, start }: RiskBudgetOptions = {},
): RiskBudgetSolution {
  const assets = budget.length;
  workspace.checkAssets(assets);
  assert(tolerance > 0 && maxIterations >= 1, "risk budget: tolerance and maxIterations must be positive");
  assert(
    start === undefined || start.length === assets,
    `risk budget: start has ${start?.length} weights, not ${assets}`,
  );

  const { kernels, covariance, input, output, work, report } = workspace;
  input.view.set(budget);
  if (start !== undefined) output.view.set(start);
  const warm = start === undefined ? 0 : 1;
  workspace.calls++;
  const code = kernels.riskBudget(
    covariance.at,
    assets,
    input.at,
    tolerance,
    maxIterations,
    warm,
    output.at,
    work,
    report.at,
  );
  const status = statusOf(code);
  const [iterations = 0, residual = 0, difficulty = 0] = report.view;
  if (!isUsable(status)) return { status, iterations };
  return { status, weights: output.view.slice(0, assets), iterations, residual, difficulty };
}
