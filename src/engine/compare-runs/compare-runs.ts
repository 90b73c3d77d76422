import type { Config } from "../../config/schema.ts";
import type { LifecycleState } from "../../orchestrator/settings.ts";
import type { RunManifest, StoredRun } from "../run-folder.ts";
import { type ConfigDifference, configDifferences } from "./config-differences.ts";
import { type Divergences, findDivergences } from "./first-divergence.ts";
import {
  type MetricDifference,
  type MetricDifferences,
  metricDifferences,
  podDifferences,
} from "./metric-differences.ts";

export interface ComparedRun {
  readonly folder: string;
  readonly run_id: string;
  readonly result_hash: string;
  readonly config_hash: string;
  readonly data_hash: string;
  readonly mcbot_version: string;
  readonly market: string;
  readonly range: { readonly start: string; readonly end: string };
  /** What operators did in it. */
  readonly actions: RunManifest["actions"];
  /** Of the portfolio at daily closes, quote units. */
  readonly equity: readonly number[];
}

export interface ComparedPod {
  readonly pod_id: string;
  /** The run that has no such pod; null = both have it. */
  readonly missing_in: "a" | "b" | null;
  readonly state: { readonly a: LifecycleState | null; readonly b: LifecycleState | null };
  /** Empty where a run has no such pod. */
  readonly metrics: readonly MetricDifference[];
}

export interface RunComparison extends MetricDifferences, Divergences {
  /** The runs decided and did the same: their result hashes are equal. */
  readonly identical: boolean;
  readonly a: ComparedRun;
  readonly b: ComparedRun;
  readonly config: readonly ConfigDifference[];
  readonly pods: readonly ComparedPod[];
}

/** What two stored runs have not in common: inputs, every metric, and where they first decided otherwise. */
export function compareRuns(a: StoredRun, b: StoredRun): RunComparison {
  const identical = a.manifest.result_hash === b.manifest.result_hash;
  return {
    identical,
    a: describe(a),
    b: describe(b),
    config: configDifferences(a.resolvedConfig() as Config, b.resolvedConfig() as Config),
    ...(identical ? { first: null, first_order: null } : findDivergences(a.events(), b.events())),
    ...metricDifferences(a.result, b.result),
    pods: comparePods(a, b),
  };
}

function describe({ folder, manifest, result: { header, days } }: StoredRun): ComparedRun {
  const { run_id, result_hash, config_hash, data_hash, mcbot_version, market, range } = header;
  return {
    folder,
    run_id,
    result_hash,
    config_hash,
    data_hash,
    mcbot_version,
    market: market.label,
    range,
    actions: manifest.actions,
    equity: days.portfolio,
  };
}

function comparePods({ result: a }: StoredRun, { result: b }: StoredRun): ComparedPod[] {
  const ids = new Set([...a.pods, ...b.pods].map(({ pod_id }) => pod_id));
  return [...ids].map((pod_id) => {
    const [own, other] = [a, b].map(({ pods }) => pods.find((pod) => pod.pod_id === pod_id));
    return {
      pod_id,
      missing_in: own === undefined ? "a" : other === undefined ? "b" : null,
      state: { a: own?.state ?? null, b: other?.state ?? null },
      metrics: own === undefined || other === undefined ? [] : podDifferences(own, other),
    };
  });
}
