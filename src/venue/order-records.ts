import { isOpen, type Order, type Trade } from "./order.ts";

/** Cancelled and expired orders without a fill are forgotten after this, all others after ORDER_RETENTION_MS. */
const UNFILLED_RETENTION_MS = 3 * 86_400_000;
const ORDER_RETENTION_MS = 90 * 86_400_000;

/** Orders and trades of one account, with what queries may see of them at a time. */
export class OrderRecords {
  readonly #orders: Order[] = [];
  readonly #trades: Trade[] = [];
  #nextOrder = 1_000_001;
  #nextTrade = 5_000_001;

  nextOrderId(): number {
    return this.#nextOrder++;
  }

  nextTradeId(): number {
    return this.#nextTrade++;
  }

  add(order: Order): void {
    this.#orders.push(order);
  }

  addTrade(trade: Trade): void {
    this.#trades.push(trade);
  }

  get orders(): readonly Order[] {
    return this.#orders;
  }

  get trades(): readonly Trade[] {
    return this.#trades;
  }

  open(symbol: string | null): Order[] {
    return this.#orders.filter((order) => isOpen(order) && (symbol === null || order.symbol === symbol));
  }

  /** Client ids are unique among open orders only: one that has ended frees its id. */
  openByClientId(symbol: string, clientId: string): Order | undefined {
    return this.#orders.find((order) => isOpen(order) && order.symbol === symbol && order.clientId === clientId);
  }

  /** The latest order of that id which a query at `nowMs` may see. */
  find(symbol: string, id: { orderId: number | null; clientId: string | null }, nowMs: number): Order | undefined {
    const matches = this.#orders.filter(
      (order) =>
        order.symbol === symbol &&
        (id.orderId === null ? order.clientId === id.clientId : order.id === id.orderId) &&
        isKept(order, nowMs) &&
        order.visibleMs <= nowMs,
    );
    return matches.at(-1);
  }

  /** Orders of a symbol as lists show them. */
  visibleOrders(symbol: string, nowMs: number): Order[] {
    return this.#orders.filter((order) => order.symbol === symbol && isKept(order, nowMs) && order.visibleMs <= nowMs);
  }

  visibleTrades(symbol: string, nowMs: number): Trade[] {
    const hidden = new Set(this.#orders.filter((order) => order.tradesVisibleMs > nowMs).map(({ id }) => id));
    return this.#trades.filter((trade) => trade.symbol === symbol && !hidden.has(trade.orderId));
  }
}

function isKept(order: Order, nowMs: number): boolean {
  if (isOpen(order)) return true;
  const age = nowMs - order.updatedMs;
  return age < (order.executed === 0n ? UNFILLED_RETENTION_MS : ORDER_RETENTION_MS);
}
