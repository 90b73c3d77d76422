import type { Order, Trade } from "ccxt";
import { addDecimals, compareDecimals, isZero } from "../../decimal-text.ts";
import {
  type AccountSettings,
  type CancelOutcome,
  type IncomeType,
  type KeyPermissions,
  type Leg,
  type OrderReport,
  type OrderRequest,
  type OrderStatus,
  type SubmitOutcome,
  type TradingVenue,
  type VenueBalance,
  VenueError,
  type VenueIncome,
  type VenuePosition,
  type VenueTrade,
} from "../../port.ts";
import { CallError } from "../call-error.ts";
import { problemOf } from "../order-problem.ts";
import { CLASS_VERDICTS, outcomeOf, venueErrorOf } from "../verdicts.ts";
import { inPages } from "../windows.ts";
import { requireCall, textOf, type UnifiedMarket } from "./market.ts";

const PAGE = 500;
const SPAN_MS = 7 * 86_400_000;

const STATUS: Readonly<Record<string, OrderStatus>> = {
  open: "open",
  closed: "filled",
  canceled: "cancelled",
  expired: "expired",
  rejected: "rejected",
};

const INCOME_TYPE: Readonly<Record<string, IncomeType>> = {
  trade: "realised",
  fee: "fee",
  commission: "fee",
  transfer: "transfer",
  deposit: "transfer",
  withdrawal: "transfer",
};

export interface UnifiedVenueOptions {
  /** BASE/QUOTE of everything that is traded. */
  readonly symbols: readonly string[];
  readonly quote: string;
}

/**
 * An account at any venue by ccxt's unified calls. What ccxt has not made alike throws `refused` with NOT_SUPPORTED: what a key
 * may do is told by none of them.
 */
export class UnifiedVenue implements TradingVenue {
  readonly recvWindowMs: number;
  readonly #market: UnifiedMarket;
  readonly #options: UnifiedVenueOptions;

  constructor(market: UnifiedMarket, options: UnifiedVenueOptions) {
    this.#market = market;
    this.#options = options;
    this.recvWindowMs = market.client.recvWindowMs;
  }

  serverTime(): Promise<number> {
    return this.#market.serverTime();
  }

  async submit(order: OrderRequest, signedAtMs: number): Promise<SubmitOutcome> {
    const { client } = this.#market;
    try {
      const problem = problemOf(order) ?? (await this.#cannotTrade(order));
      if (problem !== null) throw new VenueError("refused", problem);
    } catch (error) {
      const isPassing = error instanceof VenueError && error.kind !== "refused";
      const message = client.redact(String(error));
      return {
        kind: "rejected",
        code: "UNSENT",
        message,
        consequence: isPassing ? "redecide" : "halt_symbol",
        retryAtMs: null,
      };
    }
    try {
      const { symbol } = await this.#market.market(order.symbol);
      const price = order.price === null ? undefined : Number(order.price);
      const reply = await client.run(
        (exchange) =>
          exchange.createOrder(symbol, order.type, order.side, Number(order.quantity), price, paramsOf(order)),
        "order",
        signedAtMs,
      );
      return { kind: "accepted", order: this.#report(reply, order) };
    } catch (error) {
      // Many venues refuse with status 200: ccxt's class says what it was.
      if (error instanceof CallError) return outcomeOf(error.failure, CLASS_VERDICTS, 200);
      return { kind: "ambiguous", message: client.redact(String(error)) };
    }
  }

  async find(symbol: string, clientId: string): Promise<OrderReport | null> {
    const { symbol: name } = await this.#market.market(symbol);
    try {
      const reply = await this.#market.client.read(
        (exchange) => exchange.fetchOrder("", name, { clientOrderId: clientId }),
        "resolving",
      );
      return this.#report(reply, { symbol, clientId });
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      if (isNotFound(error)) return null;
      throw venueErrorOf(error.failure);
    }
  }

  async clientIdOf(symbol: string, orderId: string): Promise<string | null> {
    const { symbol: name } = await this.#market.market(symbol);
    try {
      const { clientOrderId } = await this.#market.client.read(
        (exchange) => exchange.fetchOrder(orderId, name),
        "resolving",
      );
      return clientOrderId ?? null;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      if (isNotFound(error)) return null;
      throw venueErrorOf(error.failure);
    }
  }

  async cancel(symbol: string, clientId: string): Promise<CancelOutcome> {
    const { client } = this.#market;
    try {
      const { symbol: name } = await this.#market.market(symbol);
      await client.run((exchange) => exchange.cancelOrder("", name, { clientOrderId: clientId }), "resolving");
      // What cancelling answers differs from venue to venue: the order itself says how it ended.
      const order = await this.find(symbol, clientId);
      return order?.status === "cancelled"
        ? { kind: "cancelled", order }
        : { kind: "ambiguous", message: `cancelled, then ${order?.status ?? "unknown"}` };
    } catch (error) {
      if (error instanceof CallError && isNotFound(error)) return { kind: "not_found" };
      return { kind: "ambiguous", message: client.redact(String(error)) };
    }
  }

  async trades(
    symbol: string,
    query: { readonly sinceMs: number } | { readonly orderId: string },
  ): Promise<VenueTrade[]> {
    const { symbol: name } = await this.#market.market(symbol);
    const page = (sinceMs: number | undefined, params: object): Promise<Trade[]> =>
      this.#market.read((exchange) => {
        requireCall(exchange, "fetchMyTrades");
        return exchange.fetchMyTrades(name, sinceMs, PAGE, params);
      }, "resolving");
    const rows =
      "orderId" in query
        ? (await page(undefined, { orderId: query.orderId })).filter(({ order }) => order === query.orderId)
        : await inPages(
            { fromMs: query.sinceMs, toMs: this.#market.client.clock.now(), spanMs: SPAN_MS },
            PAGE,
            (from, to) => page(from, { until: to }),
          );
    const byId = new Map(rows.map((row) => [String(row.id), tradeOf(row, symbol)]));
    return [...byId.values()].sort((a, b) => a.timeMs - b.timeMs || compareIds(a.tradeId, b.tradeId));
  }

  async openOrders(): Promise<OrderReport[]> {
    const found: OrderReport[] = [];
    for (const symbol of this.#options.symbols) {
      const { symbol: name } = await this.#market.market(symbol);
      const orders = await this.#market.read((exchange) => exchange.fetchOpenOrders(name), "resolving");
      for (const order of orders) found.push(this.#report(order, { symbol, clientId: String(order.clientOrderId) }));
    }
    return found;
  }

  async positions(): Promise<VenuePosition[]> {
    const rows = await this.#market.read((exchange) => {
      requireCall(exchange, "fetchPositions");
      return exchange.fetchPositions();
    }, "resolving");
    return rows.flatMap((row): VenuePosition[] => {
      const size = textOf(row.contracts ?? 0, "position");
      if (isZero(size)) return [];
      const short = row.side === "short";
      if (!short && row.side !== "long") throw new VenueError("malformed", `position: its side is ${row.side}`);
      return [
        {
          symbol: this.#market.nameOf(row.symbol),
          leg: row.hedged === true ? (short ? "short" : "long") : "net",
          quantity: short ? `-${size}` : size,
          entryPrice: textOf(row.entryPrice ?? 0, "entry price"),
          markPrice: textOf(row.markPrice ?? 0, "mark price"),
        },
      ];
    });
  }

  /** The wallet is ccxt's total; equity adds what positions have not realised. */
  async balance(): Promise<VenueBalance> {
    const balance = await this.#market.read((exchange) => exchange.fetchBalance());
    const own = balance[this.#options.quote] as { total?: unknown; free?: unknown } | undefined;
    const wallet = textOf(own?.total, `balance in ${this.#options.quote}`);
    const rows = await this.#market.read(async (exchange) =>
      exchange.has.fetchPositions ? exchange.fetchPositions() : [],
    );
    const equity = rows.reduce(
      (sum, row) => addDecimals(sum, textOf(row.unrealizedPnl ?? 0, "unrealised P&L")),
      wallet,
    );
    return { wallet, equity, available: textOf(own?.free, `free ${this.#options.quote}`) };
  }

  async settings(): Promise<AccountSettings> {
    const mode = await this.#market.read((exchange) => {
      requireCall(exchange, "fetchPositionMode");
      return exchange.fetchPositionMode();
    });
    const leverages = await this.#market.read((exchange) => {
      requireCall(exchange, "fetchLeverages");
      return exchange.fetchLeverages();
    });
    const symbols = await Promise.all(
      this.#options.symbols.map(async (symbol) => {
        const row = leverages[(await this.#market.market(symbol)).symbol];
        if (row === undefined) throw new VenueError("malformed", `settings: there are none of ${symbol}`);
        const leverage = Number(textOf(row.longLeverage, `leverage of ${symbol}`));
        return [symbol, { leverage, crossMargin: row.marginMode === "cross" }] as const;
      }),
    );
    return { hedged: (mode as { hedged?: unknown }).hedged === true, symbols: Object.fromEntries(symbols) };
  }

  permissions(): Promise<KeyPermissions> {
    return Promise.reject(new VenueError("refused", "ccxt does not tell what a key may do", "NOT_SUPPORTED"));
  }

  async income(sinceMs: number): Promise<VenueIncome[]> {
    const span = { fromMs: sinceMs, toMs: this.#market.client.clock.now(), spanMs: SPAN_MS };
    const rows = await inPages(span, PAGE, (from, to) =>
      this.#market.read((exchange) => {
        requireCall(exchange, "fetchLedger");
        return exchange.fetchLedger(undefined, from, PAGE, { until: to });
      }),
    );
    return rows.map((row): VenueIncome => {
      const amount = textOf(row.amount, "income");
      return {
        id: `${row.type}-${row.id}`,
        type: INCOME_TYPE[String(row.type)] ?? "other",
        symbol: null,
        amount: row.direction === "out" && !amount.startsWith("-") ? `-${amount}` : amount,
        asset: String(row.currency),
        timeMs: Number(textOf(row.timestamp, "time of income")),
      };
    });
  }

  close(): Promise<void> {
    return this.#market.client.close();
  }

  async #cannotTrade({ symbol, type }: OrderRequest): Promise<string | null> {
    const market = await this.#market.market(symbol);
    if (type === "stop") return "stop orders differ from venue to venue: this adapter has none";
    if (market.spot || market.contractSize === 1) return null;
    return `${symbol} trades in contracts of ${market.contractSize}: this adapter has whole units of the base only`;
  }

  #report(order: Order, { symbol, clientId }: Pick<OrderRequest, "symbol" | "clientId">): OrderReport {
    const about = `order ${clientId}`;
    if (order.clientOrderId !== clientId || this.#market.nameOf(order.symbol) !== symbol) {
      const got = this.#market.client.redact(`${order.symbol} ${order.clientOrderId}`);
      throw new VenueError("malformed", `order: asked for ${symbol} ${clientId}, got ${got}`);
    }
    const [quantity, filled] = [textOf(order.amount, about), textOf(order.filled, about)];
    const known = STATUS[String(order.status)];
    if (known === undefined) throw new VenueError("malformed", `${about}: status ${order.status} is unknown`);
    if (compareDecimals(filled, quantity) > 0)
      throw new VenueError("malformed", `${about}: ${filled} of ${quantity} are filled`);
    return {
      clientId,
      orderId: idOf(order.id, about),
      symbol,
      status: known === "open" && !isZero(filled) ? "partial" : known,
      quantity,
      filled,
      averagePrice: order.average === undefined ? null : textOf(order.average, about),
      updatedMs: Number(textOf(order.lastUpdateTimestamp ?? order.timestamp, about)),
    };
  }
}

function paramsOf({ clientId, leg, side, reduces, postOnly }: OrderRequest): Readonly<Record<string, unknown>> {
  const closes = leg === "net" ? reduces : (leg === "long") === (side === "sell");
  return {
    clientOrderId: clientId,
    ...(leg === "net" ? {} : { hedged: true }),
    ...(closes ? { reduceOnly: true } : {}),
    ...(postOnly ? { postOnly: true } : {}),
  };
}

function tradeOf(row: Trade, symbol: string): VenueTrade {
  const about = `trade ${row.id}`;
  const { positionSide } = row.info as { positionSide?: string };
  const leg: Leg = positionSide === "LONG" ? "long" : positionSide === "SHORT" ? "short" : "net";
  if (row.side !== "buy" && row.side !== "sell") throw new VenueError("malformed", `${about}: its side is ${row.side}`);
  return {
    tradeId: idOf(row.id, about),
    orderId: idOf(row.order, about),
    symbol,
    side: row.side,
    leg,
    quantity: textOf(row.amount, about),
    price: textOf(row.price, about),
    fee: textOf(row.fee?.cost ?? 0, about),
    feeAsset: String(row.fee?.currency ?? ""),
    timeMs: Number(textOf(row.timestamp, about)),
  };
}

function idOf(value: unknown, about: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new VenueError("malformed", `${about}: it has no id`);
}

function isNotFound({ failure: { cause, type } }: CallError): boolean {
  return cause === "reply" && type === "OrderNotFound";
}

/** Numbers by size, all else by text. */
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
