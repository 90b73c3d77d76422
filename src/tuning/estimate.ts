import type { Market } from "../market/market.ts";
import { ParameterSweep } from "./parameter-sweep.ts";
import { type TuningPlan, valuesAt } from "./plan-session.ts";

export interface Estimate {
  readonly workers: number;
  readonly minutes: number;
  readonly memory_bytes: number;
  readonly disk_bytes: number;
}

const PROBES = 5;
/** A worker thread with its heap and the compiled kernels, before it has any bars. */
const WORKER_BYTES = 40e6;
const PROCESS_BYTES = 80e6;
/** JSON of one point in sweep_results.json and its lines in jobs.jsonl and results.jsonl. */
const POINT_BYTES = 2600;
const FOLD_BYTES = 230;

/** Times a few points, evenly spread, and scales up. Jobs on more workers share memory bandwidth: 85 % of linear. */
export function estimate(
  plan: TuningPlan,
  market: Market,
  workers: number,
  now: () => number,
  onProgress: (done: number, total: number) => void = () => {},
): Estimate {
  const sweep = new ParameterSweep(plan.space, market);
  const jobs = plan.indexes.length;
  const probe = (k: number): void => {
    const index = plan.indexes[Math.floor((k * jobs) / PROBES)];
    if (index !== undefined) sweep.evaluate(valuesAt(plan.grids, index));
  };
  probe(0);
  const begun = now();
  for (let k = 0; k < PROBES; k++) {
    onProgress(k, PROBES);
    probe(k);
  }
  const each = (now() - begun) / PROBES;
  const bars = market.bars.reduce((sum, { timeMs }) => sum + timeMs.length, 0);
  const days = sweep.timeline.dayMs.length;
  const speed = workers === 1 ? 1 : 0.85 * workers;
  return {
    workers,
    minutes: (each * jobs) / speed / 60_000,
    memory_bytes:
      PROCESS_BYTES + 2 * 48 * bars + workers * (WORKER_BYTES + 160 * bars) + jobs * (8 * days + POINT_BYTES),
    disk_bytes: jobs * (8 * days + POINT_BYTES + FOLD_BYTES * plan.session.folds.count),
  };
}
