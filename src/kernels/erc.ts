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
  /**
   * Default true: where conjugate gradients began (more than 16 assets), one more step after the tolerance is met, so that
   * the weights of c·Σ are those of Σ to about 1e-12. False saves about a third of the time at 50 and 200 assets.
   */
  readonly polish?: boolean;
  /** +1 or −1 per asset: a long/short book. Weights get these signs and Σ|w| = 1; the shares are still the budgets. */
  readonly signs?: ArrayLike<number>;
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
  { signs, ...options }: RiskBudgetOptions = {},
): RiskBudgetSolution {
  if (signs === undefined) return solveLong(workspace, budget, options);
  const assets = budget.length;
  workspace.checkAssets(assets);
  const isSigned = signs.length === assets && Array.from(signs).every((sign) => Math.abs(sign) === 1);
  assert(isSigned, `risk budget: signs must be ${assets} times 1 or -1`);
  flipSigns(workspace.covariance.view, signs);
  const solution = solveLong(workspace, budget, {
    ...options,
    ...(options.start && { start: options.start.map(Math.abs) }),
  });
  // Twice is back, to the bit.
  flipSigns(workspace.covariance.view, signs);
  return "weights" in solution
    ? { ...solution, weights: solution.weights.map((w, i) => w * (signs[i] as number)) }
    : solution;
}

/** Σᵢⱼ·sᵢ·sⱼ in place: one solution per orthant (Spinu 2013, prop. 1.3). */
function flipSigns(covariance: Float64Array, signs: ArrayLike<number>): void {
  const n = signs.length;
  for (let at = 0; at < n * n; at++) {
    if (signs[Math.floor(at / n)] !== signs[at % n]) covariance[at] = -(covariance[at] as number);
  }
}

function solveLong(
  workspace: MatrixWorkspace,
  budget: Float64Array,
  {
    tolerance = RISK_BUDGET_TOLERANCE,
    maxIterations = MAX_ITERATIONS,
    start,
    polish = true,
  }: Omit<RiskBudgetOptions, "signs">,
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
    polish ? 1 : 0,
    output.at,
    work,
    report.at,
  );
  const status = statusOf(code);
  const [iterations = 0, residual = 0, difficulty = 0] = report.view;
  if (!isUsable(status)) return { status, iterations };
  return { status, weights: output.view.slice(0, assets), iterations, residual, difficulty };
}
