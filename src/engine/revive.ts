import { resolveObject } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { Market } from "../market/market.ts";
import type { LifecycleState } from "../orchestrator/settings.ts";
import type { OperatorAction } from "../orchestrator/strategy-orchestrator.ts";
import { readAction } from "./operator-actions.ts";
import type { StoredRun } from "./run-folder.ts";
import { identifyRun } from "./run-identity.ts";
import { besideConfig, contextForConfig } from "./user-strategies/config-strategies.ts";

/** A run to be made again with one more action of the operator. */
export interface Revival {
  /** As it was run, overrides included. */
  readonly config: Config;
  /** Those of the run, then the revival. */
  readonly actions: readonly OperatorAction[];
}

export type RevivalPlan =
  | { readonly ok: true; readonly revival: Revival }
  | { readonly ok: false; readonly message: string };

/**
 * Plans to give a retired pod of a run another life at the close of a day. Until then the new run is the old one.
 *
 * @param date UTC.
 */
export function planRevival(run: StoredRun, podId: string, date: string): RevivalPlan {
  const { manifest, result } = run;
  if (result.header.orchestration === null) return bad("this run has no orchestrator: no pod can be retired");
  const pod = result.pods.find(({ pod_id }) => pod_id === podId);
  if (pod === undefined) {
    return bad(`${podId} is not a pod of this run: ${result.pods.map(({ pod_id }) => pod_id).join(", ")}`);
  }
  const { date: closes } = result.prc_history;
  if (!closes.includes(date)) {
    return bad(`${date} is not a day of this run: it has day ends from ${closes[0]} to ${closes.at(-1)}`);
  }
  const event = result.lifecycle_events.findLast((entry) => entry.pod_id === podId && entry.date <= date);
  const state: LifecycleState | undefined = event?.to ?? pod.states[0]?.state;
  if (state !== "retired") {
    const next = result.lifecycle_events.find(({ pod_id, to }) => pod_id === podId && to === "retired");
    const hint = next === undefined ? "it never is in this run" : `it is from the close of ${next.date} on`;
    return bad(`${podId} is not RETIRED at the close of ${date}, it is in ${state?.toUpperCase()}: ${hint}`);
  }
  const resolved = run.resolvedConfig();
  const locate = (name: string): string => manifest.strategy_files[name] ?? besideConfig(run.folder)(name);
  const config = resolveObject(resolved, contextForConfig(resolved, locate), "config.resolved.json");
  const day = readAction({ type: "revive", pod_id: podId, date });
  return { ok: true, revival: { config, actions: [...manifest.actions.map(readAction), day] } };
}

/** Why a run cannot be made again from this market; null when it would come out the same. */
export function whyNotTheSame({ manifest }: StoredRun, { config }: Revival, market: Market): string | null {
  if (market.hash !== manifest.data_hash) {
    return `the data is not that of the run: its hash is ${market.hash}, in the manifest ${manifest.data_hash}`;
  }
  const { configHash, runId } = identifyRun(config, market, manifest.actions.map(readAction));
  if (configHash !== manifest.config_hash) {
    return `the config is not that of the run: its hash is ${configHash}, in the manifest ${manifest.config_hash}`;
  }
  if (runId !== manifest.run_id) {
    return `the run was made by another engine (mcbot ${manifest.mcbot_version}): run the backtest again, then revive`;
  }
  return null;
}

function bad(message: string): { ok: false; message: string } {
  return { ok: false, message };
}
