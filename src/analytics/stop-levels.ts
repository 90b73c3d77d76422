/**
 * Where a pod's protective stop in a symbol stood after the last slice of a UTC day. A row for each change: it holds until the
 * next row of the same pod and symbol.
 */
export interface StopLevel {
  /** 00:00 UTC of the day. */
  readonly dayMs: number;
  readonly podId: string;
  readonly symbol: string;
  /** Side of the position; null = there is none, or it has no stop. */
  readonly side: "long" | "short" | null;
  readonly level: number | null;
}
