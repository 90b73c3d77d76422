import { workerData } from "node:worker_threads";
import { adoptKernelModule } from "../kernels/load.ts";
import type { Market } from "../market/market.ts";
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
let sweep: ParameterSweep | undefined;

/** A batch, and the shared memory that takes its curves. */
export interface SweepTask extends JobBatch {
  readonly equity: Float64Array;
}

/** The worker's one task (a piscina worker's default export). */
export default function run({ jobs, equity }: SweepTask): JobReport[] {
  sweep ??= new ParameterSweep(space, market);
  return evaluateInto(sweep, { jobs }, equity);
}
