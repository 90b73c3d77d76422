import { workerData } from "node:worker_threads";
import { adoptKernelModule } from "../kernels/load.ts";
import type { Market } from "../market/market.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { evaluateInto, type JobBatch, type JobReport } from "./evaluate-jobs.ts";
import { ParameterSweep } from "./parameter-sweep.ts";
import type { SweepSpace } from "./sweep-space.ts";

/** What a worker starts with; the market's columns are shared memory. */
export interface SweepWorkerData {
  readonly space: SweepSpace;
  readonly market: Market;
  /** Compiled once, by the thread that started the pool. */
  readonly kernels: WebAssembly.Module;
}

const { space, market, kernels } = workerData as SweepWorkerData;
adoptKernelModule(kernels);
/** Jobs between two collections: five milliseconds each, against a millisecond for ten of the smallest jobs. */
const JOBS_PER_COLLECTION = 1000;
let sweep: ParameterSweep | undefined;
let jobsSince = 0;

/** A batch, and the shared memory that takes its curves. */
export interface SweepTask extends JobBatch {
  readonly equity: Float64Array;
}

/** The worker's one task (a piscina worker's default export). */
export default function run({ jobs, equity }: SweepTask): JobReport[] {
  sweep ??= new ParameterSweep(space, market);
  jobsSince += jobs.length;
  if (jobsSince >= JOBS_PER_COLLECTION) {
    collectGarbage();
    jobsSince = 0;
  }
  return evaluateInto(sweep, { jobs }, equity);
}
