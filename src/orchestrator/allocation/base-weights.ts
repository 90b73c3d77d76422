import { addRidge } from "../../kernels/covariance.ts";
import { riskBudget } from "../../kernels/erc.ts";
import type { MatrixWorkspace } from "../../kernels/matrix-workspace.ts";
import { isUsable } from "../../kernels/status.ts";
import type { AllocationMethod } from "../settings.ts";

/** γ of the one ridge that is tried before risk parity is given up, relative to the diagonal. */
const RIDGE = 1e-6;

/** What base weights were made with; each step of the way down has a name. */
export type BaseMethod = "equal_weight" | "inverse_volatility" | "risk_parity" | "risk_parity_ridge";

export interface BaseWeights {
  /** Fractions summing to 1. */
  readonly weights: Float64Array;
  readonly method: BaseMethod;
  /** The method asked for could not be solved. */
  readonly fallback: boolean;
  /** Newton iterations and residual of the solver, when it ran. */
  readonly iterations: number;
  readonly residual: number;
}

/** Base weights of the pods whose covariance is in the workspace (null: it could not be estimated). */
export function baseWeights(
  workspace: MatrixWorkspace,
  covariance: Float64Array | null,
  budgets: Float64Array,
  method: AllocationMethod,
): BaseWeights {
  const n = budgets.length;
  const none = { iterations: 0, residual: 0 };
  const equal = (fallback: boolean): BaseWeights => ({
    weights: new Float64Array(n).fill(1 / n),
    method: "equal_weight",
    fallback,
    ...none,
  });
  if (method === "equal_weight") return equal(false);
  if (covariance === null) return equal(true);

  if (method !== "inverse_volatility") {
    const solved = solveRiskParity(workspace, budgets, n);
    if (solved !== null) return solved;
  }
  const weights = inverseVolatility(covariance, n);
  if (weights === null) return equal(true);
  return { weights, method: "inverse_volatility", fallback: method !== "inverse_volatility", ...none };
}

function solveRiskParity(workspace: MatrixWorkspace, budgets: Float64Array, n: number): BaseWeights | null {
  const plain = riskBudget(workspace, budgets);
  if (isUsable(plain.status) && plain.status !== "MAX_ITER") {
    const { weights, iterations, residual } = plain as Extract<typeof plain, { weights: Float64Array }>;
    return { weights, method: "risk_parity", fallback: false, iterations, residual };
  }
  addRidge(workspace, n, RIDGE);
  const ridged = riskBudget(workspace, budgets);
  if (isUsable(ridged.status) && ridged.status !== "MAX_ITER") {
    const { weights, iterations, residual } = ridged as Extract<typeof ridged, { weights: Float64Array }>;
    return { weights, method: "risk_parity_ridge", fallback: true, iterations, residual };
  }
  return null;
}

/** ∝ 1 ÷ standard deviation; null when one has none. */
export function inverseVolatility(covariance: Float64Array, n: number): Float64Array | null {
  const weights = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const variance = covariance[i * n + i] as number;
    if (!(variance > 0)) return null;
    weights[i] = 1 / Math.sqrt(variance);
    sum += weights[i] as number;
  }
  for (let i = 0; i < n; i++) (weights[i] as number) /= sum;
  return weights;
}
