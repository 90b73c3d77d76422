import { GrowableColumn } from "../lib/growable.ts";
import { DAY_MS } from "../market/timeframe.ts";
import type { Engine } from "../orchestrator/engine.ts";
import type { Curve, DayCurve } from "../orchestrator/run-record.ts";
import { SliceTimes } from "./slice-times.ts";

/** Equity over time: one row per slice, and one per UTC day at the close of its last slice. */
export class RunHistory {
  readonly #times: SliceTimes;
  readonly #equity: GrowableColumn;
  readonly #gross: GrowableColumn;
  readonly #net: GrowableColumn;
  readonly #dayMs = new GrowableColumn();
  readonly #dayEquity = new GrowableColumn();
  readonly #dayPods: readonly GrowableColumn[];

  /** @param slices that are expected; more may come. @param stepMs length of a slice. */
  constructor(pods: number, slices: number, stepMs: number) {
    this.#times = new SliceTimes(stepMs);
    this.#equity = new GrowableColumn(slices);
    this.#gross = new GrowableColumn(slices);
    this.#net = new GrowableColumn(slices);
    this.#dayPods = Array.from({ length: pods }, () => new GrowableColumn());
  }

  /** Slices kept. */
  get length(): number {
    return this.#times.length;
  }

  /** Open of the last slice; undefined before the first. */
  get lastMs(): number | undefined {
    return this.#times.lastMs;
  }

  /** Keeps the first `slices` slices of the engine's buffers. */
  append({ slices: { openTimes, curve }, curveWidth }: Engine, slices: number): void {
    this.#times.append(openTimes, slices);
    for (const [field, column] of [this.#equity, this.#gross, this.#net].entries()) {
      const rows = column.extend(slices);
      for (let t = 0; t < slices; t++) rows[t] = curve[t * curveWidth + field] as number;
    }
    let day = slices > 0 ? dayOf(openTimes[0] as number) : 0;
    for (let t = 0; t < slices; t++) {
      const next = t + 1 < slices ? dayOf(openTimes[t + 1] as number) : Number.NaN;
      if (next !== day) this.#keepDay(day, curve.subarray(t * curveWidth, (t + 1) * curveWidth));
      day = next;
    }
  }

  get curve(): Curve {
    const times = this.#times;
    let timeMs: Float64Array | undefined;
    return {
      get timeMs() {
        timeMs ??= times.toColumn();
        return timeMs;
      },
      lastMs: times.lastMs,
      equity: this.#equity.view(),
      gross: this.#gross.view(),
      net: this.#net.view(),
    };
  }

  get days(): DayCurve {
    return {
      timeMs: this.#dayMs.view(),
      equity: this.#dayEquity.view(),
      pods: this.#dayPods.map((column) => column.view()),
    };
  }

  /** The last slice of a UTC date is the day's close: a later one of the same date, in the next chunk, overwrites it. */
  #keepDay(day: number, row: Float64Array): void {
    const last = this.#dayMs.length - 1;
    if (last >= 0 && this.#dayMs.view()[last] === day) {
      this.#dayEquity.view()[last] = row[0] as number;
      for (const [p, column] of this.#dayPods.entries()) column.view()[last] = row[3 + p] as number;
      return;
    }
    this.#dayMs.push(day);
    this.#dayEquity.push(row[0] as number);
    for (const [p, column] of this.#dayPods.entries()) column.push(row[3 + p] as number);
  }
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS) * DAY_MS;
}
