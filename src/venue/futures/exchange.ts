import { abs, divide, type E8, e8, fromNumber, multiply, ONE } from "../decimal.ts";
import { type Listing, touch } from "../listing.ts";
import { isOpen, type Order, type PositionSide, type Side, signOf, type TimeInForce, type Trade } from "../order.ts";
import { checkClientId, checkNotional, checkPrice, checkQuantity } from "../order-checks.ts";
import { OrderRecords } from "../order-records.ts";
import { refuse, VenueError } from "../venue-error.ts";
import { FuturesAccount } from "./account.ts";

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

export interface FuturesOptions {
  readonly wallet: E8;
  readonly hedgeMode: boolean;
  /** Fractions of the notional. */
  readonly takerFee: E8;
  readonly makerFee: E8;
  /** Half of the spread as a fraction of the price: market orders pay it. */
  readonly halfSpread: E8;
  readonly startMs: number;
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

/** What happened, for streams: an order changed, with the trade that did it, or the account was charged. */
export type FuturesEvent =
  | { readonly type: "ORDER"; readonly order: Order; readonly trade: Trade | null; readonly timeMs: number }
  | { readonly type: "FUNDING"; readonly symbol: string; readonly amount: E8; readonly timeMs: number };

/** Charged on the notional of a liquidated position. */
const LIQUIDATION_FEE = e8("0.005");

/**
 * A USD-M exchange with one account: hedge or one-way mode, cross margin, market and limit orders, conditional orders,
 * funding, liquidation. Driven by `advance`, which must be called with the current time before anything else.
 */
export class FuturesExchange {
  readonly account: FuturesAccount;
  readonly records = new OrderRecords();
  readonly algoOrders: AlgoOrder[] = [];
  readonly quirks: ExecutionQuirks = { partialFill: null, noFill: false, orderLagMs: 0, tradeLagMs: 0 };
  readonly #listings: ReadonlyMap<string, Listing>;
  readonly #options: FuturesOptions;
  readonly #countdowns = new Map<string, number>();
  readonly #listeners: ((event: FuturesEvent) => void)[] = [];
  #nowMs: number;
  #nextAlgo = 3_000_001;

  constructor(listings: readonly Listing[], options: FuturesOptions) {
    this.#listings = new Map(listings.map((listing) => [listing.instrument.id, listing]));
    this.#options = options;
    this.#nowMs = options.startMs;
    this.account = new FuturesAccount(options.wallet, options.hedgeMode);
  }

  get symbols(): readonly string[] {
    return [...this.#listings.keys()];
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  onEvent(listener: (event: FuturesEvent) => void): void {
    this.#listeners.push(listener);
  }

  listing(symbol: string): Listing {
    const listing = this.#listings.get(symbol);
    if (listing === undefined) throw refuse.badSymbol();
    return listing;
  }

  /** Last price; a symbol that has not traded yet has none. */
  price(symbol: string): E8 {
    const price = this.listing(symbol).path.priceAt(this.#nowMs);
    if (price === null) throw refuse.symbolNotTrading();
    return price;
  }

  readonly mark = (symbol: string): E8 => this.price(symbol);

  /** The touch that a market order of this side meets, on a tick. */
  touch(symbol: string, side: Side): E8 {
    return touch(this.listing(symbol).instrument, this.price(symbol), this.#options.halfSpread, side);
  }

  available(): E8 {
    const free = this.account.wallet + this.account.unrealised(this.mark) - this.account.initialMargin(this.mark);
    return free > 0n ? free : 0n;
  }

  /** Lets time pass: prices move, resting orders and triggers are met, funding is paid, accounts are liquidated. */
  advance(nowMs: number): void {
    if (nowMs <= this.#nowMs) return;
    const moments: { timeMs: number; act: () => void }[] = [];
    for (const [symbol, { path, funding }] of this.#listings) {
      for (const { timeMs } of path.between(this.#nowMs, nowMs)) {
        moments.push({ timeMs, act: () => this.#onPrice(symbol) });
      }
      for (const [i, timeMs] of (funding?.timeMs ?? []).entries()) {
        if (timeMs > this.#nowMs && timeMs <= nowMs) {
          moments.push({ timeMs, act: () => this.payFunding(symbol, fromNumber(funding?.rate[i] as number)) });
        }
      }
    }
    for (const [symbol, timeMs] of this.#countdowns) {
      if (timeMs > nowMs) continue;
      moments.push({ timeMs: Math.max(timeMs, this.#nowMs + 1), act: () => this.#countdownRanOut(symbol) });
    }
    // Array.sort is stable: what happens at the same moment happens in the order above, symbol by symbol.
    for (const { timeMs, act } of moments.sort((a, b) => a.timeMs - b.timeMs)) {
      this.#nowMs = timeMs;
      act();
    }
    this.#nowMs = nowMs;
  }

  /** Checks the order against every rule and, if it stands, accepts and executes it. */
  place(request: OrderRequest): Order {
    const { instrument } = this.listing(request.symbol);
    const positionSide = this.#positionSideOf(request);
    const clientId = request.clientId ?? `web_${this.#nowMs}_${this.records.orders.length}`;
    checkClientId(clientId);
    if (this.records.openByClientId(request.symbol, clientId) !== undefined) throw refuse.duplicateClientId();
    if (instrument.status !== "TRADING") throw refuse.symbolNotTrading();
    checkQuantity(instrument, request.quantity, request.type);
    const reference = request.type === "LIMIT" ? request.price : this.price(request.symbol);
    if (request.type === "LIMIT") checkPrice(instrument, request.price, this.price(request.symbol));
    const reduces = this.#checkReduction(request, positionSide);
    if (!reduces) {
      checkNotional(instrument, request.quantity, reference);
      this.#checkMargin(request, reference);
    }
    if (request.timeInForce === "GTX" && this.#crosses(request)) throw refuse.postOnly();
    if (request.timeInForce === "FOK" && !this.#crosses(request)) throw refuse.cannotFill();
    return this.#accept(request, positionSide, clientId, request.reduceOnly ?? false);
  }

  cancel(symbol: string, id: { orderId: number | null; clientId: string | null }): Order {
    const order = this.records.find(symbol, id, this.#nowMs);
    if (order === undefined || !isOpen(order)) throw refuse.unknownCancel();
    return this.#end(order, "CANCELED");
  }

  cancelAll(symbol: string): Order[] {
    return this.records.open(symbol).map((order) => this.#end(order, "CANCELED"));
  }

  placeAlgo(request: OrderRequest, type: AlgoOrder["type"], trigger: E8, clientId: string | null): AlgoOrder {
    const { instrument } = this.listing(request.symbol);
    this.#positionSideOf(request);
    checkQuantity(instrument, request.quantity, "MARKET");
    const algo: AlgoOrder = {
      id: this.#nextAlgo,
      clientId: clientId ?? `algo_${this.#nextAlgo}`,
      request,
      type,
      trigger,
      createdMs: this.#nowMs,
      status: "NEW",
      orderId: null,
    };
    checkClientId(algo.clientId);
    if (this.algoOrders.some((other) => other.status === "NEW" && other.clientId === algo.clientId)) {
      throw refuse.duplicateClientId();
    }
    if (this.#isTriggered(algo)) throw refuse.wouldTrigger();
    this.#nextAlgo++;
    this.algoOrders.push(algo);
    return algo;
  }

  cancelAlgo(id: { algoId: number | null; clientId: string | null }): AlgoOrder {
    const algo = this.algoOrders.find(
      (order) => order.status === "NEW" && (order.id === id.algoId || order.clientId === id.clientId),
    );
    if (algo === undefined) throw refuse.unknownCancel();
    algo.status = "CANCELED";
    return algo;
  }

  /** All orders of the symbol are cancelled at that time unless the countdown is set again; 0 ends it. */
  setCountdown(symbol: string, ms: number): void {
    this.listing(symbol);
    if (ms === 0) this.#countdowns.delete(symbol);
    else this.#countdowns.set(symbol, this.#nowMs + ms);
  }

  setHedgeMode(hedgeMode: boolean): void {
    if (this.account.hedgeMode === hedgeMode) throw refuse.positionSideSame();
    if (this.records.open(null).length > 0) throw refuse.modeWithOrders();
    if (this.account.held().length > 0) throw refuse.modeWithPositions();
    this.account.hedgeMode = hedgeMode;
  }

  /** Charges every leg of the symbol: longs pay a positive rate. */
  payFunding(symbol: string, rate: E8): void {
    for (const { position, symbol: held } of this.account.held()) {
      if (held !== symbol) continue;
      const amount = -multiply(multiply(position.amount, this.price(symbol)), rate);
      this.account.earn("FUNDING_FEE", symbol, amount, this.#nowMs);
      this.#tell({ type: "FUNDING", symbol, amount, timeMs: this.#nowMs });
    }
  }

  /** Closes every position at the mark, as the exchange does with an account that cannot hold its margin. */
  liquidate(
    prefix: "autoclose-" | "adl_autoclose" | "settlement_autoclose-" = "autoclose-",
    symbol: string | null = null,
  ): void {
    for (const { symbol: held, side, position } of this.account.held()) {
      if (symbol !== null && held !== symbol) continue;
      const closing: OrderRequest = {
        symbol: held,
        side: position.amount > 0n ? "SELL" : "BUY",
        positionSide: side,
        type: "MARKET",
        timeInForce: "GTC",
        quantity: abs(position.amount),
        price: 0n,
        reduceOnly: null,
        clientId: null,
      };
      const order = this.#accept(closing, side, `${prefix}${this.#nowMs}`, true);
      if (prefix === "autoclose-") {
        const fee = multiply(order.quoteSpent, LIQUIDATION_FEE);
        this.account.earn("INSURANCE_CLEAR", held, -fee, this.#nowMs);
      }
    }
  }

  #positionSideOf({ positionSide, reduceOnly }: OrderRequest): PositionSide {
    if (this.account.hedgeMode) {
      if (positionSide !== "LONG" && positionSide !== "SHORT") throw refuse.positionSideWrong();
      if (reduceOnly !== null) throw refuse.notRequired("reduceonly");
      return positionSide;
    }
    if (positionSide !== null && positionSide !== "BOTH") throw refuse.positionSideWrong();
    return "BOTH";
  }

  /** True when the order can only reduce; refuses one that must but could not. */
  #checkReduction(request: OrderRequest, positionSide: PositionSide): boolean {
    const held = this.account.leg(request.symbol, positionSide).position.amount;
    const signed = signOf(request.side) * request.quantity;
    if (positionSide === "BOTH") {
      const reduces = held !== 0n && held > 0n !== signed > 0n && abs(signed) <= abs(held);
      if (request.reduceOnly === true && (held === 0n || held > 0n === signed > 0n)) throw refuse.reduceOnly();
      return reduces || request.reduceOnly === true;
    }
    const closes = (positionSide === "LONG") === (request.side === "SELL");
    if (closes && abs(signed) > abs(held)) throw refuse.reduceOnly();
    return closes;
  }

  #checkMargin({ symbol, side, quantity, positionSide }: OrderRequest, price: E8): void {
    const { position } = this.account.leg(symbol, positionSide ?? "BOTH");
    const before = abs(position.amount);
    const after = abs(position.amount + signOf(side) * quantity);
    const leverage = BigInt(this.account.settings(symbol).leverage) * ONE;
    const needed = after > before ? divide(multiply(after - before, price), leverage) : 0n;
    if (needed > this.available()) throw refuse.marginTooSmall();
  }

  #crosses({ symbol, side, type, price }: OrderRequest | Order): boolean {
    if (type === "MARKET") return true;
    const touch = this.touch(symbol, side);
    return side === "BUY" ? touch <= price : touch >= price;
  }

  #accept(request: OrderRequest, positionSide: PositionSide, clientId: string, reduceOnly: boolean): Order {
    const order: Order = {
      id: this.records.nextOrderId(),
      clientId,
      symbol: request.symbol,
      side: request.side,
      positionSide,
      type: request.type,
      timeInForce: request.timeInForce,
      price: request.type === "LIMIT" ? request.price : 0n,
      quantity: request.quantity,
      reduceOnly,
      createdMs: this.#nowMs,
      visibleMs: this.#nowMs + this.quirks.orderLagMs,
      tradesVisibleMs: this.#nowMs + this.quirks.tradeLagMs,
      updatedMs: this.#nowMs,
      executed: 0n,
      quoteSpent: 0n,
      status: "NEW",
    };
    this.records.add(order);
    this.#tell({ type: "ORDER", order, trade: null, timeMs: this.#nowMs });
    if (request.type === "MARKET") this.#executeMarket(order);
    else if (!this.quirks.noFill && this.#crosses(order)) {
      this.#execute(order, order.quantity, this.touch(order.symbol, order.side), false);
    } else if (request.timeInForce === "IOC") this.#end(order, "EXPIRED");
    return order;
  }

  #executeMarket(order: Order): void {
    const { step } = this.listing(order.symbol).instrument;
    const { partialFill } = this.quirks;
    const wanted = partialFill === null ? order.quantity : multiply(order.quantity, partialFill);
    const quantity = wanted - (wanted % step);
    if (quantity > 0n) this.#execute(order, quantity, this.touch(order.symbol, order.side), false);
    if (isOpen(order)) this.#end(order, "EXPIRED");
  }

  /** Books `quantity` of an order at `price`; a reduce-only order never goes beyond the position. */
  #execute(order: Order, quantity: E8, price: E8, maker: boolean): void {
    const held = abs(this.account.leg(order.symbol, order.positionSide).position.amount);
    const executed = order.reduceOnly && quantity > held ? held : quantity;
    const quote = multiply(executed, price);
    const commission = multiply(quote, maker ? this.#options.makerFee : this.#options.takerFee);
    const tradeId = this.records.nextTradeId();
    const signed = signOf(order.side) * executed;
    const realised = this.account.fill(order.symbol, order.positionSide, {
      signed,
      price,
      commission,
      timeMs: this.#nowMs,
      tradeId,
    });
    order.executed += executed;
    order.quoteSpent += quote;
    order.updatedMs = this.#nowMs;
    order.status = order.executed === order.quantity ? "FILLED" : "PARTIALLY_FILLED";
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
      timeMs: this.#nowMs,
      maker,
    };
    this.records.addTrade(trade);
    this.#tell({ type: "ORDER", order, trade, timeMs: this.#nowMs });
  }

  #end(order: Order, status: "CANCELED" | "EXPIRED"): Order {
    order.status = status;
    order.updatedMs = this.#nowMs;
    this.#tell({ type: "ORDER", order, trade: null, timeMs: this.#nowMs });
    return order;
  }

  #onPrice(symbol: string): void {
    for (const order of this.records.open(symbol)) {
      if (!this.quirks.noFill && this.#crosses(order)) {
        this.#execute(order, order.quantity - order.executed, order.price, true);
      }
    }
    for (const algo of this.algoOrders) {
      if (algo.status !== "NEW" || algo.request.symbol !== symbol || !this.#isTriggered(algo)) continue;
      this.#trigger(algo);
    }
    if (this.account.held().length > 0 && this.#cannotHoldMargin()) this.liquidate();
  }

  #trigger(algo: AlgoOrder): void {
    try {
      algo.orderId = this.place({ ...algo.request, clientId: algo.clientId }).id;
      algo.status = "TRIGGERED";
    } catch (error) {
      // A conditional order that is no longer allowed when it triggers is rejected; nobody waits for an answer then.
      if (!(error instanceof VenueError)) throw error;
      algo.status = "REJECTED";
    }
  }

  /** A stop sells below and buys above its trigger; a take-profit the other way round. */
  #isTriggered({ request, type, trigger }: AlgoOrder): boolean {
    const price = this.price(request.symbol);
    const falling = (type === "STOP_MARKET") === (request.side === "SELL");
    return falling ? price <= trigger : price >= trigger;
  }

  #cannotHoldMargin(): boolean {
    const balance = this.account.wallet + this.account.unrealised(this.mark);
    return balance <= this.account.maintenanceMargin(this.mark, (symbol) => this.listing(symbol).instrument);
  }

  #countdownRanOut(symbol: string): void {
    this.#countdowns.delete(symbol);
    this.cancelAll(symbol);
  }

  #tell(event: FuturesEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
