import { assert } from "../../lib/assert.ts";
import { RUN_LENGTHS } from "./tables/page-hinkley.ts";

/**
 * The λ of Page–Hinkley (δ 0.005, α 0.9999) whose mean run length without any change is `days` counting days: linear in days
 * between the entries of the committed table. Days outside it are a bug here: the config refuses them.
 */
export function lambdaFor(days: number): number {
  const above = RUN_LENGTHS.findIndex((entry) => days <= entry.days);
  const to = RUN_LENGTHS[above];
  const from = RUN_LENGTHS[Math.max(0, above - 1)];
  assert(from !== undefined && to !== undefined && days >= from.days, `no threshold for a run length of ${days} days`);
  if (days === to.days) return to.lambda;
  return from.lambda + ((to.lambda - from.lambda) * (days - from.days)) / (to.days - from.days);
}
