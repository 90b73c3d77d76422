/** A Float64Array that grows by doubling: a column whose length is known only at the end. */
export class GrowableColumn {
  #data: Float64Array;
  #length = 0;

  constructor(capacity = 1024) {
    this.#data = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    this.#reserve(1);
    this.#data[this.#length++] = value;
  }

  append(values: Float64Array): void {
    this.#reserve(values.length);
    this.#data.set(values, this.#length);
    this.#length += values.length;
  }

  /** Adds `count` values; the view returned is where they are to be written. */
  extend(count: number): Float64Array {
    this.#reserve(count);
    this.#length += count;
    return this.#data.subarray(this.#length - count, this.#length);
  }

  /** The column at its present length; a view that later growth may leave behind. */
  view(): Float64Array {
    return this.#data.subarray(0, this.#length);
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#data.length) return;
    const grown = new Float64Array(Math.max(2 * this.#data.length, this.#length + extra));
    grown.set(this.view());
    this.#data = grown;
  }
}
