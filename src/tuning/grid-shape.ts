import { digitsOf, type Grid, indexOf } from "./grid.ts";

/** Places of points in the product of their grids. */
export class GridShape {
  readonly #grids: readonly Grid[];
  readonly #jobs: ReadonlyMap<number, number>;
  readonly #indexes: readonly number[];

  /** @param indexes index in the product of each job. */
  constructor(grids: readonly Grid[], indexes: readonly number[]) {
    this.#grids = grids;
    this.#indexes = indexes;
    this.#jobs = new Map(indexes.map((index, job) => [index, job]));
  }

  /** Jobs that are one step away along one grid whose values have an order. */
  neighbours(job: number): number[] {
    return this.#grids.flatMap((grid, g) => {
      if (!grid.values.every((value) => typeof value === "number")) return [];
      return [-1, 1].flatMap((step) => this.#at(job, g, (this.#digits(job)[g] as number) + step) ?? []);
    });
  }

  /** Jobs that differ from `job` along grid `g` at most, by the position of their value; null = not among the jobs. */
  line(job: number, g: number): (number | null)[] {
    return (this.#grids[g] as Grid).values.map((_, digit) => this.#at(job, g, digit));
  }

  #digits(job: number): number[] {
    return digitsOf(this.#grids, this.#indexes[job] as number);
  }

  #at(job: number, g: number, digit: number): number | null {
    if (digit < 0 || digit >= (this.#grids[g] as Grid).values.length) return null;
    const digits = this.#digits(job);
    digits[g] = digit;
    return this.#jobs.get(indexOf(this.#grids, digits)) ?? null;
  }
}
