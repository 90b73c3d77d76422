import type { CostObservation } from "./calibrate-costs.ts";

/** One execution and the top of book before it. Quantity signed, base units; prices quote units. */
export interface QuotedFill {
  readonly symbol: string;
  readonly orderId: string;
  readonly quantity: number;
  readonly price: number;
  /** Null: nobody looked. */
  readonly quote: { readonly bid: number; readonly ask: number; readonly notional: number } | null;
}

export interface ObservedCosts {
  readonly observations: readonly CostObservation[];
  /** Orders without a two-sided quote before their first fill. */
  readonly unquoted: number;
}

/**
 * What orders paid: all fills of an order are one observation, against the book before its first one.
 *
 *   cost = side · (mean price ÷ mid − 1),   r = Σ|quantity|·price ÷ quoted notional
 */
export function observeCosts(fills: readonly QuotedFill[]): ObservedCosts {
  const orders = new Map<string, QuotedFill[]>();
  for (const fill of fills) {
    const key = `${fill.symbol} ${fill.orderId}`;
    const own = orders.get(key);
    if (own === undefined) orders.set(key, [fill]);
    else own.push(fill);
  }
  const observations: CostObservation[] = [];
  let unquoted = 0;
  for (const own of orders.values()) {
    const { quote } = own[0] as QuotedFill;
    if (quote === null || !(quote.bid > 0 && quote.ask > 0 && quote.notional > 0)) {
      unquoted++;
      continue;
    }
    const quantity = own.reduce((sum, fill) => sum + fill.quantity, 0);
    const paid = own.reduce((sum, fill) => sum + fill.quantity * fill.price, 0);
    const mid = (quote.bid + quote.ask) / 2;
    observations.push({
      r: Math.abs(paid) / quote.notional,
      costBps: Math.sign(quantity) * (paid / quantity / mid - 1) * 1e4,
    });
  }
  return { observations, unquoted };
}
