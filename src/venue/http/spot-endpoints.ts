import { formatE8, formatShort, multiply } from "../decimal.ts";
import { faultyKlines } from "../faults/bar-faults.ts";
import type { Instrument } from "../instrument.ts";
import { isOpen, type Order, type Trade } from "../order.ts";
import { refuse } from "../venue-error.ts";
import type { Endpoint } from "./endpoint.ts";
import { lotFilter } from "./futures-replies.ts";
import { readOrderIds } from "./futures-trade.ts";
import type { Parameters } from "./parameters.ts";

const ORDER = "/api/v3/order";
const DAY_MS = 86_400_000;

/** The spot exchange: market data, orders and balances. */
export const spotEndpoints: readonly Endpoint[] = [
  { method: "GET", path: "/api/v3/ping", security: "NONE", weight: 1, parameters: [], handle: () => ({}) },
  {
    method: "GET",
    path: "/api/v3/time",
    security: "NONE",
    weight: 1,
    parameters: [],
    handle: (venue) => ({ serverTime: venue.serverTime() }),
  },
  {
    method: "GET",
    path: "/api/v3/exchangeInfo",
    security: "NONE",
    weight: 20,
    parameters: ["symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus"],
    handle: ({ spot, spotLimits: { limits } }) => ({
      timezone: "UTC",
      serverTime: spot.nowMs,
      rateLimits: [
        { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: limits.weightPerMinute },
        { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, limit: limits.ordersPerTenSeconds },
      ],
      exchangeFilters: [],
      symbols: spot.symbols.map((symbol) => spotSymbol(spot.listing(symbol).instrument)),
    }),
  },
  {
    method: "GET",
    path: "/api/v3/klines",
    security: "NONE",
    weight: 2,
    parameters: ["symbol", "interval", "startTime", "endTime", "timeZone", "limit"],
    handle: ({ spot, barFaults }, parameters) => {
      const symbol = parameters.requiredText("symbol");
      const { path } = spot.listing(symbol);
      const limit = parameters.whole("limit") ?? 500;
      if (limit < 1 || limit > 1000) throw refuse.badParameter("limit");
      const request = {
        interval: parameters.requiredText("interval"),
        startMs: parameters.whole("startTime"),
        endMs: parameters.whole("endTime"),
        limit,
      };
      const rows = faultyKlines(path, request, spot.nowMs, barFaults.get(symbol));
      if (rows === null) throw refuse.badInterval();
      return rows;
    },
  },
  {
    method: "GET",
    path: "/api/v3/ticker/bookTicker",
    security: "NONE",
    weight: 2,
    parameters: ["symbol", "symbols"],
    handle: ({ spot }, parameters) => {
      const one = (symbol: string): object => ({
        symbol,
        bidPrice: formatShort(spot.touch(symbol, "SELL")),
        bidQty: "100",
        askPrice: formatShort(spot.touch(symbol, "BUY")),
        askQty: "100",
      });
      const symbol = parameters.text("symbol");
      return symbol === null ? spot.symbols.map(one) : one(symbol);
    },
  },
  {
    method: "GET",
    path: "/api/v3/ticker/price",
    security: "NONE",
    weight: 2,
    parameters: ["symbol", "symbols"],
    handle: ({ spot }, parameters) => {
      const one = (symbol: string): object => ({ symbol, price: formatShort(spot.price(symbol)) });
      const symbol = parameters.text("symbol");
      return symbol === null ? spot.symbols.map(one) : one(symbol);
    },
  },
  {
    method: "GET",
    path: "/api/v3/account",
    security: "SIGNED",
    weight: 20,
    parameters: ["omitZeroBalances"],
    handle: ({ spot }) => ({
      makerCommission: 10,
      takerCommission: 10,
      buyerCommission: 0,
      sellerCommission: 0,
      commissionRates: { maker: "0.00100000", taker: "0.00100000", buyer: "0.00000000", seller: "0.00000000" },
      canTrade: true,
      canWithdraw: false,
      canDeposit: true,
      brokered: false,
      requireSelfTradePrevention: false,
      preventSor: false,
      updateTime: spot.nowMs,
      accountType: "SPOT",
      balances: [...spot.balances]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([asset, { free, locked }]) => ({ asset, free: formatE8(free), locked: formatE8(locked) })),
      permissions: ["SPOT"],
      uid: 354937868,
    }),
  },
  {
    method: "POST",
    path: ORDER,
    security: "SIGNED",
    weight: 1,
    isOrder: true,
    parameters: [
      "symbol",
      "side",
      "type",
      "timeInForce",
      "quantity",
      "quoteOrderQty",
      "price",
      "stopPrice",
      "newClientOrderId",
      "newOrderRespType",
    ],
    handle: ({ spot }, parameters) => {
      const side = parameters.oneOf("side", ["BUY", "SELL"], refuse.badSide());
      const type = parameters.oneOf("type", ["MARKET", "LIMIT", "LIMIT_MAKER", "STOP_LOSS"], refuse.badOrderType());
      if (side === null) throw refuse.missing("side");
      if (type === null) throw refuse.missing("type");
      const symbol = parameters.requiredText("symbol");
      const { instrument } = spot.listing(symbol);
      const timeInForce = parameters.oneOf("timeInForce", ["GTC", "IOC", "FOK"], refuse.badTimeInForce());
      if (type === "LIMIT" && timeInForce === null) throw refuse.missing("timeInForce");
      if (type !== "LIMIT" && timeInForce !== null) throw refuse.notRequired("timeInForce");
      const isMarket = type === "MARKET" || type === "STOP_LOSS";
      if (isMarket && parameters.text("price") !== null) throw refuse.notRequired("price");
      if (type !== "STOP_LOSS" && parameters.text("stopPrice") !== null) throw refuse.notRequired("stopPrice");
      const order = spot.place({
        symbol,
        side,
        type: isMarket ? "MARKET" : "LIMIT",
        timeInForce: type === "LIMIT_MAKER" ? "GTX" : (timeInForce ?? "GTC"),
        quantity: readQuantity(parameters, type, (quote) => {
          const exact = (quote * 100_000_000n) / spot.touch(symbol, side);
          return exact - (exact % instrument.step);
        }),
        price: isMarket ? 0n : parameters.requiredDecimal("price"),
        trigger: type === "STOP_LOSS" ? parameters.requiredDecimal("stopPrice") : 0n,
        clientId: parameters.text("newClientOrderId"),
      });
      const fills = spot.records.visibleTrades(symbol, order.id, spot.nowMs);
      return {
        ...spotOrder(order),
        transactTime: order.updatedMs,
        fills: fills.map((trade) => ({
          price: formatE8(trade.price),
          qty: formatE8(trade.quantity),
          commission: formatE8(trade.commission),
          commissionAsset: trade.commissionAsset,
          tradeId: trade.id,
        })),
      };
    },
  },
  {
    method: "GET",
    path: ORDER,
    security: "SIGNED",
    weight: 4,
    parameters: ["symbol", "orderId", "origClientOrderId"],
    handle: ({ spot }, parameters) => {
      const symbol = parameters.requiredText("symbol");
      spot.listing(symbol);
      const order = spot.records.find(symbol, readOrderIds(parameters), spot.nowMs);
      if (order === undefined) throw refuse.unknownOrder();
      return spotOrder(order);
    },
  },
  {
    method: "DELETE",
    path: ORDER,
    security: "SIGNED",
    weight: 1,
    parameters: ["symbol", "orderId", "origClientOrderId", "newClientOrderId", "cancelRestrictions"],
    handle: ({ spot }, parameters) => {
      const symbol = parameters.requiredText("symbol");
      spot.listing(symbol);
      const order = spot.cancel(symbol, readOrderIds(parameters));
      return { ...spotOrder(order), origClientOrderId: order.clientId, transactTime: order.updatedMs };
    },
  },
  {
    method: "GET",
    path: "/api/v3/openOrders",
    security: "SIGNED",
    weight: 6,
    parameters: ["symbol"],
    handle: ({ spot }, parameters) => spot.records.open(parameters.text("symbol")).map(spotOrder),
  },
  {
    method: "GET",
    path: "/api/v3/allOrders",
    security: "SIGNED",
    weight: 20,
    parameters: ["symbol", "orderId", "startTime", "endTime", "limit"],
    handle: ({ spot }, parameters) => {
      const symbol = parameters.requiredText("symbol");
      spot.listing(symbol);
      return spot.records
        .visibleOrders(symbol, spot.nowMs)
        .slice(-(parameters.whole("limit") ?? 500))
        .map(spotOrder);
    },
  },
  {
    method: "GET",
    path: "/api/v3/myTrades",
    security: "SIGNED",
    weight: 20,
    parameters: ["symbol", "orderId", "startTime", "endTime", "fromId", "limit"],
    handle: ({ spot }, parameters) => {
      const symbol = parameters.requiredText("symbol");
      spot.listing(symbol);
      const orderId = parameters.whole("orderId");
      const start = parameters.whole("startTime");
      const end = parameters.whole("endTime");
      const fromId = parameters.whole("fromId");
      const limit = parameters.whole("limit") ?? 500;
      if (limit < 1 || limit > 1000) throw refuse.badParameter("limit");
      if (start !== null && end !== null && end - start > DAY_MS) throw refuse.moreThanADay();
      const trades = spot.records
        .visibleTrades(symbol, orderId, spot.nowMs)
        .filter((trade) => trade.timeMs >= (start ?? 0) && trade.timeMs <= (end ?? spot.nowMs))
        .filter((trade) => trade.id >= (fromId ?? 0));
      return (start === null && fromId === null ? trades.slice(-limit) : trades.slice(0, limit)).map(spotTrade);
    },
  },
];

/** A market buy may name the money instead of the quantity. */
function readQuantity(parameters: Parameters, type: string, fromQuote: (quote: bigint) => bigint): bigint {
  const quote = parameters.decimal("quoteOrderQty");
  if (quote === null) return parameters.requiredDecimal("quantity");
  if (type !== "MARKET" || parameters.text("quantity") !== null) throw refuse.notRequired("quoteOrderQty");
  return fromQuote(quote);
}

function spotSymbol(instrument: Instrument): object {
  return {
    symbol: instrument.id,
    status: instrument.status,
    baseAsset: instrument.base,
    baseAssetPrecision: 8,
    quoteAsset: instrument.quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS"],
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      {
        filterType: "PRICE_FILTER",
        minPrice: formatShort(instrument.tick),
        maxPrice: "10000000",
        tickSize: formatShort(instrument.tick),
      },
      lotFilter("LOT_SIZE", instrument, instrument.maxQuantity),
      lotFilter("MARKET_LOT_SIZE", instrument, instrument.maxMarketQuantity),
      {
        filterType: "NOTIONAL",
        minNotional: formatShort(instrument.minNotional),
        applyMinToMarket: true,
        maxNotional: "9000000",
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
    ],
    permissions: [],
    permissionSets: [["SPOT"]],
    defaultSelfTradePreventionMode: "EXPIRE_MAKER",
    allowedSelfTradePreventionModes: ["EXPIRE_MAKER"],
  };
}

function spotOrder(order: Order): Record<string, unknown> {
  return {
    symbol: order.symbol,
    orderId: order.id,
    orderListId: -1,
    clientOrderId: order.clientId,
    price: formatE8(order.price),
    origQty: formatE8(order.quantity),
    executedQty: formatE8(order.executed),
    origQuoteOrderQty: "0.00000000",
    cummulativeQuoteQty: formatE8(order.quoteSpent),
    status: order.status,
    timeInForce: order.timeInForce === "GTX" ? "GTC" : order.timeInForce,
    type: order.trigger > 0n ? "STOP_LOSS" : order.timeInForce === "GTX" ? "LIMIT_MAKER" : order.type,
    side: order.side,
    stopPrice: formatE8(order.trigger),
    icebergQty: "0.00000000",
    time: order.createdMs,
    updateTime: order.updatedMs,
    isWorking: isOpen(order) || order.executed > 0n,
    workingTime: order.createdMs,
    selfTradePreventionMode: "EXPIRE_MAKER",
  };
}

function spotTrade(trade: Trade): object {
  return {
    symbol: trade.symbol,
    id: trade.id,
    orderId: trade.orderId,
    orderListId: -1,
    price: formatE8(trade.price),
    qty: formatE8(trade.quantity),
    quoteQty: formatE8(multiply(trade.quantity, trade.price)),
    commission: formatE8(trade.commission),
    commissionAsset: trade.commissionAsset,
    time: trade.timeMs,
    isBuyer: trade.side === "BUY",
    isMaker: trade.maker,
    isBestMatch: true,
  };
}
