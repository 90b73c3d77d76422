// Goal: what the exchange tells of bars, rules, rates and long lists is read exactly or refused by name.

import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { checkBars, timeframeLength } from "../../src/exchange/ccxt/bars.ts";
import { readListing } from "../../src/exchange/ccxt/binance/instruments.ts";
import { inPages } from "../../src/exchange/ccxt/windows.ts";
import { addDecimals, compareDecimals, isDecimal, isZero, multiplyDecimals } from "../../src/exchange/decimal-text.ts";
import { parseFaultScript } from "../../src/venue/faults/script.ts";
import { type Adapter, BTC, HOUR, openAdapter, order } from "./support.ts";

let open: Adapter | null = null;

async function start(...args: Parameters<typeof openAdapter>): Promise<Adapter> {
  open = await openAdapter(...args);
  return open;
}

afterEach(async () => {
  await open?.close();
  open = null;
});

const row = (openMs: number, changes: Record<number, unknown> = {}): unknown[] =>
  Object.assign([openMs, "10", "12", "9", "11", "5", openMs + HOUR - 1, "0"], changes);
const asked = { timeframe: "1h", sinceMs: 0, limit: 10 };

describe("bars", () => {
  it("are sorted, and each time comes once", () => {
    const { bars, refused } = checkBars([row(HOUR), row(0), row(HOUR, { 4: "10.5" })], asked);
    expect(bars.map(({ openMs, close }) => [openMs, close])).toEqual([
      [0, "11"],
      [HOUR, "11"],
    ]);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain("has come already");
  });

  it.each([
    ["not a row", "nonsense"],
    ["null", null],
    ["undefined", undefined],
    ["a number instead of text", row(0, { 1: 10 })],
    ["NaN", row(0, { 4: "NaN" })],
    ["an empty price", row(0, { 2: "" })],
    ["a missing close time", row(0, { 6: undefined })],
    ["a fraction of a ms", row(0, { 0: 0.5 })],
    ["scientific notation", row(0, { 5: "1e3" })],
    ["a zero price", row(0, { 3: "0" })],
    ["a negative price", row(0, { 1: "-10", 3: "-11" })],
    ["a negative volume", row(0, { 5: "-1" })],
    ["high below low", row(0, { 2: "8" })],
    ["close above high", row(0, { 4: "13" })],
    ["open below low", row(0, { 1: "8" })],
    ["another interval", row(0, { 6: 60_000 - 1 })],
    ["no multiple of the interval", row(1000)],
    ["older than asked for", row(-HOUR)],
  ])("%s is refused by name", (_, bad) => {
    const { bars, refused } = checkBars([bad, row(HOUR)], asked);
    expect(bars.map(({ openMs }) => openMs)).toEqual([HOUR]);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.length).toBeGreaterThan(20);
  });

  it("a flat bar without volume is a bar", () => {
    const flat = row(0, { 1: "10", 2: "10", 3: "10", 4: "10", 5: "0" });
    expect(checkBars([flat], asked).refused).toEqual([]);
  });

  it("more than asked for are cut off, and said", () => {
    const { bars, refused } = checkBars([row(0), row(HOUR), row(2 * HOUR)], { ...asked, limit: 2 });
    expect(bars).toHaveLength(2);
    expect(refused).toEqual([expect.stringContaining("more than the 2 bars")]);
  });

  it("timeframes", () => {
    expect(["1m", "4h", "1d", "1D"].map(timeframeLength)).toEqual([60_000, 4 * HOUR, 24 * HOUR, 24 * HOUR]);
    for (const bad of ["", "h", "0h", "1w", "1.5h"]) expect(() => timeframeLength(bad)).toThrow("timeframe");
  });
});

describe("instruments", () => {
  const filters = [
    { filterType: "PRICE_FILTER", tickSize: "0.10" },
    { filterType: "LOT_SIZE", stepSize: "0.001", minQty: "0.001", maxQty: "1000" },
    { filterType: "MARKET_LOT_SIZE", stepSize: "0.01", minQty: "0.001", maxQty: "120" },
    { filterType: "MIN_NOTIONAL", notional: "100" },
  ];
  const btc = { symbol: "BTCUSDT", status: "TRADING", baseAsset: "BTC", quoteAsset: "USDT", filters };
  const first = (changes: object) => readListing({ symbols: [{ ...btc, ...changes }] }).bySymbol.get(BTC);

  it("carry steps, limits and notional; the coarser step counts", () => {
    expect(first({ contractType: "PERPETUAL", deliveryDate: 4_133_404_800_000 })).toEqual({
      id: "BTCUSDT",
      symbol: BTC,
      base: "BTC",
      quote: "USDT",
      trading: true,
      step: "0.01",
      tick: "0.10",
      minQuantity: "0.001",
      maxQuantity: "1000",
      maxMarketQuantity: "120",
      minNotional: "100",
      delistMs: null,
    });
  });

  it.each(["SETTLING", "CLOSE", "BREAK", "TRADING_HALT", "PENDING_TRADING", "SOMETHING_NEW"])(
    "%s is not trading",
    (status) => {
      expect(first({ status })?.trading).toBe(false);
    },
  );

  it("a delivery in sight is a delisting (P12)", () => {
    expect(first({ contractType: "PERPETUAL", deliveryDate: Date.UTC(2025, 0, 1) })?.delistMs).toBe(
      Date.UTC(2025, 0, 1),
    );
  });

  it("delivery contracts, and entries that make no sense, are not listed", () => {
    expect(first({ contractType: "CURRENT_QUARTER" })).toBeUndefined();
    expect(first({ filters: [] })).toBeUndefined();
    expect(first({ filters: filters.map((each) => ({ ...each, minQty: undefined })) })).toBeUndefined();
    expect(first({ filters: filters.map((each) => ({ ...each, tickSize: "0,1" })) })).toBeUndefined();
    expect(first({ baseAsset: undefined })).toBeUndefined();
  });

  it("spot: NOTIONAL, and 0 where market orders have no limit of their own", () => {
    const spot = [
      ...filters.slice(0, 2),
      { filterType: "MARKET_LOT_SIZE", stepSize: "0.00000000", minQty: "0", maxQty: "0.00000000" },
      { filterType: "NOTIONAL", minNotional: "5" },
    ];
    expect(first({ filters: spot })).toMatchObject({ step: "0.001", maxMarketQuantity: "1000", minNotional: "5" });
    expect(first({ filters: spot.slice(0, 2) })).toMatchObject({ maxMarketQuantity: "1000", minNotional: "0" });
  });

  it("limits: weights and orders by window, others are left out", () => {
    const rateLimits = [
      { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 2400 },
      { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, limit: 300 },
      { rateLimitType: "RAW_REQUESTS", interval: "MINUTE", intervalNum: 5, limit: 61_000 },
      { rateLimitType: "ORDERS", interval: "FORTNIGHT", intervalNum: 1, limit: 1 },
    ];
    expect(readListing({ symbols: [], rateLimits }).limits).toEqual([
      { counts: "weight", windowMs: 60_000, limit: 2400 },
      { counts: "orders", windowMs: 10_000, limit: 300 },
    ]);
  });

  it("a reply without symbols is malformed", () => {
    expect(() => readListing({})).toThrow("exchangeInfo");
  });
});

describe("long lists", () => {
  it("are found whole, whatever the pages leave out", async () => {
    const times = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 60 });
    const property = fc.asyncProperty(times, fc.boolean(), async (list, newest) => {
      // An endpoint that shows 5 rows of a span: the oldest, or the newest.
      const page = async (from: number, to: number) => {
        const rows = [...new Set(list)].filter((t) => t >= from && t <= to).sort((a, b) => a - b);
        return newest ? rows.slice(-5) : rows.slice(0, 5);
      };
      const found = await inPages({ fromMs: 0, toMs: 5000, spanMs: 1700 }, 5, page);
      expect(found.sort((a, b) => a - b)).toEqual([...new Set(list)].sort((a, b) => a - b));
    });
    await fc.assert(property, { seed: 3, numRuns: 50 });
  });

  it("a millisecond with a full page is taken as it is", async () => {
    expect(await inPages({ fromMs: 7, toMs: 7, spanMs: 10 }, 2, async () => ["a", "b"])).toEqual(["a", "b"]);
  });
});

describe("decimals", () => {
  it("compare, add and multiply exactly", () => {
    expect(addDecimals("0.1", "0.2")).toBe("0.3");
    expect(addDecimals("-1.5", "1.5")).toBe("0");
    expect(multiplyDecimals("-0.001", "30000.5")).toBe("-30.0005");
    expect(compareDecimals("1.10", "1.1")).toBe(0);
    expect(compareDecimals("-2", "1")).toBe(-1);
    expect(compareDecimals("123456789012345678.1", "123456789012345678.0")).toBe(1);
    expect(isZero("-0.000")).toBe(true);
  });

  it.each(["", ".5", "5.", "1e5", "NaN", "Infinity", "0x1", " 1", "1,5", "+1"])("%j is no decimal", (text) => {
    expect(isDecimal(text)).toBe(false);
  });
});

describe("the feed", () => {
  const mutated = async (path: string, set: object) => {
    open = await openAdapter("binanceusdm", [{ at: { req: `GET ${path}` }, do: "mutate", set }]);
    return open.feed;
  };

  it("needs no key and sends none", async () => {
    open = await openAdapter("binanceusdm");
    await open.feed.bars(BTC, "1h", 0, 5);
    await open.feed.quote(BTC);
    expect(open.requests.every((request) => !request.includes("sapi"))).toBe(true);
  });

  it("leaves a bad row out and says which", async () => {
    const feed = await mutated("/fapi/v1/klines", { "1.4": "NaN" });
    const { bars, refused } = await feed.bars(BTC, "1h", Date.UTC(2020, 4, 31), 3);
    expect(bars).toHaveLength(2);
    expect(refused).toHaveLength(1);
  });

  it.each([
    ["of another symbol", { symbol: "ETHUSDT" }],
    ["with the bid above the ask", { bidPrice: "99999999" }],
    ["without a bid", { bidPrice: "0" }],
    ["that is no number", { askPrice: "abc" }],
  ])("refuses a quote %s", async (_, set) => {
    const feed = await mutated("/fapi/v1/ticker/bookTicker", set);
    await expect(feed.quote(BTC)).rejects.toMatchObject({ kind: "malformed" });
  });

  it("tells funding rates from a time on, oldest first; spot has none", async () => {
    open = await openAdapter("binanceusdm");
    const sinceMs = Date.UTC(2020, 4, 1);
    const rates = await open.feed.funding(BTC, sinceMs);
    expect(rates).toHaveLength(3 * 31 + 1);
    expect(rates[0]?.timeMs).toBe(sinceMs);
    await open?.close();
    open = await openAdapter("binance");
    expect(await open.feed.funding(BTC, sinceMs)).toEqual([]);
  });

  it("pages through funding rates", async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({ symbol: "BTCUSDT", fundingTime: i, fundingRate: "0.0001" }));
    const path = "GET /fapi/v1/fundingRate";
    const { feed, requests } = await start("binanceusdm", [
      { at: { req: path, nth: 1 }, do: "reply", status: 200, body: rows },
      { at: { req: path, nth: 2 }, do: "reply", status: 200, body: [{ ...rows[0], fundingTime: 1000 }] },
    ]);
    expect(await feed.funding(BTC, 0)).toHaveLength(1001);
    expect(requests.filter((request) => request === path)).toHaveLength(2);
  });

  it("refuses funding rates of another symbol", async () => {
    const feed = await mutated("/fapi/v1/fundingRate", { "0.symbol": "ETHUSDT" });
    await expect(feed.funding(BTC, Date.UTC(2020, 4, 1))).rejects.toMatchObject({ kind: "malformed" });
  });

  it("sees status and announced delisting each time it asks", async () => {
    open = await openAdapter("binanceusdm");
    const deliveryMs = Date.UTC(2020, 5, 9);
    expect(await open.feed.instruments([BTC])).toMatchObject([{ trading: true, delistMs: null }]);
    open.venue.addFaults(
      parseFaultScript([
        { at: { simTime: 0 }, do: "setStatus", symbol: "BTCUSDT", status: "SETTLING" },
        { at: { simTime: 0 }, do: "setFilters", symbol: "BTCUSDT", deliveryMs },
      ]),
    );
    expect(await open.feed.instruments([BTC])).toMatchObject([{ trading: false, delistMs: deliveryMs }]);
  });
});

describe("the account", () => {
  const mutated = async (path: string, set: object, name: "binanceusdm" | "binance" = "binanceusdm") => {
    open = await openAdapter(name, [{ at: { req: `GET ${path}` }, do: "mutate", set }]);
    return open;
  };

  it.each([
    ["trades of another order", "/fapi/v1/userTrades", { "0.orderId": 7 }],
    ["trades of another symbol", "/fapi/v1/userTrades", { "0.symbol": "ETHUSDT" }],
    ["a trade without a side", "/fapi/v1/userTrades", { "0.side": null }],
    ["a trade with a price that is no number", "/fapi/v1/userTrades", { "0.price": "" }],
  ])("refuses %s", async (_, path, set) => {
    const { account, venue } = await mutated(path, set);
    const outcome = await account.submit(order(), venue.serverTime());
    const orderId = outcome.kind === "accepted" ? outcome.order.orderId : "";
    await expect(account.trades(BTC, { orderId })).rejects.toMatchObject({ kind: "malformed" });
  });

  it("the same trade twice is one, in any order", async () => {
    const { account, venue } = await start("binanceusdm");
    for (let i = 0; i < 3; i++) await account.submit(order(), venue.serverTime());
    const trades = await account.trades(BTC, { sinceMs: venue.serverTime() - 1000 });
    expect(trades).toHaveLength(3);
    const ids = trades.map(({ tradeId }) => BigInt(tradeId));
    expect(ids).toEqual([...ids].sort((a, b) => (a < b ? -1 : 1)));
  });

  it("refuses a balance without the account's currency, and positions that are no numbers", async () => {
    const { account } = await mutated("/fapi/v3/account", { "assets.0.asset": "BUSD" });
    await expect(account.balance()).rejects.toMatchObject({
      kind: "malformed",
      message: expect.stringContaining("USDT"),
    });
    await open?.close();
    const other = await mutated("/fapi/v3/positionRisk", { "0.positionAmt": "many" });
    await other.account.submit(order(), other.venue.serverTime());
    await expect(other.account.positions()).rejects.toMatchObject({ kind: "malformed" });
  });

  it("settings follow what is changed at the exchange; a symbol without settings is malformed", async () => {
    const { account, venue } = await start("binanceusdm");
    venue.futures.account.settings("BTCUSDT").leverage = 7;
    venue.futures.account.settings("ETHUSDT").marginType = "ISOLATED";
    expect((await account.settings()).symbols).toEqual({
      [BTC]: { leverage: 7, crossMargin: true },
      "ETH/USDT": { leverage: 20, crossMargin: false },
    });
    await open?.close();
    const other = await mutated("/fapi/v1/symbolConfig", { "0.symbol": "NONEUSDT" });
    await expect(other.account.settings()).rejects.toMatchObject({ kind: "malformed" });
  });

  it("a venue that tells no uid is known by its key; one that is down is not known at all", async () => {
    const { account } = await mutated("/api/v3/account", { uid: null });
    expect((await account.permissions()).account).toMatch(/^key-[0-9a-f]{16}$/);
    await open?.close();
    open = await openAdapter("binanceusdm", [
      { at: { req: "GET /api/v3/account" }, do: "reply", status: 503, body: "" },
    ]);
    await expect(open.account.permissions()).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("income has every kind, and transfers are no profit", async () => {
    const { account, venue } = await start("binanceusdm");
    await account.submit(order(), venue.serverTime());
    venue.addFaults(
      parseFaultScript([
        { at: { simTime: 0 }, do: "transfer", amount: "-250" },
        { at: { simTime: 0 }, do: "funding", symbol: "BTCUSDT", rate: "0.0001" },
        { at: { simTime: 0 }, do: "liquidate" },
      ]),
    );
    venue.sync();
    const incomes = await account.income(venue.serverTime() - 1000);
    expect(new Set(incomes.map(({ type }) => type))).toEqual(
      new Set(["fee", "transfer", "funding", "liquidation_fee"]),
    );
    expect(incomes.find(({ type }) => type === "transfer")).toMatchObject({
      symbol: null,
      amount: "-250.00000000",
      asset: "USDT",
    });
  });

  it("a stop that was triggered is the order it became", async () => {
    const { account, venue } = await start("binanceusdm");
    await account.submit(order(), venue.serverTime());
    const price = Number(venue.futures.price("BTCUSDT")) / 1e8;
    const stop = order({ side: "sell", type: "stop", price: String(Math.floor(price * 0.99)), reduces: true });
    await account.submit(stop, venue.serverTime());
    venue.addFaults(parseFaultScript([{ at: { simTime: 0 }, do: "gap", symbol: "BTCUSDT", factor: "0.9" }]));
    venue.advanceTo(venue.serverTime() + 2 * HOUR);
    expect(await account.find(BTC, stop.clientId)).toMatchObject({ status: "filled", clientId: stop.clientId });
    expect(await account.positions()).toEqual([]);
    expect(await account.openOrders()).toEqual([]);
  });

  it.each([
    ["of another symbol", { symbol: "ETHUSDT" }],
    ["of another id", { clientAlgoId: "other" }],
    ["with a status nobody knows", { algoStatus: "SLEEPING" }],
    ["without an id", { algoId: null }],
  ])("an answer to a stop %s is ambiguous", async (_, set) => {
    const faults = [{ at: { req: "POST /fapi/v1/algoOrder" }, do: "mutate", set }];
    const { account, venue } = await start("binanceusdm", faults);
    const stop = order({ side: "sell", type: "stop", price: "1000", reduces: true });
    expect((await account.submit(stop, venue.serverTime())).kind).toBe("ambiguous");
    expect(await account.find(BTC, stop.clientId)).toMatchObject({ status: "open" });
  });

  it("a stop that cannot be asked for is not gone; a lost answer to its cancel is ambiguous", async () => {
    const { account, venue } = await start("binanceusdm", [
      { at: { req: "GET /fapi/v1/algoOrder" }, do: "reply", status: 503, body: "" },
      { at: { req: "DELETE /fapi/v1/algoOrder" }, do: "dropAfter" },
    ]);
    const stop = order({ side: "sell", type: "stop", price: "1000", reduces: true });
    await account.submit(stop, venue.serverTime());
    await expect(account.find(BTC, stop.clientId)).rejects.toMatchObject({ kind: "unavailable" });
    expect(await account.cancel(BTC, stop.clientId)).toMatchObject({ kind: "ambiguous" });
    expect(await account.openOrders()).toEqual([]);
  });

  it("a spot stop sells when its price is reached, and binds what it would sell", async () => {
    const { account, venue } = await start("binance");
    await account.submit(order({ leg: "net" }), venue.serverTime());
    const price = Number(venue.futures.price("BTCUSDT")) / 1e8;
    const stop = order({
      leg: "net",
      side: "sell",
      quantity: "0.05",
      type: "stop",
      price: String(Math.floor(price * 0.95)),
    });
    expect(await account.submit(stop, venue.serverTime())).toMatchObject({
      kind: "accepted",
      order: { status: "open" },
    });
    expect(venue.spot.balance("BTC").locked).toBe(5_000_000n);
    const above = { ...stop, clientId: "above", price: String(Math.ceil(price * 1.05)) };
    expect(await account.submit(above, venue.serverTime())).toMatchObject({ kind: "rejected", code: "-2010" });
    for (let hours = 0; venue.spot.records.open(null).length > 0 && hours < 700; hours++) {
      venue.advanceTo(venue.serverTime() + HOUR);
    }
    expect(await account.find(BTC, stop.clientId)).toMatchObject({ status: "filled" });
    expect(venue.spot.balance("BTC").locked).toBe(0n);
  });

  it("a spot account's orders, trades and holdings", async () => {
    const { account, venue } = await start("binance");
    const bought = order({ leg: "net" });
    await account.submit(bought, venue.serverTime());
    expect(await account.positions()).toMatchObject([{ symbol: BTC, leg: "net", quantity: "0.09996" }]);
    expect(await account.settings()).toEqual({ hedged: null, symbols: {} });
    expect(await account.income(0)).toEqual([]);
    const [trade] = await account.trades(BTC, { sinceMs: venue.serverTime() - 1000 });
    expect(trade).toMatchObject({ side: "buy", leg: "net", feeAsset: "BTC" });
    await open?.close();
    const other = await mutated("/api/v3/ticker/price", { symbol: "ETHUSDT" }, "binance");
    await other.account.submit(order({ leg: "net" }), other.venue.serverTime());
    await expect(other.account.balance()).rejects.toMatchObject({ kind: "malformed" });
  });
});
