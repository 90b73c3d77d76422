// The step kernel, a chunk a call and a slice a call, beside its C twin.

import { buildTwin, C_FLAGS, runTwin, timeTwin } from "../lib/c-twin.js";
import { interleave } from "../lib/interleave.js";
import {
  assertSameBytes,
  imageOf,
  restart,
  runBatch,
  runPerSlice,
  stateBytes,
  stepEngine,
} from "../lib/step-engine.js";

export const title = `step kernel, ns per slice; event = one call per slice, batch = 1,024 slices a call, C = ${C_FLAGS.join(" ")}`;

const SLICES = 1024;
/** Runs over the chunk, one after the other, that must leave the same bytes before anything is timed. */
const COMPARED_RUNS = 3;
const ALL = [
  [1, 1],
  [5, 1],
  [5, 5],
  [5, 20],
  [20, 5],
  [20, 20],
  [50, 5],
];

export function run({ quick }) {
  const sizes = quick ? ALL.filter(([s, p]) => s <= 5 && p <= 5 && s !== p - 4) : ALL;
  let traded = 0;
  const count = (records) => {
    traded += records.length;
  };
  const { twin, reason } = buildTwin();
  const rows = sizes.map(([symbols, pods]) => {
    const [a, b] = [stepEngine(symbols, pods, SLICES), stepEngine(symbols, pods, SLICES)];
    const size = `${symbols} × ${pods}`;
    const [restartA, restartB] = [restart(a), restart(b)];
    const image = twin && imageOf(twin, a, SLICES, `step-${symbols}-${pods}`);
    for (let n = 0; n < COMPARED_RUNS; n++) {
      runBatch(a, SLICES, count);
      runPerSlice(b, SLICES, count);
    }
    assertSameBytes(stateBytes(a), stateBytes(b), `paths at ${size}`);
    if (twin) assertSameBytes(stateBytes(a), stateBytes(a, runTwin(twin, image, COMPARED_RUNS)), `C at ${size}`);
    const best = { batch: Number.POSITIVE_INFINITY, event: Number.POSITIVE_INFINITY, c: Number.POSITIVE_INFINITY };
    for (let round = 0; round < (quick ? 2 : 5); round++) {
      const now = interleave(
        {
          batch: () => {
            restartA();
            runBatch(a, SLICES, count);
          },
          event: () => {
            restartB();
            runPerSlice(b, SLICES, count);
          },
        },
        { rounds: 1 },
      );
      if (twin) now.c = timeTwin(twin, image, 0.3);
      for (const [name, seconds] of Object.entries(now)) best[name] = Math.min(best[name], seconds);
    }
    if (a.liquidated || b.liquidated) throw new Error(`liquidated at ${size}: nothing was timed after that`);
    const [batch, event, c] = [best.batch, best.event, best.c].map((seconds) => (seconds * 1e9) / SLICES);
    return {
      symbols,
      pods,
      batch_ns: batch,
      event_ns: event,
      c_ns: twin ? c : null,
      event_over_batch: event / batch,
      batch_over_c: twin ? batch / c : null,
      million_symbol_bars_per_s: (symbols / batch) * 1e3,
    };
  });
  if (traded === 0) throw new Error("nothing was traded");
  return { rows, guards: guardsOf(rows), skipped: twin ? {} : { "the C twin": reason } };
}

function guardsOf(rows) {
  const at = (symbols, pods) => rows.find((row) => row.symbols === symbols && row.pods === pods);
  return { "event ÷ batch, 5 × 5": at(5, 5).event_over_batch, "5 × 5 ÷ 5 × 1": at(5, 5).batch_ns / at(5, 1).batch_ns };
}
