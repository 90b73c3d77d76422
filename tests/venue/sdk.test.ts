// Goal: Binance's own client libraries are a second witness of the venue: they can do on it what they do on the exchange, and
// the same script through them and through ccxt leaves the venue in the same state.

import { DerivativesTradingUsdsFutures } from "@binance/derivatives-trading-usds-futures";
import { Spot } from "@binance/spot";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HOUR, KEY, openVenue, START, type TestVenue } from "./support.ts";

// Its enums are declared and not usable as plain text; the requests are what matters here.
type Call = (parameters?: Readonly<Record<string, unknown>>) => Promise<{ data(): Promise<unknown> }>;
type Client = Readonly<Record<string, Call>>;

let open: TestVenue | null = null;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});

afterEach(async () => {
  vi.useRealTimers();
  await open?.server.close();
  open = null;
});

async function start(...args: Parameters<typeof openVenue>) {
  open = await openVenue(...args);
  const rest = { apiKey: KEY.apiKey, apiSecret: KEY.secret, basePath: open.server.url, retries: 0, timeout: 2000 };
  const futures = new DerivativesTradingUsdsFutures({ configurationRestAPI: rest }).restAPI as unknown as Client;
  const spot = new Spot({ configurationRestAPI: rest }).restAPI as unknown as Client;
  return { ...open, sdk: { futures: asking(futures), spot: asking(spot) } };
}

/** Calls by name, with the data of the answer. */
function asking(client: Client) {
  return async (name: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
    (await (client[name] as Call).call(client, parameters)).data();
}

describe("Binance's SDK for USD-M futures", () => {
  it("reads the market", async () => {
    const { sdk, venue } = await start();
    expect(await sdk.futures("checkServerTime")).toEqual({ serverTime: venue.serverTime() });
    expect(await sdk.futures("exchangeInformation")).toMatchObject({ symbols: [{ symbol: "BTCUSDT" }, {}] });
    const klines = await sdk.futures("klineCandlestickData", { symbol: "BTCUSDT", interval: "1h", limit: 3 });
    expect(klines).toHaveLength(3);
    const rates = (await sdk.futures("getFundingRateHistory", { symbol: "BTCUSDT", limit: 2 })) as {
      fundingTime: number;
    }[];
    // Without a start: the latest.
    expect(rates.map(({ fundingTime }) => fundingTime)).toEqual([START - 1000 - 8 * HOUR, START - 1000]);
    expect(await sdk.futures("symbolOrderBookTicker", { symbol: "BTCUSDT" })).toMatchObject({ symbol: "BTCUSDT" });
    expect(await sdk.futures("symbolPriceTickerV2", { symbol: "BTCUSDT" })).toMatchObject({ symbol: "BTCUSDT" });
    expect(await sdk.futures("markPrice", { symbol: "BTCUSDT" })).toMatchObject({ symbol: "BTCUSDT" });
  });

  it("orders, finds, cancels, and reads the account", async () => {
    const { sdk, venue } = await start();
    const order = { symbol: "BTCUSDT", side: "BUY", positionSide: "LONG" };
    const filled = await sdk.futures("newOrder", {
      ...order,
      type: "MARKET",
      quantity: 0.1,
      newClientOrderId: "one",
      newOrderRespType: "RESULT",
    });
    expect(filled).toMatchObject({ status: "FILLED", clientOrderId: "one", executedQty: "0.1" });
    expect(await sdk.futures("queryOrder", { symbol: "BTCUSDT", origClientOrderId: "one" })).toMatchObject({
      status: "FILLED",
    });
    const price = Math.floor((Number(venue.futures.price("BTCUSDT")) / 1e8) * 0.97);
    await sdk.futures("newOrder", {
      ...order,
      type: "LIMIT",
      timeInForce: "GTX",
      quantity: 0.1,
      price,
      newClientOrderId: "two",
    });
    expect(await sdk.futures("currentAllOpenOrders", {})).toHaveLength(1);
    expect(await sdk.futures("cancelOrder", { symbol: "BTCUSDT", origClientOrderId: "two" })).toMatchObject({
      status: "CANCELED",
    });
    expect(await sdk.futures("accountTradeList", { symbol: "BTCUSDT" })).toHaveLength(1);
    expect(await sdk.futures("positionInformationV3", {})).toMatchObject([
      { positionSide: "LONG", positionAmt: "0.1" },
    ]);
    expect(await sdk.futures("accountInformationV3", {})).toMatchObject({ assets: [{ asset: "USDT" }] });
    expect(await sdk.futures("getIncomeHistory", {})).toMatchObject([{ incomeType: "COMMISSION" }]);
    expect(await sdk.futures("symbolConfiguration", { symbol: "BTCUSDT" })).toMatchObject([{ leverage: 20 }]);
    expect(await sdk.futures("getCurrentPositionMode", {})).toEqual({ dualSidePosition: true });
  });

  it("keeps conditional orders apart", async () => {
    const { sdk, venue } = await start();
    const trigger = Math.floor((Number(venue.futures.price("BTCUSDT")) / 1e8) * 0.9);
    const stop = {
      algoType: "CONDITIONAL",
      symbol: "BTCUSDT",
      side: "SELL",
      positionSide: "LONG",
      type: "STOP_MARKET",
    };
    await sdk.futures("newAlgoOrder", { ...stop, quantity: 0.1, triggerPrice: trigger, clientAlgoId: "stop" });
    expect(await sdk.futures("queryAlgoOrder", { clientAlgoId: "stop" })).toMatchObject({ algoStatus: "NEW" });
    expect(await sdk.futures("currentAllOpenOrders", {})).toEqual([]);
    await sdk.futures("cancelAlgoOrder", { clientAlgoId: "stop" });
    expect(await sdk.futures("queryAlgoOrder", { clientAlgoId: "stop" })).toMatchObject({ algoStatus: "CANCELED" });
  });

  it.each([
    ["the smallest notional", { quantity: 0.0001 }, "notional"],
    ["no position side", { positionSide: undefined }, "position side"],
    ["closing what is not held", { side: "SELL" }, "ReduceOnly"],
  ])("hears of %s", async (_, changes, text) => {
    const { sdk } = await start();
    const order = { symbol: "BTCUSDT", side: "BUY", positionSide: "LONG", type: "MARKET", quantity: 0.1, ...changes };
    await expect(sdk.futures("newOrder", order)).rejects.toThrow(text);
  });

  it("a lost acknowledgement is an error, and the order is there", async () => {
    const { sdk, venue } = await start({}, [{ at: { req: "POST /fapi/v1/order", nth: 1 }, do: "dropAfter" }]);
    const order = { symbol: "BTCUSDT", side: "BUY", positionSide: "LONG", type: "MARKET", quantity: 0.1 };
    await expect(sdk.futures("newOrder", { ...order, newClientOrderId: "lost" })).rejects.toThrow();
    expect(venue.futures.records.orders).toMatchObject([{ clientId: "lost", status: "FILLED" }]);
  });
});

describe("Binance's SDK for spot", () => {
  it("reads the market, orders, cancels, and reads the account", async () => {
    const { sdk } = await start();
    expect(await sdk.spot("exchangeInfo")).toMatchObject({ symbols: [{ symbol: "BTCUSDT" }, {}] });
    expect(await sdk.spot("klines", { symbol: "BTCUSDT", interval: "1h", limit: 2 })).toHaveLength(2);
    const order = { symbol: "BTCUSDT", side: "BUY" };
    const filled = await sdk.spot("newOrder", { ...order, type: "MARKET", quantity: 0.1, newClientOrderId: "one" });
    expect(filled).toMatchObject({ status: "FILLED", fills: [{ commissionAsset: "BTC" }] });
    await sdk.spot("newOrder", {
      ...order,
      type: "LIMIT",
      timeInForce: "GTC",
      quantity: 0.1,
      price: 5000,
      newClientOrderId: "two",
    });
    expect(await sdk.spot("getOpenOrders", { symbol: "BTCUSDT" })).toHaveLength(1);
    expect(await sdk.spot("deleteOrder", { symbol: "BTCUSDT", origClientOrderId: "two" })).toMatchObject({
      status: "CANCELED",
      origClientOrderId: "two",
    });
    expect(await sdk.spot("getOrder", { symbol: "BTCUSDT", origClientOrderId: "one" })).toMatchObject({
      status: "FILLED",
    });
    expect(await sdk.spot("myTrades", { symbol: "BTCUSDT" })).toHaveLength(1);
    expect(await sdk.spot("getAccount", {})).toMatchObject({ balances: [{ asset: "BTC", free: "0.09996000" }, {}] });
  });
});

/** What a script does, by whichever client. */
interface Trader {
  leverage(leverage: number): Promise<unknown>;
  market(id: string, side: "BUY" | "SELL", leg: "LONG" | "SHORT", quantity: number): Promise<unknown>;
  limit(id: string, side: "BUY" | "SELL", leg: "LONG" | "SHORT", quantity: number, price: number): Promise<unknown>;
  cancel(id: string): Promise<unknown>;
  stop(id: string, leg: "LONG" | "SHORT", quantity: number, trigger: number): Promise<unknown>;
  cancelStop(id: string): Promise<unknown>;
  spot(id: string, side: "BUY" | "SELL", quantity: number): Promise<unknown>;
  spotLimit(id: string, quantity: number, price: number): Promise<unknown>;
  spotCancel(id: string): Promise<unknown>;
}

function throughCcxt({ futures, spot }: TestVenue): Trader {
  const BTC = "BTC/USDT:USDT";
  const params = (clientOrderId: string, positionSide: string) => ({ clientOrderId, positionSide });
  const low = (side: string) => side.toLowerCase() as "buy" | "sell";
  return {
    leverage: (leverage) => futures.setLeverage(leverage, BTC),
    market: (id, side, leg, quantity) =>
      futures.createOrder(BTC, "market", low(side), quantity, undefined, params(id, leg)),
    limit: (id, side, leg, quantity, price) =>
      futures.createOrder(BTC, "limit", low(side), quantity, price, params(id, leg)),
    cancel: (id) => futures.cancelOrder("", BTC, { clientOrderId: id }),
    stop: (id, leg, quantity, trigger) =>
      futures.createOrder(BTC, "market", leg === "LONG" ? "sell" : "buy", quantity, undefined, {
        ...params(id, leg),
        stopLossPrice: trigger,
      }),
    cancelStop: (id) => futures.cancelOrder("", BTC, { clientOrderId: id, trigger: true }),
    spot: (id, side, quantity) =>
      spot.createOrder("BTC/USDT", "market", low(side), quantity, undefined, { clientOrderId: id }),
    spotLimit: (id, quantity, price) =>
      spot.createOrder("BTC/USDT", "limit", "buy", quantity, price, { clientOrderId: id }),
    spotCancel: (id) => spot.cancelOrder("", "BTC/USDT", { clientOrderId: id }),
  };
}

function throughSdk({ futures, spot }: Awaited<ReturnType<typeof start>>["sdk"]): Trader {
  const symbol = "BTCUSDT";
  return {
    leverage: (leverage) => futures("changeInitialLeverage", { symbol, leverage }),
    market: (newClientOrderId, side, positionSide, quantity) =>
      futures("newOrder", { symbol, side, positionSide, type: "MARKET", quantity, newClientOrderId }),
    limit: (newClientOrderId, side, positionSide, quantity, price) =>
      futures("newOrder", {
        symbol,
        side,
        positionSide,
        type: "LIMIT",
        timeInForce: "GTC",
        quantity,
        price,
        newClientOrderId,
      }),
    cancel: (origClientOrderId) => futures("cancelOrder", { symbol, origClientOrderId }),
    stop: (clientAlgoId, positionSide, quantity, triggerPrice) =>
      futures("newAlgoOrder", {
        algoType: "CONDITIONAL",
        symbol,
        side: positionSide === "LONG" ? "SELL" : "BUY",
        positionSide,
        type: "STOP_MARKET",
        quantity,
        triggerPrice,
        clientAlgoId,
      }),
    cancelStop: (clientAlgoId) => futures("cancelAlgoOrder", { clientAlgoId }),
    spot: (newClientOrderId, side, quantity) =>
      spot("newOrder", { symbol, side, type: "MARKET", quantity, newClientOrderId }),
    spotLimit: (newClientOrderId, quantity, price) =>
      spot("newOrder", { symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity, price, newClientOrderId }),
    spotCancel: (origClientOrderId) => spot("deleteOrder", { symbol, origClientOrderId }),
  };
}

async function play(trader: Trader, venue: TestVenue["venue"]): Promise<unknown> {
  const pass = (hours: number): void => {
    venue.advanceTo(venue.futures.nowMs + hours * HOUR);
    vi.setSystemTime(venue.futures.nowMs);
  };
  const price = (share: number): number => Math.floor((Number(venue.futures.price("BTCUSDT")) / 1e8) * share);
  await trader.leverage(10);
  await trader.market("m1", "BUY", "LONG", 0.3);
  await trader.limit("l1", "BUY", "LONG", 0.2, price(0.97));
  await trader.limit("l2", "BUY", "LONG", 0.1, price(0.955));
  await trader.stop("s1", "LONG", 0.1, price(0.9));
  await trader.spot("p1", "BUY", 0.05);
  await trader.spotLimit("p2", 0.1, price(0.98));
  await trader.spotLimit("p3", 0.1, price(0.5));
  pass(30);
  await trader.cancel("l2").catch(() => {});
  await trader.spotCancel("p3");
  await trader.market("m2", "SELL", "LONG", 0.1);
  await trader.market("m3", "SELL", "SHORT", 0.25);
  await trader.stop("s2", "SHORT", 0.25, price(1.5));
  pass(100);
  await trader.cancelStop("s2");
  await trader.market("m4", "BUY", "SHORT", 0.25);
  await trader.spot("p4", "SELL", 0.04);
  // What is refused leaves no trace.
  await expect(trader.market("m5", "BUY", "SHORT", 5)).rejects.toThrow();
  return venue.snapshot();
}

describe("one script through both clients", () => {
  it("leaves the same state, to the digit", async () => {
    const first = await start();
    const bySdk = await play(throughSdk(first.sdk), first.venue);
    await first.server.close();
    vi.setSystemTime(START);
    const second = await start();
    await second.futures.loadMarkets();
    await second.spot.loadMarkets();
    const byCcxt = await play(throughCcxt(second), second.venue);
    expect(byCcxt).toEqual(bySdk);
    expect(bySdk).toMatchObject({ futures: { conserved: true, algo_orders: [{}, { status: "CANCELED" }] } });
    expect((bySdk as { futures: { trades: unknown[] } }).futures.trades.length).toBeGreaterThan(4);
  });
});
