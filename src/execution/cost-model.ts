// The cost of taking liquidity (spec 6.5). Money and sizes are branded: a notional is price × size, and coins never meet it.

/** Basis points of the filled notional. */
export type Bps = number & { readonly unit?: "bps" };
/** Quote units. */
export type Notional = number & { readonly notional: unique symbol };

/** Price × size in quote units. */
export function notional(price: number, baseSize: number): Notional {
  return (price * baseSize) as Notional;
}

/** Slippage of an order when nobody knows how much was quoted. */
export const UNKNOWN_SIZE_SLIPPAGE_BPS: Bps = 20;
/** The penalty's clamp: an order ten times what is safe, or more, pays 90 % of it. */
const LEAST_FILLED = 0.1;

/** Parameters of `portfolio.cost_model: quoted`, frozen while decisions are tuned. */
export interface QuotedCosts {
  readonly halfSpreadBps: Bps;
  /** Per unit of order notional ÷ quoted notional. */
  readonly alphaBps: Bps;
  readonly capBps: Bps;
  readonly penaltyBps: Bps;
  /** Order notional ÷ quoted notional from which the penalty starts. */
  readonly maxSafe: number;
}

/** What one order pays, component by component; they sum to the total, and each is charged once. */
export interface CostComponents {
  readonly feeBps: Bps;
  readonly halfSpreadBps: Bps;
  readonly slippageBps: Bps;
  readonly partialFillBps: Bps;
  readonly totalBps: Bps;
  /** True when the cap cut the slippage off. */
  readonly isClipped: boolean;
}

/**
 * Cost of an order: fee + half spread + min(α·r, cap) + p·(1 − clamp(max_safe ÷ r, 0.1, 1)), with
 * r = order notional ÷ quoted notional. Without a quoted size: 20 bps of slippage, and all of the penalty.
 *
 * The engine charges the same in `assembly/engine/costs.ts`, the fee apart.
 *
 * @param quoted what the top of book offers; null = not known.
 */
export function orderCost(costs: QuotedCosts, feeBps: Bps, order: Notional, quoted: Notional | null): CostComponents {
  const { halfSpreadBps, penaltyBps } = costs;
  const isKnown = quoted !== null && quoted > 0;
  const r = isKnown ? order / quoted : 0;
  const slippageBps = isKnown ? Math.min(costs.alphaBps * r, costs.capBps) : UNKNOWN_SIZE_SLIPPAGE_BPS;
  const partialFillBps = isKnown ? penaltyBps * unfilledShare(r, costs.maxSafe) : penaltyBps;
  return {
    feeBps,
    halfSpreadBps,
    slippageBps,
    partialFillBps,
    totalBps: feeBps + halfSpreadBps + slippageBps + partialFillBps,
    isClipped: isKnown && costs.alphaBps * r > costs.capBps,
  };
}

/** 1 − clamp(max_safe ÷ r, 0.1, 1): 0 up to `maxSafe`, at most 0.9. */
export function unfilledShare(r: number, maxSafe: number): number {
  if (r <= maxSafe) return 0;
  return 1 - Math.max(maxSafe / r, LEAST_FILLED);
}
