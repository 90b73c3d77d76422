import type { Market, QuotedSizes } from "../market/market.ts";
import type { EngineState } from "../orchestrator/state.ts";

/** What was quoted when a run's orders were decided: at the close of the slice before the one that fills them. */
export class QuotedBook {
  readonly #sizes: QuotedSizes;
  /** Slices of the run's symbols that are over. */
  #next = 0;
  readonly #opens: Float64Array;
  /** Row of `#sizes` of each of these slices. */
  readonly #rows: Int32Array;

  /** Slices in which only symbols of no pod have a bar decide nothing, and are left out. */
  constructor({ bars }: Pick<Market, "bars">, sizes: QuotedSizes) {
    this.#sizes = sizes;
    const next = bars.map(() => 0);
    const rows: number[] = [];
    for (const [row, openMs] of sizes.openMs.entries()) {
      let decides = false;
      for (const [s, { timeMs }] of bars.entries()) {
        if (timeMs[next[s] as number] !== openMs) continue;
        (next[s] as number)++;
        decides = true;
      }
      if (decides) rows.push(row);
    }
    this.#rows = Int32Array.from(rows);
    this.#opens = Float64Array.from(rows, (row) => sizes.openMs[row] as number);
  }

  /** Shows the slice that opens at `openMs` the book that its orders were decided on. Times must not go back. */
  update(openMs: number, { quotedNotional }: EngineState): void {
    while ((this.#opens[this.#next] as number) < openMs) this.#next++;
    const row = this.#next === 0 ? undefined : this.#rows[this.#next - 1];
    if (row === undefined) return;
    for (const [s, own] of this.#sizes.notional.entries()) quotedNotional[s] = own[row] as number;
  }
}
