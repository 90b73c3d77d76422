import { instantiateKernels, type Kernels } from "../../src/kernels/load.ts";
import { Engine, type EnginePod, type EngineSetup, type EngineSymbol } from "../../src/orchestrator/engine.ts";
import { decodeEvents, type EngineEvent } from "../../src/orchestrator/events.ts";
import { applyVenueChange, type VenueChange } from "../../src/orchestrator/venue-changes.ts";

/** open, high, low, close, volume (default 1000). */
export type ScriptedBar = readonly [number, number, number, number, number?];

export interface ScriptedSlice {
  /** By symbol; a symbol left out has no bar. */
  readonly bars: Readonly<Record<string, ScriptedBar>>;
  /** "pod/symbol" → raw weight of a candle completed at this close. */
  readonly weights?: Readonly<Record<string, number>>;
  /** "pod/symbol" → ATR of that candle. */
  readonly atr?: Readonly<Record<string, number>>;
  /** Funding since the slice before, in order of time. */
  readonly funding?: readonly ScriptedFunding[];
}

export interface ScriptedFunding {
  readonly symbol: string;
  readonly rate: number;
  /** Hours after the slice's open, below 0 before it; default 0. */
  readonly hours?: number;
}

export interface Script {
  readonly pods: readonly (Partial<Omit<EnginePod, "symbols">> & {
    podId: string;
    capital?: number;
    symbols?: string[];
  })[];
  readonly symbols: readonly (string | (Partial<EngineSymbol> & { symbol: string }))[];
  readonly slices: readonly ScriptedSlice[];
  readonly reserve?: number;
  readonly setup?: Partial<EngineSetup>;
}

export interface ScriptedRun {
  readonly engine: Engine;
  readonly events: EngineEvent[];
  /** Event records as written. */
  readonly records: number[];
  /** By slice, up to a liquidation: [portfolio equity, gross, net, pod equities…]. */
  readonly curve: number[][];
  readonly state: Float64Array;
}

export const T0 = Date.UTC(2024, 0, 1);
export const DAY = 86_400_000;

export interface ScriptOptions {
  /** Slices per kernel call. */
  readonly chunk?: number;
  readonly kernels?: (bytes: number) => Kernels;
  /** What an exchange does after each kernel call; for `fills: "venue"`, with chunk 1. */
  readonly exchange?: (engine: Engine, slice: number, apply: (change: VenueChange) => void) => void;
  /** Called after each kernel call, and what the exchange did then, with the events. */
  readonly onCall?: (events: readonly EngineEvent[], engine: Engine) => void;
}

/** A symbol without instrument rules. */
const NO_RULES = { lotsPerUnit: 1e8, lotStep: 1, tickDigits: 0, tickScale: 1, minNotional: 0, maintenanceRate: 0.005 };

/** Runs hand-written slices and weights through the real engine, `chunk` slices a call; costs are 0 unless the setup says so. */
export function runScript(
  script: Script,
  { chunk = 256, kernels = instantiateKernels, exchange, onCall }: ScriptOptions = {},
): ScriptedRun {
  const symbols = script.symbols.map((entry) =>
    typeof entry === "string" ? { symbol: entry, ...NO_RULES } : { ...NO_RULES, ...entry },
  );
  const names = symbols.map(({ symbol }) => symbol);
  const pods: EnginePod[] = script.pods.map(({ capital = 100_000, symbols: own = names, ...pod }) => ({
    active: true,
    maxLeverage: 10,
    rebalanceThreshold: 0,
    rebalanceToEdge: false,
    stopLoss: null,
    trailMultiple: null,
    cooldownMs: null,
    capitalMicro: capital * 1e6,
    ...pod,
    symbols: own.map((symbol) => names.indexOf(symbol)),
  }));
  const payments = script.slices.map(({ funding = [] }) => funding.length);
  const perSlice = Math.max(0, ...payments);
  const setup: EngineSetup = {
    pods,
    symbols,
    reserveMicro: (script.reserve ?? 0) * 1e6,
    feeRate: 0,
    slippage: 0,
    impact: 0,
    quoted: null,
    maxGrossLeverage: 100,
    liquidationFee: 0.005,
    fills: "open",
    stops: "bar",
    netting: "net",
    baseMs: DAY,
    dailyLossLimit: Number.POSITIVE_INFINITY,
    drawdownLimit: Number.POSITIVE_INFINITY,
    chunk,
    funding: { perSlice, perChunk: perSlice * chunk },
    ...script.setup,
  };
  const bytes = Engine.bytes(pods.length, symbols.length, setup.chunk, setup.funding);
  const engine = new Engine(kernels(bytes), setup);
  // The scripts speak of weights of the pod's equity, not of its symbols' shares.
  for (const [p, pod] of pods.entries()) for (const s of pod.symbols) engine.state.intraWeight[s * pods.length + p] = 1;

  const podIds = pods.map(({ podId }) => podId);
  const cellOf = (key: string): number => {
    const [pod = "", symbol = ""] = [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)];
    if (!podIds.includes(pod) || !names.includes(symbol)) throw new Error(`script: no cell ${key}`);
    return names.indexOf(symbol) * pods.length + podIds.indexOf(pod);
  };
  const records: number[] = [];
  const curve: number[][] = [];
  const keep = (part: Float64Array): void => void records.push(...part);
  for (let from = 0; from < script.slices.length; from += chunk) {
    const part = script.slices.slice(from, from + chunk);
    writeSlices(engine, part, names, from, cellOf);
    const before = records.length;
    const processed = engine.run(0, part.length, keep);
    const lastMs = engine.slices.openTimes[processed - 1] as number;
    exchange?.(engine, from + processed - 1, (change) => applyVenueChange(engine, change, lastMs, keep));
    onCall?.([...decodeEvents(Float64Array.from(records.slice(before)), { podIds, symbols: names })], engine);
    for (let t = 0; t < processed; t++) {
      curve.push([...engine.slices.curve.subarray(t * engine.curveWidth, (t + 1) * engine.curveWidth)]);
    }
    if (engine.liquidated) break;
  }
  engine.endOfData(keep);
  const events = [...decodeEvents(Float64Array.from(records), { podIds, symbols: names })];
  return { engine, events, records, curve, state: engine.state.region.slice() };
}

function writeSlices(
  engine: Engine,
  slices: readonly ScriptedSlice[],
  names: readonly string[],
  from: number,
  cellOf: (key: string) => number,
): void {
  const { openTimes, bars, updateStart, updateSlot, updateValue } = engine.slices;
  const { fundingStart, fundingSymbol, fundingTime, fundingRate } = engine.slices;
  const cells = engine.setup.pods.length * names.length;
  let update = 0;
  let payment = 0;
  for (const [t, { bars: rows, weights = {}, atr = {}, funding = [] }] of slices.entries()) {
    openTimes[t] = T0 + (from + t) * DAY;
    for (const [s, name] of names.entries()) {
      const [open, high, low, close, volume = 1000] = rows[name] ?? [0, 0, 0, 0, 0];
      const fields = [open, high, low, close, rows[name] ? volume : 0];
      for (const [field, value] of fields.entries()) bars[(t * 5 + field) * names.length + s] = value;
    }
    fundingStart[t] = payment;
    for (const { symbol, rate, hours = 0 } of funding) {
      if (!names.includes(symbol)) throw new Error(`script: no symbol ${symbol}`);
      fundingSymbol[payment] = names.indexOf(symbol);
      fundingTime[payment] = T0 + (from + t) * DAY + (hours * DAY) / 24;
      fundingRate[payment++] = rate;
    }
    updateStart[t] = update;
    for (const [key, value] of Object.entries(weights)) {
      updateSlot[update] = cellOf(key);
      updateValue[update++] = value;
    }
    for (const [key, value] of Object.entries(atr)) {
      updateSlot[update] = cells + cellOf(key);
      updateValue[update++] = value;
    }
  }
  updateStart[slices.length] = update;
  fundingStart[slices.length] = payment;
}
