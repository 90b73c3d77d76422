import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dailyReturns } from "../analytics/daily-returns.ts";
import { wasmHash } from "../engine/run-identity.ts";
import { FileLockedError, takeLock } from "../lib/file-lock.ts";
import { verifyChain } from "../lib/hash-chain.ts";
import { packageVersion } from "../lib/package.ts";
import type { Market } from "../market/market.ts";
import { analyze } from "./analyze.ts";
import { buildSweepResults } from "./build-sweep-results.ts";
import type { JobOutcome } from "./evaluate-jobs.ts";
import { type LineageKey, noteRun, readLineage } from "./lineage.ts";
import { ParameterSweep } from "./parameter-sweep.ts";
import type { TuningJob, TuningPlan } from "./plan-session.ts";
import { ResultStore } from "./result-store.ts";
import { runPlan } from "./run-plan.ts";
import { effectiveTrials } from "./stats/effective-trials.ts";
import { TuningFolderError } from "./tuning-error.ts";
import { MANIFEST_SCHEMA_VERSION, writeEvidence } from "./tuning-folder.ts";
import type { TuningResults } from "./tuning-results.ts";

/** A lock whose owner was killed is free at the second try. */
const LOCK_PATIENCE_MS = 100;

export interface AutoTuneOptions {
  readonly folder: string;
  /** Hash-chained file of all tuning on any data. */
  readonly lineageFile: string;
  readonly workers: number;
  readonly command: readonly string[];
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly stop?: AbortSignal;
}

export type AutoTuneOutcome =
  | { readonly finished: true; readonly tuning: TuningResults; readonly failed: number }
  | { readonly finished: false; readonly done: number; readonly total: number };

/** Run → rank → evidence: glue, without a search of its own (the `AutoTuner`). Goes on where an interrupted run stopped. */
export async function autoTune(
  plan: TuningPlan,
  jobs: readonly TuningJob[],
  market: Market,
  options: AutoTuneOptions,
): Promise<AutoTuneOutcome> {
  const release = lockFolder(options.folder);
  try {
    return await runAndJudge(plan, jobs, market, options);
  } finally {
    release();
  }
}

/** Two processes in one folder would run every job twice, and tear each other's files. */
function lockFolder(folder: string): () => void {
  try {
    return takeLock(join(folder, "tune.lock"), LOCK_PATIENCE_MS);
  } catch (error) {
    if (!(error instanceof FileLockedError)) throw error;
    throw new TuningFolderError(`${folder} is being run by process ${error.owner}: wait for it, or stop it`);
  }
}

async function runAndJudge(
  plan: TuningPlan,
  jobs: readonly TuningJob[],
  market: Market,
  options: AutoTuneOptions,
): Promise<AutoTuneOutcome> {
  const { folder, lineageFile, workers, command, now } = options;
  const begun = now();
  const days = new ParameterSweep({ ...plan.space, paths: [] }, market).timeline.dayMs.length;
  const ids = jobs.map(({ job_id }) => job_id);
  const store = new ResultStore(folder, ids, days);
  const before = store.finished.size;
  try {
    await runPlan(plan, market, store, { ...options, workers });
  } finally {
    store.close();
  }
  const ran = now();
  const { finished } = store;
  const key = lineageKey(plan);
  if (finished.size < jobs.length) {
    noteTried(lineageFile, key, plan, ids, finished);
    return { finished: false, done: finished.size, total: jobs.length };
  }
  const lineage = isLost(lineageFile, folder, plan)
    ? ({
        status: "unknown",
        reason: `earlier runs on these bars lie beside this one, but ${lineageFile} is missing`,
      } as const)
    : readLineage(lineageFile, key, plan.plan_id, ids);
  const sweep = buildSweepResults(plan, jobs, finished, market, lineage);
  const equity = jobs.map((_, job) => {
    const outcome = finished.get(job);
    return outcome?.ok === true ? outcome.equity : null;
  });
  const tuning = analyze(sweep, equity, plan.session);
  if (lineage.status === "known") noteRun(lineageFile, key, plan.plan_id, ids, tuning.trials.effective);
  const { ok, failed } = sweep.counts;
  const seconds = (ran - begun) / 1000;
  writeEvidence(folder, sweep, tuning, {
    schema_version: MANIFEST_SCHEMA_VERSION,
    plan_id: plan.plan_id,
    data_hash: plan.data_hash,
    config_hash: plan.base_hash,
    engine_hash: plan.engine_hash,
    wasm_hash: wasmHash(),
    mcbot_version: packageVersion(),
    node_version: process.version,
    command: [...command],
    workers,
    counts: { jobs: jobs.length, ok, failed, done_before: before },
    durations_ms: { run: ran - begun, results: now() - ran },
    jobs_per_second: seconds > 0 ? (jobs.length - before) / seconds : null,
    lineage_file: lineageFile,
  });
  return { finished: true, tuning, failed };
}

function noteTried(
  lineageFile: string,
  key: LineageKey,
  { plan_id }: TuningPlan,
  ids: readonly string[],
  finished: ReadonlyMap<number, JobOutcome>,
): void {
  const tried = [...finished.keys()].sort((a, b) => a - b);
  if (tried.length === 0 || verifyChain(lineageFile).problem !== null) return;
  const returns = tried.flatMap((job) => {
    const outcome = finished.get(job);
    return outcome?.ok === true ? [dailyReturns(outcome.equity, outcome.equity[0] as number)] : [];
  });
  noteRun(
    lineageFile,
    key,
    plan_id,
    tried.map((job) => ids[job] as string),
    effectiveTrials(returns),
  );
}

export function lineageKey({ data_hash, space }: Pick<TuningPlan, "data_hash" | "space">): LineageKey {
  const { pods = [] } = space.data as { pods?: { pod_id: string; strategy: string }[] };
  // Without the hash of a file's source: another version of a strategy is another trial of the same business.
  const names = pods.map(({ pod_id, strategy }) => `${pod_id}:${strategy.split("#")[0]}`).sort();
  return { data_hash, pods: names.join(" ") };
}

/** A lineage that should be there and is not: other finished runs on the same bars lie beside this one. */
function isLost(lineageFile: string, folder: string, { data_hash, plan_id }: TuningPlan): boolean {
  if (existsSync(lineageFile)) return false;
  const beside = dirname(folder);
  return readdirSync(beside).some((name) => {
    const path = join(beside, name, "manifest.json");
    if (name === plan_id || !existsSync(path)) return false;
    return readFileSync(path, "utf8").includes(data_hash);
  });
}
