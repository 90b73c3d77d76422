import type { SessionFile } from "./session-schema.ts";

/** One step of a walk-forward, in days [from, to) of the ranked span. */
export interface Fold {
  readonly train: { readonly from: number; readonly to: number };
  readonly test: { readonly from: number; readonly to: number };
  /** [day of the span] true = its return may be trained on. */
  readonly trains: readonly boolean[];
}

const DAY_MS = 86_400_000;

/**
 * The walk-forward of a span: it is cut into count + 1 equal parts, of which all but the first are test windows.
 *
 * Training ends `purge` bars before its test window begins. Anchored training begins with the span, rolling training has the
 * length of one part. The `embargo` bars after each test window are in no later training. Bars count in whole days, rounded
 * up: returns are daily.
 */
export function walkForward(days: number, baseMs: number, folds: SessionFile["folds"]): Fold[] {
  const { count, scheme, purge_bars, embargo_bars } = folds;
  const length = Math.floor(days / (count + 1));
  if (length < 1) return [];
  const purge = Math.ceil((purge_bars * baseMs) / DAY_MS);
  const embargo = Math.ceil((embargo_bars * baseMs) / DAY_MS);
  const begin = (part: number): number => part * length;
  return Array.from({ length: count }, (_, k) => {
    const test = { from: begin(k + 1), to: k === count - 1 ? days : begin(k + 2) };
    const train = { from: scheme === "anchored" ? 0 : begin(k), to: Math.max(0, test.from - purge) };
    const trains = Array.from({ length: days }, (_, day) => {
      const part = Math.min(Math.floor(day / length), count);
      const embargoed = part >= 2 && day - begin(part) < embargo;
      return day >= train.from && day < train.to && !embargoed;
    });
    return { train, test, trains };
  });
}
