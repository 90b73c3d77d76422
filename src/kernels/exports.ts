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
}
