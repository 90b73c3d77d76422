import { z } from "zod";
import { isZero } from "../../decimal-text.ts";
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
import { decimal, id as idText, parseReply, time, unsignedDecimal } from "../reply-schemas.ts";
import { isUnknownOrder, venueErrorOf } from "../verdicts.ts";
import { inPages } from "../windows.ts";
import { readPermissions } from "./account.ts";
import { type BinanceMarket, requireInstrument } from "./market.ts";
import { BinanceOrders, POSITION_SIDE } from "./orders.ts";

const INCOME_PAGE = 1000;
const WEEK_MS = 7 * 86_400_000;

const accountReply = z.looseObject({
  assets: z.array(
    z.looseObject({
      asset: z.string(),
      walletBalance: decimal,
      marginBalance: decimal,
      availableBalance: decimal,
    }),
  ),
});

const positionsReply = z.array(
  z.looseObject({
    symbol: z.string(),
    positionSide: z.enum(["LONG", "SHORT", "BOTH"]),
    positionAmt: decimal,
    entryPrice: unsignedDecimal,
    markPrice: unsignedDecimal,
  }),
);

const dualReply = z.looseObject({ dualSidePosition: z.boolean() });

const configReply = z.array(
  z.looseObject({ symbol: z.string(), leverage: z.number().positive(), marginType: z.enum(["CROSSED", "ISOLATED"]) }),
);

const incomeReply = z.array(
  z.looseObject({
    symbol: z.string(),
    incomeType: z.string(),
    income: decimal,
    asset: z.string(),
    tranId: idText,
    time,
  }),
);

const INCOME_TYPE: Readonly<Record<string, IncomeType>> = {
  REALIZED_PNL: "realised",
  COMMISSION: "fee",
  FUNDING_FEE: "funding",
  TRANSFER: "transfer",
  INTERNAL_TRANSFER: "transfer",
  INSURANCE_CLEAR: "liquidation_fee",
};

const LEG: Readonly<Record<string, Leg>> = { LONG: "long", SHORT: "short", BOTH: "net" };

/** Conditional orders live in a service of their own, under ids of their own. */
const algoReply = z.looseObject({
  algoId: idText,
  clientAlgoId: z.string(),
  symbol: z.string(),
  algoStatus: z.string(),
  quantity: unsignedDecimal,
  actualOrderId: z.union([idText, z.literal("")]).optional(),
  updateTime: time,
});

const ALGO_STATUS: Readonly<Record<string, OrderStatus>> = {
  NEW: "open",
  TRIGGERING: "open",
  TRIGGERED: "open",
  FINISHED: "open",
  CANCELED: "cancelled",
  EXPIRED: "expired",
  REJECTED: "rejected",
};

export interface FuturesVenueOptions {
  readonly apiKey: string;
  /** BASE/QUOTE of everything that is traded. */
  readonly symbols: readonly string[];
  /** Currency of the account. */
  readonly quote: string;
}

/** A USD-M account in hedge or one-way mode. */
export class BinanceFuturesVenue implements TradingVenue {
  readonly recvWindowMs: number;
  readonly #market: BinanceMarket;
  readonly #orders: BinanceOrders;
  readonly #options: FuturesVenueOptions;

  constructor(market: BinanceMarket, options: FuturesVenueOptions) {
    this.#market = market;
    this.#orders = new BinanceOrders(market);
    this.#options = options;
    this.recvWindowMs = market.client.recvWindowMs;
  }

  serverTime(): Promise<number> {
    return this.#market.serverTime();
  }

  submit(order: OrderRequest, signedAtMs: number): Promise<SubmitOutcome> {
    // Hedge mode: the leg says what an order may do, and reduceOnly is refused (P8).
    const mode =
      order.leg === "net"
        ? { positionSide: "BOTH", ...(order.reduces ? { reduceOnly: "true" } : {}) }
        : { positionSide: POSITION_SIDE[order.leg] };
    const common = { side: order.side.toUpperCase(), ...mode, quantity: order.quantity };
    if (order.type === "stop") {
      const params = (symbol: string) => ({
        algoType: "CONDITIONAL",
        type: "STOP_MARKET",
        symbol,
        ...common,
        triggerPrice: order.price,
        clientAlgoId: order.clientId,
      });
      const read = (reply: unknown) => this.#readAlgo(reply, order.symbol, order.clientId);
      return this.#orders.submit(order, signedAtMs, params, "fapiPrivatePostAlgoOrder", read);
    }
    const limit = order.type === "limit" ? { price: order.price, timeInForce: order.postOnly ? "GTX" : "GTC" } : {};
    return this.#orders.submit(order, signedAtMs, (symbol) => ({
      symbol,
      type: order.type.toUpperCase(),
      ...common,
      ...limit,
      newClientOrderId: order.clientId,
      newOrderRespType: "RESULT",
    }));
  }

  /** An order, or the conditional order of that id. */
  async find(symbol: string, clientId: string): Promise<OrderReport | null> {
    const order = await this.#orders.find(symbol, { origClientOrderId: clientId }, clientId);
    return order ?? (await this.#findAlgo(symbol, clientId));
  }

  async cancel(symbol: string, clientId: string): Promise<CancelOutcome> {
    const outcome = await this.#orders.cancel(symbol, clientId);
    if (outcome.kind !== "not_found") return outcome;
    try {
      await this.#market.change("fapiPrivateDeleteAlgoOrder", { clientAlgoId: clientId }, "resolving");
      const order = await this.#findAlgo(symbol, clientId);
      return order === null ? { kind: "ambiguous", message: "cancelled, then unknown" } : { kind: "cancelled", order };
    } catch (error) {
      if (error instanceof CallError && isUnknownOrder(error.failure)) return outcome;
      return { kind: "ambiguous", message: this.#market.client.redact(String(error)) };
    }
  }

  clientIdOf(symbol: string, orderId: string): Promise<string | null> {
    return this.#orders.clientIdOf(symbol, orderId);
  }

  trades(symbol: string, query: { readonly sinceMs: number } | { readonly orderId: string }): Promise<VenueTrade[]> {
    return this.#orders.trades(symbol, query);
  }

  async openOrders(): Promise<OrderReport[]> {
    const orders = await this.#orders.openOrders();
    const reply = await this.#market.read("fapiPrivateGetOpenAlgoOrders", {}, "resolving");
    const algos = parseReply(z.array(algoReply), reply, "open conditional orders");
    const stops = algos.map(async (row) => algoReport(row, await this.#market.symbolOf(row.symbol)));
    return [...orders, ...(await Promise.all(stops))];
  }

  async positions(): Promise<VenuePosition[]> {
    const reply = await this.#market.read("fapiPrivateV3GetPositionRisk", {}, "resolving");
    const legs = parseReply(positionsReply, reply, "positions").filter(({ positionAmt }) => !isZero(positionAmt));
    return Promise.all(
      legs.map(async (row) => ({
        symbol: await this.#market.symbolOf(row.symbol),
        leg: LEG[row.positionSide] as Leg,
        quantity: row.positionAmt,
        entryPrice: row.entryPrice,
        markPrice: row.markPrice,
      })),
    );
  }

  async balance(): Promise<VenueBalance> {
    const { quote } = this.#options;
    const { assets } = parseReply(accountReply, await this.#market.read("fapiPrivateV3GetAccount", {}), "account");
    const own = assets.find(({ asset }) => asset === quote);
    if (own === undefined) throw new VenueError("malformed", `account: it has no ${quote}`);
    return { wallet: own.walletBalance, equity: own.marginBalance, available: own.availableBalance };
  }

  async settings(): Promise<AccountSettings> {
    const dual = parseReply(dualReply, await this.#market.read("fapiPrivateGetPositionSideDual", {}), "position mode");
    const rows = parseReply(configReply, await this.#market.read("fapiPrivateGetSymbolConfig", {}), "symbol settings");
    const listing = await this.#market.listing();
    const symbols = this.#options.symbols.map((symbol) => {
      const { id } = requireInstrument(listing, symbol);
      const row = rows.find((each) => each.symbol === id);
      if (row === undefined) throw new VenueError("malformed", `symbol settings: there are none of ${id}`);
      return [symbol, { leverage: row.leverage, crossMargin: row.marginType === "CROSSED" }] as const;
    });
    return { hedged: dual.dualSidePosition, symbols: Object.fromEntries(symbols) };
  }

  permissions(): Promise<KeyPermissions> {
    return readPermissions(this.#market, this.#options.apiKey);
  }

  async income(sinceMs: number): Promise<VenueIncome[]> {
    const page = async (startTime: number, endTime: number) => {
      const reply = await this.#market.read("fapiPrivateGetIncome", { startTime, endTime, limit: INCOME_PAGE });
      return parseReply(incomeReply, reply, "income");
    };
    const span = { fromMs: sinceMs, toMs: this.#market.client.clock.now(), spanMs: WEEK_MS };
    const rows = await inPages(span, INCOME_PAGE, page);
    const incomes = new Map<string, VenueIncome>();
    for (const row of rows) {
      // A transaction id is unique within its type.
      const id = `${row.incomeType}-${row.tranId}`;
      incomes.set(id, {
        id,
        type: INCOME_TYPE[row.incomeType] ?? "other",
        symbol: row.symbol === "" ? null : await this.#market.symbolOf(row.symbol),
        amount: row.income,
        asset: row.asset,
        timeMs: row.time,
      });
    }
    return [...incomes.values()].sort((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1));
  }

  close(): Promise<void> {
    return this.#market.client.close();
  }

  async #findAlgo(symbol: string, clientId: string): Promise<OrderReport | null> {
    try {
      const reply = await this.#market.query("fapiPrivateGetAlgoOrder", { clientAlgoId: clientId }, "resolving");
      return await this.#readAlgo(reply, symbol, clientId);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      if (isUnknownOrder(error.failure)) return null;
      throw venueErrorOf(error.failure);
    }
  }

  /** One that was triggered is reported as the order it became. */
  async #readAlgo(reply: unknown, symbol: string, clientId: string): Promise<OrderReport> {
    const row = parseReply(algoReply, reply, "conditional order");
    const { id } = await this.#market.instrument(symbol);
    if (row.symbol !== id || row.clientAlgoId !== clientId) {
      throw new VenueError("malformed", `conditional order: asked for ${id} ${clientId}, got another`);
    }
    const report = algoReport(row, symbol);
    if (report.status !== "open" || row.actualOrderId === undefined || row.actualOrderId === "") return report;
    return (await this.#orders.find(symbol, { orderId: row.actualOrderId }, clientId)) ?? report;
  }
}

function algoReport(row: z.infer<typeof algoReply>, symbol: string): OrderReport {
  const status = ALGO_STATUS[row.algoStatus];
  if (status === undefined) throw new VenueError("malformed", `conditional order: status ${row.algoStatus} is unknown`);
  return {
    clientId: row.clientAlgoId,
    orderId: row.algoId,
    symbol,
    status,
    quantity: row.quantity,
    filled: "0",
    averagePrice: null,
    updatedMs: row.updateTime,
  };
}
