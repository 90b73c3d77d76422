import type { SignalRequest, SignalSource } from "../engine/signal-board.ts";
import type { SymbolChunk } from "../market/slice-reader.ts";
import type { SliceBuffers } from "../orchestrator/engine.ts";
import type { SignalColumn, SignalColumns } from "./signal-columns.ts";

interface Source {
  readonly column: SignalColumn;
  /** Slots of the engine's `signals` that take its values. */
  readonly slots: number[];
  next: number;
}

/** Signals of one point from shared columns; the order of updates within a slice is that of `SignalBoard`. */
export class ColumnBoard implements SignalSource {
  readonly #sources: Source[] = [];
  /** Slices handed out so far. */
  #done = 0;

  /** @param shift see `SignalColumns.weights`. */
  constructor(columns: SignalColumns, requests: readonly SignalRequest[], cells: number, shift = 0) {
    const shared = new Map<SignalColumn, Source>();
    const subscribe = (column: SignalColumn, slot: number): void => {
      let source = shared.get(column);
      if (source === undefined) {
        source = { column, slots: [], next: 0 };
        shared.set(column, source);
        this.#sources.push(source);
      }
      source.slots.push(slot);
    };
    for (const request of requests) {
      subscribe(columns.weights(request, shift), request.cell);
      if (request.trailing) subscribe(columns.atr(request), cells + request.cell);
    }
  }

  /** None: a point whose strategy fails is a failed job (`SignalColumns`). */
  failures(): Map<number, string> {
    return new Map();
  }

  advance(_chunks: readonly SymbolChunk[]): void {}

  settle(signals: Float64Array): void {
    for (const { column, slots } of this.#sources) for (const slot of slots) signals[slot] = column.initial;
  }

  /** All of the chunk's updates. Without a warm-up the values in force before the first slice go to `signals`, too. */
  writeUpdates(_chunks: readonly SymbolChunk[], slices: number, buffers: SliceBuffers, signals: Float64Array): void {
    if (this.#done === 0) this.settle(signals);
    const { updateStart, updateSlot, updateValue } = buffers;
    const from = this.#done;
    const to = from + slices;
    this.#done = to;
    const [only] = this.#sources;
    if (this.#sources.length === 1 && only !== undefined && only.slots.length === 1) {
      writeOnly(only, from, to, buffers);
      return;
    }
    updateStart.fill(0, 0, slices + 1);
    for (const { column, slots, next } of this.#sources) {
      for (let i = next; (column.slice[i] as number) < to; i++) {
        (updateStart[(column.slice[i] as number) - from + 1] as number) += slots.length;
      }
    }
    for (let t = 0; t < slices; t++) (updateStart[t + 1] as number) += updateStart[t] as number;

    // Sources in order, each filling its slices from where the one before left off.
    const free = updateStart.slice(0, slices);
    for (const source of this.#sources) {
      const { column, slots } = source;
      for (; (column.slice[source.next] as number) < to; source.next++) {
        const t = (column.slice[source.next] as number) - from;
        for (const slot of slots) {
          const at = free[t] as number;
          updateSlot[at] = slot;
          updateValue[at] = column.value[source.next] as number;
          free[t] = at + 1;
        }
      }
    }
  }
}

/** A single source with a single slot: its updates as they lie, and between two of them one number, which is filled in. */
function writeOnly(source: Source, from: number, to: number, buffers: SliceBuffers): void {
  const { updateStart, updateSlot, updateValue } = buffers;
  const { column } = source;
  const slot = source.slots[0] as number;
  let at = 0;
  let filled = 0;
  for (; (column.slice[source.next] as number) < to; source.next++) {
    const slice = (column.slice[source.next] as number) - from;
    updateStart.fill(at, filled, slice + 1);
    filled = slice + 1;
    updateSlot[at] = slot;
    updateValue[at++] = column.value[source.next] as number;
  }
  updateStart.fill(at, filled, to - from + 1);
}
