import { Piscina } from "piscina";
import { kernelModule } from "../kernels/load.ts";
import type { Market } from "../market/market.ts";
import type { SweepSpace } from "./sweep-space.ts";
import type { SweepWorkerData } from "./sweep-worker.ts";

/** Half of what V8 lets young objects grow to: beyond it memory is taken once and never used again. */
const YOUNG_MB = 24;

/**
 * Worker threads for the points of a space; a task is a `JobBatch`, its result a `JobOutcome[]`.
 *
 * @param market in shared memory (`shareMarket`), so that it is not copied into each.
 */
export function startSweepPool(space: SweepSpace, market: Market, workers: number): Piscina {
  const workerData: SweepWorkerData = { space, market, kernels: kernelModule() };
  return new Piscina({
    filename: workerFile().href,
    workerData,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
}

function workerFile(): URL {
  // From dist/tuning/ the worker lies beside; from src/tuning/ (tests) it lies in dist/.
  const inSource = import.meta.url.endsWith(".ts");
  return new URL(inSource ? "../../dist/tuning/sweep-worker.js" : "sweep-worker.js", import.meta.url);
}
