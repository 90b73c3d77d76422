import { sortConfig } from "../../config/canonical.ts";
import { isMapping } from "../../config/path.ts";
import type { Config } from "../../config/schema.ts";

/** A key of the resolved config whose values differ. Pods are told apart by id: `pods[trend].params.lookback`. */
export interface ConfigDifference {
  readonly path: string;
  /** The run that has no such key; null = both have it. */
  readonly missing_in: "a" | "b" | null;
  /** Null where it is missing. */
  readonly a: unknown;
  readonly b: unknown;
}

/** Keys of two resolved configs that differ, in the order of the file; order of pods and symbols is no difference. */
export function configDifferences(a: Config, b: Config): ConfigDifference[] {
  const [left, right] = [leavesOf(a), leavesOf(b)];
  const paths = new Set([...left.keys(), ...right.keys()]);
  return [...paths].flatMap((path): ConfigDifference[] => {
    const [own, other] = [left.get(path), right.get(path)];
    if (JSON.stringify(own) === JSON.stringify(other)) return [];
    const missing_in = own === undefined ? "a" : other === undefined ? "b" : null;
    return [{ path, missing_in, a: own ?? null, b: other ?? null }];
  });
}

/** Lists are leaves: an element means nothing without the others. */
function leavesOf(config: Config): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const visit = (value: unknown, path: string): void => {
    const entries = isMapping(value) ? Object.entries(value) : [];
    if (entries.length === 0) leaves.set(path, value);
    for (const [key, child] of entries) visit(child, path === "" ? key : `${path}.${key}`);
  };
  const { pods, ...rest } = sortConfig(config);
  visit(rest, "");
  for (const { pod_id, ...pod } of pods) visit(pod, `pods[${pod_id}]`);
  return leaves;
}
