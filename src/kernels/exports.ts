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

/** What `assembly/index.ts` exports. Arrays are passed as byte pointers; see the docblock of each kernel for shapes. */
export interface KernelExports {
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
  bindEvents(buffer: Pointer, length: number): void;
  eventsPerSlice(pods: number, symbols: number): number;
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
