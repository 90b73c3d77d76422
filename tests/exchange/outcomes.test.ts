// Goal: every answer that an order can get leads to the outcome that exchange-facts asks for: accepted, definitely rejected with
// its consequence, or ambiguous; and never to a second POST. Errors come through ccxt's own mapping, since requests are turned
// to the venue below it. No text that leaves the adapter has the key in it.

import { inspect } from "node:util";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { SubmitOutcome } from "../../src/exchange/port.ts";
import { type Adapter, BTC, CANARY, openAdapter, order } from "./support.ts";

let open: Adapter | null = null;
const texts: string[] = [];

afterEach(async () => {
  await open?.close();
  open = null;
});

afterAll(() => {
  expect(texts.length).toBeGreaterThan(100);
  for (const text of texts) {
    expect(text).not.toContain(CANARY.apiKey);
    expect(text).not.toContain(CANARY.secret);
    expect(text).not.toMatch(/signature=[0-9a-f]/);
  }
});

type Name = "binanceusdm" | "binance";
const PATH = { binanceusdm: "POST /fapi/v1/order", binance: "POST /api/v3/order" } as const;

/** What one order meets when `fault` happens to it, and how many orders were sent for it. */
async function outcomeOf(name: Name, fault: object, changes: Parameters<typeof order>[0] = {}): Promise<SubmitOutcome> {
  open = await openAdapter(name, [{ at: { req: PATH[name], nth: 1 }, ...fault }]);
  const { account, venue, requests } = open;
  await account.serverTime();
  const leg = name === "binance" ? "net" : "long";
  const outcome = await account.submit(order({ leg, ...changes }), venue.serverTime());
  texts.push(JSON.stringify(outcome), inspect(outcome));
  expect(requests.filter((request) => request === PATH[name])).toHaveLength(1);
  return outcome;
}

const reply = (status: number, code: number, msg = "text of the exchange") => ({
  do: "reply",
  status,
  body: { code, msg },
});

describe("definite rejections", () => {
  it.each([
    ["redecide", [-2018, -2019, -2020, -2021, -2022, -2024, -2025, -2027, -2028, -4050, -4131, -4164, -4183, -5022]],
    ["halt_symbol", [-1102, -1106, -1111, -1121, -1130, -4003, -4004, -4005, -4014, -4015, -4023, -4140, -4141]],
    ["halt", [-1022, -2014, -2015, -2023, -4061, -4067, -4068]],
    ["reduce_only", [-4087, -4088, -4192, -4400, -4401]],
    ["resync_clock", [-1021, -5028]],
    ["wait", [-1015]],
  ] as const)("%s: %j", async (consequence, codes) => {
    for (const code of codes) {
      const outcome = await outcomeOf("binanceusdm", reply(400, code));
      expect(outcome).toMatchObject({ kind: "rejected", code: String(code), consequence });
      await open?.close();
    }
  });

  it("carries the exchange's text", async () => {
    const outcome = await outcomeOf("binanceusdm", reply(400, -2019, "Margin is insufficient."));
    expect(outcome).toMatchObject({ message: "Margin is insufficient.", retryAtMs: null });
  });

  it.each([
    ["Account has insufficient balance for requested action.", -2010, "redecide"],
    ["Filter failure: NOTIONAL", -1013, "redecide"],
    ["Filter failure: LOT_SIZE", -1013, "halt_symbol"],
    ["Market is closed.", -1013, "halt_symbol"],
  ] as const)("spot: %s", async (text, code, consequence) => {
    expect(await outcomeOf("binance", reply(400, code, text))).toMatchObject({ kind: "rejected", consequence });
  });

  it("a key that is refused after it has worked is still a refused key (P18)", async () => {
    open = await openAdapter("binance");
    const { account, venue } = open;
    expect(await account.submit(order({ leg: "net" }), venue.serverTime())).toMatchObject({ kind: "accepted" });
    venue.keyRevoked = true;
    const outcome = await account.submit(order({ leg: "net" }), venue.serverTime());
    expect(outcome).toMatchObject({ kind: "rejected", code: "-2015", consequence: "halt" });
    await expect(account.balance()).rejects.toMatchObject({ name: "VenueError", kind: "auth" });
  });
});

describe("ambiguous outcomes", () => {
  it.each([
    ["-1000", reply(400, -1000)],
    ["-1001", reply(400, -1001)],
    ["-1006", reply(400, -1006)],
    ["-1007", reply(503, -1007)],
    ["-1007 as 408", reply(408, -1007)],
    ["-1008", reply(503, -1008)],
    ["a duplicate id: an order of ours is open", reply(400, -4116)],
    ["an unknown code", reply(400, -9999)],
    ["a definite code with a server error", reply(502, -2019)],
    ["a definite code with 200", reply(200, -2019)],
    ["502 HTML", { do: "reply", status: 502, body: "<html>Bad Gateway</html>" }],
    ["504 without body", { do: "reply", status: 504, body: "" }],
    ["403 of a firewall", { do: "reply", status: 403, body: "<html>Forbidden</html>" }],
    ["404", { do: "reply", status: 404, body: "<html>Not Found</html>" }],
    ["400 without JSON", { do: "reply", status: 400, body: "what?" }],
    ["200 HTML", { do: "replyAfter", status: 200, body: "<html>Log in to the hotel's network</html>" }],
    ["200 {}", { do: "replyAfter", status: 200, body: {} }],
    ["200 null", { do: "replyAfter", status: 200, body: null }],
    ["200 []", { do: "replyAfter", status: 200, body: [] }],
    ["200 without body", { do: "replyAfter", status: 200, body: "" }],
    ["a redirect", { do: "reply", status: 302, body: "", headers: { Location: "http://127.0.0.1:1/else" } }],
    ["dropBefore", { do: "dropBefore" }],
    ["dropAfter", { do: "dropAfter" }],
    ["hangBefore", { do: "hangBefore" }],
    ["hangAfter", { do: "hangAfter" }],
    ["truncate", { do: "truncate" }],
    ["stallBody", { do: "stallBody" }],
    ["another order's answer", { do: "mutate", set: { clientOrderId: "not-ours" } }],
    ["another symbol", { do: "mutate", set: { symbol: "ETHUSDT" } }],
    ["no order id", { do: "mutate", set: { orderId: null } }],
    ["a status nobody knows", { do: "mutate", set: { status: "TRADING_HALT" } }],
    ["a quantity that is no number", { do: "mutate", set: { executedQty: "NaN" } }],
    ["a quantity in scientific notation", { do: "mutate", set: { executedQty: "1e-1" } }],
    ["an empty quantity", { do: "mutate", set: { executedQty: "" } }],
    ["more filled than asked for", { do: "mutate", set: { executedQty: "0.2" } }],
    ["no time", { do: "mutate", set: { updateTime: null } }],
  ] as const)("%s", async (_, fault) => {
    expect((await outcomeOf("binanceusdm", fault)).kind).toBe("ambiguous");
  });

  it("spot: a duplicate id", async () => {
    expect((await outcomeOf("binance", reply(400, -2010, "Duplicate order sent."))).kind).toBe("ambiguous");
  });

  it("fields that are new are no reason for doubt, and ids beyond 2^53 keep their digits", async () => {
    const set = { orderId: 9007199254740993n.toString(), brandNew: { a: 1 } };
    const outcome = await outcomeOf("binanceusdm", { do: "mutate", set });
    expect(outcome).toMatchObject({ kind: "accepted", order: { orderId: "9007199254740993" } });
  });
});

describe("refusals for rate", () => {
  it.each([
    ["429 with Retry-After", 429, { "Retry-After": "17" }, 17_000],
    ["418 with Retry-After", 418, { "Retry-After": "120" }, 120_000],
    ["429 without: until the minute ends", 429, {}, 59_000],
  ])("%s: silence, then on", async (_, status, headers, silentMs) => {
    open = await openAdapter("binanceusdm", [
      { at: { req: PATH.binanceusdm, nth: 1 }, do: "reply", status, headers, body: { code: -1003, msg: "Too many." } },
    ]);
    const { account, venue, requests, clock } = open;
    await account.serverTime();
    const now = venue.serverTime();
    const outcome = await account.submit(order(), now);
    expect(outcome).toMatchObject({ kind: "rejected", consequence: "wait", retryAtMs: now + silentMs });
    const sent = requests.length;
    venue.advanceTo(now + silentMs - 1);
    expect(await account.submit(order(), now)).toMatchObject({ code: "UNSENT", consequence: "wait" });
    await expect(account.positions()).rejects.toMatchObject({ kind: "rate_limited", retryAtMs: now + silentMs });
    await expect(account.find(BTC, "any")).rejects.toMatchObject({ kind: "rate_limited" });
    expect(requests).toHaveLength(sent);
    venue.advanceTo(now + silentMs);
    expect(await account.submit(order(), clock.now())).toMatchObject({ kind: "accepted" });
  });

  it("a ban tells its end in the text when the header is missing", async () => {
    open = await openAdapter("binanceusdm");
    const { account, venue } = open;
    const untilMs = venue.serverTime() + 90_000;
    const body = { code: -1003, msg: `Way too many requests; IP banned until ${untilMs}.` };
    venue.addFaults([
      {
        at: { req: "GET /fapi/v3/account", nth: 1 },
        fault: { kind: "request", does: { do: "reply", status: 418, body } },
      },
    ]);
    await expect(account.balance()).rejects.toMatchObject({ kind: "banned", retryAtMs: untilMs });
    expect(account.budget.silentUntilMs).toBe(untilMs);
  });

  it("too many orders: none until the window ends, everything else goes on", async () => {
    open = await openAdapter("binanceusdm", [], { limits: { ordersPerTenSeconds: 2 } });
    const { account, venue, clock, requests } = open;
    const submit = () => account.submit(order(), venue.serverTime());
    expect((await submit()).kind).toBe("accepted");
    expect((await submit()).kind).toBe("accepted");
    const windowEnd = (Math.floor(clock.now() / 10_000) + 1) * 10_000;
    // The count came with the last answer: the third is not even sent.
    const sent = requests.length;
    expect(await submit()).toMatchObject({ code: "UNSENT", consequence: "wait", retryAtMs: windowEnd });
    expect(requests).toHaveLength(sent);
    expect(await account.positions()).toHaveLength(1);
    venue.advanceTo(windowEnd);
    expect((await submit()).kind).toBe("accepted");
  });

  it("-1015 blocks orders until the shortest window ends", async () => {
    open = await openAdapter("binanceusdm", [{ at: { req: PATH.binanceusdm, nth: 1 }, ...reply(429, -1015) }]);
    const { account, venue } = open;
    const windowEnd = (Math.floor(venue.serverTime() / 10_000) + 1) * 10_000;
    const outcome = await account.submit(order(), venue.serverTime());
    expect(outcome).toMatchObject({ kind: "rejected", code: "-1015", consequence: "wait" });
    expect(account.budget.nextOrderMs(venue.serverTime())).toBeGreaterThanOrEqual(windowEnd);
  });
});

describe("requests that only read", () => {
  const GET = "GET /fapi/v3/positionRisk";

  it("are sent once more when their connection broke", async () => {
    open = await openAdapter("binanceusdm", [{ at: { req: GET, nth: 1 }, do: "dropBefore" }]);
    expect(await open.account.positions()).toEqual([]);
    expect(open.requests.filter((request) => request === GET)).toHaveLength(2);
  });

  it.each([[{ do: "dropAfter" }], [{ do: "truncate", bytes: 1 }], [{ do: "stallBody" }], [{ do: "hangAfter" }]])(
    "%j twice: the venue is unavailable",
    async (fault) => {
      open = await openAdapter("binanceusdm", [{ at: { req: GET }, ...fault }]);
      const error = await open.account.positions().catch((e: unknown) => e);
      texts.push(inspect(error), JSON.stringify(error));
      expect(error).toMatchObject({ name: "VenueError", kind: "unavailable" });
    },
  );

  it.each([
    ["503", { status: 503, body: { code: -1, msg: "System maintenance." } }, "unavailable", "-1"],
    ["502 HTML", { status: 502, body: "<html></html>" }, "unavailable", null],
    ["403", { status: 403, body: "<html></html>" }, "unavailable", null],
    ["-1001", { status: 400, body: { code: -1001, msg: "Disconnected." } }, "unavailable", "-1001"],
    ["200 HTML", { status: 200, body: "<html></html>" }, "malformed", null],
    ["200 {}", { status: 200, body: {} }, "malformed", null],
    ["a bad key", { status: 401, body: { code: -2015, msg: "Invalid API-key." } }, "auth", "-2015"],
    ["any other refusal", { status: 400, body: { code: -1130, msg: "Not valid." } }, "refused", "-1130"],
  ])("%s", async (_, answer, kind, code) => {
    open = await openAdapter("binanceusdm", [{ at: { req: GET }, do: "reply", ...answer }]);
    const error = await open.account.positions().catch((e: unknown) => e);
    texts.push(inspect(error), JSON.stringify(error));
    expect(error).toMatchObject({ kind, code });
  });

  it("with a clock that is 15 s off read on after one look at the exchange's", async () => {
    open = await openAdapter("binanceusdm");
    const { account, venue } = open;
    venue.clockOffsetMs = 15_000;
    expect(await account.positions()).toEqual([]);
    expect(account.clock.offsetMs).toBe(15_000);
    expect(await account.submit(order(), account.clock.now())).toMatchObject({ kind: "accepted" });
    venue.clockOffsetMs = -15_000;
    expect(await account.positions()).toHaveLength(1);
  });

  it("a stale timestamp that stays stale is a clock error", async () => {
    open = await openAdapter("binanceusdm", [
      { at: { req: GET }, do: "reply", status: 400, body: { code: -1021, msg: "x" } },
    ]);
    await expect(open.account.positions()).rejects.toMatchObject({ kind: "clock" });
  });

  it("leave room for orders when the weight runs out", async () => {
    open = await openAdapter("binanceusdm", [], { limits: { weightPerMinute: 100 } });
    const { account, venue, clock } = open;
    await account.find(BTC, "nothing");
    const levels: string[] = [];
    while (account.budget.level(clock.now()) !== "orders_only") {
      levels.push(account.budget.level(clock.now()));
      await account.positions();
    }
    expect(new Set(levels)).toEqual(new Set(["full", "slow"]));
    await expect(account.balance()).rejects.toMatchObject({ kind: "rate_limited" });
    const taken = order();
    expect(await account.submit(taken, venue.serverTime())).toMatchObject({ kind: "accepted" });
    expect(await account.find(BTC, taken.clientId)).not.toBeNull();
    venue.advanceTo(clock.now() + 60_000);
    expect((await account.balance()).wallet).toMatch(/^\d/);
  });
});

describe("cancelling", () => {
  const path = "DELETE /fapi/v1/order";
  it.each([["dropAfter"], ["truncate"], ["hangAfter"]])("%s is ambiguous, and sent once", async (fault) => {
    open = await openAdapter("binanceusdm", [{ at: { req: path, nth: 1 }, do: fault }]);
    const { account, venue, requests } = open;
    const price = String(Math.floor((Number(venue.futures.price("BTCUSDT")) / 1e8) * 0.97));
    const resting = order({ type: "limit", price });
    await account.submit(resting, venue.serverTime());
    const outcome = await account.cancel(BTC, resting.clientId);
    texts.push(JSON.stringify(outcome));
    expect(outcome.kind).toBe("ambiguous");
    expect(requests.filter((request) => request === path)).toHaveLength(1);
    expect(await account.find(BTC, resting.clientId)).toMatchObject({ status: "cancelled" });
  });
});

describe("secrets", () => {
  it("are not shown by the adapter itself", async () => {
    open = await openAdapter("binanceusdm");
    const { account } = open;
    await account.positions();
    texts.push(inspect(account, { depth: 20, showHidden: true }), JSON.stringify(account), String(account));
    const error = await account.trades("NO/SUCH", { sinceMs: 0 }).catch((e: unknown) => e);
    texts.push(inspect(error, { depth: 20, showHidden: true }));
    expect((error as Error).message).toContain("did you mean");
  });
});
