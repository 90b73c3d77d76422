import { CapacityError } from "../orchestrator/capacity-error.ts";
import type { GridValue } from "./grid.ts";
import type { ParameterSweep } from "./parameter-sweep.ts";
import { outcomeHash } from "./point-outcome.ts";
import { PointError } from "./tuning-error.ts";

/** Jobs by index, with the values of their points. */
export interface JobBatch {
  readonly jobs: readonly { readonly index: number; readonly values: readonly GridValue[] }[];
}

/** One job's end, its daily equity apart. A failed one has no numbers at all. */
export type JobReport =
  | { readonly index: number; readonly ok: true; readonly hash: string; readonly tally: Float64Array }
  | { readonly index: number; readonly ok: false; readonly error: string };

export type JobOutcome =
  | (JobReport & { readonly ok: true; readonly equity: Float64Array })
  | (JobReport & { readonly ok: false });

/** Runs a batch; a job that throws fails alone. */
export function evaluateJobs(sweep: ParameterSweep, { jobs }: JobBatch): JobOutcome[] {
  return jobs.map(({ index, values }): JobOutcome => {
    try {
      const outcome = sweep.evaluate(values);
      if (!isFiniteColumn(outcome.equity)) return { index, ok: false, error: "equity is not a finite number" };
      return { index, ok: true, hash: outcomeHash(outcome), ...outcome };
    } catch (error) {
      // A bug stays visible as such; a limit of the books is told in its own words.
      const text = error instanceof Error ? error.message : String(error);
      const isTold = error instanceof CapacityError || error instanceof PointError;
      return { index, ok: false, error: isTold ? text : `internal error: ${text}` };
    }
  });
}

/**
 * Runs a batch and leaves the daily equities in shared memory: curves that are sent as messages become garbage of the thread
 * that gets them, outside of its heap, where it is collected late.
 *
 * Writes   equity [job of the batch][day]; rows of failed jobs are left as they are.
 */
export function evaluateInto(sweep: ParameterSweep, batch: JobBatch, equity: Float64Array): JobReport[] {
  return evaluateJobs(sweep, batch).map((outcome, i): JobReport => {
    if (!outcome.ok) return outcome;
    const { equity: own, ...report } = outcome;
    equity.set(own, i * own.length);
    return report;
  });
}

/** True when every value is a finite number: x − x is 0 for those and NaN for all others. */
function isFiniteColumn(values: Float64Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) - (values[i] as number);
  return sum === 0;
}
