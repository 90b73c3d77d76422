// npm run bench [-- --quick]: the step kernel in nanoseconds per slice, contenders interleaved by benchmark.js, results
// compared before anything is timed.

import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import Benchmark from "benchmark";
import { instantiateKernels } from "../dist/kernels/load.js";
import { Engine } from "../dist/orchestrator/engine.js";
import { fillChunk } from "./market.js";

const quick = process.argv.includes("--quick");
const SLICES = 1024;
const SIZES = quick
  ? [
      [1, 1],
      [5, 5],
    ]
  : [
      [1, 1],
      [5, 1],
      [5, 5],
      [5, 20],
      [20, 5],
      [20, 20],
      [50, 5],
    ];
/** A fresh weight for every cell every so many slices: hourly signals on minute bars. */
const EVERY = 60;
const NO_FUNDING = { perSlice: 0, perChunk: 0 };

function engineOf(symbols, pods) {
  const setup = {
    pods: Array.from({ length: pods }, (_, p) => ({
      podId: `p${p}`,
      symbols: Array.from({ length: symbols }, (_, s) => s),
      capitalMicro: 1e11,
      active: true,
      maxLeverage: 2,
      rebalanceThreshold: 0.05,
      rebalanceToEdge: false,
      stopLoss: 0.1,
      trailMultiple: null,
      cooldownMs: null,
    })),
    symbols: Array.from({ length: symbols }, (_, s) => ({
      symbol: `S${s}`,
      lotsPerUnit: 1e8,
      lotStep: 1,
      tickDigits: 0,
      tickScale: 1,
      minNotional: 0,
      maintenanceRate: 0.005,
    })),
    reserveMicro: 0,
    feeRate: 0.0004,
    slippage: 0.0005,
    impact: 0,
    maxGrossLeverage: 3,
    liquidationFee: 0.005,
    baseMs: 60_000,
    dailyLossLimit: Number.POSITIVE_INFINITY,
    drawdownLimit: Number.POSITIVE_INFINITY,
    netting: "net",
    chunk: SLICES,
    funding: NO_FUNDING,
  };
  const engine = new Engine(instantiateKernels(Engine.bytes(pods, symbols, SLICES, NO_FUNDING)), setup);
  fillChunk(engine, SLICES, EVERY, 42);
  return engine;
}

let sink = 0;
const drop = (records) => {
  sink += records.length;
};
const batch = (engine) => engine.run(0, SLICES, drop);
const perSlice = (engine) => {
  for (let t = 0; t < SLICES; t++) engine.run(t, t + 1, drop);
};

const rows = [];
for (const [symbols, pods] of SIZES) {
  const [a, b] = [engineOf(symbols, pods), engineOf(symbols, pods)];
  batch(a);
  perSlice(b);
  if (Buffer.compare(Buffer.from(a.state.region.slice().buffer), Buffer.from(b.state.region.slice().buffer)) !== 0) {
    throw new Error(`paths differ at ${symbols} × ${pods}`);
  }
  const best = { batch: Number.POSITIVE_INFINITY, perSlice: Number.POSITIVE_INFINITY };
  // Interleaved rounds, minimum of the samples: the machine is shared.
  for (let round = 0; round < (quick ? 2 : 4); round++) {
    const suite = new Benchmark.Suite();
    suite.add("batch", () => batch(a), { maxTime: 0.3 }).add("perSlice", () => perSlice(b), { maxTime: 0.3 });
    suite.on("cycle", ({ target }) => {
      best[target.name] = Math.min(best[target.name], ...target.stats.sample);
    });
    suite.run();
  }
  if (a.liquidated || b.liquidated) throw new Error(`liquidated at ${symbols} × ${pods}: nothing was timed after that`);
  const ns = (seconds) => (seconds * 1e9) / SLICES;
  rows.push({
    symbols,
    pods,
    batch_ns_per_slice: ns(best.batch),
    event_ns_per_slice: ns(best.perSlice),
    event_over_batch: best.perSlice / best.batch,
    million_symbol_bars_per_s: (symbols / ns(best.batch)) * 1e3,
  });
}

const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  load: loadavg()[0],
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
};
console.log(machine);
console.table(
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value.toPrecision(4))]))),
);
if (sink === 0) throw new Error("nothing was traded");
writeFileSync(new URL("last.json", import.meta.url), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
