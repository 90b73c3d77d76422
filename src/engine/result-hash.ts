import { createHash } from "node:crypto";
import type { EngineSetup } from "../orchestrator/engine.ts";

/** Raise it when the layout of the records or of the header changes: hashes of different layouts are not comparable. */
const LAYOUT = 2;

/**
 * The hash of everything a run decided and did.
 *
 * Layout: one line of JSON (layout number, pod ids, symbols with their lots per unit, starting capital of each pod and of
 * the reserve in micro-units), then the event records as the kernel wrote them: little-endian f64, in the order of
 * assembly/engine/events.ts — targets, wishes, orders, fills with each pod's part and its cash afterwards, stops, lapses,
 * trades, funding with each pod's part, liquidation, alerts and halts, and between them what the orchestrator wrote
 * (src/orchestrator/host-records.ts): transitions, target fractions, transfers, exposure. No order ids, no clock, and
 * nothing that depends on chunk size or on who listens.
 */
export class ResultHash {
  readonly #hash = createHash("sha256");

  constructor({ pods, symbols, reserveMicro }: EngineSetup) {
    const header = {
      layout: LAYOUT,
      pods: pods.map(({ podId, capitalMicro }) => [podId, capitalMicro]),
      symbols: symbols.map(({ symbol, lotsPerUnit }) => [symbol, lotsPerUnit]),
      reserveMicro,
    };
    this.#hash.update(`${JSON.stringify(header)}\n`);
  }

  update(records: Float64Array): void {
    this.#hash.update(new Uint8Array(records.buffer, records.byteOffset, records.byteLength));
  }

  digest(): string {
    return this.#hash.digest("hex");
  }
}
