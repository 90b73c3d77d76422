// Goal: the adapter that knows ccxt's unified calls only reads strictly what ccxt makes of replies, and says what it cannot do.

import { afterEach, describe, expect, it } from "vitest";
import { openFeed, openTrading } from "../../src/exchange/ccxt/open.ts";
import type { Transport } from "../../src/exchange/ccxt/transport.ts";
import { stepText, textOf } from "../../src/exchange/ccxt/unified/market.ts";
import { Secret } from "../../src/exchange/credentials.ts";
import { parseFaultScript } from "../../src/venue/faults/script.ts";
import { type Adapter, BTC, credentials, HOUR, openAdapter, order } from "./support.ts";

let open: Adapter | null = null;

async function start(faults: unknown = [], options: Parameters<typeof openAdapter>[2] = {}): Promise<Adapter> {
  open = await openAdapter("binanceusdm", faults, options, { unified: true });
  return open;
}

afterEach(async () => {
  await open?.close();
  open = null;
});

const mutate = (req: string, set: object) => [{ at: { req }, do: "mutate", set }];
const POST = "POST /fapi/v1/order";

describe("numbers of ccxt's", () => {
  it.each([
    [0.1, "0.1"],
    [1e-7, "0.0000001"],
    [-1.25e-9, "-0.00000000125"],
    [1e21, "1000000000000000000000"],
    [1.5e22, "15000000000000000000000"],
    ["0.5", "0.5"],
  ])("%s is %s", (value, text) => {
    expect(textOf(value, "it")).toBe(text);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, null, "x", {}])("%s is none", (value) => {
    expect(() => textOf(value, "it")).toThrow("it:");
  });

  it("steps are told as steps or as decimals", () => {
    expect(stepText(0.001, 4, "step")).toBe("0.001");
    expect(stepText(3, 2, "step")).toBe("0.001");
    expect(() => stepText(5, 3, "step")).toThrow("significant");
  });
});

describe("orders", () => {
  it.each([
    ["another order", { clientOrderId: "x-other" }],
    ["another symbol", { symbol: "ETHUSDT" }],
    ["no id", { orderId: null }],
    ["an unknown status", { status: "WHO_KNOWS" }],
    ["more filled than asked for", { executedQty: "0.2" }],
    ["a quantity that is no number", { origQty: "many" }],
  ])("an answer with %s is ambiguous", async (_, set) => {
    const { account, venue } = await start(mutate(POST, set));
    expect(await account.submit(order(), venue.serverTime())).toMatchObject({ kind: "ambiguous" });
  });

  it.each([
    [-2019, "rejected", "redecide"],
    [-2015, "rejected", "halt"],
    [-1021, "rejected", "resync_clock"],
    [-1102, "rejected", "halt_symbol"],
    [-1003, "rejected", "wait"],
    [-2022, "ambiguous", undefined],
    [-1007, "ambiguous", undefined],
    [-9999, "ambiguous", undefined],
  ])("%i by ccxt's class: %s", async (code, kind, consequence) => {
    const { account, venue } = await start([
      { at: { req: POST }, do: "reply", status: 400, body: { code, msg: "text" } },
    ]);
    const outcome = await account.submit(order(), venue.serverTime());
    expect(outcome.kind).toBe(kind);
    expect((outcome as { consequence?: string }).consequence).toBe(consequence);
  });

  it("stops are not sent", async () => {
    const { account, venue } = await start();
    const stop = order({ type: "stop", price: "1000", side: "sell" });
    expect(await account.submit(stop, venue.serverTime())).toMatchObject({
      code: "UNSENT",
      consequence: "halt_symbol",
    });
  });

  it("a venue that is down before the markets are known: not sent", async () => {
    const { account, venue } = await start([
      { at: { req: "GET /fapi/v1/exchangeInfo" }, do: "reply", status: 503, body: "" },
    ]);
    expect(await account.submit(order(), venue.serverTime())).toMatchObject({
      code: "UNSENT",
      consequence: "redecide",
    });
  });

  it("asked for while the venue is down throws, and is no answer", async () => {
    const { account } = await start([{ at: { req: "GET /fapi/v1/order" }, do: "reply", status: 503, body: "" }]);
    await expect(account.find(BTC, "any")).rejects.toMatchObject({ kind: "unavailable" });
  });

  it.each(["dropAfter", "truncate"])("a cancel with %s is ambiguous", async (fault) => {
    const { account, venue } = await start([{ at: { req: "DELETE /fapi/v1/order" }, do: fault }]);
    const price = String(Math.floor((Number(venue.futures.price("BTCUSDT")) / 1e8) * 0.97));
    const resting = order({ type: "limit", price });
    await account.submit(resting, venue.serverTime());
    expect(await account.cancel(BTC, resting.clientId)).toMatchObject({ kind: "ambiguous" });
  });
});

describe("the account", () => {
  it("knows shorts and one-way positions", async () => {
    const { account, venue } = await start();
    await account.submit(order({ side: "sell", leg: "short" }), venue.serverTime());
    expect(await account.positions()).toMatchObject([{ leg: "short", quantity: "-0.1" }]);
    const [trade] = await account.trades(BTC, { sinceMs: venue.serverTime() - 1000 });
    expect(trade).toMatchObject({ leg: "short", side: "sell", feeAsset: "USDT" });
    await open?.close();
    const other = await start([], { hedgeMode: false });
    await other.account.submit(order({ leg: "net" }), other.venue.serverTime());
    expect(await other.account.positions()).toMatchObject([{ leg: "net", quantity: "0.1" }]);
  });

  it("tells income with its sign", async () => {
    const { account, venue } = await start();
    venue.addFaults(parseFaultScript([{ at: { simTime: 0 }, do: "transfer", amount: "-250" }]));
    venue.sync();
    expect(await account.income(venue.serverTime() - 1000)).toMatchObject([
      { type: "transfer", amount: "-250", asset: "USDT" },
    ]);
  });

  it("does not know what a key may do, and says so", async () => {
    const { account } = await start();
    await expect(account.permissions()).rejects.toMatchObject({ kind: "refused", code: "NOT_SUPPORTED" });
  });

  it.each([
    ["a balance without the quote", "GET /fapi/v3/account", { assets: [] }],
    ["settings that lack a symbol", "GET /fapi/v1/symbolConfig", { "0.symbol": "NONEUSDT" }],
  ])("refuses %s", async (_, req, set) => {
    const { account } = await start(mutate(req, set));
    await expect(req.includes("account") ? account.balance() : account.settings()).rejects.toMatchObject({
      name: "VenueError",
    });
  });
});

describe("the feed", () => {
  it("tells funding rates to the last page", async () => {
    const { feed } = await start();
    const rates = await feed.funding(BTC, Date.UTC(2020, 4, 1));
    expect(rates).toHaveLength(3 * 31 + 1);
  });

  it("refuses a quote that is no book, a time that is no time, and bars that are none", async () => {
    const { feed } = await start([
      ...mutate("GET /fapi/v1/ticker/bookTicker", { "0.bidPrice": "99999999", bidPrice: "99999999" }),
      ...mutate("GET /fapi/v1/time", { serverTime: "soon" }),
      ...mutate("GET /fapi/v1/klines", { "1.4": "NaN" }),
    ]);
    await expect(feed.quote(BTC)).rejects.toMatchObject({ kind: "malformed" });
    await expect(feed.serverTime()).rejects.toMatchObject({ kind: "malformed" });
    const { bars, refused } = await feed.bars(BTC, "1h", Date.UTC(2020, 4, 31), 3);
    expect([bars.length, refused.length]).toEqual([2, 1]);
  });
});

/** A venue of another kind: its addresses, its way to say no, and contracts of a hundredth. */
function okx(answers: Readonly<Record<string, object>>): Transport {
  const common = { state: "live", tickSz: "0.1", lotSz: "0.01", minSz: "0.01", expTime: "", listTime: "1600000000000" };
  const swap = {
    ...common,
    instType: "SWAP",
    instId: "BTC-USDT-SWAP",
    uly: "BTC-USDT",
    settleCcy: "USDT",
    ctType: "linear",
    ctVal: "0.01",
    ctValCcy: "BTC",
    ctMult: "1",
  };
  const spot = { ...common, instType: "SPOT", instId: "ETH-USDT", baseCcy: "ETH", quoteCcy: "USDT" };
  return async (url) => {
    const { pathname, searchParams } = new URL(url);
    const listed = { SWAP: [swap], SPOT: [spot] }[searchParams.get("instType") ?? ""] ?? [];
    const answer = answers[pathname] ?? { code: "0", msg: "", data: pathname.endsWith("/instruments") ? listed : [] };
    const text = JSON.stringify(answer);
    return {
      status: 200,
      statusText: "",
      headers: {},
      text: async () => text,
      arrayBuffer: async () => Buffer.from(text),
    };
  };
}

describe("a venue that is not Binance", () => {
  const start = Date.UTC(2024, 0, 1);
  const candles = [2, 1].map((hour) => [String(start + hour * HOUR), "10", "12", "9", "11", "5", "0", "0", "1"]);
  const open = async (answers: Readonly<Record<string, object>> = {}) => {
    const common = { venue: "okx", baseUrl: null, throttle: false, deadlineMs: 1000, transport: okx(answers) };
    const account = await openTrading({
      ...common,
      credentials: { ...credentials, password: new Secret("canaryPASSWORD") },
      symbols: ["ETH/USDT"],
    });
    return { feed: await openFeed(common), account };
  };

  it("tells time, rules and bars behind the same port", async () => {
    const { feed } = await open({
      "/api/v5/public/time": { code: "0", data: [{ ts: String(start) }] },
      "/api/v5/market/candles": { code: "0", data: candles },
      "/api/v5/market/history-candles": { code: "0", data: candles },
    });
    expect(await feed.serverTime()).toBe(start);
    expect(feed.clock.level).toBe("ok");
    const [eth] = await feed.instruments(["ETH/USDT"]);
    expect(eth).toMatchObject({ trading: true, step: "0.01", tick: "0.1", minQuantity: "0.01", minNotional: "0" });
    const { bars, refused } = await feed.bars("ETH/USDT", "1h", start, 10);
    expect(refused).toEqual([]);
    expect(bars.map(({ openMs, closeMs }) => [openMs, closeMs])).toEqual([
      [start + HOUR, start + 2 * HOUR - 1],
      [start + 2 * HOUR, start + 3 * HOUR - 1],
    ]);
    expect(await feed.funding("ETH/USDT", start)).toEqual([]);
  });

  it("with contracts that are not one unit of the base is not traded there", async () => {
    const { feed, account } = await open();
    expect(await feed.instruments([BTC])).toMatchObject([{ trading: false }]);
    const outcome = await account.submit(order(), start);
    expect(outcome).toMatchObject({
      code: "UNSENT",
      consequence: "halt_symbol",
      message: expect.stringContaining("0.01"),
    });
  });

  it("that says no with status 200 is understood by ccxt's class", async () => {
    const refusal = {
      code: "1",
      data: [{ sCode: "51008", sMsg: "Insufficient balance" }],
      msg: "All operations failed",
    };
    const { account } = await open({ "/api/v5/trade/order": refusal, "/api/v5/trade/batch-orders": refusal });
    const outcome = await account.submit(order({ symbol: "ETH/USDT", leg: "net" }), start);
    expect(outcome).toMatchObject({ kind: "rejected", code: "1", consequence: "redecide" });
  });
});
