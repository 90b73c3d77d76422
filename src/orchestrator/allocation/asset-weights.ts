import { estimateCovariance } from "../../kernels/covariance.ts";
import type { MatrixWorkspace } from "../../kernels/matrix-workspace.ts";
import type { AssetAllocation } from "../settings.ts";
import { baseWeights } from "./base-weights.ts";

/** Daily closes that intra-pod weights are estimated from. */
export const ASSET_WINDOW = 60;

/**
 * How a pod divides its equity among its symbols (spec 2.3.1); Σ = 1. Estimated from the last 60 days on which all of them
 * have a close; equal until there are so many.
 *
 * @param closes by symbol: closes by day number, oldest first.
 */
export function assetWeights(
  workspace: MatrixWorkspace,
  closes: readonly ReadonlyMap<number, number>[],
  allocation: AssetAllocation,
): Float64Array {
  const n = closes.length;
  const equal = (): Float64Array => new Float64Array(n).fill(1 / n);
  if (allocation === "equal" || n === 1) return equal();

  const [first, ...others] = closes as [ReadonlyMap<number, number>, ...ReadonlyMap<number, number>[]];
  const days = [...first.keys()].filter((day) => others.every((own) => own.has(day))).slice(-ASSET_WINDOW);
  if (days.length < ASSET_WINDOW) return equal();
  for (let row = 1; row < days.length; row++) {
    for (const [column, own] of closes.entries()) {
      const before = own.get(days[row - 1] as number) as number;
      workspace.returns.view[(row - 1) * n + column] = (own.get(days[row] as number) as number) / before - 1;
    }
  }
  const estimate = estimateCovariance(workspace, { kind: "sample" }, days.length - 1, n);
  if (estimate.status !== "OK") return equal();
  return baseWeights(workspace, estimate.covariance, new Float64Array(n).fill(1 / n), allocation).weights;
}
