import type { Leg } from "../../exchange/port.ts";
import type {
  AcceptedRecord,
  ClosingRecord,
  DecisionRecord,
  DoneRecord,
  ExternalRecord,
  Intent,
  JournalBody,
  RejectedRecord,
  SentRecord,
  SettledRecord,
  TradeRecord,
} from "../journal-records.ts";
import { readClientId } from "./client-id.ts";
import type { HeldLegs } from "./plan-intents.ts";

/** The journal contradicts itself: it must not be acted upon. */
export class LedgerError extends Error {
  override readonly name = "LedgerError";
}

/** One order that left, or may have left. */
export interface LedgerOrder {
  readonly sent: SentRecord;
  readonly intent: Intent;
  readonly orderId: string | null;
  readonly rejected: boolean;
  /** Lots of its trades so far, above or equal 0, and their value. */
  readonly booked: number;
  readonly bookedMicro: number;
  readonly tradeIds: ReadonlySet<string>;
  /** A synthetic trade stands for what was missing: later trades are the same fills. */
  readonly synthetic: boolean;
  readonly done: DoneRecord | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type OrderState = Mutable<Omit<LedgerOrder, "tradeIds">> & { readonly tradeIds: Set<string> };

interface IntentState {
  readonly intent: Intent;
  readonly orders: OrderState[];
  /** Ended without an order. */
  unsent: boolean;
}

interface OpenDecision {
  readonly record: DecisionRecord;
  /** By client id of the intent, in the order of sending. */
  readonly intents: Map<string, IntentState>;
  readonly unsettled: Set<string>;
}

/**
 * What became of every order: the fold of a journal's decision, sent, accepted, rejected, ambiguous, trade, done, settled and
 * external records; all others pass by. `apply` throws a LedgerError at a record that contradicts those before it, so a
 * journal that folds is consistent: every trade and end belongs to an order that was sent, an order ends once, with as
 * many lots as its trades have, no trade comes twice, no decision lies before another.
 *
 * Settled symbols are forgotten except for what is held: memory does not grow with time.
 */
export class OrderLedger {
  readonly #open: OpenDecision[] = [];
  readonly #orders = new Map<string, OrderState>();
  readonly #held = new Map<string, Mutable<HeldLegs>>();
  /** By symbol: ids of orders and trades that came from outside while an order of ours was open. */
  readonly #external = new Map<string, Set<string>>();
  /** By symbol: order ids of the decision before. Its trades may be as young as the next order. */
  readonly #before = new Map<string, Set<string>>();
  #watermark = Number.NEGATIVE_INFINITY;
  #isPaper = false;

  /** `open_ms` of the last decision: none may come for it or an older one. */
  get watermark(): number {
    return this.#watermark;
  }

  apply(body: JournalBody): void {
    switch (body.type) {
      case "header":
        this.#isPaper = body.mode === "paper";
        break;
      case "decision":
        this.#decide(body);
        break;
      case "closing":
        this.#decide(asDecision(body));
        break;
      case "sent":
        this.#send(body);
        break;
      case "accepted":
        this.#accept(body);
        break;
      case "rejected":
        this.#reject(body);
        break;
      case "ambiguous":
        this.#openOrder(body.cid, body.type);
        break;
      case "trade":
        this.#trade(body);
        break;
      case "done":
        this.#done(body);
        break;
      case "settled":
        this.#settle(body);
        break;
      case "external":
        this.#takeExternal(body);
        break;
    }
  }

  /** What the account holds of a symbol by the journal, lots. */
  held(symbol: string): HeldLegs {
    return this.#held.get(symbol) ?? { long: 0, short: 0, net: 0 };
  }

  /** Symbols with a decision that is not settled: they decide nothing new. */
  inFlight(): ReadonlySet<string> {
    return new Set(this.#open.flatMap(({ unsettled }) => [...unsettled]));
  }

  /** Decisions with a symbol that is not settled, oldest first. */
  openDecisions(): readonly DecisionRecord[] {
    return this.#open.map(({ record }) => record);
  }

  isSettled(openMs: number, symbol: string): boolean {
    return !this.#open.some(({ record, unsettled }) => record.open_ms === openMs && unsettled.has(symbol));
  }

  /** Orders of an intent, in the order of sending. Empty for one that is settled or was never sent. */
  ordersOf(intent: Intent): readonly LedgerOrder[] {
    return this.#intent(intent.cid)?.orders ?? [];
  }

  /** True when nothing more will come of the intent's orders so far. */
  isComplete(intent: Intent): boolean {
    const state = this.#intent(intent.cid);
    return (
      state === undefined ||
      state.unsent ||
      (state.orders.length > 0 && state.orders.every(({ done }) => done !== null))
    );
  }

  /** Lots that the intent's orders have filled so far. */
  filled(intent: Intent): number {
    return this.ordersOf(intent).reduce((lots, { booked }) => lots + booked, 0);
  }

  order(cid: string): LedgerOrder {
    const order = this.#orders.get(cid);
    if (order === undefined) throw new LedgerError(`${cid}: no such order in a decision that is not settled`);
    return order;
  }

  /** Whether an order of this id was sent and has no end yet. */
  isOpen(cid: string): boolean {
    const order = this.#orders.get(cid);
    return order !== undefined && order.done === null;
  }

  /** Whether a trade of the exchange belongs to an open order of ours or to its predecessor, or was taken over by hand. */
  explains(symbol: string, trade: { readonly orderId: string; readonly tradeId: string }): boolean {
    const external = this.#external.get(symbol);
    if (external?.has(trade.orderId) || external?.has(trade.tradeId)) return true;
    if (this.#before.get(symbol)?.has(trade.orderId)) return true;
    for (const order of this.#orders.values())
      if (order.intent.symbol === symbol && order.orderId === trade.orderId) return true;
    return false;
  }

  #decide(record: DecisionRecord): void {
    refuse(record.open_ms <= this.#watermark, `a decision for ${record.open_ms} after one for ${this.#watermark}`);
    this.#watermark = record.open_ms;
    const intents = new Map<string, IntentState>();
    const unsettled = new Set<string>();
    // What the engine books at the next open by itself is never settled: a mere cross, and everything in paper.
    for (const { symbol, net, crossed } of record.symbols)
      if (!this.#isPaper && (net !== 0 || crossed === 0)) unsettled.add(symbol);
    for (const intent of record.intents) {
      refuse(intents.has(intent.cid), `${intent.cid}: twice in one decision`);
      // Ids hold the slice's time and times only grow: no id comes again, without a list of all that ever were.
      refuse(
        readClientId(intent.cid)?.openMs !== record.open_ms,
        `${intent.cid}: not an id of the slice ${record.open_ms}`,
      );
      refuse(intent.lots <= 0, `${intent.cid}: no lots`);
      intents.set(intent.cid, { intent, orders: [], unsent: false });
      unsettled.add(intent.symbol);
    }
    for (const symbol of unsettled)
      refuse(this.inFlight().has(symbol), `${symbol}: decided anew before its last decision was settled`);
    if (unsettled.size > 0) this.#open.push({ record, intents, unsettled });
  }

  #send(sent: SentRecord): void {
    const state = this.#intent(sent.intent);
    if (state === undefined) throw new LedgerError(`${sent.cid}: sent for no open intent (${sent.intent})`);
    const { intent, orders } = state;
    refuse(this.#orders.has(sent.cid), `${sent.cid}: sent twice`);
    refuse(
      orders.length === 0 && sent.cid !== intent.cid,
      `${sent.cid}: the first order of ${intent.cid} has another id`,
    );
    refuse(
      readClientId(sent.cid)?.openMs !== readClientId(intent.cid)?.openMs,
      `${sent.cid}: an id of another slice than ${intent.cid}`,
    );
    refuse(
      state.unsent || orders.some(({ done }) => done === null),
      `${sent.cid}: sent while ${intent.cid} has an open order`,
    );
    const left = intent.lots - orders.reduce((lots, { booked }) => lots + booked, 0);
    refuse(sent.lots > left, `${sent.cid}: sent for ${sent.lots} lots, ${left} are left`);
    const order: OrderState = {
      sent,
      intent,
      orderId: null,
      rejected: false,
      booked: 0,
      bookedMicro: 0,
      tradeIds: new Set(),
      synthetic: false,
      done: null,
    };
    orders.push(order);
    this.#orders.set(sent.cid, order);
  }

  #accept({ type, cid, order_id }: AcceptedRecord): void {
    const order = this.#openOrder(cid, type);
    refuse(order.rejected, `${cid}: accepted after it was rejected`);
    refuse(order.orderId !== null && order.orderId !== order_id, `${cid}: a second order id ${order_id}`);
    order.orderId = order_id;
  }

  #reject({ type, cid }: RejectedRecord): void {
    const order = this.#openOrder(cid, type);
    refuse(order.orderId !== null, `${cid}: rejected after it was accepted`);
    order.rejected = true;
  }

  #trade(trade: TradeRecord): void {
    const order = this.#openOrder(trade.cid, trade.type);
    const { symbol, side, leg } = order.intent;
    refuse(trade.symbol !== symbol, `${trade.cid}: a trade of ${trade.symbol}, the order is of ${symbol}`);
    refuse(Math.sign(trade.lots) !== (side === "buy" ? 1 : -1), `${trade.cid}: a trade of the other side`);
    refuse(order.orderId === null, `${trade.cid}: a trade before it was accepted`);
    refuse(this.#knowsTrade(symbol, trade.trade_id), `${symbol}: trade ${trade.trade_id} twice`);
    const lots = filledLots(trade);
    refuse(order.booked + lots > order.sent.lots, `${trade.cid}: more trades than its ${order.sent.lots} lots`);
    order.tradeIds.add(trade.trade_id);
    order.booked += lots;
    order.bookedMicro += trade.value_micro;
    order.synthetic ||= trade.synthetic;
    this.#hold(symbol, leg, trade.lots);
  }

  #done(done: DoneRecord): void {
    if (done.status === "unsent") {
      const state = this.#intent(done.cid);
      if (state === undefined) throw new LedgerError(`${done.cid}: the end of no open intent`);
      refuse(state.orders.length > 0 || state.unsent, `${done.cid}: unsent after it was sent or ended`);
      refuse(done.lots !== 0, `${done.cid}: unsent with ${done.lots} lots`);
      state.unsent = true;
      return;
    }
    const order = this.#openOrder(done.cid, done.type);
    refuse(done.status === "open" || done.status === "partial", `${done.cid}: ends as ${done.status}`);
    refuse(done.lots !== order.booked, `${done.cid}: ends with ${done.lots} lots, its trades have ${order.booked}`);
    refuse(
      (done.status === "filled") !== (done.lots === order.sent.lots),
      `${done.cid}: ${done.status} with ${done.lots} of ${order.sent.lots} lots`,
    );
    refuse(done.status === "lost" && order.orderId !== null, `${done.cid}: lost after it was accepted`);
    order.done = done;
  }

  #settle({ open_ms, symbol }: SettledRecord): void {
    const i = this.#open.findIndex(({ record, unsettled }) => record.open_ms === open_ms && unsettled.has(symbol));
    const decision = this.#open[i];
    if (decision === undefined) throw new LedgerError(`${symbol}: settled for ${open_ms} without an open decision`);
    const mine = [...decision.intents.values()].filter(({ intent }) => intent.symbol === symbol);
    for (const { intent } of mine) refuse(!this.isComplete(intent), `${symbol}: settled before ${intent.cid} is done`);
    const orders = mine.flatMap((state) => state.orders);
    for (const { sent } of orders) this.#orders.delete(sent.cid);
    for (const { intent } of mine) decision.intents.delete(intent.cid);
    this.#before.set(symbol, new Set(orders.flatMap(({ orderId }) => orderId ?? [])));
    decision.unsettled.delete(symbol);
    if (decision.unsettled.size === 0) this.#open.splice(i, 1);
    this.#external.delete(symbol);
  }

  #takeExternal({ kind, id, symbol, leg, lots }: ExternalRecord): void {
    if (symbol === null) return;
    const ids = this.#external.get(symbol) ?? new Set();
    // Explanations are asked for only while an order of the symbol is open.
    if (this.inFlight().has(symbol)) this.#external.set(symbol, ids.add(id));
    if (leg !== null && (kind === "unassigned" || kind === "autoclose")) this.#hold(symbol, leg, lots);
  }

  #hold(symbol: string, leg: Leg, lots: number): void {
    const held = this.#held.get(symbol) ?? { long: 0, short: 0, net: 0 };
    held[leg] += lots;
    this.#held.set(symbol, held);
  }

  #openOrder(cid: string, what: string): OrderState {
    const order = this.#orders.get(cid);
    if (order === undefined) throw new LedgerError(`${cid}: ${what} of an order that was not sent or is settled`);
    refuse(order.done !== null, `${cid}: ${what} after its end`);
    return order;
  }

  #intent(cid: string): IntentState | undefined {
    for (const { intents } of this.#open) {
      const state = intents.get(cid);
      if (state !== undefined) return state;
    }
    return undefined;
  }

  #knowsTrade(symbol: string, tradeId: string): boolean {
    for (const { intent, tradeIds } of this.#orders.values())
      if (intent.symbol === symbol && tradeIds.has(tradeId)) return true;
    return false;
  }
}

/** Orders that the engine did not decide are worked on like those it did. */
export function asDecision({ open_ms, intents }: ClosingRecord): DecisionRecord {
  return { type: "decision", open_ms, events: "", symbols: [], intents };
}

/** Lots of the order that a trade filled. */
export function filledLots({ lots, fee_lots: kept }: TradeRecord): number {
  return Math.abs(lots) + kept;
}

function refuse(contradicts: boolean, message: string): void {
  if (contradicts) throw new LedgerError(message);
}
