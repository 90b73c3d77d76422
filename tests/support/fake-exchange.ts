import {
  type CancelOutcome,
  type Consequence,
  type Leg,
  type OrderReport,
  type OrderRequest,
  type OrderStatus,
  type SubmitOutcome,
  type TradingVenue,
  VenueError,
  type VenuePosition,
  type VenueTrade,
} from "../../src/exchange/port.ts";
import type { VirtualClock } from "./virtual-clock.ts";

// A small exchange with lots of 0.001 and one price per symbol, as unkind as Binance: client ids are unique among open
// orders only, reads may lag, requests and answers get lost. It knows nothing of the order manager.

export type SubmitFault =
  | "lost_request"
  | "lost_ack"
  | "hang"
  | "wrong_cid"
  | "wrong_quantity"
  | "taken_but_rejected"
  /** Arrives after this share of recvWindow. */
  | { readonly lateShare: number }
  | { readonly reject: Consequence };

/** What happens to an accepted order. */
export type Filling =
  | "full"
  | "three_trades"
  | "never"
  /** Fills after so many ms. */
  | { readonly afterMs: number }
  /** Fills a share at once, the rest expires (market) or rests (limit). */
  | { readonly share: number };

export interface Faults {
  /** By number of the call, from 0. */
  readonly submit: readonly (SubmitFault | null)[];
  readonly find: readonly ("unavailable" | "unknown" | "malformed" | "rate_limited" | null)[];
  readonly trades: readonly ("unavailable" | "empty" | "twice" | "malformed" | null)[];
  readonly cancel: readonly ("lost_request" | "lost_ack" | "race" | null)[];
  readonly positions: readonly ("unavailable" | "stale" | null)[];
  readonly time: readonly ("unavailable" | null)[];
  /** By number of the accepted order. */
  readonly filling: readonly Filling[];
}

export const NO_FAULTS: Faults = { submit: [], find: [], trades: [], cancel: [], positions: [], time: [], filling: [] };

interface FakeOrder {
  readonly request: OrderRequest;
  readonly orderId: string;
  readonly lots: number;
  status: OrderStatus;
  filled: number;
  updatedMs: number;
}

const WAY_MS = 20;
const DEADLINE_MS = 3_000;
const RECV_WINDOW_MS = 5_000;
const PRICE = 100;

export class FakeExchange {
  readonly orders: FakeOrder[] = [];
  /** Looked at when a POST arrives: the proof of what is journaled must be there by then. */
  onReceipt: (request: OrderRequest) => void = () => {};
  readonly #clock: VirtualClock;
  readonly #hedged: boolean;
  readonly #positions = new Map<string, number>();
  #stale: ReadonlyMap<string, number> = new Map();
  readonly #trades: VenueTrade[] = [];
  #faults: Faults;
  readonly #calls: Record<string, number> = {};

  constructor(clock: VirtualClock, { hedged, faults }: { hedged: boolean; faults: Faults }) {
    this.#clock = clock;
    this.#hedged = hedged;
    this.#faults = faults;
  }

  /** From here on everything works. */
  heal(): void {
    this.#faults = NO_FAULTS;
  }

  position(symbol: string, leg: Leg): number {
    return this.#positions.get(`${symbol} ${leg}`) ?? 0;
  }

  /** As after a long time: orders are gone, trades and positions stay. */
  forgetOrders(): void {
    this.orders.length = 0;
  }

  /** Somebody else trades on the account. */
  manualTrade(symbol: string, leg: Leg, lots: number): void {
    const side = lots > 0 ? "buy" : "sell";
    const request: OrderRequest = {
      clientId: "manual",
      symbol,
      side,
      leg,
      quantity: quantity(Math.abs(lots)),
      type: "market",
      price: null,
      reduces: false,
      postOnly: false,
    };
    const order = this.#accept(request, Math.abs(lots));
    this.#fill(order, Math.abs(lots), 1);
  }

  /** A connection of one process; after `kill` a call by it is a zombie's. */
  connect(): { readonly venue: TradingVenue; kill(): void } {
    let alive = true;
    const guarded = <A extends unknown[], T>(call: (...args: A) => Promise<T>) => {
      return (...args: A): Promise<T> => {
        if (!alive) throw new Error("a dead process called the exchange");
        return call(...args);
      };
    };
    const venue: TradingVenue = {
      recvWindowMs: RECV_WINDOW_MS,
      serverTime: guarded(() => this.#time()),
      submit: guarded((order, signedAtMs) => this.#submit(order, signedAtMs)),
      find: guarded((symbol, cid) => this.#find(symbol, cid)),
      cancel: guarded((symbol, cid) => this.#cancel(symbol, cid)),
      clientIdOf: guarded(
        async (_, orderId) => this.orders.find((order) => order.orderId === orderId)?.request.clientId ?? null,
      ),
      trades: guarded((symbol, query) => this.#listTrades(symbol, query)),
      openOrders: guarded(async () => this.orders.filter(isOpen).map(report)),
      positions: guarded(() => this.#listPositions()),
      balance: () => Promise.reject(new Error("not asked")),
      settings: () => Promise.reject(new Error("not asked")),
      permissions: () => Promise.reject(new Error("not asked")),
      income: () => Promise.reject(new Error("not asked")),
      close: async () => {},
    };
    return {
      venue,
      kill: () => {
        alive = false;
      },
    };
  }

  async #submit(request: OrderRequest, signedAtMs: number): Promise<SubmitOutcome> {
    const fault = this.#fault("submit");
    const ambiguous = (message: string): SubmitOutcome => ({ kind: "ambiguous", message });
    await this.#clock.sleep(WAY_MS);
    if (fault === "lost_request") {
      await this.#clock.sleep(DEADLINE_MS);
      return ambiguous("deadline");
    }
    if (typeof fault === "object" && fault !== null && "lateShare" in fault) {
      void this.#clock.sleep(fault.lateShare * RECV_WINDOW_MS).then(() => this.#arrive(request, signedAtMs));
      await this.#clock.sleep(DEADLINE_MS);
      return ambiguous("deadline");
    }
    if (typeof fault === "object" && fault !== null) {
      await this.#clock.sleep(WAY_MS);
      const retryAtMs = fault.reject === "wait" ? this.#clock.now() + 5_000 : null;
      return { kind: "rejected", code: "-1", message: "scripted", consequence: fault.reject, retryAtMs };
    }
    const outcome = this.#arrive(request, signedAtMs);
    await this.#clock.sleep(fault === "hang" ? DEADLINE_MS : WAY_MS);
    if (fault === "lost_ack") return ambiguous("connection reset");
    if (fault === "hang") return ambiguous("deadline");
    if (outcome.kind !== "accepted") return outcome;
    if (fault === "wrong_cid") return { kind: "accepted", order: { ...outcome.order, clientId: "x-other" } };
    if (fault === "wrong_quantity") return { kind: "accepted", order: { ...outcome.order, quantity: "0.0005" } };
    if (fault === "taken_but_rejected")
      return { kind: "rejected", code: "-2010", message: "duplicate", consequence: "redecide", retryAtMs: null };
    return outcome;
  }

  #arrive(request: OrderRequest, signedAtMs: number): SubmitOutcome {
    this.onReceipt(request);
    const reject = (code: string, consequence: Consequence): SubmitOutcome => {
      return { kind: "rejected", code, message: code, consequence, retryAtMs: null };
    };
    if (this.#clock.now() - signedAtMs > RECV_WINDOW_MS) return reject("-1021", "resync_clock");
    if (this.orders.some((order) => isOpen(order) && order.request.clientId === request.clientId))
      return { kind: "ambiguous", message: "-4116" };
    const lots = Math.round(Number(request.quantity) * 1000);
    if (quantity(lots) !== request.quantity || lots <= 0) return reject("-1111", "halt_symbol");
    const held = this.position(request.symbol, request.leg);
    const opens = { long: "buy", short: "sell", net: request.side }[request.leg] === request.side;
    if (this.#hedged === (request.leg === "net")) return reject("-4061", "halt");
    if (request.reduces && Math.abs(held) < lots) return reject("-2022", "redecide");
    if (this.#hedged && !opens && Math.abs(held) < lots) return reject("-2022", "redecide");
    const order = this.#accept(request, lots);
    const filling = this.#faults.filling[this.orders.length - 1] ?? "full";
    if (filling === "full") this.#fill(order, lots, 1);
    else if (filling === "three_trades") this.#fill(order, lots, Math.min(3, lots));
    else if (filling !== "never" && "afterMs" in filling)
      void this.#clock.sleep(filling.afterMs).then(() => isOpen(order) && this.#fill(order, lots, 1));
    else if (filling !== "never") {
      this.#fill(order, Math.floor(lots * filling.share), 1);
      if (isOpen(order) && request.type === "market") order.status = "expired";
    }
    return { kind: "accepted", order: report(order) };
  }

  #accept(request: OrderRequest, lots: number): FakeOrder {
    // Ids above 2^53.
    const orderId = String(9_007_199_254_740_993n + BigInt(this.orders.length));
    const order: FakeOrder = { request, orderId, lots, status: "open", filled: 0, updatedMs: this.#clock.now() };
    this.orders.push(order);
    return order;
  }

  #fill(order: FakeOrder, lots: number, trades: number): void {
    if (lots === 0) return;
    const { symbol, side, leg } = order.request;
    this.#stale = new Map(this.#positions);
    for (let i = 0; i < trades; i++) {
      const own = i === trades - 1 ? lots - (trades - 1) * Math.floor(lots / trades) : Math.floor(lots / trades);
      this.#trades.push({
        tradeId: String(this.#trades.length + 1),
        orderId: order.orderId,
        symbol,
        side,
        leg,
        quantity: quantity(own),
        price: `${PRICE + i}.5`,
        fee: "0.0001",
        feeAsset: "BNB",
        timeMs: this.#clock.now(),
      });
    }
    order.filled += lots;
    order.status = order.filled === order.lots ? "filled" : "partial";
    order.updatedMs = this.#clock.now();
    const key = `${symbol} ${leg}`;
    this.#positions.set(key, this.position(symbol, leg) + (side === "buy" ? lots : -lots));
  }

  async #find(symbol: string, cid: string): Promise<OrderReport | null> {
    const fault = this.#fault("find");
    await this.#clock.sleep(2 * WAY_MS);
    if (fault === "unavailable") throw new VenueError("unavailable", "reset");
    if (fault === "rate_limited") throw new VenueError("rate_limited", "429", "-1003", this.#clock.now() + 4_000);
    if (fault === "unknown") return null;
    const order = this.orders.findLast(({ request }) => request.clientId === cid && request.symbol === symbol);
    if (order === undefined) return null;
    return fault === "malformed" ? { ...report(order), filled: "999999" } : report(order);
  }

  async #cancel(symbol: string, cid: string): Promise<CancelOutcome> {
    const fault = this.#fault("cancel");
    await this.#clock.sleep(WAY_MS);
    if (fault === "lost_request") return { kind: "ambiguous", message: "deadline" };
    const order = this.orders.find(
      (one) => isOpen(one) && one.request.clientId === cid && one.request.symbol === symbol,
    );
    if (order === undefined) return { kind: "not_found" };
    if (fault === "race") {
      this.#fill(order, order.lots - order.filled, 1);
      return { kind: "not_found" };
    }
    order.status = "cancelled";
    await this.#clock.sleep(WAY_MS);
    return fault === "lost_ack" ? { kind: "ambiguous", message: "reset" } : { kind: "cancelled", order: report(order) };
  }

  async #listTrades(symbol: string, query: { sinceMs: number } | { orderId: string }): Promise<VenueTrade[]> {
    const fault = this.#fault("trades");
    await this.#clock.sleep(2 * WAY_MS);
    if (fault === "unavailable") throw new VenueError("unavailable", "reset");
    const found = this.#trades.filter(
      (trade) =>
        trade.symbol === symbol &&
        ("orderId" in query ? trade.orderId === query.orderId : trade.timeMs >= query.sinceMs),
    );
    // Only a listing by order may lag: the other is asked when all is long past.
    if (fault === "empty") return "orderId" in query ? [] : found;
    if (fault === "twice") return [...found, ...found];
    if (fault === "malformed") return found.map((trade) => ({ ...trade, quantity: "0.00001" }));
    return found;
  }

  async #listPositions(): Promise<VenuePosition[]> {
    const fault = this.#fault("positions");
    await this.#clock.sleep(2 * WAY_MS);
    if (fault === "unavailable") throw new VenueError("unavailable", "reset");
    const source = fault === "stale" ? this.#stale : this.#positions;
    return [...source].flatMap(([key, lots]) => {
      if (lots === 0) return [];
      const [symbol, leg] = key.split(" ") as [string, Leg];
      return [{ symbol, leg, quantity: quantity(lots), entryPrice: "100", markPrice: "100" }];
    });
  }

  async #time(): Promise<number> {
    const fault = this.#fault("time");
    await this.#clock.sleep(WAY_MS);
    if (fault === "unavailable") throw new VenueError("unavailable", "reset");
    return this.#clock.now();
  }

  #fault<K extends "submit" | "find" | "trades" | "cancel" | "positions" | "time">(call: K): Faults[K][number] | null {
    const nth = this.#calls[call] ?? 0;
    this.#calls[call] = nth + 1;
    return this.#faults[call][nth] ?? null;
  }
}

function isOpen({ status }: FakeOrder): boolean {
  return status === "open" || status === "partial";
}

function quantity(lots: number): string {
  return (lots / 1000).toFixed(3);
}

function report({ request, orderId, lots, status, filled, updatedMs }: FakeOrder): OrderReport {
  return {
    clientId: request.clientId,
    orderId,
    symbol: request.symbol,
    status,
    quantity: quantity(lots),
    filled: quantity(filled),
    averagePrice: filled > 0 ? "100.5" : null,
    updatedMs,
  };
}
