import type { Market } from "../market/market.ts";
import type { JobOutcome } from "./evaluate-jobs.ts";
import type { TuningPlan } from "./plan-session.ts";
import { valuesAt } from "./plan-session.ts";
import type { ResultStore } from "./result-store.ts";
import { shareMarket } from "./shared-market.ts";
import { startSweepPool } from "./sweep-pool.ts";

/** A batch should take about so long: short enough to stop soon, long enough to amortise the message. */
const BATCH_MS = 150;
const MOST_IN_BATCH = 256;

export interface RunPlanOptions {
  readonly workers: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Once aborted no further batch is started; the running ones finish. */
  readonly stop?: AbortSignal;
}

/**
 * Runs the jobs of a plan that are not finished (the `TuningSessionRunner`) and stores each as it ends. Results depend on
 * the plan alone, not on the number of workers or on what was interrupted when.
 */
export async function runPlan(
  plan: TuningPlan,
  market: Market,
  store: ResultStore,
  options: RunPlanOptions,
): Promise<void> {
  const { workers, now, onProgress, stop } = options;
  const total = plan.indexes.length;
  const waiting = plan.indexes.map((_, job) => job).filter((job) => !store.finished.has(job));
  if (waiting.length === 0 || stop?.aborted === true) return;
  const pool = startSweepPool(plan.space, shareMarket(market), workers);
  let next = 0;
  let size = 1;
  const feed = async (): Promise<void> => {
    while (next < waiting.length && stop?.aborted !== true) {
      const jobs = waiting
        .slice(next, next + size)
        .map((job) => ({ index: job, values: valuesAt(plan.grids, plan.indexes[job] as number) }));
      next += jobs.length;
      const begun = now();
      const outcomes = (await pool.run({ jobs })) as JobOutcome[];
      store.add(outcomes);
      onProgress?.(store.finished.size, total);
      const each = Math.max((now() - begun) / jobs.length, 0.001);
      const fair = Math.ceil((waiting.length - next) / (2 * workers));
      size = Math.max(1, Math.min(MOST_IN_BATCH, Math.floor(BATCH_MS / each), 4 * size, fair));
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, feed));
  } finally {
    await pool.destroy();
  }
}
