import type { E8 } from "./decimal.ts";

export type Side = "BUY" | "SELL";
export type PositionSide = "BOTH" | "LONG" | "SHORT";
export type OrderType = "MARKET" | "LIMIT";
/** GTX is post-only: refused rather than executed as a taker. */
export type TimeInForce = "GTC" | "IOC" | "FOK" | "GTX";
export type OrderStatus = "NEW" | "PARTIALLY_FILLED" | "FILLED" | "CANCELED" | "EXPIRED";

/** One order of the account, from its acceptance on. */
export interface Order {
  /** Grows with each order; sent as a number, kept as text by careful clients. */
  readonly id: number;
  readonly clientId: string;
  /** "BTCUSDT". */
  readonly symbol: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** 0 for market orders. */
  readonly price: E8;
  /** Spot: the price it waits for before it is a market order; 0 for all others. */
  readonly trigger: E8;
  readonly quantity: E8;
  readonly reduceOnly: boolean;
  readonly createdMs: number;
  /** Queries do not find it before: read-after-write lag. */
  visibleMs: number;
  /** Its trades are not listed before. */
  tradesVisibleMs: number;
  updatedMs: number;
  executed: E8;
  /** Σ executed × price. */
  quoteSpent: E8;
  status: OrderStatus;
}

/** One execution. */
export interface Trade {
  readonly id: number;
  readonly orderId: number;
  readonly symbol: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly price: E8;
  readonly quantity: E8;
  readonly quote: E8;
  readonly commission: E8;
  readonly commissionAsset: string;
  readonly realised: E8;
  readonly timeMs: number;
  readonly maker: boolean;
}

/** +1 buys, −1 sells. */
export function signOf(side: Side): 1n | -1n {
  return side === "BUY" ? 1n : -1n;
}

export function isOpen({ status }: Order): boolean {
  return status === "NEW" || status === "PARTIALLY_FILLED";
}
