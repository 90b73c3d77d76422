import { GrowableColumn } from "../lib/growable.ts";
import { DAY_MS } from "../market/timeframe.ts";
import type { Engine } from "../orchestrator/engine.ts";
import type { Curve, DayCurve } from "../orchestrator/run-record.ts";

/** Equity over time: one row per slice, and one per UTC day at the close of its last slice. */
export class RunHistory {
  readonly #timeMs = new GrowableColumn();
  readonly #equity = new GrowableColumn();
  readonly #gross = new GrowableColumn();
  readonly #net = new GrowableColumn();
  readonly #dayMs = new GrowableColumn();
  readonly #dayEquity = new GrowableColumn();
  readonly #dayPods: readonly GrowableColumn[];

  constructor(pods: number) {
    this.#dayPods = Array.from({ length: pods }, () => new GrowableColumn());
  }

  /** Slices kept. */
  get length(): number {
    return this.#timeMs.length;
  }

  /** Open of the last slice; undefined before the first. */
  get lastMs(): number | undefined {
    return this.#timeMs.view().at(-1);
  }

  /** Keeps the first `slices` slices of the engine's buffers. */
  append({ slices: { openTimes, curve }, curveWidth }: Engine, slices: number): void {
    for (let t = 0; t < slices; t++) {
      const time = openTimes[t] as number;
      const row = curve.subarray(t * curveWidth, (t + 1) * curveWidth);
      this.#timeMs.push(time);
      this.#equity.push(row[0] as number);
      this.#gross.push(row[1] as number);
      this.#net.push(row[2] as number);
      this.#keepDay(Math.floor(time / DAY_MS) * DAY_MS, row);
    }
  }

  get curve(): Curve {
    return {
      timeMs: this.#timeMs.view(),
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

  /** The last slice of a UTC date is the day's close: later slices of the same date overwrite earlier ones. */
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
