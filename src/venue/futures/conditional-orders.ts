import type { E8 } from "../decimal.ts";
import { checkClientId } from "../order-checks.ts";
import type { OrderIds } from "../order-records.ts";
import { refuse, VenueError } from "../venue-error.ts";
import type { OrderRequest } from "./matching.ts";

/** A conditional order of the algo service: becomes a market order when its trigger is reached. */
export interface AlgoOrder {
  readonly id: number;
  readonly clientId: string;
  readonly request: OrderRequest;
  readonly type: "STOP_MARKET" | "TAKE_PROFIT_MARKET";
  readonly trigger: E8;
  readonly createdMs: number;
  status: "NEW" | "TRIGGERED" | "CANCELED" | "REJECTED";
  orderId: number | null;
}

/** The algo service: orders that wait for a price, apart from all others and under ids of their own. */
export class ConditionalOrders {
  readonly orders: AlgoOrder[] = [];
  readonly #waiting = new Set<AlgoOrder>();
  #nextId = 3_000_001;

  /** @throws VenueError −4015, −4116 or −2021 */
  add(
    request: OrderRequest,
    type: AlgoOrder["type"],
    trigger: E8,
    { clientId, nowMs, price }: { readonly clientId: string | null; readonly nowMs: number; readonly price: E8 },
  ): AlgoOrder {
    const algo: AlgoOrder = {
      id: this.#nextId,
      clientId: clientId ?? `algo_${this.#nextId}`,
      request,
      type,
      trigger,
      createdMs: nowMs,
      status: "NEW",
      orderId: null,
    };
    checkClientId(algo.clientId);
    for (const other of this.#waiting) if (other.clientId === algo.clientId) throw refuse.duplicateClientId();
    if (isTriggered(algo, price)) throw refuse.wouldTrigger();
    this.#nextId++;
    this.orders.push(algo);
    this.#waiting.add(algo);
    return algo;
  }

  open(symbol: string | null): AlgoOrder[] {
    return [...this.#waiting].filter(({ request }) => symbol === null || request.symbol === symbol);
  }

  cancel({ id, clientId }: OrderIds): AlgoOrder {
    const algo = this.open(null).find((order) => order.id === id || order.clientId === clientId);
    if (algo === undefined) throw refuse.unknownCancel();
    algo.status = "CANCELED";
    this.#waiting.delete(algo);
    return algo;
  }

  /** Those of the symbol whose trigger the price has reached are placed by `place`, which returns the order's id. */
  onPrice(symbol: string, price: E8, place: (request: OrderRequest) => number): void {
    for (const algo of this.open(symbol)) {
      if (!isTriggered(algo, price)) continue;
      this.#waiting.delete(algo);
      try {
        algo.orderId = place({ ...algo.request, clientId: algo.clientId });
        algo.status = "TRIGGERED";
      } catch (error) {
        // One that is no longer allowed when it triggers is rejected; nobody waits for an answer then.
        if (!(error instanceof VenueError)) throw error;
        algo.status = "REJECTED";
      }
    }
  }
}

/** A stop sells below and buys above its trigger; a take-profit the other way round. */
function isTriggered({ request, type, trigger }: AlgoOrder, price: E8): boolean {
  const falling = (type === "STOP_MARKET") === (request.side === "SELL");
  return falling ? price <= trigger : price >= trigger;
}
