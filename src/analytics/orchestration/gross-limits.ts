import { msToIso } from "../../lib/utc.ts";
import { firstIndexAt } from "../../market/bar-search.ts";
import type { RunRecord } from "../../orchestrator/run-record.ts";
import type { RunTally } from "../run-tally.ts";

/** Slices in a row in which all wishes were scaled down to the gross leverage limit. */
export interface GrossLimitSpell {
  readonly kind: "gross_limit";
  /** Close of the first slice, ISO 8601 UTC. */
  readonly time: string;
  readonly type: "gross_leverage";
  readonly severity: "critical";
  readonly message: string;
  /** Gross leverage wished. */
  readonly value: number;
  readonly threshold: number;
  /** What all wishes were multiplied by in the first slice. */
  readonly factor: number;
  readonly slices: number;
}

/** One entry per spell at the limit: slices that follow each other are one crossing. */
export function grossLimitSpells({ curve, baseMs }: RunRecord, { grossLimits }: RunTally): GrossLimitSpell[] {
  const spells: GrossLimitSpell[] = [];
  let lastMs = Number.NaN;
  for (const { timeMs, gross, limit, factor } of grossLimits) {
    const previous = spells.at(-1);
    if (previous !== undefined && timeMs - lastMs === baseMs) {
      spells[spells.length - 1] = { ...previous, slices: previous.slices + 1 };
    } else {
      const equity = curve.equity[firstIndexAt(curve.timeMs, timeMs)] as number;
      spells.push({
        kind: "gross_limit",
        time: msToIso(timeMs + baseMs),
        type: "gross_leverage",
        severity: "critical",
        message: "wishes were scaled down to the gross leverage limit",
        value: gross / equity,
        threshold: limit / equity,
        factor,
        slices: 1,
      });
    }
    lastMs = timeMs;
  }
  return spells;
}
