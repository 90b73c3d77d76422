import { withLock } from "../lib/file-lock.ts";
import { appendRecord, verifyChain } from "../lib/hash-chain.ts";

/** What is known of all tuning ever done on some data and pods. */
export type Lineage =
  | {
      readonly status: "known";
      /** Distinct jobs ever run, those of this run included. */
      readonly trials: number;
      /** Effective independent trials of other runs, in proportion to the jobs that only they have. */
      readonly prior_effective: number;
    }
  | { readonly status: "unknown"; readonly reason: string };

interface Entry {
  readonly type: "run";
  readonly data_hash: string;
  readonly pods: string;
  readonly plan_id: string;
  readonly jobs: readonly string[];
  readonly effective: number;
}

interface Look {
  readonly type: "look";
  readonly data_hash: string;
  readonly pods: string;
  readonly plan_id: string;
  readonly job_id: string;
}

const LOCK_PATIENCE_MS = 10_000;

/** Key of a lineage: the bars, and which businesses were tuned on them. */
export interface LineageKey {
  readonly data_hash: string;
  /** Pod ids with their strategies, sorted. */
  readonly pods: string;
}

/**
 * Reads a lineage as it is seen by one run. Broken → unknown. What this run itself wrote earlier counts as this run.
 *
 * @param jobs ids of the run's jobs.
 */
export function readLineage(path: string, key: LineageKey, planId: string, jobs: readonly string[]): Lineage {
  const { records, problem } = verifyChain(path);
  if (problem !== null) {
    return { status: "unknown", reason: `${path}:${problem.line}: ${problem.message}` };
  }
  const own = new Set(jobs);
  const all = new Set(jobs);
  let prior = 0;
  for (const { body } of records) {
    const entry = body as Entry | Look;
    if (entry.type !== "run" || entry.data_hash !== key.data_hash || entry.pods !== key.pods) continue;
    if (entry.plan_id === planId) continue;
    const fresh = entry.jobs.filter((id) => !all.has(id)).length;
    prior += entry.jobs.length === 0 ? 0 : (entry.effective * fresh) / entry.jobs.length;
    for (const id of entry.jobs) all.add(id);
  }
  return { status: "known", trials: Math.max(own.size, all.size), prior_effective: prior };
}

/** Notes the jobs a run has finished so far, once. What was stopped half-way was tried, too. */
export function noteRun(
  path: string,
  key: LineageKey,
  planId: string,
  jobs: readonly string[],
  effective: number,
): void {
  append(path, () => {
    const { records } = verifyChain(path);
    const isNoted = records.some(({ body }) => {
      const entry = body as Entry;
      return entry.type === "run" && entry.plan_id === planId && entry.jobs.length >= jobs.length;
    });
    if (!isNoted) appendRecord(path, { type: "run", ...key, plan_id: planId, jobs, effective });
  });
}

/** Notes a look at the hold-out. @returns how often anybody looked at it, this time included. */
export function noteLook(path: string, key: LineageKey, planId: string, jobId: string): number {
  append(path, () => appendRecord(path, { type: "look", ...key, plan_id: planId, job_id: jobId }));
  return countLooks(path, key);
}

/** Runs in several folders share a lineage: one of them appends at a time. */
function append(path: string, act: () => void): void {
  withLock(`${path}.lock`, LOCK_PATIENCE_MS, act);
}

export function countLooks(path: string, key: LineageKey): number {
  return verifyChain(path).records.filter(({ body }) => {
    const entry = body as Look;
    return entry.type === "look" && entry.data_hash === key.data_hash && entry.pods === key.pods;
  }).length;
}
