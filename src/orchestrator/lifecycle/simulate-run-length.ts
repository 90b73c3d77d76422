import { instantiateKernels } from "../../kernels/load.ts";
import { DegradationRun } from "../../kernels/page-hinkley.ts";
import { assert } from "../../lib/assert.ts";
import { PURPOSE, RandomStream } from "../../market/synthetic/random-stream.ts";

/** The detector that the tables are for (spec 4.4): λ by mean run length exists for these δ and α only. */
export const TABULATED_DETECTOR = { delta: 0.005, alpha: 0.9999 } as const;

/** The first counting day that can raise an alarm: 30 days of moments, then 30 inputs. */
export const FIRST_ALARM_DAY = 60;

/** Days handed to the kernel at a time. */
const CHUNK = 512;
/** A run without end would be a bug: at the largest λ of the table the mean is 10 years. */
const MOST_DAYS = 1_000_000;

export interface Mean {
  readonly mean: number;
  readonly standardError: number;
}

/**
 * Mean run lengths: counting days from the first one of a life (day 1) to the first alarm, that day included, when returns
 * are independent standard normal numbers. The pipeline is the life cycle's own kernel. Its result does not depend on the unit
 * of the returns, so neither mean nor deviation matter.
 *
 * A detector that is not restarted scores the same whatever its λ is, so one life serves every λ: its run length is the first
 * day on which the score is above. The means therefore rise strictly with λ.
 *
 * @param lambdas ascending.
 * @returns [λ]
 */
export function simulateRunLengths(seed: number, paths: number, lambdas: readonly number[]): Mean[] {
  const run = runOf(Number.MAX_VALUE);
  const random = new RandomStream(seed, 0, PURPOSE.runLength);
  const sums = new Float64Array(lambdas.length);
  const squares = new Float64Array(lambdas.length);
  for (let path = 0; path < paths; path++) {
    random.seek(path);
    run.clear();
    let crossed = 0;
    for (let before = 0; crossed < lambdas.length; before += CHUNK) {
      assert(before < MOST_DAYS, `run length: no alarm within ${before} days`);
      for (let i = 0; i < CHUNK; i++) run.dayReturns[i] = random.normal();
      run.take(CHUNK);
      for (let i = Math.max(0, FIRST_ALARM_DAY - 1 - before); i < CHUNK; i++) {
        const day = before + i + 1;
        for (; (run.scores[i] as number) > (lambdas[crossed] ?? Number.POSITIVE_INFINITY); crossed++) {
          sums[crossed] = (sums[crossed] as number) + day;
          squares[crossed] = (squares[crossed] as number) + day * day;
        }
      }
    }
  }
  return lambdas.map((_, l) => meanOf(sums[l] as number, squares[l] as number, paths));
}

export interface Delay extends Mean {
  /** Median days from the change to the alarm. */
  readonly median: number;
  /** Paths without an alarm before the change, on which the delay is measured. */
  readonly measured: number;
}

/**
 * Days from a drop of the mean to the alarm (the first changed day is day 1), on the paths that had no alarm before.
 *
 * @param drop fall of the daily mean, in deviations.
 * @param unchangedDays counting days before the fall.
 */
export function simulateDelay(seed: number, paths: number, lambda: number, drop: number, unchangedDays: number): Delay {
  const run = runOf(lambda);
  const random = new RandomStream(seed, 0, PURPOSE.runLength);
  const delays: number[] = [];
  for (let path = 0; path < paths; path++) {
    random.seek(path);
    run.clear();
    const alarm = firstAlarm(run, random, unchangedDays, drop);
    if (alarm > unchangedDays) delays.push(alarm - unchangedDays);
  }
  delays.sort((a, b) => a - b);
  const sum = delays.reduce((total, delay) => total + delay, 0);
  const squares = delays.reduce((total, delay) => total + delay * delay, 0);
  return { ...meanOf(sum, squares, delays.length), median: medianOfSorted(delays), measured: delays.length };
}

/** The counting day of a life's first alarm. */
function firstAlarm(run: DegradationRun, random: RandomStream, unchangedDays: number, drop: number): number {
  for (let before = 0; before < MOST_DAYS; before += CHUNK) {
    for (let i = 0; i < CHUNK; i++) {
      run.dayReturns[i] = random.normal() - (before + i < unchangedDays ? 0 : drop);
    }
    const at = run.take(CHUNK);
    if (at < CHUNK) return before + at + 1;
  }
  throw new Error(`run length: no alarm within ${MOST_DAYS} days`);
}

function runOf(lambda: number): DegradationRun {
  const kernels = instantiateKernels(DegradationRun.bytes(CHUNK));
  return new DegradationRun(kernels, { ...TABULATED_DETECTOR, lambda }, CHUNK);
}

function meanOf(sum: number, squares: number, n: number): Mean {
  const mean = sum / n;
  return { mean, standardError: Math.sqrt((squares / n - mean * mean) / (n - 1)) };
}

/** The middle value, the upper one of two. */
export function medianOfSorted(values: readonly number[]): number {
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}
