import { lastCloseAt } from "../market/bar-series.ts";
import type { BarColumns } from "../market/bars.ts";
import { seriesOf } from "../market/column-series.ts";
import type { EngineSymbol } from "../orchestrator/engine.ts";
import type { LapseReason } from "../orchestrator/events.ts";
import { quantityPrinter } from "./exact-decimal.ts";

/** Demand that was decided and not traded, by reason and symbol. */
export interface ReasonCount {
  readonly reason: LapseReason;
  readonly symbol: string;
  /** Orders it happened to. */
  readonly count: number;
  /** Σ |demand| of the pods, both sides of a cross counted. */
  readonly lots: number;
  /** The same in base units, exact. */
  readonly quantity: string;
  /** The same at the marks of the decisions, quote units; null when the bars of the decision are not at hand. */
  readonly notional: number | null;
}

interface Lapse {
  readonly symbol: number;
  readonly decidedMs: number;
  readonly lots: number;
  readonly reason: LapseReason;
}

/** As numbered in assembly/engine/events.ts, from 1. */
const REASONS: readonly LapseReason[] = ["NO_BAR", "MIN_NOTIONAL", "END_OF_DATA", "CONTROL", "UNFILLED", "MISSED"];

/** Collects what lapsed, in the order of the event records. */
export class LapsedDemand {
  readonly #lapses: Lapse[] = [];
  readonly #decidedMs: Float64Array;

  constructor(symbols: number) {
    this.#decidedMs = new Float64Array(symbols);
  }

  decide(symbol: number, timeMs: number): void {
    this.#decidedMs[symbol] = timeMs;
  }

  /** @param reason as numbered in the records. */
  add(symbol: number, netLots: number, crossedLots: number, reason: number): void {
    const name = REASONS[reason - 1] as LapseReason;
    const lots = Math.abs(netLots) + 2 * crossedLots;
    this.#lapses.push({ symbol, decidedMs: this.#decidedMs[symbol] as number, lots, reason: name });
  }

  /** Totals by reason, then symbol, in their fixed orders. */
  count(symbols: readonly EngineSymbol[], bars: readonly BarColumns[]): ReasonCount[] {
    const counts: ReasonCount[] = [];
    for (const reason of REASONS) {
      for (const [s, { symbol, lotsPerUnit }] of symbols.entries()) {
        const own = this.#lapses.filter((lapse) => lapse.reason === reason && lapse.symbol === s);
        if (own.length === 0) continue;
        const columns = bars.find((column) => column.symbol === symbol);
        const lots = own.reduce((sum, lapse) => sum + lapse.lots, 0);
        counts.push({
          reason,
          symbol,
          count: own.length,
          lots,
          quantity: quantityPrinter(lotsPerUnit)(lots),
          notional: columns === undefined ? null : notionalOf(own, lotsPerUnit, columns),
        });
      }
    }
    return counts;
  }
}

function notionalOf(lapses: readonly Lapse[], lotsPerUnit: number, bars: BarColumns): number | null {
  const series = seriesOf(bars);
  let notional = 0;
  for (const { lots, decidedMs } of lapses) {
    const mark = lastCloseAt(series, decidedMs);
    if (mark === null) return null;
    notional += (lots / lotsPerUnit) * mark;
  }
  return notional;
}
