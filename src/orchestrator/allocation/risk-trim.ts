import { portfolioRisk } from "../../kernels/covariance.ts";
import type { MatrixWorkspace } from "../../kernels/matrix-workspace.ts";

/** Tolerance on a risk share, and the most passes of the trim (spec 4.2.5). */
const TOLERANCE = 1e-9;
const MAX_PASSES = 100;

export interface TrimResult {
  readonly weights: Float64Array;
  /** Pods that stay above the limit because of their min_fraction. */
  readonly unmet: readonly number[];
}

/**
 * While a trimmable pod's risk share exceeds `limit`, lowers the one with the largest share to exactly the limit, the others
 * unchanged, not below its floor.
 *
 * @param workspace holds the covariance of the pods, of which `covariance` is the view.
 * @param floors min_fraction of the pods that may be trimmed; null for the others, which are left as they are.
 */
export function trimRiskShares(
  workspace: MatrixWorkspace,
  covariance: Float64Array,
  start: Float64Array,
  floors: readonly (number | null)[],
  limit: number,
): TrimResult {
  const weights = start.slice();
  const unmet = new Set<number>();
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const { shares } = portfolioRisk(workspace, weights);
    if (shares === null) break;
    let largest = -1;
    for (let i = 0; i < weights.length; i++) {
      const eligible = floors[i] !== null && !unmet.has(i) && (shares[i] as number) > limit + TOLERANCE;
      if (eligible && (largest < 0 || (shares[i] as number) > (shares[largest] as number))) largest = i;
    }
    if (largest < 0) break;
    const wanted = weightAtShare(covariance, weights, largest, limit);
    const floor = Math.min(floors[largest] as number, weights[largest] as number);
    weights[largest] = Math.max(wanted, floor);
    if (wanted < floor) unmet.add(largest);
  }
  return { weights, unmet: [...unmet] };
}

/** The weight x of pod i at which x(Σw)ᵢ = limit × wᵀΣw: the positive root of (1−L)σᵢᵢx² + (1−2L)cx − Ld = 0. */
function weightAtShare(covariance: Float64Array, weights: Float64Array, i: number, limit: number): number {
  const n = weights.length;
  let cross = 0;
  let rest = 0;
  for (let j = 0; j < n; j++) {
    if (j === i) continue;
    cross += (covariance[i * n + j] as number) * (weights[j] as number);
    for (let k = 0; k < n; k++) {
      if (k !== i) rest += (weights[j] as number) * (covariance[j * n + k] as number) * (weights[k] as number);
    }
  }
  const a = (1 - limit) * (covariance[i * n + i] as number);
  const b = (1 - 2 * limit) * cross;
  const c = -limit * rest;
  const discriminant = Math.max(0, b * b - 4 * a * c);
  // The form without cancellation for b > 0.
  return b > 0 ? (-2 * c) / (b + Math.sqrt(discriminant)) : (-b + Math.sqrt(discriminant)) / (2 * a);
}
