import { type KlineRequest, type KlineRow, klines } from "../klines.ts";
import type { PricePath } from "../price-path.ts";

/** How the list of a symbol's klines deviates from its market. */
export interface BarFault {
  /** The list is this much behind, ms. */
  readonly lagMs: number;
  /** The list has stood still since then; null = it has not. */
  readonly frozenMs: number | null;
  /** Open times of bars that are missing. */
  readonly drop: readonly number[];
  readonly duplicate: boolean;
  readonly reverse: boolean;
  /** Open time → the close that is told instead. */
  readonly revise: Readonly<Record<string, string>>;
}

/** Klines as a client gets to see them. Null for an unknown interval. */
export function faultyKlines(
  path: PricePath,
  request: KlineRequest,
  nowMs: number,
  fault: BarFault | undefined,
): KlineRow[] | null {
  if (fault === undefined) return klines(path, request, nowMs);
  const rows = klines(path, request, fault.frozenMs ?? nowMs - fault.lagMs);
  if (rows === null) return null;
  const told = rows
    .filter(([openMs]) => !fault.drop.includes(openMs))
    .map((row) => row.with(4, fault.revise[row[0]] ?? row[4]) as unknown as KlineRow)
    .flatMap((row) => (fault.duplicate ? [row, row] : [row]));
  return fault.reverse ? told.reverse() : told;
}
