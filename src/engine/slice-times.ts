/** Ascending open times of slices, kept as runs one step apart: minutes of years are a few numbers. */
export class SliceTimes {
  readonly #stepMs: number;
  /** [first, count] of each run. */
  readonly #runs: [firstMs: number, count: number][] = [];
  #length = 0;

  /** @param stepMs length of a slice. */
  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  get length(): number {
    return this.#length;
  }

  /** Undefined before the first. */
  get lastMs(): number | undefined {
    const run = this.#runs.at(-1);
    return run === undefined ? undefined : run[0] + (run[1] - 1) * this.#stepMs;
  }

  /** Adds the first `count` times of a column. */
  append(timeMs: Float64Array, count: number): void {
    let run = this.#runs.at(-1) ?? [Number.NaN, 0];
    for (let t = 0; t < count; t++) {
      const time = timeMs[t] as number;
      if (time === run[0] + run[1] * this.#stepMs) run[1]++;
      else {
        run = [time, 1];
        this.#runs.push(run);
      }
    }
    this.#length += count;
  }

  toColumn(): Float64Array {
    const column = new Float64Array(this.#length);
    let at = 0;
    for (const [firstMs, count] of this.#runs) {
      for (let i = 0; i < count; i++) column[at++] = firstMs + i * this.#stepMs;
    }
    return column;
  }
}
