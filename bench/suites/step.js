// The step kernel, a chunk a call and a slice a call.

import { interleave } from "../lib/interleave.js";
import { assertSameState, runBatch, runPerSlice, stepEngine } from "../lib/step-engine.js";

export const title = "step kernel, ns per slice; event = one call per slice, batch = 1,024 slices a call";

const SLICES = 1024;
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
  const rows = sizes.map(([symbols, pods]) => {
    const [a, b] = [stepEngine(symbols, pods, SLICES), stepEngine(symbols, pods, SLICES)];
    runBatch(a, SLICES, count);
    runPerSlice(b, SLICES, count);
    assertSameState(a, b, `paths at ${symbols} × ${pods}`);
    const best = interleave(
      { batch: () => runBatch(a, SLICES, count), event: () => runPerSlice(b, SLICES, count) },
      { rounds: quick ? 2 : 4 },
    );
    if (a.liquidated || b.liquidated)
      throw new Error(`liquidated at ${symbols} × ${pods}: nothing was timed after that`);
    const [batch, event] = [best.batch, best.event].map((seconds) => (seconds * 1e9) / SLICES);
    return {
      symbols,
      pods,
      batch_ns: batch,
      event_ns: event,
      event_over_batch: event / batch,
      million_symbol_bars_per_s: (symbols / batch) * 1e3,
    };
  });
  if (traded === 0) throw new Error("nothing was traded");
  return { rows, guards: guardsOf(rows) };
}

function guardsOf(rows) {
  const at = (symbols, pods) => rows.find((row) => row.symbols === symbols && row.pods === pods);
  return { "event ÷ batch, 5 × 5": at(5, 5).event_over_batch, "5 × 5 ÷ 5 × 1": at(5, 5).batch_ns / at(5, 1).batch_ns };
}
