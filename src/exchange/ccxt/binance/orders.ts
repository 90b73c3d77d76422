import { z } from "zod";
import { compareDecimals, isZero } from "../../decimal-text.ts";
import {
  type CancelOutcome,
  type Leg,
  type OrderReport,
  type OrderRequest,
  type OrderStatus,
  type SubmitOutcome,
  VenueError,
  type VenueTrade,
} from "../../port.ts";
import { CallError } from "../call-error.ts";
import { problemOf } from "../order-problem.ts";
import { decimal, id as idText, parseReply, time, unsignedDecimal } from "../reply-schemas.ts";
import { BINANCE_VERDICTS, isUnknownOrder, outcomeOf, venueErrorOf } from "../verdicts.ts";
import { inPages } from "../windows.ts";
import type { BinanceMarket } from "./market.ts";

const TRADES_PAGE = 1000;

const STATUS: Readonly<Record<string, OrderStatus>> = {
  NEW: "open",
  PENDING_NEW: "open",
  PENDING_CANCEL: "open",
  PARTIALLY_FILLED: "partial",
  FILLED: "filled",
  CANCELED: "cancelled",
  REJECTED: "rejected",
  EXPIRED: "expired",
  EXPIRED_IN_MATCH: "expired",
};

const LEG: Readonly<Record<string, Leg>> = { LONG: "long", SHORT: "short", BOTH: "net" };
export const POSITION_SIDE: Readonly<Record<Leg, string>> = { long: "LONG", short: "SHORT", net: "BOTH" };

const orderReply = z.looseObject({
  symbol: z.string(),
  orderId: idText,
  clientOrderId: z.string(),
  status: z.string(),
  origQty: unsignedDecimal,
  executedQty: unsignedDecimal,
  /** Futures only. */
  avgPrice: unsignedDecimal.optional(),
  updateTime: time.optional(),
  transactTime: time.optional(),
});

/** A cancel on spot answers with an id of its own as clientOrderId and ours as origClientOrderId. */
const cancelReply = orderReply.extend({ origClientOrderId: z.string().optional() });

const tradeReply = z.looseObject({
  symbol: z.string(),
  id: idText,
  orderId: idText,
  side: z.enum(["BUY", "SELL"]).optional(),
  isBuyer: z.boolean().optional(),
  positionSide: z.enum(["LONG", "SHORT", "BOTH"]).optional(),
  qty: unsignedDecimal,
  price: unsignedDecimal,
  commission: decimal,
  commissionAsset: z.string().min(1),
  time,
});

/** Orders and trades, the part in which Binance's futures and spot differ by names only. */
export class BinanceOrders {
  readonly #market: BinanceMarket;

  constructor(market: BinanceMarket) {
    this.#market = market;
  }

  /** Sends one order under ccxt's name of the endpoint. Never throws, never sends twice. */
  async submit(
    order: OrderRequest,
    signedAtMs: number,
    paramsOf: (id: string) => Readonly<Record<string, unknown>>,
    endpoint = this.#market.dialect.placeOrder,
    read = (reply: unknown) => this.readOrder(reply, order),
  ): Promise<SubmitOutcome> {
    const { client } = this.#market;
    try {
      const problem = problemOf(order);
      if (problem !== null) throw new VenueError("refused", problem);
      const { id } = await this.#market.instrument(order.symbol);
      const params = paramsOf(id);
      try {
        return {
          kind: "accepted",
          order: await read(await this.#market.change(endpoint, params, "order", signedAtMs)),
        };
      } catch (error) {
        if (error instanceof CallError) return outcomeOf(error.failure, BINANCE_VERDICTS);
        return { kind: "ambiguous", message: client.redact(String(error)) };
      }
    } catch (error) {
      // Nothing has been sent yet.
      const isPassing = error instanceof VenueError && error.kind !== "refused";
      const retryAtMs = error instanceof VenueError ? error.retryAtMs : null;
      const consequence = isPassing ? (retryAtMs === null ? "redecide" : "wait") : "halt_symbol";
      return { kind: "rejected", code: "UNSENT", message: client.redact(String(error)), consequence, retryAtMs };
    }
  }

  /** By id of ours or of the exchange; null when it knows none. @throws VenueError */
  async find(
    symbol: string,
    by: { readonly origClientOrderId: string } | { readonly orderId: string },
    clientId: string,
  ): Promise<OrderReport | null> {
    const { id } = await this.#market.instrument(symbol);
    try {
      const reply = await this.#market.query(this.#market.dialect.order, { symbol: id, ...by }, "resolving");
      return await this.readOrder(reply, { symbol, clientId });
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      if (isUnknownOrder(error.failure)) return null;
      throw venueErrorOf(error.failure);
    }
  }

  async clientIdOf(symbol: string, orderId: string): Promise<string | null> {
    const { id } = await this.#market.instrument(symbol);
    try {
      const reply = await this.#market.query(this.#market.dialect.order, { symbol: id, orderId }, "resolving");
      const row = parseReply(orderReply, reply, "order");
      if (row.symbol !== id || row.orderId !== orderId)
        throw new VenueError("malformed", `order: asked for ${id} ${orderId}, got ${row.symbol} ${row.orderId}`);
      return row.clientOrderId;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      if (isUnknownOrder(error.failure)) return null;
      throw venueErrorOf(error.failure);
    }
  }

  async cancel(symbol: string, clientId: string): Promise<CancelOutcome> {
    const { client, dialect } = this.#market;
    try {
      const { id } = await this.#market.instrument(symbol);
      const reply = await this.#market.change(
        dialect.cancelOrder,
        { symbol: id, origClientOrderId: clientId },
        "resolving",
      );
      const named = parseReply(cancelReply, reply, "cancelled order");
      const ours = { ...named, clientOrderId: named.origClientOrderId ?? named.clientOrderId };
      return { kind: "cancelled", order: await this.readOrder(ours, { symbol, clientId }) };
    } catch (error) {
      if (error instanceof CallError && isUnknownOrder(error.failure)) return { kind: "not_found" };
      return { kind: "ambiguous", message: client.redact(String(error)) };
    }
  }

  async openOrders(): Promise<OrderReport[]> {
    const reply = await this.#market.read(this.#market.dialect.openOrders, {}, "resolving");
    const rows = parseReply(z.array(orderReply), reply, "open orders");
    return Promise.all(rows.map(async (row) => reportOf(row, await this.#market.symbolOf(row.symbol))));
  }

  async trades(
    symbol: string,
    query: { readonly sinceMs: number } | { readonly orderId: string },
  ): Promise<VenueTrade[]> {
    const { id } = await this.#market.instrument(symbol);
    const page = async (params: object): Promise<VenueTrade[]> => {
      const asked = { symbol: id, limit: TRADES_PAGE, ...params };
      const reply = await this.#market.read(this.#market.dialect.trades, asked, "resolving");
      return parseReply(z.array(tradeReply), reply, "trades").map((row) => {
        if (row.symbol !== id) throw new VenueError("malformed", `trades: asked for ${id}, got ${row.symbol}`);
        return tradeOf(row, symbol);
      });
    };
    if ("orderId" in query) {
      const found = await page({ orderId: query.orderId });
      const other = found.find(({ orderId }) => orderId !== query.orderId);
      if (other !== undefined) {
        throw new VenueError("malformed", `trades: asked for order ${query.orderId}, got one of ${other.orderId}`);
      }
      return inOrder(found);
    }
    const span = {
      fromMs: query.sinceMs,
      toMs: this.#market.client.clock.now(),
      spanMs: this.#market.dialect.tradesSpanMs,
    };
    const pages = await inPages(span, TRADES_PAGE, (startTime, endTime) => page({ startTime, endTime }));
    return inOrder(pages);
  }

  /** @throws VenueError `malformed` when the reply is not about this order */
  async readOrder(
    reply: unknown,
    { symbol, clientId }: Pick<OrderRequest, "symbol" | "clientId">,
  ): Promise<OrderReport> {
    const row = parseReply(orderReply, reply, "order");
    const { id } = await this.#market.instrument(symbol);
    if (row.symbol !== id || row.clientOrderId !== clientId) {
      const got = this.#market.client.redact(`${row.symbol} ${row.clientOrderId}`);
      throw new VenueError("malformed", `order: asked for ${id} ${clientId}, got ${got}`);
    }
    return reportOf(row, symbol);
  }
}

function reportOf(row: z.infer<typeof orderReply>, symbol: string): OrderReport {
  const status = STATUS[row.status];
  const updatedMs = row.updateTime ?? row.transactTime;
  if (status === undefined) throw new VenueError("malformed", `order: status ${row.status} is unknown`);
  if (updatedMs === undefined) throw new VenueError("malformed", "order: it has no time");
  if (compareDecimals(row.executedQty, row.origQty) > 0) {
    throw new VenueError("malformed", `order: ${row.executedQty} of ${row.origQty} are filled`);
  }
  return {
    clientId: row.clientOrderId,
    orderId: row.orderId,
    symbol,
    status,
    quantity: row.origQty,
    filled: row.executedQty,
    averagePrice: row.avgPrice === undefined || isZero(row.avgPrice) ? null : row.avgPrice,
    updatedMs,
  };
}

function tradeOf(row: z.infer<typeof tradeReply>, symbol: string): VenueTrade {
  const buys = row.side === undefined ? row.isBuyer : row.side === "BUY";
  if (buys === undefined) throw new VenueError("malformed", "trades: a trade has no side");
  return {
    tradeId: row.id,
    orderId: row.orderId,
    symbol,
    side: buys ? "buy" : "sell",
    leg: LEG[row.positionSide ?? "BOTH"] as Leg,
    quantity: row.qty,
    price: row.price,
    fee: row.commission,
    feeAsset: row.commissionAsset,
    timeMs: row.time,
  };
}

/** By trade id, each once. */
function inOrder(trades: readonly VenueTrade[]): VenueTrade[] {
  const byId = new Map(trades.map((trade) => [trade.tradeId, trade]));
  return [...byId.values()].sort((a, b) => (BigInt(a.tradeId) < BigInt(b.tradeId) ? -1 : 1));
}
