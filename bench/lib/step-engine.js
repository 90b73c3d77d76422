import { instantiateKernels } from "../../dist/kernels/load.js";
import { Engine } from "../../dist/orchestrator/engine.js";
import { fillChunk } from "../market.js";
import { recordBinds, writeImage } from "./c-twin.js";

/** A fresh weight for every cell every so many slices: hourly signals on minute bars. */
const EVERY = 60;
const NO_FUNDING = { perSlice: 0, perChunk: 0 };

const binds = new WeakMap();

/** The engine's memory as a file that the C twin begins with. */
export function imageOf(twin, engine, slices, name) {
  return writeImage(twin, binds.get(engine), engine.state.region, slices, name);
}

/** Bytes of an engine's state, in its own memory or in what the twin left of an image of it. */
export function stateBytes({ state: { region } }, memory = Buffer.from(region.buffer)) {
  return memory.subarray(region.byteOffset, region.byteOffset + region.byteLength);
}

/** An engine over `slices` seeded minute bars: a 10 % stop on every position, fees, slippage, a 5 % no-trade band. */
export function stepEngine(symbols, pods, slices, seed = 42) {
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
    quoted: null,
    maxGrossLeverage: 3,
    liquidationFee: 0.005,
    fills: "open",
    stops: "bar",
    baseMs: 60_000,
    dailyLossLimit: Number.POSITIVE_INFINITY,
    drawdownLimit: Number.POSITIVE_INFINITY,
    netting: "net",
    chunk: slices,
    funding: NO_FUNDING,
  };
  const { exports, arena } = instantiateKernels(Engine.bytes(pods, symbols, slices, NO_FUNDING));
  const { recording, bound } = recordBinds(exports);
  const engine = new Engine({ exports: recording, arena }, setup);
  fillChunk(engine, slices, EVERY, seed);
  binds.set(engine, bound);
  return engine;
}

/** Puts the state back to what it is now: runs that are timed all begin alike, and no account grows without end. */
export function restart(engine) {
  const { region } = engine.state;
  const start = region.slice();
  return () => region.set(start);
}

/** All slices of the chunk in one call of the kernel. */
export function runBatch(engine, slices, onRecords) {
  engine.run(0, slices, onRecords);
}

/** One call of the kernel per slice, as paper and live step. */
export function runPerSlice(engine, slices, onRecords) {
  for (let t = 0; t < slices; t++) engine.run(t, t + 1, onRecords);
}

export function assertSameBytes(a, b, what) {
  if (Buffer.compare(a, b) !== 0) throw new Error(`state differs: ${what}`);
}
