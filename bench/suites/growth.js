// What more pods and symbols cost the step kernel.

import { interleave } from "../lib/interleave.js";
import { restart, runBatch, stepEngine } from "../lib/step-engine.js";

export const title = "growth: step kernel over pods × symbols, ns per slice and cell";

const SLICES = 512;
const drop = () => {};

export function run({ quick }) {
  const counts = quick ? [1, 5, 20] : [1, 2, 5, 10, 20, 50];
  const grids = [...counts.map((n) => [5, n]), ...counts.filter((n) => n !== 5).map((n) => [n, 5])];
  const cells = grids.map(([symbols, pods]) => {
    const engine = stepEngine(symbols, pods, SLICES);
    const restartEngine = restart(engine);
    const { batch } = interleave(
      {
        batch: () => {
          restartEngine();
          runBatch(engine, SLICES, drop);
        },
      },
      { rounds: quick ? 2 : 4, maxTime: 0.2 },
    );
    const ns = (batch * 1e9) / SLICES;
    return { symbols, pods, ns_per_slice: ns, ns_per_cell: ns / (symbols * pods) };
  });
  const at = (symbols, pods) => cells.find((row) => row.symbols === symbols && row.pods === pods).ns_per_slice;
  return {
    rows: cells,
    guards: {
      "pods 5 → 20": at(5, 20) / at(5, 5),
      "symbols 5 → 20": at(20, 5) / at(5, 5),
    },
  };
}
