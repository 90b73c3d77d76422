import type { RunRecord } from "../orchestrator/run-record.ts";
import { MICRO, quantityPrinter } from "./exact-decimal.ts";

/** One pod's position in one symbol after the last slice. */
export interface PodPosition {
  readonly symbol: string;
  /** Wanted fraction of the pod's equity: the raw weight in force × the symbol's share of the pod. */
  readonly target_weight: number;
  /** target_weight × the pod's share of the portfolio's equity. */
  readonly global_weight: number;
  readonly lots: number;
  /** Base units, exact. */
  readonly quantity: string;
  /** Average entry; null when flat. */
  readonly entry_price: number | null;
  /** Last close; null before the symbol's first bar. */
  readonly mark_price: number | null;
  /** Signed value at the mark, quote units. */
  readonly notional: number;
  readonly unrealized_pnl: number;
  /** Before fees, quote units. */
  readonly realized_pnl: number;
  readonly fees: number;
  /** Paid, less received. */
  readonly funding: number;
  readonly netting_saving: number;
}

/** Pod equity ÷ portfolio equity after the last slice; 0 when the portfolio has none. */
export function capitalFraction({ books }: RunRecord, p: number): number {
  const portfolio = books.equity.reduce((sum, equity) => sum + equity, 0) + books.reserveMicro / MICRO;
  return portfolio > 0 ? (books.equity[p] as number) / portfolio : 0;
}

/** Positions of pod `p`, one entry per symbol that it trades, in symbol order. */
export function podPositions(record: RunRecord, p: number): PodPosition[] {
  const { books, pods, symbols } = record;
  const own = (pods[p] as RunRecord["pods"][number]).symbols;
  const fraction = capitalFraction(record, p);
  const positions: PodPosition[] = [];
  for (const [s, { symbol, lotsPerUnit }] of symbols.entries()) {
    if (!own.includes(symbol)) continue;
    const c = s * pods.length + p;
    const lots = books.lots[c] as number;
    const mark = (books.markPerLot[s] as number) * lotsPerUnit;
    const entry = books.entry[c] as number;
    const target = (books.target[c] as number) * (books.intraWeight[c] as number);
    positions.push({
      symbol,
      // + 0 makes a −0 plain: short weights of a pod without capital.
      target_weight: target + 0,
      global_weight: target * fraction + 0,
      lots,
      quantity: quantityPrinter(lotsPerUnit)(lots),
      entry_price: lots === 0 ? null : entry,
      mark_price: mark === 0 ? null : mark,
      notional: lots * (books.markPerLot[s] as number),
      unrealized_pnl: lots === 0 ? 0 : (lots / lotsPerUnit) * (mark - entry),
      realized_pnl: books.realised[c] as number,
      fees: (books.feesMicro[c] as number) / MICRO,
      funding: (books.fundingMicro[c] as number) / MICRO,
      netting_saving: books.saving[c] as number,
    });
  }
  return positions;
}
