import { GrowableColumn } from "../lib/growable.ts";
import { RECORD_LENGTH, TAG } from "./events.ts";

/** Keeps the event records of a run. Targets are counted, not kept: they can be as many as bars, the rest only as many as trades. */
export class EventLog {
  targets = 0;
  readonly #kept = new GrowableColumn();

  append(records: Float64Array): void {
    let from = 0;
    let at = 0;
    while (at < records.length) {
      const tag = records[at] as number;
      const next = at + (RECORD_LENGTH[tag] as number);
      if (tag === TAG.target) {
        if (at > from) this.#kept.append(records.subarray(from, at));
        this.targets++;
        from = next;
      }
      at = next;
    }
    if (at > from) this.#kept.append(records.subarray(from, at));
  }

  get records(): Float64Array {
    return this.#kept.view();
  }
}
