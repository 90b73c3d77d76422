import { abs, divide, type E8, formatE8, formatShort, multiply, ONE } from "../decimal.ts";
import type { Income, Leg } from "../futures/account.ts";
import type { AlgoOrder } from "../futures/conditional-orders.ts";
import type { FuturesExchange } from "../futures/exchange.ts";
import { unrealised } from "../futures/position.ts";
import { type Instrument, priceDecimals, quantityDecimals } from "../instrument.ts";
import type { Order, Trade } from "../order.ts";

// Key sets as the exchange documents them; numbers are strings.

export function futuresSymbol(instrument: Instrument): object {
  return {
    symbol: instrument.id,
    pair: instrument.id,
    contractType: "PERPETUAL",
    deliveryDate: instrument.deliveryMs,
    onboardDate: 1_567_965_300_000,
    status: instrument.status,
    maintMarginPercent: "2.5000",
    requiredMarginPercent: "5.0000",
    baseAsset: instrument.base,
    quoteAsset: instrument.quote,
    marginAsset: instrument.quote,
    pricePrecision: priceDecimals(instrument),
    quantityPrecision: quantityDecimals(instrument),
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: "COIN",
    underlyingSubType: [],
    triggerProtect: "0.0500",
    liquidationFee: "0.005000",
    marketTakeBound: "0.05",
    filters: [
      {
        filterType: "PRICE_FILTER",
        minPrice: formatShort(instrument.tick),
        maxPrice: "10000000",
        tickSize: formatShort(instrument.tick),
      },
      lotFilter("LOT_SIZE", instrument, instrument.maxQuantity),
      lotFilter("MARKET_LOT_SIZE", instrument, instrument.maxMarketQuantity),
      { filterType: "MAX_NUM_ORDERS", limit: 200 },
      { filterType: "MIN_NOTIONAL", notional: formatShort(instrument.minNotional) },
      {
        filterType: "PERCENT_PRICE",
        multiplierUp: formatShort(ONE + instrument.percentPrice),
        multiplierDown: formatShort(ONE - instrument.percentPrice),
        multiplierDecimal: "4",
      },
    ],
    orderTypes: ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"],
    timeInForce: ["GTC", "IOC", "FOK", "GTX"],
  };
}

export function lotFilter(filterType: string, instrument: Instrument, max: E8): object {
  return {
    filterType,
    minQty: formatShort(instrument.minQuantity),
    maxQty: formatShort(max),
    stepSize: formatShort(instrument.step),
  };
}

export function futuresOrder(order: Order): Record<string, unknown> {
  return {
    orderId: order.id,
    symbol: order.symbol,
    status: order.status,
    clientOrderId: order.clientId,
    price: formatShort(order.price),
    avgPrice: formatShort(averagePrice(order)),
    origQty: formatShort(order.quantity),
    executedQty: formatShort(order.executed),
    cumQty: formatShort(order.executed),
    cumQuote: formatShort(order.quoteSpent),
    timeInForce: order.timeInForce,
    type: order.type,
    reduceOnly: order.reduceOnly,
    closePosition: false,
    side: order.side,
    positionSide: order.positionSide,
    stopPrice: "0",
    workingType: "CONTRACT_PRICE",
    priceProtect: false,
    origType: order.type,
    priceMatch: "NONE",
    selfTradePreventionMode: "NONE",
    goodTillDate: 0,
    time: order.createdMs,
    updateTime: order.updatedMs,
  };
}

export function averagePrice(order: Order): E8 {
  return order.executed === 0n ? 0n : divide(order.quoteSpent, order.executed);
}

export function futuresTrade(trade: Trade): Record<string, unknown> {
  return {
    buyer: trade.side === "BUY",
    commission: formatE8(trade.commission),
    commissionAsset: trade.commissionAsset,
    id: trade.id,
    maker: trade.maker,
    orderId: trade.orderId,
    price: formatShort(trade.price),
    qty: formatShort(trade.quantity),
    quoteQty: formatE8(trade.quote),
    realizedPnl: formatE8(trade.realised),
    side: trade.side,
    positionSide: trade.positionSide,
    symbol: trade.symbol,
    time: trade.timeMs,
  };
}

export function futuresPosition(exchange: FuturesExchange, { symbol, side, position, updatedMs }: Leg): object {
  const mark = exchange.mark(symbol);
  const notional = multiply(position.amount, mark);
  const { instrument } = exchange.listing(symbol);
  const { leverage } = exchange.account.settings(symbol);
  const initial = divide(abs(notional), BigInt(leverage) * ONE);
  return {
    symbol,
    positionSide: side,
    positionAmt: formatShort(position.amount),
    entryPrice: formatShort(position.entry),
    breakEvenPrice: formatShort(position.entry),
    markPrice: formatShort(mark),
    unRealizedProfit: formatE8(unrealised(position, mark)),
    liquidationPrice: "0",
    isolatedMargin: "0",
    notional: formatE8(notional),
    marginAsset: instrument.quote,
    isolatedWallet: "0",
    initialMargin: formatE8(initial),
    maintMargin: formatE8(multiply(abs(notional), instrument.maintenanceRate)),
    positionInitialMargin: formatE8(initial),
    openOrderInitialMargin: "0",
    adl: 2,
    bidNotional: "0",
    askNotional: "0",
    updateTime: updatedMs,
  };
}

export function futuresAccount(exchange: FuturesExchange): object {
  const { account } = exchange;
  const unrealisedTotal = account.unrealised(exchange.mark);
  const initial = account.initialMargin(exchange.mark);
  const maintenance = account.maintenanceMargin(exchange.mark, (symbol) => exchange.listing(symbol).instrument);
  const totals = {
    initialMargin: formatE8(initial),
    maintMargin: formatE8(maintenance),
    walletBalance: formatE8(account.wallet),
    unrealizedProfit: formatE8(unrealisedTotal),
    marginBalance: formatE8(account.wallet + unrealisedTotal),
    positionInitialMargin: formatE8(initial),
    openOrderInitialMargin: "0",
    crossWalletBalance: formatE8(account.wallet),
    crossUnPnl: formatE8(unrealisedTotal),
    availableBalance: formatE8(exchange.available()),
    maxWithdrawAmount: formatE8(exchange.available()),
  };
  return {
    totalInitialMargin: totals.initialMargin,
    totalMaintMargin: totals.maintMargin,
    totalWalletBalance: totals.walletBalance,
    totalUnrealizedProfit: totals.unrealizedProfit,
    totalMarginBalance: totals.marginBalance,
    totalPositionInitialMargin: totals.initialMargin,
    totalOpenOrderInitialMargin: "0",
    totalCrossWalletBalance: totals.walletBalance,
    totalCrossUnPnl: totals.crossUnPnl,
    availableBalance: totals.availableBalance,
    maxWithdrawAmount: totals.maxWithdrawAmount,
    assets: [{ asset: "USDT", ...totals, updateTime: exchange.nowMs }],
    positions: account.held().map((leg) => futuresPosition(exchange, leg)),
  };
}

export function futuresIncome(income: Income): object {
  return {
    symbol: income.symbol,
    incomeType: income.type,
    income: formatE8(income.amount),
    asset: "USDT",
    info: income.type,
    time: income.timeMs,
    tranId: income.id,
    tradeId: income.tradeId === null ? "" : String(income.tradeId),
  };
}

export function futuresAlgoOrder(algo: AlgoOrder): object {
  const { request } = algo;
  return {
    algoId: algo.id,
    clientAlgoId: algo.clientId,
    algoType: "CONDITIONAL",
    orderType: algo.type,
    symbol: request.symbol,
    side: request.side,
    positionSide: request.positionSide ?? "BOTH",
    timeInForce: "GTC",
    quantity: formatShort(request.quantity),
    algoStatus: algo.status,
    actualOrderId: algo.orderId === null ? "" : String(algo.orderId),
    triggerPrice: formatShort(algo.trigger),
    price: "0",
    icebergQuantity: null,
    selfTradePreventionMode: "NONE",
    workingType: "CONTRACT_PRICE",
    priceMatch: "NONE",
    closePosition: false,
    priceProtect: false,
    reduceOnly: request.reduceOnly ?? false,
    createTime: algo.createdMs,
    updateTime: algo.createdMs,
    triggerTime: 0,
    goodTillDate: 0,
  };
}
