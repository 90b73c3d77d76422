/** The next file may be somewhat larger; pages that are never touched cost nothing. */
const SLACK = 1.25;

/**
 * Memory for the bytes of a file and the columns parsed from it, used again by the next: touching fresh memory takes as long as
 * parsing does. What was in it is gone then.
 */
export class ParseRoom {
  #bytes = Buffer.alloc(0);
  #columns: Float64Array[] = [];

  bytes(length: number): Buffer {
    if (this.#bytes.length < length) this.#bytes = Buffer.allocUnsafeSlow(Math.ceil(length * SLACK));
    return this.#bytes.subarray(0, length);
  }

  /** `count` columns of at least this many rows, whatever is in them. */
  columns(count: number, rows: number): Float64Array[] {
    if (this.#columns.length !== count || (this.#columns[0]?.length ?? 0) < rows)
      this.#columns = Array.from({ length: count }, () => new Float64Array(Math.ceil(rows * SLACK)));
    return [...this.#columns];
  }
}
