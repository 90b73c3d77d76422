import { type E8, multiply } from "../decimal.ts";
import { type Fees, type Listing, touch } from "../listing.ts";
import { isOpen, type Order, type Side, type TimeInForce, type Trade } from "../order.ts";
import { type OrderIds, OrderRecords } from "../order-records.ts";
import { VenueError } from "../venue-error.ts";

export interface SpotOrderRequest {
  readonly symbol: string;
  readonly side: Side;
  readonly type: "MARKET" | "LIMIT";
  readonly timeInForce: TimeInForce;
  readonly quantity: E8;
  readonly price: E8;
  /** A stop-loss waits for this price; 0 for all others. */
  readonly trigger: E8;
  readonly clientId: string | null;
}

export interface Balance {
  free: E8;
  locked: E8;
}

export interface SpotOptions {
  /** Asset → what the account holds at the start. */
  readonly balances: Readonly<Record<string, E8>>;
  readonly fees: Fees;
  readonly startMs: number;
}

const filterFailure = (name: string): VenueError => new VenueError(-1013, `Filter failure: ${name}`);
const insufficient = (): VenueError => new VenueError(-2010, "Account has insufficient balance for requested action.");

/** A spot exchange with one account: nothing can be sold that is not held, fees are taken from what is received. */
export class SpotExchange {
  readonly records = new OrderRecords();
  readonly balances = new Map<string, Balance>();
  readonly #listings: ReadonlyMap<string, Listing>;
  readonly #options: SpotOptions;
  #nowMs: number;

  constructor(listings: readonly Listing[], options: SpotOptions) {
    this.#listings = new Map(listings.map((listing) => [listing.instrument.id, listing]));
    this.#options = options;
    this.#nowMs = options.startMs;
    for (const [asset, free] of Object.entries(options.balances)) this.balances.set(asset, { free, locked: 0n });
  }

  get symbols(): readonly string[] {
    return [...this.#listings.keys()];
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  listing(symbol: string): Listing {
    const listing = this.#listings.get(symbol);
    if (listing === undefined) throw new VenueError(-1121, "Invalid symbol.");
    return listing;
  }

  price(symbol: string): E8 {
    const price = this.listing(symbol).path.priceAt(this.#nowMs);
    if (price === null) throw new VenueError(-1013, "Market is closed.");
    return price;
  }

  touch(symbol: string, side: Side): E8 {
    return touch(this.listing(symbol).instrument, this.price(symbol), this.#options.fees.halfSpread, side);
  }

  balance(asset: string): Balance {
    let balance = this.balances.get(asset);
    if (balance === undefined) {
      balance = { free: 0n, locked: 0n };
      this.balances.set(asset, balance);
    }
    return balance;
  }

  advance(nowMs: number): void {
    if (nowMs <= this.#nowMs) return;
    const moments: { timeMs: number; symbol: string }[] = [];
    for (const [symbol, { path }] of this.#listings) {
      for (const { timeMs } of path.between(this.#nowMs, nowMs)) moments.push({ timeMs, symbol });
    }
    for (const { timeMs, symbol } of moments.sort((a, b) => a.timeMs - b.timeMs)) {
      this.#nowMs = timeMs;
      for (const order of this.records.open(symbol)) {
        if (order.trigger > 0n) {
          if (this.#triggers(order)) this.#execute(order, this.touch(symbol, order.side), false);
        } else if (this.#crosses(order)) this.#execute(order, order.price, true);
      }
    }
    this.#nowMs = nowMs;
  }

  place(request: SpotOrderRequest): Order {
    const { instrument } = this.listing(request.symbol);
    const clientId = request.clientId ?? `web_${this.#nowMs}_${this.records.orders.length}`;
    if (!/^[a-zA-Z0-9-_.:/]{1,36}$/.test(clientId))
      throw new VenueError(-1100, "Illegal characters found in parameter 'newClientOrderId'.");
    if (this.records.openByClientId(request.symbol, clientId)) throw new VenueError(-2010, "Duplicate order sent.");
    if (instrument.status !== "TRADING") throw new VenueError(-1013, "Market is closed.");
    if (request.quantity < instrument.minQuantity || request.quantity % instrument.step !== 0n)
      throw filterFailure("LOT_SIZE");
    if (request.quantity > instrument.maxQuantity) throw filterFailure("LOT_SIZE");
    if (request.type === "MARKET" && request.quantity > instrument.maxMarketQuantity)
      throw filterFailure("MARKET_LOT_SIZE");
    if (request.type === "LIMIT" && (request.price <= 0n || request.price % instrument.tick !== 0n))
      throw filterFailure("PRICE_FILTER");
    if (request.trigger > 0n && this.#triggers(request))
      throw new VenueError(-2010, "Stop price would trigger immediately.");
    const price = this.#expectedPrice(request);
    if (multiply(request.quantity, price) < instrument.minNotional) throw filterFailure("NOTIONAL");
    const asset = request.side === "BUY" ? instrument.quote : instrument.base;
    const needed = request.side === "BUY" ? multiply(request.quantity, price) : request.quantity;
    if (this.balance(asset).free < needed) throw insufficient();
    if (request.timeInForce === "GTX" && this.#wouldTake(request)) {
      throw new VenueError(-2010, "Order would immediately match and take.");
    }
    const order: Order = {
      id: this.records.nextOrderId(),
      clientId,
      symbol: request.symbol,
      side: request.side,
      positionSide: "BOTH",
      type: request.type,
      timeInForce: request.timeInForce,
      price: request.type === "LIMIT" ? request.price : 0n,
      trigger: request.trigger,
      quantity: request.quantity,
      reduceOnly: false,
      createdMs: this.#nowMs,
      visibleMs: this.#nowMs,
      tradesVisibleMs: this.#nowMs,
      updatedMs: this.#nowMs,
      executed: 0n,
      quoteSpent: 0n,
      status: "NEW",
    };
    this.records.add(order);
    this.#lock(asset, needed);
    if (request.trigger > 0n) return order;
    if (this.#wouldTake(request)) this.#execute(order, this.touch(order.symbol, order.side), false);
    else if (request.timeInForce !== "GTC" && request.timeInForce !== "GTX") this.#end(order, "EXPIRED");
    return order;
  }

  cancel(symbol: string, by: OrderIds): Order {
    const order = this.records.find(symbol, by, this.#nowMs);
    if (order === undefined || !isOpen(order)) throw new VenueError(-2011, "Unknown order sent.");
    return this.#end(order, "CANCELED");
  }

  #wouldTake({ symbol, side, type, price }: SpotOrderRequest): boolean {
    if (type === "MARKET") return true;
    return side === "BUY" ? this.touch(symbol, side) <= price : this.touch(symbol, side) >= price;
  }

  /** A stop-loss sells when the price has come down to its trigger, and buys when it has come up to it. */
  #triggers({ symbol, side, trigger }: Pick<Order, "symbol" | "side" | "trigger">): boolean {
    return side === "SELL" ? this.price(symbol) <= trigger : this.price(symbol) >= trigger;
  }

  /** What one unit is held to cost when the order is taken. */
  #expectedPrice({ symbol, side, type, price, trigger }: SpotOrderRequest | Order): E8 {
    if (type === "LIMIT") return price;
    return trigger > 0n ? trigger : this.touch(symbol, side);
  }

  #crosses({ symbol, side, price }: Order): boolean {
    return side === "BUY" ? this.touch(symbol, side) <= price : this.touch(symbol, side) >= price;
  }

  #lock(asset: string, amount: E8): void {
    const balance = this.balance(asset);
    balance.free -= amount;
    balance.locked += amount;
  }

  /** What an open order binds: its quantity when selling, its price times that when buying. */
  #locked(order: Order): { asset: string; amount: E8 } {
    const { base, quote } = this.listing(order.symbol).instrument;
    if (order.side === "SELL") return { asset: base, amount: order.quantity };
    return { asset: quote, amount: multiply(order.quantity, this.#expectedPrice(order)) };
  }

  #execute(order: Order, price: E8, maker: boolean): void {
    const { base, quote } = this.listing(order.symbol).instrument;
    const bound = this.#locked(order);
    this.#lock(bound.asset, -bound.amount);
    const spent = multiply(order.quantity, price);
    const rate = maker ? this.#options.fees.maker : this.#options.fees.taker;
    const received = order.side === "BUY" ? order.quantity : spent;
    const commission = multiply(received, rate);
    const [paidAsset, paid, gotAsset] = order.side === "BUY" ? [quote, spent, base] : [base, order.quantity, quote];
    this.balance(paidAsset).free -= paid;
    this.balance(gotAsset).free += received - commission;
    order.executed = order.quantity;
    order.quoteSpent = spent;
    order.status = "FILLED";
    this.records.close(order);
    order.updatedMs = this.#nowMs;
    const trade: Trade = {
      id: this.records.nextTradeId(),
      orderId: order.id,
      symbol: order.symbol,
      side: order.side,
      positionSide: "BOTH",
      price,
      quantity: order.quantity,
      quote: spent,
      commission,
      commissionAsset: gotAsset,
      realised: 0n,
      timeMs: this.#nowMs,
      maker,
    };
    this.records.addTrade(trade);
  }

  #end(order: Order, status: "CANCELED" | "EXPIRED"): Order {
    const bound = this.#locked(order);
    this.#lock(bound.asset, -bound.amount);
    order.status = status;
    order.updatedMs = this.#nowMs;
    this.records.close(order);
    return order;
  }
}
