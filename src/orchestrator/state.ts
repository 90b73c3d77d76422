import type { Arena, Pointer } from "../kernels/arena.ts";
import type { KernelExports } from "../kernels/exports.ts";

// The layout of assembly/engine/state.ts, in the order its bind functions take the arrays.
const POD = [
  "cash",
  "equity",
  "active",
  "failed",
  "maxLeverage",
  "threshold",
  "toEdge",
  "stopLoss",
  "trailMultiple",
  "cooldownMs",
  "leverage",
  "heldToday",
  "tradeCount",
  "capital",
  "band",
] as const;
const SYMBOL = [
  "markPerLot",
  "lotsPerUnit",
  "lotStep",
  "tickDigits",
  "tickScale",
  "minNotional",
  "maintenanceRate",
  "lastVolume",
  "pending",
  "netLots",
  "netUnits",
  "holders",
  "wanting",
  "lowGate",
  "highGate",
  "quiet",
  "quotedNotional",
  "locked",
] as const;
const POSITION = [
  "lots",
  "entry",
  "realised",
  "fees",
  "funding",
  "saving",
  "tradeRealised",
  "tradeFees",
  "tradeFunding",
] as const;
const INTENTION = ["signals", "intraWeight", "scaled", "wish", "demand", "barred"] as const;
const STOP = ["peak", "trail", "blocked", "stoppedAt"] as const;
const ORDER_CELL = ["filledLots", "filledCash", "filledFee"] as const;
const ORDER_SYMBOL = ["orderLots", "orderValue", "orderFee", "crossValue"] as const;
const SCRATCH = ["share", "newLots", "newCash", "newFee", "weight", "remainder"] as const;

/** Slots of the account array, as in assembly/engine/state.ts. */
export const ACCOUNT = {
  reserve: 0,
  equity: 1,
  exposureFactor: 2,
  feeRate: 3,
  slippage: 4,
  impact: 5,
  maxGross: 6,
  netOrders: 7,
  gross: 8,
  net: 9,
  baseMs: 10,
  stage: 11,
  stopAtDayEnd: 12,
  highWater: 13,
  dayBase: 14,
  lastEquity: 15,
  lastDay: 16,
  dailyLossLimit: 17,
  drawdownLimit: 18,
  breachDay: 19,
  barredUntil: 20,
  halted: 21,
  alertDaily: 22,
  alertDrawdown: 23,
  alertGross: 24,
  haltDay: 25,
  largest: 26,
  liquidationFee: 27,
  liquidated: 28,
  money: 29,
  weightsKnown: 30,
  cooling: 31,
  eventsWritten: 32,
  reduceOnly: 33,
  halfSpread: 34,
  alpha: 35,
  slippageCap: 36,
  penalty: 37,
  maxSafe: 38,
  venueFills: 39,
  stopsAsOrders: 40,
  locks: 41,
} as const;
const ACCOUNT_SLOTS = 42;

type ArrayName =
  | (typeof POD)[number]
  | (typeof SYMBOL)[number]
  | (typeof POSITION)[number]
  | (typeof INTENTION)[number]
  | (typeof STOP)[number]
  | (typeof ORDER_CELL)[number]
  | (typeof ORDER_SYMBOL)[number]
  | (typeof SCRATCH)[number];

/** Views on the engine's state: per pod [P], per symbol [S], per cell (symbol s, pod p) at s·P + p. See assembly/engine/state.ts. */
export type EngineState = Readonly<Record<ArrayName, Float64Array>> & {
  readonly account: Float64Array;
  /** The whole state region, for snapshots and byte comparisons. */
  readonly region: Float64Array;
};

/** Bytes `layOutState` reserves, with room for alignment. */
export function stateBytes(pods: number, symbols: number): number {
  const perPod = POD.length + SCRATCH.length;
  const perSymbol = SYMBOL.length + ORDER_SYMBOL.length;
  const perCell = POSITION.length + INTENTION.length + 1 + STOP.length + ORDER_CELL.length;
  const arrays = perPod + perSymbol + perCell + 1;
  return 8 * (perPod * pods + perSymbol * symbols + perCell * pods * symbols + ACCOUNT_SLOTS) + 16 * arrays;
}

/** Reserves the state in `arena` and binds the kernels to it. */
export function layOutState(exports: KernelExports, arena: Arena, pods: number, symbols: number): EngineState {
  const cells = pods * symbols;
  const begin = arena.used;
  const views: Record<string, Float64Array> = {};
  const reserve = (name: string, length: number): Pointer => {
    const pointer = arena.f64(length);
    views[name] = arena.viewF64(pointer, length);
    return pointer;
  };

  exports.bindDimensions(pods, symbols);
  exports.bindPods(...POD.map((name) => reserve(name, pods)));
  exports.bindSymbols(...SYMBOL.map((name) => reserve(name, symbols)));
  exports.bindPositions(...POSITION.map((name) => reserve(name, cells)));
  exports.bindIntentions(...INTENTION.map((name) => reserve(name, name === "signals" ? 2 * cells : cells)));
  exports.bindStops(...STOP.map((name) => reserve(name, cells)));
  const orderCells = ORDER_CELL.map((name) => reserve(name, cells));
  exports.bindOrders(...orderCells, ...ORDER_SYMBOL.map((name) => reserve(name, symbols)));
  exports.bindScratch(...SCRATCH.map((name) => reserve(name, pods)));
  exports.bindAccount(reserve("account", ACCOUNT_SLOTS));
  const region = arena.viewF64(begin, (arena.used - begin) / 8);
  return { ...views, region } as unknown as EngineState;
}
