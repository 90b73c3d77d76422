// Goal: the real ccxt client trades on the venue as on the exchange: markets, candles, orders, positions, errors of the
// classes that production sees, and the faults that a lost acknowledgement and its kin are.

import { afterEach, describe, expect, it } from "vitest";
import { HOUR, openVenue, START, type TestVenue } from "./support.ts";

const BTC = "BTC/USDT:USDT";
let open: TestVenue | null = null;

async function venue(...args: Parameters<typeof openVenue>): Promise<TestVenue> {
  open = await openVenue(...args);
  await open.futures.loadMarkets();
  return open;
}

afterEach(async () => {
  await open?.server.close();
  open = null;
});

const buy = (v: TestVenue, amount: number, id: string, positionSide = "LONG") =>
  v.futures.createOrder(BTC, "market", "buy", amount, undefined, { clientOrderId: id, positionSide });
const nameOf = (error: unknown): string => (error as Error).constructor.name;

describe("USD-M futures through ccxt", () => {
  it("lists markets with their filters, and candles of which the last is open", async () => {
    const { futures } = await venue();
    expect(Object.keys(futures.markets ?? {})).toEqual(["BTC/USDT:USDT", "ETH/USDT:USDT"]);
    expect(futures.market(BTC)).toMatchObject({
      precision: { amount: 0.0001, price: 0.01 },
      limits: { cost: { min: 5 } },
    });
    const rows = await futures.fetchOHLCV(BTC, "4h", undefined, 3);
    expect(rows.map(([time]) => time)).toEqual(
      [START - 1001 - 8 * HOUR + 1, START - 1001 - 4 * HOUR + 1, START - 1000].map((t) => Math.floor(t / HOUR) * HOUR),
    );
    const days = await futures.fetchOHLCV(BTC, "1d", Date.UTC(2020, 4, 1), 31);
    expect(days).toHaveLength(31);
  });

  it("fills a market order at the price of the moment, and the wallet stays the sum of its income", async () => {
    const v = await venue();
    const order = await buy(v, 0.1, "a1");
    expect(order).toMatchObject({ status: "closed", filled: 0.1, clientOrderId: "a1" });
    const [position] = await v.futures.fetchPositions();
    expect(position).toMatchObject({ symbol: BTC, side: "long", contracts: 0.1, entryPrice: order.average });
    v.clock.advanceTo(START + 10 * HOUR);
    await v.futures.createOrder(BTC, "market", "sell", 0.1, undefined, { clientOrderId: "a2", positionSide: "LONG" });
    expect(await v.futures.fetchPositions()).toEqual([]);
    const trades = await v.futures.fetchMyTrades(BTC);
    expect(trades.map(({ side, amount }) => [side, amount])).toEqual([
      ["buy", 0.1],
      ["sell", 0.1],
    ]);
    expect(v.venue.futures.account.isConserved()).toBe(true);
    // 08:00 passed: longs paid or received funding once.
    const funding = v.venue.futures.account.incomes.filter(({ type }) => type === "FUNDING_FEE");
    expect(funding).toHaveLength(1);
  });

  it("a resting limit order fills when its price is reached, as a maker", async () => {
    const v = await venue();
    const price = Number(v.venue.futures.price("BTCUSDT")) / 1e8;
    const limit = Math.floor(price * 0.99);
    const params = { clientOrderId: "rest", positionSide: "LONG" };
    await v.futures.createOrder(BTC, "limit", "buy", 0.1, limit, params);
    expect((await v.futures.fetchOpenOrders(BTC)).map(({ clientOrderId }) => clientOrderId)).toEqual(["rest"]);
    v.clock.advanceTo(START + 100 * HOUR);
    const order = await v.futures.fetchOrder("", BTC, { clientOrderId: "rest" });
    expect(order).toMatchObject({ status: "closed", average: limit, filled: 0.1 });
    expect((await v.futures.fetchMyTrades(BTC))[0]).toMatchObject({ takerOrMaker: "maker" });
  });

  it.each([
    ["no position side", { clientOrderId: "x" }, 0.1, "OperationRejected", -4061],
    ["closing more than is held", { clientOrderId: "x", positionSide: "SHORT" }, 0.1, "InvalidOrder", -2022],
    ["more than a market order may be", { clientOrderId: "x", positionSide: "LONG" }, 200, "BadRequest", -4005],
    ["more than the margin carries", { clientOrderId: "x", positionSide: "LONG" }, 11.9, "InsufficientFunds", -2019],
    ["a client id that is too long", { clientOrderId: "x".repeat(37), positionSide: "LONG" }, 0.1, "BadRequest", -4015],
  ])("refuses %s with the exchange's code, in ccxt's class", async (_, params, amount, type, code) => {
    const v = await venue({ wallet: 200_000_000_000n });
    const error = await v.futures.createOrder(BTC, "market", "buy", amount, undefined, params).catch((e: unknown) => e);
    expect(`${nameOf(error)} ${(error as Error).message}`).toMatch(new RegExp(`^${type} .*"code":${code}`));
  });

  it("a client id is unique among open orders only", async () => {
    const v = await venue();
    await buy(v, 0.1, "same");
    await buy(v, 0.1, "same");
    expect(v.venue.futures.records.orders).toHaveLength(2);
    const rest = { clientOrderId: "rest", positionSide: "LONG" };
    await v.futures.createOrder(BTC, "limit", "buy", 0.1, 5000, rest);
    const error = await v.futures.createOrder(BTC, "limit", "buy", 0.1, 5000, rest).catch((e: unknown) => e);
    expect(String(error)).toContain("-4116");
  });

  it("knows wrong keys, wrong clocks and revoked keys", async () => {
    const v = await venue({}, [{ at: { req: "GET /fapi/v3/account", nth: 3 }, do: "revokeKey" }]);
    v.futures.milliseconds = () => v.clock.now() + 15_000;
    expect(nameOf(await v.futures.fetchBalance().catch((e: unknown) => e))).toBe("InvalidNonce");
    v.futures.milliseconds = () => v.clock.now();
    expect((await v.futures.fetchBalance()).USDT).toMatchObject({ total: 100_000 });
    expect(nameOf(await v.futures.fetchBalance().catch((e: unknown) => e))).toBe("AuthenticationError");
    v.futures.secret = "wrong";
    v.venue.keyRevoked = false;
    expect(String(await v.futures.fetchBalance().catch((e: unknown) => e))).toContain("-1022");
  });
});

describe("faults", () => {
  it.each(["dropAfter", "truncate", "stallBody"])(
    "%s: the order exists although the client saw an error",
    async (fault) => {
      const v = await venue({}, [{ at: { req: "POST /fapi/v1/order", nth: 1 }, do: fault }]);
      v.futures.timeout = 300;
      const outcome = await Promise.race([
        buy(v, 0.1, "lost").then(
          () => "answered",
          () => "error",
        ),
        new Promise((resolve) => setTimeout(() => resolve("silence"), 1000)),
      ]);
      expect(outcome).not.toBe("answered");
      expect(await v.futures.fetchOrder("", BTC, { clientOrderId: "lost" })).toMatchObject({ status: "closed" });
    },
  );

  it("dropBefore: the order does not exist", async () => {
    const v = await venue({}, [{ at: { req: "POST /fapi/v1/order", nth: 1 }, do: "dropBefore" }]);
    await expect(buy(v, 0.1, "lost")).rejects.toThrow();
    expect(nameOf(await v.futures.fetchOrder("", BTC, { clientOrderId: "lost" }).catch((e: unknown) => e))).toBe(
      "OrderNotFound",
    );
  });

  it("replyAfter -1007, mutate, ban and maintenance answer as scripted", async () => {
    const v = await venue({}, [
      {
        at: { req: "POST /fapi/v1/order", nth: 1 },
        do: "replyAfter",
        status: 503,
        body: { code: -1007, msg: "Timeout" },
      },
      { at: { req: "POST /fapi/v1/order", nth: 2 }, do: "mutate", set: { orderId: null } },
      { at: { req: "GET /fapi/v3/balance", nth: 1 }, do: "ban", ms: 60_000 },
    ]);
    await expect(buy(v, 0.1, "one")).rejects.toThrow(/-1007/);
    expect((await buy(v, 0.1, "two")).id).toBeUndefined();
    expect(v.venue.futures.records.orders).toHaveLength(2);
    const banned = await fetch(`${v.server.url}/fapi/v3/balance`);
    expect([banned.status, banned.headers.get("retry-after")]).toEqual([418, "60"]);
  });

  it("partialFill, liquidation and a transfer leave the wallet the sum of its income", async () => {
    const v = await venue({}, [{ at: { simTime: START }, do: "partialFill", share: "0.4" }]);
    const order = await buy(v, 0.1, "part");
    expect(order).toMatchObject({ status: "expired", filled: 0.04 });
    v.venue.addFaults([
      { at: { simTime: START + 1 }, fault: { kind: "state", does: { do: "liquidate" } } },
      { at: { simTime: START + 2 }, fault: { kind: "state", does: { do: "transfer", amount: "-10" } } },
    ]);
    v.venue.futures.quirks.partialFill = null;
    v.clock.advanceTo(START + 5);
    v.venue.sync();
    expect(v.venue.futures.account.held()).toEqual([]);
    expect(v.venue.futures.records.orders.at(-1)?.clientId).toMatch(/^autoclose-/);
    expect(v.venue.futures.account.isConserved()).toBe(true);
  });
});

describe("spot through ccxt", () => {
  it("buys what it can pay for, takes fees from what it receives, and sells nothing it has not", async () => {
    const v = await venue();
    await v.spot.loadMarkets();
    const order = await v.spot.createOrder("BTC/USDT", "market", "buy", 0.1, undefined, { clientOrderId: "s1" });
    expect(order).toMatchObject({ status: "closed", filled: 0.1 });
    expect((await v.spot.fetchBalance()).BTC).toMatchObject({ free: 0.09996 });
    const error = await v.spot.createOrder("BTC/USDT", "market", "sell", 1, undefined, {}).catch((e: unknown) => e);
    expect(nameOf(error)).toBe("InsufficientFunds");
    expect(v.venue.futures.records.orders).toHaveLength(0);
  });
});
