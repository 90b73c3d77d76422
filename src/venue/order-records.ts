import { isOpen, type Order, type Trade } from "./order.ts";

/** Cancelled and expired orders without a fill are forgotten after this, all others after ORDER_RETENTION_MS. */
const UNFILLED_RETENTION_MS = 3 * 86_400_000;
const ORDER_RETENTION_MS = 90 * 86_400_000;

/** What names an order: the exchange's id or, without one, the client's. */
export interface OrderIds {
  readonly id: number | null;
  readonly clientId: string | null;
}

/** Orders and trades of one account, with what queries may see of them at a time. */
export class OrderRecords {
  readonly orders: Order[] = [];
  readonly trades: Trade[] = [];
  readonly #open = new Set<Order>();
  readonly #byId = new Map<number, Order>();
  /** Oldest first: an id that has ended may be used again. */
  readonly #byClientId = new Map<string, Order[]>();
  readonly #bySymbol = new Map<string, Order[]>();
  readonly #tradesBySymbol = new Map<string, Trade[]>();
  readonly #tradesByOrder = new Map<number, Trade[]>();
  #nextOrder = 1_000_001;
  #nextTrade = 5_000_001;

  nextOrderId(): number {
    return this.#nextOrder++;
  }

  nextTradeId(): number {
    return this.#nextTrade++;
  }

  add(order: Order): void {
    this.orders.push(order);
    this.#open.add(order);
    this.#byId.set(order.id, order);
    append(this.#byClientId, order.clientId, order);
    append(this.#bySymbol, order.symbol, order);
  }

  /** To be called when an order has ended. */
  close(order: Order): void {
    this.#open.delete(order);
  }

  addTrade(trade: Trade): void {
    this.trades.push(trade);
    append(this.#tradesBySymbol, trade.symbol, trade);
    append(this.#tradesByOrder, trade.orderId, trade);
  }

  open(symbol: string | null): Order[] {
    return [...this.#open].filter((order) => symbol === null || order.symbol === symbol);
  }

  /** Client ids are unique among open orders only: one that has ended frees its id. */
  openByClientId(symbol: string, clientId: string): Order | undefined {
    return this.#byClientId.get(clientId)?.find((order) => isOpen(order) && order.symbol === symbol);
  }

  /** The latest order of that id which a query at `nowMs` may see. */
  find(symbol: string, by: OrderIds, nowMs: number): Order | undefined {
    const named = by.id === null ? this.#byClientId.get(by.clientId ?? "") : [this.#byId.get(by.id)];
    return named?.findLast((order) => order?.symbol === symbol && isVisible(order, nowMs));
  }

  /** Orders of a symbol as lists show them. */
  visibleOrders(symbol: string, nowMs: number): Order[] {
    return (this.#bySymbol.get(symbol) ?? []).filter((order) => isVisible(order, nowMs));
  }

  /** Trades of a symbol, or of one order of it, oldest first. */
  visibleTrades(symbol: string, orderId: number | null, nowMs: number): Trade[] {
    const trades = orderId === null ? this.#tradesBySymbol.get(symbol) : this.#tradesByOrder.get(orderId);
    return (trades ?? []).filter(
      (trade) => trade.symbol === symbol && (this.#byId.get(trade.orderId)?.tradesVisibleMs ?? 0) <= nowMs,
    );
  }
}

function append<K, V>(index: Map<K, V[]>, key: K, value: V): void {
  const values = index.get(key);
  if (values === undefined) index.set(key, [value]);
  else values.push(value);
}

function isVisible(order: Order, nowMs: number): boolean {
  if (order.visibleMs > nowMs) return false;
  if (isOpen(order)) return true;
  const age = nowMs - order.updatedMs;
  return age < (order.executed === 0n ? UNFILLED_RETENTION_MS : ORDER_RETENTION_MS);
}
