import type { Engine } from "../../src/orchestrator/engine.ts";
import type { VenueChange } from "../../src/orchestrator/venue-changes.ts";

/** The kernel's codes of a pending symbol. */
const ORDER = 1;

export interface OpenOrder {
  readonly symbol: string;
  readonly podId: string | null;
  /** Signed lots that are not filled yet. */
  readonly left: number;
}

/** What an exchange has to work on: one net order per symbol, or one per pod with `netting: gross`. */
export function openOrders({ state, setup }: Engine): OpenOrder[] {
  const pods = setup.pods.length;
  return setup.symbols.flatMap(({ symbol }, s): OpenOrder[] => {
    if (state.pending[s] !== ORDER) return [];
    const demand = Array.from(state.demand.subarray(s * pods, (s + 1) * pods));
    if (setup.netting === "gross") {
      return setup.pods.flatMap(({ podId }, p) =>
        demand[p] === 0 ? [] : [{ symbol, podId, left: demand[p] as number }],
      );
    }
    const net = demand.reduce((sum, lots) => sum + lots, 0);
    return [{ symbol, podId: null, left: net - (state.orderLots[s] as number) }];
  });
}

/** A trade as an exchange reports it, value and fee in whole micro-units. */
export function tradeOf(
  { setup }: Engine,
  { symbol, podId }: OpenOrder,
  lots: number,
  price: number,
): Extract<VenueChange, { type: "trade" }> {
  const lotsPerUnit = setup.symbols.find((own) => own.symbol === symbol)?.lotsPerUnit as number;
  const valueMicro = Math.floor((Math.abs(lots) / lotsPerUnit) * price * 1e6 + 0.5);
  return {
    type: "trade",
    symbol,
    podId,
    lots,
    price,
    valueMicro,
    feeMicro: Math.floor(valueMicro * setup.feeRate + 0.5),
  };
}
