// What more bars, pods and symbols cost, in time and in resident memory.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { interleave } from "../lib/interleave.js";
import { restart, runBatch, stepEngine } from "../lib/step-engine.js";

export const title =
  "growth: step kernel over pods × symbols (ns per slice and cell), whole run over bars (own process)";

const SLICES = 512;
const CHILD = fileURLToPath(new URL("../lib/whole-run.js", import.meta.url));
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
    return {
      what: "kernel",
      symbols,
      pods,
      bars: SLICES,
      ns_per_slice: ns,
      ns_per_cell: ns / (symbols * pods),
      run_mib: null,
    };
  });
  const days = quick ? 30 : 180;
  const bars = [1, 2, 4].map((factor) => {
    const best = { ns: Number.POSITIVE_INFINITY, mib: Number.POSITIVE_INFINITY };
    for (let round = 0; round < 2; round++) {
      const child = JSON.parse(
        execFileSync(process.execPath, ["--expose-gc", CHILD, String(factor * days)], { encoding: "utf8" }),
      );
      best.ns = Math.min(best.ns, child.ns_per_slice);
      best.mib = Math.min(best.mib, child.run_mib);
    }
    const slices = factor * days * 1440;
    return {
      what: `run, bars × ${factor}`,
      symbols: 5,
      pods: 5,
      bars: 5 * slices,
      ns_per_slice: best.ns,
      ns_per_cell: best.ns / 25,
      run_mib: best.mib,
    };
  });
  const at = (symbols, pods) => cells.find((row) => row.symbols === symbols && row.pods === pods).ns_per_slice;
  return {
    rows: [...cells, ...bars],
    guards: {
      "pods 5 → 20": at(5, 20) / at(5, 5),
      "symbols 5 → 20": at(20, 5) / at(5, 5),
      "ns per slice, bars × 4": bars[2].ns_per_slice / bars[0].ns_per_slice,
    },
  };
}
