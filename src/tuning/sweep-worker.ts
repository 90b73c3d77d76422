import { workerData } from "node:worker_threads";
import { adoptKernelModule } from "../kernels/load.ts";
import type { Market } from "../market/market.ts";
import { evaluateJobs, type JobBatch, type JobOutcome } from "./evaluate-jobs.ts";
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
let sweep: ParameterSweep | undefined;

/** The worker's one task (a piscina worker's default export). */
export default function run(batch: JobBatch): JobOutcome[] {
  sweep ??= new ParameterSweep(space, market);
  return evaluateJobs(sweep, batch);
}
