import type { Pointer } from "./arena.ts";

/** A streaming signal kernel: `n` candles in, `n` values out, state carried in caller-owned memory. */
export type SignalRun = (
  state: Pointer,
  high: Pointer,
  low: Pointer,
  close: Pointer,
  volume: Pointer,
  n: number,
  out: Pointer,
) => void;

/** The strategies' kernels and the ATR behind trailing stops. */
export interface SignalKernels {
  tsmomRun: SignalRun;
  vwTsmomRun: SignalRun;
  donchianRun: SignalRun;
  donchianEnsembleRun: SignalRun;
  volAdaptiveRun: SignalRun;
  emaCrossRun: SignalRun;
  buyAndHoldRun: SignalRun;
  atrRun: SignalRun;
}

/** Lengths of the signal kernels' states in f64; the layouts are the kernels' own. */
export interface StateLengths {
  tsmomStateLength(lookback: number, volWindow: number, hedgeLookback: number): number;
  vwTsmomStateLength(lookback: number, volWindow: number, hedgeLookback: number): number;
  donchianStateLength(entryPeriod: number, exitPeriod: number, volWindow: number, hedgeLookback: number): number;
  /** Without the lookbacks, each of which adds a vote. */
  donchianEnsembleStateLength(volWindow: number, hedgeLookback: number): number;
  donchianEnsembleVoteLength(lookback: number): number;
  volAdaptiveStateLength(volWindow: number, hedgeLookback: number): number;
  emaCrossStateLength(hedgeLookback: number): number;
  atrStateLength(): number;
}

/** What `assembly/index.ts` exports. Arrays are passed as byte pointers; see the docblock of each kernel for shapes. */
export interface KernelExports extends SignalKernels, StateLengths {
  heapBase(): number;

  exp(x: number): number;
  log(x: number): number;
  pow(x: number, y: number): number;
  sin(x: number): number;
  cos(x: number): number;

  exactDifference(a: number, b: number, c: number, d: number): number;
  floorDivide(a: number, b: number, c: number): number;
  // biome-ignore format: same line breaks as the signature in assembly/exact.ts
  apportion(
    total: number, weight: Pointer, n: number, divisor: number, share: Pointer, remainder: Pointer,
  ): void;
  // biome-ignore format: same line breaks as the signature in assembly/attribution.ts
  attribute(
    demand: Pointer, at: number, n: number, filled: number, out: Pointer, weight: Pointer, remainder: Pointer,
  ): void;
  // biome-ignore format: same line breaks as the signature in assembly/candles.ts
  candles(
    state: Pointer, time: Pointer, high: Pointer, low: Pointer, close: Pointer, volume: Pointer, n: number,
    outHigh: Pointer, outLow: Pointer, outClose: Pointer, outVolume: Pointer, outEnd: Pointer,
  ): number;

  bindDimensions(pods: number, symbols: number): void;
  bindPods(...arrays: Pointer[]): void;
  bindSymbols(...arrays: Pointer[]): void;
  bindPositions(...arrays: Pointer[]): void;
  bindIntentions(...arrays: Pointer[]): void;
  bindStops(...arrays: Pointer[]): void;
  bindOrders(...arrays: Pointer[]): void;
  bindScratch(...arrays: Pointer[]): void;
  bindAccount(account: Pointer): void;
  bindSlices(...arrays: Pointer[]): void;
  bindFunding(...arrays: Pointer[]): void;
  bindEvents(buffer: Pointer, length: number): void;
  eventsPerSlice(pods: number, symbols: number): number;
  eventsPerFunding(pods: number): number;
  eventsUsed(): number;
  clearEvents(): void;

  /** Steps slices [from, to); returns the first one not processed. */
  run(from: number, to: number): number;
  /** Lapses what is still pending when the data ends. */
  endOfData(): void;
  /** Values the books at the current marks. */
  value(): void;
  // biome-ignore format: same line breaks as the signature in assembly/engine/fills.ts
  bookFill(
    symbol: number, purpose: number, executed: number, price: number, reference: number, value: number, fee: number,
  ): void;
}
