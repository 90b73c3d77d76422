import { abs, type E8, multiply } from "../decimal.ts";
import { type Fees, type Listing, touch } from "../listing.ts";
import { isOpen, type Order, type PositionSide, type Side, signOf, type TimeInForce, type Trade } from "../order.ts";
import type { OrderRecords } from "../order-records.ts";
import type { FuturesAccount } from "./account.ts";

/** What a client asks for; quantities and prices as parsed, not yet checked. */
export interface OrderRequest {
  readonly symbol: string;
  readonly side: Side;
  readonly positionSide: PositionSide | null;
  readonly type: "MARKET" | "LIMIT";
  readonly timeInForce: TimeInForce;
  readonly quantity: E8;
  readonly price: E8;
  readonly reduceOnly: boolean | null;
  readonly clientId: string | null;
}

/** How the next executions deviate from the ideal; set by faults. */
export interface ExecutionQuirks {
  /** Market orders fill this share, the rest expires; null = whole. */
  partialFill: E8 | null;
  /** Limit orders rest whatever the price does. */
  noFill: boolean;
  /** Queries see new orders and their trades this much later, ms. */
  orderLagMs: number;
  tradeLagMs: number;
}

/** An order changed, with the trade that did it. */
export type OnOrder = (order: Order, trade: Trade | null) => void;

/** What matching needs to know of the exchange around it. */
export interface MatchingContext {
  nowMs(): number;
  listing(symbol: string): Listing;
  price(symbol: string): E8;
}

/**
 * Executes orders that were let in: market orders at the touch, limit orders when the touch reaches their price. There is no
 * book: whatever quantity is asked for is there.
 */
export class Matching {
  readonly quirks: ExecutionQuirks = { partialFill: null, noFill: false, orderLagMs: 0, tradeLagMs: 0 };
  readonly #context: MatchingContext;
  readonly #account: FuturesAccount;
  readonly #records: OrderRecords;
  readonly #fees: Fees;
  readonly #onOrder: OnOrder;

  constructor(
    context: MatchingContext,
    account: FuturesAccount,
    records: OrderRecords,
    { fees, onOrder }: { readonly fees: Fees; readonly onOrder: OnOrder },
  ) {
    this.#context = context;
    this.#account = account;
    this.#records = records;
    this.#fees = fees;
    this.#onOrder = onOrder;
  }

  /** The touch that a market order of this side meets, on a tick. */
  touch(symbol: string, side: Side): E8 {
    const { instrument } = this.#context.listing(symbol);
    return touch(instrument, this.#context.price(symbol), this.#fees.halfSpread, side);
  }

  crosses({ symbol, side, type, price }: Pick<Order, "symbol" | "side" | "type" | "price">): boolean {
    if (type === "MARKET") return true;
    const best = this.touch(symbol, side);
    return side === "BUY" ? best <= price : best >= price;
  }

  accept(request: OrderRequest, positionSide: PositionSide, clientId: string, reduceOnly: boolean): Order {
    const nowMs = this.#context.nowMs();
    const order: Order = {
      id: this.#records.nextOrderId(),
      clientId,
      symbol: request.symbol,
      side: request.side,
      positionSide,
      type: request.type,
      timeInForce: request.timeInForce,
      price: request.type === "LIMIT" ? request.price : 0n,
      trigger: 0n,
      quantity: request.quantity,
      reduceOnly,
      createdMs: nowMs,
      visibleMs: nowMs + this.quirks.orderLagMs,
      tradesVisibleMs: nowMs + this.quirks.tradeLagMs,
      updatedMs: nowMs,
      executed: 0n,
      quoteSpent: 0n,
      status: "NEW",
    };
    this.#records.add(order);
    this.#onOrder(order, null);
    if (request.type === "MARKET") this.#executeMarket(order);
    else if (!this.quirks.noFill && this.crosses(order)) {
      this.#execute(order, order.quantity, this.touch(order.symbol, order.side), false);
    } else if (request.timeInForce === "IOC") this.end(order, "EXPIRED");
    return order;
  }

  end(order: Order, status: "CANCELED" | "EXPIRED"): Order {
    order.status = status;
    order.updatedMs = this.#context.nowMs();
    this.#records.close(order);
    this.#onOrder(order, null);
    return order;
  }

  /** The price of a symbol has moved: resting orders that it reaches fill at their own price. */
  onPrice(symbol: string): void {
    if (this.quirks.noFill) return;
    for (const order of this.#records.open(symbol)) {
      if (this.crosses(order)) this.#execute(order, order.quantity - order.executed, order.price, true);
    }
  }

  /** Fills a share of what is left of each resting order of the symbol, whatever the price is. */
  fillResting(symbol: string, share: E8): void {
    const { step } = this.#context.listing(symbol).instrument;
    for (const order of this.#records.open(symbol)) {
      const wanted = multiply(order.quantity - order.executed, share);
      const quantity = wanted - (wanted % step);
      if (quantity > 0n) this.#execute(order, quantity, order.price, true);
    }
  }

  #executeMarket(order: Order): void {
    const { step } = this.#context.listing(order.symbol).instrument;
    const { partialFill } = this.quirks;
    const wanted = partialFill === null ? order.quantity : multiply(order.quantity, partialFill);
    const quantity = wanted - (wanted % step);
    if (quantity > 0n) this.#execute(order, quantity, this.touch(order.symbol, order.side), false);
    if (isOpen(order)) this.end(order, "EXPIRED");
  }

  /** Books `quantity` of an order at `price`; a reduce-only order never goes beyond the position. */
  #execute(order: Order, quantity: E8, price: E8, maker: boolean): void {
    const timeMs = this.#context.nowMs();
    const held = abs(this.#account.leg(order.symbol, order.positionSide).position.amount);
    const executed = order.reduceOnly && quantity > held ? held : quantity;
    const quote = multiply(executed, price);
    const commission = multiply(quote, maker ? this.#fees.maker : this.#fees.taker);
    const tradeId = this.#records.nextTradeId();
    const signed = signOf(order.side) * executed;
    const realised = this.#account.fill(order.symbol, order.positionSide, {
      signed,
      price,
      commission,
      timeMs,
      tradeId,
    });
    order.executed += executed;
    order.quoteSpent += quote;
    order.updatedMs = timeMs;
    order.status = order.executed === order.quantity ? "FILLED" : "PARTIALLY_FILLED";
    if (!isOpen(order)) this.#records.close(order);
    const trade: Trade = {
      id: tradeId,
      orderId: order.id,
      symbol: order.symbol,
      side: order.side,
      positionSide: order.positionSide,
      price,
      quantity: executed,
      quote,
      commission,
      commissionAsset: "USDT",
      realised,
      timeMs,
      maker,
    };
    this.#records.addTrade(trade);
    this.#onOrder(order, trade);
  }
}
