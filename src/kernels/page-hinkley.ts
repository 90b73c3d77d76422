import { assert } from "../lib/assert.ts";
import type { Pointer } from "./arena.ts";
import type { DetectorKernels } from "./exports.ts";
import type { Kernels } from "./load.ts";

export interface PageHinkleySettings {
  /** Tolerated change, ≥ 0, in the unit of the input. */
  readonly delta: number;
  /** Alarm above this score. */
  readonly lambda: number;
  /** Forgetting factor of the sum, in (0, 1]. */
  readonly alpha: number;
  /** No alarm before this many inputs; default 30. */
  readonly minInputs?: number;
  /** Whether the input after an alarm meets a fresh detector; default false. */
  readonly resetAfterAlarm?: boolean;
}

/** Writes the settings where the kernels read them. */
function storeSettings({ exports, arena }: Kernels, settings: PageHinkleySettings): Pointer {
  const { delta, lambda, alpha, minInputs = 30, resetAfterAlarm = false } = settings;
  assert(delta >= 0 && delta < Infinity, `page-hinkley: delta ${delta} must be 0 or more`);
  assert(lambda > 0, `page-hinkley: lambda ${lambda} must be positive`);
  assert(alpha > 0 && alpha <= 1, `page-hinkley: alpha ${alpha} must be in (0, 1]`);
  const length = exports.pageHinkleySettingsLength();
  const at = arena.f64(length);
  arena.viewF64(at, length).set([delta, lambda, alpha, minInputs, resetAfterAlarm ? 1 : 0]);
  return at;
}

/** Page–Hinkley for decreases of the mean of one or more streams; one object per run, state in the kernels' memory. */
export class PageHinkleyDetector {
  readonly streams: number;
  /** The whole state, for snapshots; zeroed it is the start. */
  readonly state: Float64Array;
  readonly #kernels: DetectorKernels;
  readonly #settings: Pointer;
  readonly #state: Pointer;
  readonly #values: Pointer;
  readonly #scores: Pointer;
  readonly #inputs: Float64Array;
  readonly #outputs: Float64Array;

  constructor(kernels: Kernels, settings: PageHinkleySettings, streams = 1) {
    const { exports, arena } = kernels;
    const length = exports.pageHinkleyLength(streams);
    this.streams = streams;
    this.#kernels = exports;
    this.#settings = storeSettings(kernels, settings);
    this.#state = arena.f64(length);
    this.#values = arena.f64(streams);
    this.#scores = arena.f64(streams);
    this.state = arena.viewF64(this.#state, length);
    this.#inputs = arena.viewF64(this.#values, streams);
    this.#outputs = arena.viewF64(this.#scores, streams);
  }

  /** Takes one input; true on an alarm. NaN and ±Infinity are ignored. */
  step(x: number, stream = 0): boolean {
    this.#check(stream);
    return this.#kernels.pageHinkleyStep(this.#settings, this.#state, this.streams, stream, x) === 1;
  }

  /** Takes one input per stream (NaN for a stream without one) and returns the scores, a view that the next tick overwrites. */
  tick(values: ArrayLike<number>): Float64Array {
    assert(values.length === this.streams, `page-hinkley: ${values.length} inputs for ${this.streams} streams`);
    this.#inputs.set(values);
    this.#kernels.pageHinkleyTick(this.#settings, this.#state, this.streams, this.#values, this.#scores);
    return this.#outputs;
  }

  /** Whether the last input of the stream raised an alarm. */
  alarmed(stream = 0): boolean {
    this.#check(stream);
    return this.#kernels.pageHinkleyAlarm(this.#state, this.streams, stream) === 1;
  }

  score(stream = 0): number {
    this.#check(stream);
    return this.#kernels.pageHinkleyScore(this.#state, this.streams, stream);
  }

  restart(stream = 0): void {
    this.#check(stream);
    this.#kernels.pageHinkleyRestart(this.#state, this.streams, stream);
  }

  #check(stream: number): void {
    assert(stream >= 0 && stream < this.streams, `page-hinkley: stream ${stream} of ${this.streams}`);
  }
}

/** The life cycle's detector: standardises each pod's daily return by its own past and feeds Page–Hinkley (spec 4.4). */
export class DegradationDetector {
  readonly pods: number;
  /** The whole state, for snapshots; zeroed it is the start. */
  readonly state: Float64Array;
  /** Calls of its kernels so far. */
  calls = 0;
  readonly #kernels: DetectorKernels;
  readonly #settings: Pointer;
  readonly #state: Pointer;

  constructor(kernels: Kernels, settings: PageHinkleySettings, pods: number) {
    const { exports, arena } = kernels;
    const length = exports.degradationLength(pods);
    this.pods = pods;
    this.#kernels = exports;
    this.#settings = storeSettings(kernels, settings);
    this.#state = arena.f64(length);
    this.state = arena.viewF64(this.#state, length);
  }

  /**
   * Takes a pod's day; true on an alarm. `counts`: the pod held a position or its return is not 0. Other days and returns
   * that are not finite change nothing.
   */
  day(pod: number, dayReturn: number, counts: boolean): boolean {
    this.#check(pod);
    this.calls++;
    return this.#kernels.degradationStep(this.#settings, this.#state, this.pods, pod, dayReturn, counts ? 1 : 0) === 1;
  }

  score(pod: number): number {
    this.#check(pod);
    this.calls++;
    return this.#kernels.pageHinkleyScore(this.#state, this.pods, pod);
  }

  /** At a change of the pod's state: the detector forgets, mean and deviation of the pod's days stay. */
  restart(pod: number): void {
    this.#check(pod);
    this.calls++;
    this.#kernels.pageHinkleyRestart(this.#state, this.pods, pod);
  }

  #check(pod: number): void {
    assert(pod >= 0 && pod < this.pods, `degradation: pod ${pod} of ${this.pods}`);
  }
}

/** The life cycle's detector over many counting days of one pod at once: what run lengths are simulated with. */
export class DegradationRun {
  /** Daily returns, filled by the caller before `take`. */
  readonly dayReturns: Float64Array;
  /** The score after each day that `take` took. */
  readonly scores: Float64Array;
  /** The whole state; zeroed it is the start. */
  readonly state: Float64Array;
  readonly #kernels: DetectorKernels;
  readonly #pointers: readonly [settings: Pointer, state: Pointer, dayReturns: Pointer, scores: Pointer];

  /** Bytes of kernel memory it reserves. */
  static bytes(capacity: number): number {
    return 16 * capacity + 1024;
  }

  /** @param capacity most days of one `take`. */
  constructor(kernels: Kernels, settings: PageHinkleySettings, capacity: number) {
    const { exports, arena } = kernels;
    const length = exports.degradationLength(1);
    const pointers = [
      storeSettings(kernels, settings),
      arena.f64(length),
      arena.f64(capacity),
      arena.f64(capacity),
    ] as const;
    this.#kernels = exports;
    this.#pointers = pointers;
    this.state = arena.viewF64(pointers[1], length);
    this.dayReturns = arena.viewF64(pointers[2], capacity);
    this.scores = arena.viewF64(pointers[3], capacity);
  }

  /** Takes the first `n` of `dayReturns`; returns the position of the first alarm, where it stops, or n without one. */
  take(n: number): number {
    assert(n >= 0 && n <= this.dayReturns.length, `degradation: ${n} of ${this.dayReturns.length} days`);
    const [settings, state, dayReturns, scores] = this.#pointers;
    return this.#kernels.degradationRun(settings, state, dayReturns, n, scores);
  }

  /** Before another pod: forgets detector and moments. */
  clear(): void {
    this.state.fill(0);
  }
}
