import type { Leg, VenueTrade } from "../../exchange/port.ts";
import { lotsOf, microOf, UnitError } from "../orders/units.ts";
import { instanceOf } from "./open-orders.ts";
import type { ReconcileDesk } from "./ports.ts";

export type CloseCause = "liquidation" | "auto-deleveraging" | "settlement";

/** What an order that the journal does not know did to the account. */
export interface Stranger {
  readonly orderId: string;
  readonly symbol: string;
  readonly leg: Leg;
  /** Null = the exchange does not tell, or no longer. */
  readonly clientId: string | null;
  /** Signed whole lots; null = its trades are no whole lots. */
  readonly lots: number | null;
  /** Received minus paid, fees included, micro-units. */
  readonly cashMicro: number;
  readonly timeMs: number;
  /** Set where the exchange closed by itself. */
  readonly cause: CloseCause | null;
  /** Instance of the mcbot that placed it; null = somebody else. */
  readonly instance: string | null;
}

/** Client ids of orders that Binance places itself (exchange-facts P26). */
const CAUSES: readonly (readonly [string, CloseCause])[] = [
  ["autoclose-", "liquidation"],
  ["adl_autoclose", "auto-deleveraging"],
  ["settlement_autoclose-", "settlement"],
  ["delivery_autoclose-", "settlement"],
];

/** Orders with trades of a symbol since a time that are neither ours nor booked, oldest first. */
export async function strangersOf(desk: ReconcileDesk, symbol: string, sinceMs: number): Promise<Stranger[]> {
  const { venue, orders, ledger } = desk.ports;
  const trades = (await venue.trades(symbol, { sinceMs })).filter(
    (trade) => !ledger.reconciled.knows(trade.orderId) && !orders.explains(symbol, trade),
  );
  const byOrder = new Map<string, VenueTrade[]>();
  for (const trade of trades) byOrder.set(trade.orderId, [...(byOrder.get(trade.orderId) ?? []), trade]);
  const strangers: Stranger[] = [];
  for (const [orderId, own] of byOrder) {
    const clientId = await venue.clientIdOf(symbol, orderId);
    strangers.push({
      orderId,
      symbol,
      clientId,
      leg: (own[0] as VenueTrade).leg,
      timeMs: (own[0] as VenueTrade).timeMs,
      lots: lotsIn(own, desk.ports.rules(symbol).lot),
      cashMicro: own.reduce((sum, trade) => sum + cashOf(desk, trade), 0),
      cause: clientId === null ? null : (CAUSES.find(([prefix]) => clientId.startsWith(prefix))?.[1] ?? null),
      instance: clientId === null ? null : instanceOf(clientId),
    });
  }
  return strangers;
}

function lotsIn(trades: readonly VenueTrade[], step: string): number | null {
  try {
    return trades.reduce((sum, { side, quantity }) => sum + (side === "buy" ? 1 : -1) * lotsOf(quantity, step), 0);
  } catch (error) {
    if (error instanceof UnitError) return null;
    throw error;
  }
}

function cashOf(
  { ports, settings }: ReconcileDesk,
  { symbol, side, quantity, price, fee, feeAsset }: VenueTrade,
): number {
  const value = microOf(quantity, price);
  const feePrice =
    feeAsset === settings.quote ? "1" : feeAsset === symbol.split("/")[0] ? price : ports.feePrice(feeAsset);
  return (side === "buy" ? -value : value) - (feePrice === null ? 0 : microOf(fee, feePrice));
}
