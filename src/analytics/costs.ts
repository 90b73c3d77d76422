import { known, type Metric, unknown } from "./metric.ts";

/** What trading cost, and what netting spared. Quote units. */
export interface CostTotals {
  readonly fees: number;
  /** Σ lots × (price − reference): what fills paid over the price before slippage. */
  readonly slippage: number;
  /** Fees and slippage that the pods would have paid in addition, each trading alone. */
  readonly netting_saving: number;
  /** Paid, less received; null when it was not booked. */
  readonly funding: Metric;
  readonly pnl_before_costs: number;
  readonly pnl: number;
  /** Total return had trading been free. */
  readonly total_return_before_costs: Metric;
}

/** The bridge from the P&L before costs to the P&L: before = P&L + fees + slippage + funding. */
export function costTotals(
  start: number,
  end: number,
  fees: number,
  slippage: number,
  funding: Metric,
  nettingSaving: number,
): CostTotals {
  const pnl = end - start;
  const before = pnl + fees + slippage + (funding.value ?? 0);
  return {
    fees,
    slippage,
    netting_saving: nettingSaving,
    funding,
    pnl_before_costs: before,
    pnl,
    total_return_before_costs: start > 0 ? known(before / start) : unknown("no capital at the start"),
  };
}
