import type { OrderRequest } from "../futures/matching.ts";
import { refuse } from "../venue-error.ts";
import type { Endpoint } from "./endpoint.ts";
import { futuresAlgoOrder, futuresOrder, futuresTrade } from "./futures-replies.ts";
import type { Parameters } from "./parameters.ts";

const WEEK_MS = 7 * 86_400_000;
const SIDES = ["BUY", "SELL"] as const;
const POSITION_SIDES = ["BOTH", "LONG", "SHORT"] as const;
const TIMES_IN_FORCE = ["GTC", "IOC", "FOK", "GTX"] as const;
const ORDER = "/fapi/v1/order";
const ALGO = "/fapi/v1/algoOrder";

/** Orders, conditional orders and executions of the USD-M account. */
export const futuresTrading: readonly Endpoint[] = [
  {
    method: "POST",
    path: ORDER,
    security: "SIGNED",
    weight: 0,
    isOrder: true,
    parameters: [
      "symbol",
      "side",
      "positionSide",
      "type",
      "timeInForce",
      "quantity",
      "reduceOnly",
      "price",
      "newClientOrderId",
      "newOrderRespType",
    ],
    handle: ({ futures }, parameters) => {
      const type = parameters.oneOf("type", ["MARKET", "LIMIT"], refuse.badOrderType());
      if (type === null) throw refuse.missing("type");
      if (type === "MARKET" && parameters.text("price") !== null) throw refuse.notRequired("price");
      if (type === "MARKET" && parameters.text("timeInForce") !== null) throw refuse.notRequired("timeinforce");
      const order = futures.place(readOrder(parameters, type, "newClientOrderId"));
      return futuresOrder(order);
    },
  },
  {
    method: "GET",
    path: ORDER,
    security: "SIGNED",
    weight: 1,
    parameters: ["symbol", "orderId", "origClientOrderId"],
    handle: ({ futures }, parameters) => {
      const symbol = knownSymbol(futures, parameters);
      const order = futures.records.find(symbol, readOrderIds(parameters), futures.nowMs);
      if (order === undefined) throw refuse.unknownOrder();
      return futuresOrder(order);
    },
  },
  {
    method: "DELETE",
    path: ORDER,
    security: "SIGNED",
    weight: 1,
    parameters: ["symbol", "orderId", "origClientOrderId"],
    handle: ({ futures }, parameters) =>
      futuresOrder(futures.cancel(knownSymbol(futures, parameters), readOrderIds(parameters))),
  },
  {
    method: "DELETE",
    path: "/fapi/v1/allOpenOrders",
    security: "SIGNED",
    weight: 1,
    parameters: ["symbol"],
    handle: ({ futures }, parameters) => {
      futures.cancelAll(knownSymbol(futures, parameters));
      return { code: 200, msg: "The operation of cancel all open order is done." };
    },
  },
  {
    method: "GET",
    path: "/fapi/v1/openOrders",
    security: "SIGNED",
    weight: 1,
    parameters: ["symbol"],
    handle: ({ futures }, parameters) => {
      const symbol = parameters.text("symbol");
      if (symbol !== null) futures.listing(symbol);
      return futures.records
        .open(symbol)
        .filter(({ visibleMs }) => visibleMs <= futures.nowMs)
        .map(futuresOrder);
    },
  },
  {
    method: "GET",
    path: "/fapi/v1/allOrders",
    security: "SIGNED",
    weight: 5,
    parameters: ["symbol", "orderId", "startTime", "endTime", "limit"],
    handle: ({ futures }, parameters) => {
      const { from, to, limit } = readWindow(parameters, futures.nowMs, 1000);
      const orderId = parameters.whole("orderId");
      return futures.records
        .visibleOrders(knownSymbol(futures, parameters), futures.nowMs)
        .filter((order) => (orderId === null ? order.createdMs >= from && order.createdMs <= to : order.id >= orderId))
        .slice(-limit)
        .map(futuresOrder);
    },
  },
  {
    method: "GET",
    path: "/fapi/v1/userTrades",
    security: "SIGNED",
    weight: 5,
    parameters: ["symbol", "orderId", "startTime", "endTime", "fromId", "limit"],
    handle: ({ futures }, parameters) => {
      const { from, to, limit } = readWindow(parameters, futures.nowMs, 1000);
      const orderId = parameters.whole("orderId");
      const fromId = parameters.whole("fromId");
      if (fromId !== null && parameters.text("startTime") !== null) throw refuse.badParameter("fromId");
      const trades = futures.records
        .visibleTrades(knownSymbol(futures, parameters), orderId, futures.nowMs)
        .filter((trade) => (fromId === null ? trade.timeMs >= from && trade.timeMs <= to : trade.id >= fromId));
      return (fromId === null ? trades.slice(-limit) : trades.slice(0, limit)).map(futuresTrade);
    },
  },
  {
    method: "POST",
    path: "/fapi/v1/countdownCancelAll",
    security: "SIGNED",
    weight: 10,
    parameters: ["symbol", "countdownTime"],
    handle: ({ futures }, parameters) => {
      const symbol = parameters.requiredText("symbol");
      const countdown = parameters.requiredWhole("countdownTime");
      futures.setCountdown(symbol, countdown);
      return { symbol, countdownTime: String(countdown) };
    },
  },
  {
    method: "POST",
    path: ALGO,
    security: "SIGNED",
    weight: 0,
    isOrder: true,
    parameters: [
      "algoType",
      "symbol",
      "side",
      "positionSide",
      "type",
      "timeInForce",
      "quantity",
      "triggerPrice",
      "reduceOnly",
      "clientAlgoId",
      "workingType",
      "priceProtect",
      "newOrderRespType",
    ],
    handle: ({ futures }, parameters) => {
      if (parameters.requiredText("algoType") !== "CONDITIONAL") throw refuse.badParameter("algoType");
      const type = parameters.oneOf("type", ["STOP_MARKET", "TAKE_PROFIT_MARKET"], refuse.badOrderType());
      if (type === null) throw refuse.missing("type");
      const request = readOrder(parameters, "MARKET", "clientAlgoId");
      const trigger = parameters.requiredDecimal("triggerPrice");
      return futuresAlgoOrder(futures.placeAlgo(request, type, trigger, request.clientId));
    },
  },
  {
    method: "GET",
    path: ALGO,
    security: "SIGNED",
    weight: 1,
    parameters: ["algoId", "clientAlgoId"],
    handle: ({ futures }, parameters) => {
      const { id, clientId } = readIds(parameters, "algoId", "clientAlgoId");
      const algo = futures.conditional.orders.findLast((order) => order.id === id || order.clientId === clientId);
      if (algo === undefined) throw refuse.unknownOrder();
      return futuresAlgoOrder(algo);
    },
  },
  {
    method: "DELETE",
    path: ALGO,
    security: "SIGNED",
    weight: 1,
    parameters: ["symbol", "algoId", "clientAlgoId"],
    handle: ({ futures }, parameters) => {
      const algo = futures.conditional.cancel(readIds(parameters, "algoId", "clientAlgoId"));
      return { algoId: algo.id, clientAlgoId: algo.clientId, code: "200", msg: "success" };
    },
  },
  {
    method: "GET",
    path: "/fapi/v1/openAlgoOrders",
    security: "SIGNED",
    weight: 1,
    parameters: ["algoType", "symbol", "algoId"],
    handle: ({ futures }, parameters) => futures.conditional.open(parameters.text("symbol")).map(futuresAlgoOrder),
  },
];

function knownSymbol(exchange: { listing(symbol: string): unknown }, parameters: Parameters): string {
  const symbol = parameters.requiredText("symbol");
  exchange.listing(symbol);
  return symbol;
}

function readOrder(parameters: Parameters, type: "MARKET" | "LIMIT", idName: string): OrderRequest {
  const side = parameters.oneOf("side", SIDES, refuse.badSide());
  if (side === null) throw refuse.missing("side");
  const timeInForce = parameters.oneOf("timeInForce", TIMES_IN_FORCE, refuse.badTimeInForce());
  if (type === "LIMIT" && timeInForce === null) throw refuse.missing("timeinforce");
  return {
    symbol: parameters.requiredText("symbol"),
    side,
    positionSide: parameters.oneOf("positionSide", POSITION_SIDES),
    type,
    timeInForce: timeInForce ?? "GTC",
    quantity: parameters.requiredDecimal("quantity"),
    price: type === "LIMIT" ? parameters.requiredDecimal("price") : 0n,
    reduceOnly: parameters.flag("reduceOnly"),
    clientId: parameters.text(idName),
  };
}

/** An order is named by the exchange's id, a number, or by the client's: one of them must be there. */
export function readIds(
  parameters: Parameters,
  idName: string,
  clientName: string,
): { id: number | null; clientId: string | null } {
  const id = parameters.whole(idName);
  const clientId = parameters.text(clientName);
  if (id === null && clientId === null) throw refuse.missing(idName);
  return { id, clientId };
}

export const readOrderIds = (parameters: Parameters) => readIds(parameters, "orderId", "origClientOrderId");

/** The last seven days unless asked otherwise; no window is longer than that. */
export function readWindow(
  parameters: Parameters,
  nowMs: number,
  maxLimit: number,
): { from: number; to: number; limit: number } {
  const start = parameters.whole("startTime");
  const end = parameters.whole("endTime");
  const to = end ?? (start === null ? nowMs : start + WEEK_MS);
  const from = start ?? to - WEEK_MS;
  if (to - from > WEEK_MS) throw refuse.badParameter("startTime");
  const limit = parameters.whole("limit") ?? 500;
  if (limit < 1 || limit > maxLimit) throw refuse.badParameter("limit");
  return { from, to, limit };
}
