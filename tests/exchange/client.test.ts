// Goal: the one way to ccxt sends nothing twice, nothing late, nothing to another host, and ends what hangs.

import { afterEach, describe, expect, it } from "vitest";
import { CcxtClient, type ClientOptions, endpoint } from "../../src/exchange/ccxt/client.ts";
import { openFeed, openTrading } from "../../src/exchange/ccxt/open.ts";
import type { Transport } from "../../src/exchange/ccxt/transport.ts";
import { ExchangeClock } from "../../src/exchange/exchange-clock.ts";
import { RateBudget } from "../../src/exchange/rate-budget.ts";
import { inProcessTransport } from "../../src/venue/in-process.ts";
import { type Adapter, BTC, credentials, openAdapter, order } from "./support.ts";

let open: Adapter | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

const NOWHERE = "http://127.0.0.1:1";

function settings(changes: Partial<ClientOptions> = {}): ClientOptions {
  return {
    venue: "binanceusdm",
    credentials,
    baseUrl: NOWHERE,
    clock: new ExchangeClock(),
    budget: new RateBudget(),
    countedPath: "/fapi/",
    deadlineMs: 200,
    throttle: false,
    ...changes,
  };
}

const answering =
  (seen: string[], body: object): Transport =>
  async (url) => {
    seen.push(url);
    const text = JSON.stringify(body);
    return {
      status: 200,
      statusText: "",
      headers: {},
      text: async () => text,
      arrayBuffer: async () => Buffer.from(text),
    };
  };

describe("opening", () => {
  it.each(["http://example.com", "https://fapi.binance.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1", "x"])(
    "refuses the base URL %s",
    async (baseUrl) => {
      await expect(openFeed({ venue: "binanceusdm", baseUrl })).rejects.toMatchObject({ kind: "refused" });
    },
  );

  it("refuses a venue that nobody knows", async () => {
    await expect(openFeed({ venue: "binanceus-dm", baseUrl: null })).rejects.toMatchObject({ kind: "refused" });
    await expect(CcxtClient.open(settings({ venue: "nope" }))).rejects.toMatchObject({ kind: "refused" });
  });

  it("makes no request", async () => {
    open = await openAdapter("binanceusdm");
    expect(open.requests).toEqual([]);
  });
});

describe("a request", () => {
  it("goes to the venue's own host, turned to the base URL", async () => {
    const seen: string[] = [];
    const client = await CcxtClient.open(settings({ transport: answering(seen, { serverTime: 1 }) }));
    await client.run(endpoint("fapiPublicGetTime", {}), "routine");
    expect(seen).toEqual([`${NOWHERE}/fapi/v1/time`]);
    const real = await CcxtClient.open(settings({ baseUrl: null, transport: answering(seen, { serverTime: 1 }) }));
    await real.run(endpoint("fapiPublicGetTime", {}), "routine");
    expect(seen[1]).toBe("https://fapi.binance.com/fapi/v1/time");
  });

  it("goes to the practice exchange on demand, where some questions are not supported", async () => {
    const seen: string[] = [];
    const transport = answering(seen, { serverTime: 1 });
    const common = { venue: "binanceusdm", baseUrl: null, demo: true, throttle: false, transport };
    const feed = await openFeed(common);
    expect(await feed.serverTime()).toBe(1);
    expect(seen).toEqual(["https://demo-fapi.binance.com/fapi/v1/time"]);
    const account = await openTrading({ ...common, credentials, symbols: [BTC] });
    await expect(account.permissions()).rejects.toMatchObject({ kind: "refused" });
    expect(seen).toHaveLength(1);
  });

  it("to any other host is refused before it leaves", async () => {
    const seen: string[] = [];
    const client = await CcxtClient.open(settings({ baseUrl: null, transport: answering(seen, {}) }));
    const elsewhere = client.run((exchange) => exchange.fetch("https://example.com/steal", "GET"), "routine");
    await expect(elsewhere).rejects.toMatchObject({ failure: { cause: "unsent" } });
    expect(seen).toEqual([]);
  });

  it("outside of a call is refused", async () => {
    const seen: string[] = [];
    const client = await CcxtClient.open(settings({ transport: answering(seen, {}) }));
    let leaked: { fetch(url: string): Promise<unknown> } | null = null;
    await client.run(async (exchange) => {
      leaked = exchange as unknown as typeof leaked;
    }, "routine");
    await expect(
      (leaked as unknown as { fetch(url: string): Promise<unknown> }).fetch("https://fapi.binance.com/"),
    ).rejects.toThrow();
    expect(seen).toEqual([]);
  });

  it("is not made while ccxt might repeat it", async () => {
    const seen: string[] = [];
    const client = await CcxtClient.open(settings({ transport: answering(seen, { serverTime: 1 }) }));
    await client.run(async (exchange) => {
      exchange.options.maxRetriesOnFailure = 1;
    }, "routine");
    const again = client.run(endpoint("fapiPublicGetTime", {}), "routine");
    await expect(again).rejects.toMatchObject({ failure: { cause: "unsent" } });
    expect(seen).toEqual([]);
  });

  it("that waited in the throttle past its deadline is never sent", async () => {
    const seen: string[] = [];
    const transport = answering(seen, { serverTime: 1 });
    const client = await CcxtClient.open(settings({ transport, throttle: true, deadlineMs: 60 }));
    const calls = Array.from({ length: 30 }, () => client.run(endpoint("fapiPublicGetTime", {}), "routine"));
    const results = await Promise.allSettled(calls);
    const late = results.filter(({ status }) => status === "rejected");
    expect(late.length).toBeGreaterThan(0);
    expect(late[0]).toMatchObject({ reason: { failure: { cause: "unsent", type: "DeadlineError" } } });
    const sent = seen.length;
    await new Promise((done) => setTimeout(done, 300));
    expect(seen).toHaveLength(sent);
  });

  it("that nobody answers leaves room for the next at once", async () => {
    open = await openAdapter("binanceusdm", [{ at: { req: "GET /fapi/v1/positionSide/dual" }, do: "stallBody" }]);
    const { account, server } = open;
    await expect(account.settings()).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("600 ms"),
    });
    expect(await account.positions()).toEqual([]);
    expect(server.connections()).toBeLessThanOrEqual(3);
  });

  it("on a kept connection that the server has just closed: reads are repeated, orders are not", async () => {
    open = await openAdapter("binanceusdm");
    const { account, venue, server, requests } = open;
    await account.find(BTC, "none");
    for (let i = 0; i < 5; i++) {
      server.closeIdle();
      expect(await account.positions()).toHaveLength(i === 0 ? 0 : 1);
      server.closeIdle();
      const sent = order();
      const outcome = await account.submit(sent, venue.serverTime());
      const orders = venue.futures.records.orders.filter(({ clientId }) => clientId === sent.clientId);
      // Either a new connection carried it, or it is not known; never two of it.
      expect(outcome.kind === "accepted" ? orders.length : 1).toBe(1);
      expect(["accepted", "ambiguous"]).toContain(outcome.kind);
      if (orders.length === 0) await account.submit(order(), venue.serverTime());
    }
    expect(requests.filter((request) => request === "POST /fapi/v1/order").length).toBeLessThanOrEqual(10);
  });

  it("that hangs while the client is closed ends, and nothing is left behind", async () => {
    open = await openAdapter("binanceusdm", [{ at: { req: "GET /fapi/v3/positionRisk" }, do: "hangBefore" }]);
    const { account, requests } = open;
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => {
      rejections.push(reason);
    };
    process.on("unhandledRejection", note);
    const hanging = account.positions().catch((error: unknown) => error);
    while (requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await account.close();
    expect(await hanging).toMatchObject({ kind: "unavailable" });
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(rejections).toEqual([]);
  });

  it("to a venue that is down is unavailable, and an order there ambiguous", async () => {
    open = await openAdapter("binanceusdm");
    const { account, venue, server } = open;
    await account.serverTime();
    await account.find(BTC, "none");
    await server.close();
    await expect(account.positions()).rejects.toMatchObject({ kind: "unavailable" });
    expect(await account.submit(order(), venue.serverTime())).toMatchObject({ kind: "ambiguous" });
  });

  it("before the first one the symbols are not known: an order is not sent then", async () => {
    const account = await openTrading({
      venue: "binanceusdm",
      baseUrl: NOWHERE,
      credentials,
      symbols: [BTC],
      throttle: false,
    });
    expect(await account.submit(order(), 0)).toMatchObject({
      kind: "rejected",
      code: "UNSENT",
      consequence: "redecide",
    });
    await account.close();
  });
});

describe("the same venue inside the process", () => {
  it.each(["dropAfter", "hangAfter", "truncate", "stallBody"])("%s is as over sockets", async (fault) => {
    open = await openAdapter("binanceusdm", [{ at: { req: "POST /fapi/v1/order", nth: 1 }, do: fault }]);
    const transport = inProcessTransport(open.venue);
    const clock = new ExchangeClock(() => open?.clock.now() ?? 0);
    const common = { venue: "binanceusdm", baseUrl: NOWHERE, throttle: false, deadlineMs: 50, clock, transport };
    const account = await openTrading({ ...common, credentials, symbols: [BTC] });
    const lost = order();
    expect(await account.submit(lost, clock.now())).toMatchObject({ kind: "ambiguous" });
    expect(await account.find(BTC, lost.clientId)).toMatchObject({ status: "filled" });
    expect(open.requests).toEqual([]);
    await account.close();
  });
});
