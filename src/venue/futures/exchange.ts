import { abs, divide, type E8, e8, fromNumber, multiply, ONE } from "../decimal.ts";
import type { Fees, Listing } from "../listing.ts";
import { isOpen, type Order, type PositionSide, type Side, signOf, type Trade } from "../order.ts";
import { checkClientId, checkNotional, checkPrice, checkQuantity } from "../order-checks.ts";
import { type OrderIds, OrderRecords } from "../order-records.ts";
import { refuse } from "../venue-error.ts";
import { FuturesAccount } from "./account.ts";
import { type AlgoOrder, ConditionalOrders } from "./conditional-orders.ts";
import { Matching, type OrderRequest } from "./matching.ts";

export interface FuturesOptions {
  readonly wallet: E8;
  readonly hedgeMode: boolean;
  readonly fees: Fees;
  readonly startMs: number;
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
  readonly conditional = new ConditionalOrders();
  readonly #matching: Matching;
  readonly #listings: ReadonlyMap<string, Listing>;
  readonly #countdowns = new Map<string, number>();
  readonly #listeners: ((event: FuturesEvent) => void)[] = [];
  #nowMs: number;

  constructor(listings: readonly Listing[], options: FuturesOptions) {
    this.#listings = new Map(listings.map((listing) => [listing.instrument.id, listing]));
    this.#nowMs = options.startMs;
    this.account = new FuturesAccount(options.wallet, options.hedgeMode);
    const context = { nowMs: () => this.#nowMs, listing: (symbol: string) => this.listing(symbol), price: this.mark };
    const onOrder = (order: Order, trade: Trade | null): void =>
      this.#tell({ type: "ORDER", order, trade, timeMs: this.#nowMs });
    this.#matching = new Matching(context, this.account, this.records, { fees: options.fees, onOrder });
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

  get quirks() {
    return this.#matching.quirks;
  }

  /** The touch that a market order of this side meets, on a tick. */
  touch(symbol: string, side: Side): E8 {
    return this.#matching.touch(symbol, side);
  }

  available(): E8 {
    const free = this.account.wallet + this.account.unrealised(this.mark) - this.account.initialMargin(this.mark);
    return free > 0n ? free : 0n;
  }

  /** Every funding time so far, oldest first. */
  readonly paidFunding: { readonly symbol: string; readonly timeMs: number; readonly rate: E8; readonly price: E8 }[] =
    [];

  /** Lets time pass: prices move, resting orders and triggers are met, funding is paid, accounts are liquidated. */
  advance(nowMs: number): void {
    if (nowMs <= this.#nowMs) return;
    const moments: { timeMs: number; act: () => void }[] = [];
    for (const [symbol, { path, funding }] of this.#listings) {
      for (const { timeMs } of path.between(this.#nowMs, nowMs)) {
        moments.push({ timeMs, act: () => this.#onPrice(symbol) });
      }
      if (funding === null) continue;
      for (let i = firstAfter(funding.timeMs, this.#nowMs); (funding.timeMs[i] as number) <= nowMs; i++) {
        const timeMs = funding.timeMs[i] as number;
        moments.push({ timeMs, act: () => this.payFunding(symbol, fromNumber(funding.rate[i] as number)) });
      }
    }
    for (const [symbol, timeMs] of this.#countdowns) {
      if (timeMs > nowMs) continue;
      moments.push({ timeMs: Math.max(timeMs, this.#nowMs + 1), act: () => this.#countdownRanOut(symbol) });
    }
    // Array.sort is stable: what happens at the same moment happens in the order above, symbol by symbol.
    moments.sort((a, b) => a.timeMs - b.timeMs);
    for (const [i, { timeMs, act }] of moments.entries()) {
      this.#nowMs = timeMs;
      act();
      // The prices of one moment are reached together: only then is the margin looked at.
      if (moments[i + 1]?.timeMs !== timeMs) this.#checkSolvency();
    }
    this.#nowMs = nowMs;
  }

  /** The price of a symbol was changed from outside: what it reaches is met at once. */
  reprice(symbol: string): void {
    this.#onPrice(symbol);
    this.#checkSolvency();
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
    if (request.timeInForce === "GTX" && this.#matching.crosses(request)) throw refuse.postOnly();
    if (request.timeInForce === "FOK" && !this.#matching.crosses(request)) throw refuse.cannotFill();
    return this.#matching.accept(request, positionSide, clientId, request.reduceOnly ?? false);
  }

  cancel(symbol: string, by: OrderIds): Order {
    const order = this.records.find(symbol, by, this.#nowMs);
    if (order === undefined || !isOpen(order)) throw refuse.unknownCancel();
    return this.#matching.end(order, "CANCELED");
  }

  cancelAll(symbol: string): Order[] {
    return this.records.open(symbol).map((order) => this.#matching.end(order, "CANCELED"));
  }

  placeAlgo(request: OrderRequest, type: AlgoOrder["type"], trigger: E8, clientId: string | null): AlgoOrder {
    const { instrument } = this.listing(request.symbol);
    this.#positionSideOf(request);
    checkQuantity(instrument, request.quantity, "MARKET");
    const at = { clientId, nowMs: this.#nowMs, price: this.price(request.symbol) };
    return this.conditional.add(request, type, trigger, at);
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

  fillResting(symbol: string, share: E8): void {
    this.#matching.fillResting(symbol, share);
  }

  /** Charges every leg of the symbol: longs pay a positive rate. */
  payFunding(symbol: string, rate: E8): void {
    this.paidFunding.push({ symbol, timeMs: this.#nowMs, rate, price: this.price(symbol) });
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
      const order = this.#matching.accept(closing, side, `${prefix}${this.#nowMs}`, true);
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

  #onPrice(symbol: string): void {
    this.#matching.onPrice(symbol);
    this.conditional.onPrice(symbol, this.price(symbol), (request) => this.place(request).id);
  }

  /** An account that cannot hold its margin is closed. */
  #checkSolvency(): void {
    if (!this.account.isInvested) return;
    const balance = this.account.wallet + this.account.unrealised(this.mark);
    const needed = this.account.maintenanceMargin(this.mark, (symbol) => this.listing(symbol).instrument);
    if (balance <= needed) this.liquidate();
  }

  #countdownRanOut(symbol: string): void {
    this.#countdowns.delete(symbol);
    this.cancelAll(symbol);
  }

  #tell(event: FuturesEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** Index of the first of ascending times that is after `ms`. */
function firstAfter(times: Float64Array, ms: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
