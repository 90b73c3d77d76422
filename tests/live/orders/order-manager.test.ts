// Goal: what a rejection, a rate limit, a strange answer or an operator asks for happens, and nothing else is sent.
// Method: the manager on a small exchange with one scripted fault per test.

import { describe, expect, it } from "vitest";
import { type Consequence, VenueError, type VenueQuote } from "../../../src/exchange/port.ts";
import type { DecisionRecord, JournalBody, TradeRecord } from "../../../src/live/journal-records.ts";
import type { OrderConsequence, OrderPorts } from "../../../src/live/orders/desk.ts";
import { OrderLedger } from "../../../src/live/orders/order-ledger.ts";
import { OrderManager } from "../../../src/live/orders/order-manager.ts";
import { type OrderWish, planIntents } from "../../../src/live/orders/plan-intents.ts";
import { type ExecutionStyle, ORDER_DEFAULTS } from "../../../src/live/orders/settings.ts";
import { FakeExchange, type Faults, NO_FAULTS } from "../../support/fake-exchange.ts";
import { RULES } from "../../support/order-world.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const LIMIT: ExecutionStyle = { kind: "limit_then_market", timeoutMs: 5_000, pollMs: 500, driftBps: 5 };

interface Setup {
  readonly faults?: Partial<Faults>;
  readonly hedged?: boolean;
  readonly style?: ExecutionStyle;
  readonly ports?: Partial<OrderPorts>;
  readonly minNotional?: string;
}

function setUp({ faults = {}, hedged = true, style = { kind: "market" }, ports = {}, minNotional = "0" }: Setup = {}) {
  const clock = new VirtualClock(START);
  const exchange = new FakeExchange(clock, { hedged, faults: { ...NO_FAULTS, ...faults } });
  const records: JournalBody[] = [];
  const consequences: OrderConsequence[] = [];
  let bar = 0;

  /** A process: a ledger folded from the records so far, and a manager on it. */
  const start = (own: Partial<OrderPorts> = {}) => {
    const ledger = new OrderLedger();
    for (const body of records) ledger.apply(body);
    const record = (...bodies: JournalBody[]): void => {
      for (const body of bodies) {
        ledger.apply(body);
        records.push(body);
      }
    };
    const { venue } = exchange.connect();
    const manager = new OrderManager(
      {
        venue,
        clock,
        record,
        ledger,
        rules: () => ({ ...RULES, minNotional }),
        mark: () => "100",
        quote: async () => ({ bid: "100.1", bidQuantity: "1", ask: "100.2", askQuantity: "1" }),
        feePrice: () => "600",
        permits: () => true,
        onConsequence: (consequence) => consequences.push(consequence),
        ...ports,
        ...own,
      },
      { ...ORDER_DEFAULTS, quoteAsset: "USDT", takerFeeBps: 4, style },
    );
    const decide = (wishes: Record<string, number>): DecisionRecord => {
      const openMs = START + bar++ * HOUR_MS;
      const list: OrderWish[] = Object.entries(wishes).map(([symbol, lots]) => ({
        symbol,
        lots,
        pod: null,
        podHeld: 0,
      }));
      const { intents } = planIntents(list, {
        instance: "t0",
        openMs,
        hedged,
        reducingExempt: true,
        held: (symbol) => ledger.held(symbol),
        rules: () => RULES,
        mark: () => 100,
        locked: () => false,
      });
      const symbols = list.map(({ symbol, lots }) => ({
        symbol,
        net: lots,
        crossed: lots === 0 ? 5 : 0,
        demand: [["p0", lots]] as const,
      }));
      const decision: DecisionRecord = { type: "decision", open_ms: openMs, events: "0".repeat(64), symbols, intents };
      record(decision);
      return decision;
    };
    const execute = (wishes: Record<string, number>, validUntilMs = Number.POSITIVE_INFINITY) =>
      clock.run(manager.execute(decide(wishes), { validUntilMs }));
    return { manager, ledger, decide, execute, recover: () => clock.run(manager.recover()) };
  };
  const ends = (): string[] =>
    records.flatMap((body) => (body.type === "done" ? [`${body.cid.split("-")[2]} ${body.status} ${body.lots}`] : []));
  const kinds = (): string[] => records.map(({ type }) => type);
  const trades = (): TradeRecord[] => records.filter((body) => body.type === "trade");
  return { clock, exchange, records, consequences, start, ends, kinds, trades };
}

describe("a market order", () => {
  it("is journaled before each step", async () => {
    const { start, kinds, records } = setUp({ faults: { filling: ["three_trades"] } });
    await start().execute({ "BTC/USDT": 100 });
    expect(kinds()).toEqual(["decision", "sent", "accepted", "trade", "trade", "trade", "done", "settled"]);
    expect(records.find(({ type }) => type === "trade")).toMatchObject({
      lots: 33,
      price: "100.5",
      value_micro: 3_316_500,
      fee: "0.0001",
      fee_asset: "BNB",
      fee_micro: 60_000,
      synthetic: false,
    });
  });

  it("is cancelled when it does not fill", async () => {
    const { start, ends, exchange } = setUp({ faults: { filling: ["never"] } });
    await start().execute({ "BTC/USDT": 100 });
    expect(ends()).toEqual(["BTCUSDT cancelled 0"]);
    expect(exchange.orders[0]?.status).toBe("cancelled");
  });

  it("that was taken although it was refused is found", async () => {
    const { start, ends } = setUp({ faults: { submit: ["taken_but_rejected"] } });
    await start().execute({ "BTC/USDT": 100 });
    expect(ends()).toEqual(["BTCUSDT filled 100"]);
  });

  it("gets a synthetic trade when its trades never show, and ignores them later", async () => {
    const { start, ends, trades, records } = setUp({ faults: { trades: Array(100).fill("empty") } });
    await start().execute({ "BTC/USDT": -100 });
    expect(ends()).toEqual(["BTCUSDT filled 100"]);
    expect(trades()).toEqual([
      expect.objectContaining({
        synthetic: true,
        trade_id: `synthetic-${trades()[0]?.cid}`,
        lots: -100,
        value_micro: 10_050_000,
        fee_micro: 4_020,
        fee: "0.004020000000",
        fee_asset: "USDT",
      }),
    ]);
    // The process died after the trade: the end follows without a look at the trades.
    records.splice(records.findIndex(({ type }) => type === "done"));
    const next = start();
    await next.recover();
    expect(next.ledger.held("BTC/USDT").short).toBe(-100);
    expect(ends()).toEqual(["BTCUSDT filled 100"]);
  });

  it("is judged by trades and position when the exchange has forgotten it", async () => {
    const { start, ends } = setUp({
      faults: { filling: [{ afterMs: 300 }], find: Array(40).fill("unknown"), trades: ["unavailable"] },
    });
    await start().execute({ "BTC/USDT": 100 });
    expect(ends()).toEqual(["BTCUSDT filled 100"]);
  });

  it("is cancelled when lookups do not know it but the book does", async () => {
    const { start, ends } = setUp({ faults: { filling: ["never"], find: Array(40).fill("unknown") } });
    await start().execute({ "BTC/USDT": 100 });
    expect(ends()).toEqual(["BTCUSDT cancelled 0"]);
    const lost = setUp({ faults: { submit: ["lost_ack"], filling: ["never"], find: Array(40).fill("unknown") } });
    await lost.start().execute({ "BTC/USDT": 100 });
    expect(lost.ends()).toEqual(["BTCUSDT cancelled 0"]);
  });

  it("ends unfilled when it is nowhere and the position agrees, not when it does not", async () => {
    const { start, ends, clock, exchange } = setUp({ faults: { filling: ["never"] } });
    void clock.sleep(1_000).then(() => exchange.forgetOrders());
    await start().execute({ "BTC/USDT": 100 });
    expect(ends()).toEqual(["BTCUSDT expired 0"]);

    const other = setUp({ faults: { filling: ["never"], cancel: ["lost_request"] } });
    void other.clock.sleep(1_000).then(() => {
      other.exchange.manualTrade("BTC/USDT", "long", 7);
      other.exchange.forgetOrders();
    });
    const process = other.start();
    await process.execute({ "BTC/USDT": 100 });
    expect(other.consequences).toEqual([
      expect.objectContaining({ consequence: "halt_symbol", code: "UNEXPLAINED", symbol: "BTC/USDT" }),
    ]);
    expect(other.ends()).toEqual([]);
    expect([...process.ledger.inFlight()]).toEqual(["BTC/USDT"]);
  });

  it("gives up on an exchange that talks nonsense about it, and tries again when told", async () => {
    const { start, consequences, ends } = setUp({
      faults: { submit: ["lost_ack"], find: Array(10).fill("malformed"), trades: ["malformed"] },
    });
    const process = start();
    const found = await process.execute({ "BTC/USDT": 100, "ETH/USDT": 50 });
    expect(found).toEqual(consequences);
    expect(consequences).toEqual([
      expect.objectContaining({ consequence: "halt_symbol", code: "MALFORMED", symbol: "BTC/USDT" }),
    ]);
    expect(ends()).toEqual(["ETHUSDT filled 50"]);
    await process.recover();
    expect(ends()).toEqual(["ETHUSDT filled 50", "BTCUSDT filled 100"]);
    expect(process.ledger.inFlight().size).toBe(0);
  });
});

describe("fees", () => {
  const trading = async (feeAsset: string, price: string | null, fee = "0.0001", hedged = true) => {
    const world = setUp({ hedged, ports: { feePrice: () => price } });
    const { venue } = world.exchange.connect();
    const trades: typeof venue.trades = async (symbol, query) =>
      (await venue.trades(symbol, query)).map((trade) => ({ ...trade, feeAsset, fee }));
    const process = world.start({ venue: { ...venue, trades } });
    await process.execute({ "BTC/USDT": 100 });
    return { trade: world.trades()[0] as TradeRecord, ends: world.ends(), held: process.ledger.held("BTC/USDT") };
  };

  it.each<[string, string, string | null, number]>([
    ["in the account's currency", "USDT", null, 100],
    ["in the base, at the trade's price", "BTC", null, 10_050],
    ["in another asset, at a given price", "BNB", "600", 60_000],
    ["in an asset without a price: estimated", "XYZ", null, 4_020],
  ])("%s", async (_, feeAsset, price, micro) => {
    expect((await trading(feeAsset, price)).trade).toMatchObject({ fee_micro: micro, fee_lots: 0, lots: 100 });
  });

  it.each<[string, string, number]>([
    ["part of a lot", "0.0001", 1],
    ["whole lots", "0.002", 2],
    ["all but one lot at most", "1", 99],
    ["nothing, as a rebate", "-0.002", 0],
  ])("on spot in the base: the exchange keeps %s", async (_, fee, kept) => {
    const { trade, ends, held } = await trading("BTC", null, fee, false);
    expect(trade).toMatchObject({ lots: 100 - kept, fee_lots: kept, value_micro: 10_050_000 });
    expect(trade.fee_micro).toBe(kept > 0 ? 0 : -201_000);
    expect(ends).toEqual(["BTCUSDT filled 100"]);
    expect(held.net).toBe(100 - kept);
  });
});

describe("consequences", () => {
  const wishes = { "BTC/USDT": 100, "ETH/USDT": 100 };
  it.each<[Consequence, string[]]>([
    ["redecide", ["BTCUSDT rejected 0", "ETHUSDT filled 100"]],
    ["halt_symbol", ["BTCUSDT rejected 0", "ETHUSDT filled 100"]],
    ["halt", ["BTCUSDT rejected 0", "ETHUSDT filled 100"]],
  ])("%s: what is under way ends", async (reject, expected) => {
    const { start, ends, consequences } = setUp({ faults: { submit: [{ reject }] } });
    await start().execute(wishes);
    expect(ends().sort()).toEqual(expected);
    expect(consequences).toEqual([expect.objectContaining({ consequence: reject, code: "-1", message: "scripted" })]);
  });

  it.each<[Consequence, string[]]>([
    ["redecide", ["rejected 0", "unsent 0", "filled 100"]],
    ["halt_symbol", ["rejected 0", "unsent 0", "filled 100"]],
    ["halt", ["rejected 0", "unsent 0", "unsent 0"]],
    ["wait", ["rejected 0", "unsent 0", "unsent 0"]],
    ["resync_clock", ["rejected 0", "unsent 0", "unsent 0"]],
    ["reduce_only", ["rejected 0", "unsent 0", "unsent 0"]],
  ])("%s of a close: its open does not leave, others if they may", async (reject, expected) => {
    const { start, ends } = setUp({ faults: { submit: [null, { reject }] } });
    const process = start();
    await process.execute({ "BTC/USDT": 100 });
    await process.execute({ "BTC/USDT": -150, "ETH/USDT": 100 });
    const [, ...later] = ends();
    expect(later.map((end) => end.replace(/^\w+ /, "")).sort()).toEqual([...expected].sort());
  });

  it("stops the split orders of a halted symbol", async () => {
    const { start, ends } = setUp({ faults: { submit: [{ reject: "halt_symbol" }] } });
    await start().execute({ "BTC/USDT": 3_000 });
    expect(ends()).toEqual(["BTCUSDT rejected 0", "BTCUSDT unsent 0"]);
  });

  it("asks nothing while a rate limit holds, then goes on", async () => {
    const { start, ends, consequences, clock } = setUp({
      faults: { submit: ["lost_ack"], find: ["rate_limited", "rate_limited"] },
    });
    await start().execute({ "BTC/USDT": 100 });
    expect(ends()).toEqual(["BTCUSDT filled 100"]);
    expect(consequences.map(({ consequence, code }) => [consequence, code])).toEqual(
      Array(2).fill(["wait", "VENUE_RATE_LIMITED"]),
    );
    expect(clock.now() - START).toBeGreaterThan(8_000);
  });

  it.each<["auth" | "clock" | "banned" | "refused", Consequence | null]>([
    ["auth", "halt"],
    ["clock", "resync_clock"],
    ["banned", "wait"],
    ["refused", null],
  ])("surfaces a request that fails with %s, and asks again", async (kind, consequence) => {
    const world = setUp({ faults: { submit: ["lost_ack"] } });
    const { venue } = world.exchange.connect();
    let calls = 0;
    const find: typeof venue.find = async (...query) => {
      if (calls++ === 0) throw new VenueError(kind, "no", null, kind === "banned" ? START + 9_000 : null);
      return venue.find(...query);
    };
    await world.start({ venue: { ...venue, find } }).execute({ "BTC/USDT": 100 });
    expect(world.ends()).toEqual(["BTCUSDT filled 100"]);
    expect(world.consequences.map((one) => one.consequence)).toEqual(consequence === null ? [] : [consequence]);
  });

  it("does not hide a bug of an adapter behind a retry", async () => {
    const world = setUp({ faults: { submit: ["lost_ack"] } });
    const { venue } = world.exchange.connect();
    const find = (): never => {
      throw new TypeError("a bug");
    };
    await expect(world.start({ venue: { ...venue, find } }).execute({ "BTC/USDT": 100 })).rejects.toThrow("a bug");
  });
});

describe("an exchange that does not answer", () => {
  it("is left alone after half a minute, the order open in the journal, and asked again later", async () => {
    const { start, ends, consequences, clock } = setUp({
      faults: { submit: ["lost_ack"], find: Array(45).fill("unavailable") },
    });
    const process = start();
    await process.execute({ "BTC/USDT": 100 });
    expect(consequences).toEqual([expect.objectContaining({ consequence: "halt_symbol", code: "UNREACHABLE" })]);
    expect(clock.now() - START).toBeLessThan(40_000);
    expect(ends()).toEqual([]);
    for (let i = 0; i < 20 && process.ledger.inFlight().size > 0; i++) await process.recover();
    expect(ends()).toEqual(["BTCUSDT filled 100"]);
  });

  it("is not waited for through a ban", async () => {
    const world = setUp({ faults: { submit: ["lost_ack"] } });
    const { venue } = world.exchange.connect();
    let banned = true;
    const find: typeof venue.find = async (...query) => {
      if (banned) throw new VenueError("banned", "418", "418", START + HOUR_MS);
      return venue.find(...query);
    };
    const process = world.start({ venue: { ...venue, find } });
    await process.execute({ "BTC/USDT": 100 });
    expect(world.consequences.map(({ code }) => code)).toEqual(["VENUE_BANNED", "UNREACHABLE"]);
    expect(world.clock.now() - START).toBeLessThan(10_000);
    banned = false;
    await world.clock.run(world.clock.sleep(HOUR_MS));
    await process.recover();
    expect(world.ends()).toEqual(["BTCUSDT filled 100"]);
  });

  it("is given up for an order that it refuses to talk about", async () => {
    const world = setUp({ faults: { submit: ["lost_ack"] } });
    const { venue } = world.exchange.connect();
    const find = (): never => {
      throw new VenueError("refused", "-1121 invalid symbol");
    };
    await world.start({ venue: { ...venue, find } }).execute({ "BTC/USDT": 100 });
    expect(world.consequences).toEqual([expect.objectContaining({ code: "MALFORMED", symbol: "BTC/USDT" })]);
  });
});

describe("what the runner decides", () => {
  it("permits each order right before it leaves", async () => {
    let posts = 0;
    const { start, ends } = setUp({ ports: { permits: () => posts++ === 0 } });
    await start().execute({ "BTC/USDT": 3_000 });
    expect(ends()).toEqual(["BTCUSDT filled 1500", "BTCUSDT unsent 0"]);
  });

  it("sends nothing of a decision that is too old", async () => {
    const { start, ends, exchange } = setUp();
    await start().execute({ "BTC/USDT": 100 }, START - 1);
    expect(ends()).toEqual(["BTCUSDT unsent 0"]);
    expect(exchange.orders).toEqual([]);
  });

  it("settles a symbol without an order, leaves a mere cross to the engine", async () => {
    const { start, records } = setUp();
    const { manager, decide } = start();
    const decision = { ...decide({ "ETH/USDT": 0 }) };
    expect(records.map(({ type }) => type)).toEqual(["decision"]);
    await manager.execute(decision, { validUntilMs: START });
    expect(records.map(({ type }) => type)).toEqual(["decision"]);

    const dropped: DecisionRecord = {
      ...decision,
      open_ms: START + HOUR_MS,
      symbols: [{ symbol: "BTC/USDT", net: 1, crossed: 0, demand: [["p0", 1]] }],
    };
    const world = setUp();
    const process = world.start();
    process.ledger.apply(dropped);
    await world.clock.run(process.manager.execute(dropped, { validUntilMs: START }));
    expect(world.records).toEqual([{ type: "settled", open_ms: dropped.open_ms, symbol: "BTC/USDT" }]);
  });

  it("refuses a decision that is not in the journal", async () => {
    const { start } = setUp();
    const decision: DecisionRecord = { type: "decision", open_ms: 1, events: "", symbols: [], intents: [] };
    await expect(start().manager.execute(decision, { validUntilMs: 2 })).rejects.toThrow("not in the journal");
  });

  it("stops: orders stay open in the journal, the next process ends them", async () => {
    const { start, clock, ends } = setUp({ faults: { filling: [{ afterMs: 20_000 }] } });
    const process = start();
    const decision = process.decide({ "BTC/USDT": 100 });
    void clock.sleep(3_000).then(() => process.manager.stop());
    expect(await clock.run(process.manager.execute(decision, { validUntilMs: START + HOUR_MS }))).toEqual([]);
    expect(ends()).toEqual([]);
    await start().recover();
    expect(ends()).toEqual(["BTCUSDT filled 100"]);
  });

  it("sends nothing once a record could not be written", async () => {
    const { start, exchange, clock } = setUp();
    const full = new Error("disk full");
    const ledger = new OrderLedger();
    const record = (...bodies: JournalBody[]): void => {
      if (bodies.some(({ type }) => type === "accepted")) throw full;
      for (const body of bodies) ledger.apply(body);
    };
    const { manager, decide } = start({ record, ledger });
    const decision = decide({ "BTC/USDT": 3_000, "ETH/USDT": 3_000 });
    ledger.apply(decision);
    await expect(clock.run(manager.execute(decision, { validUntilMs: START + HOUR_MS }))).rejects.toBe(full);
    // Both first parts were under way when the disk filled up; nothing followed.
    expect(exchange.orders).toHaveLength(2);
    await expect(clock.run(manager.recover())).rejects.toBe(full);
    expect(exchange.orders).toHaveLength(2);
  });

  it("takes an unexplained trade for its own order's until an operator has taken it over", async () => {
    const { start, ends, exchange, consequences, clock } = setUp({ faults: { submit: ["lost_request"] } });
    const process = start();
    const decision = process.decide({ "BTC/USDT": 100 });
    void clock.sleep(1_000).then(() => exchange.manualTrade("BTC/USDT", "long", 40));
    await clock.run(process.manager.execute(decision, { validUntilMs: START + HOUR_MS }));
    expect(consequences).toEqual([expect.objectContaining({ code: "UNEXPLAINED", consequence: "halt_symbol" })]);
    const { orderId } = exchange.orders[0] as { orderId: string };
    process.ledger.apply({
      type: "external",
      kind: "unassigned",
      id: orderId,
      symbol: "BTC/USDT",
      leg: "long",
      lots: 40,
      cash_micro: 0,
      note: "",
    });
    await process.recover();
    expect(ends()).toEqual(["BTCUSDT lost 0"]);
  });

  it("does not take for its own what cannot be: another side, or more lots", async () => {
    const { start, ends, exchange, clock, consequences } = setUp({ faults: { submit: ["lost_request"] } });
    const process = start();
    const decision = process.decide({ "BTC/USDT": 100 });
    void clock.sleep(1_000).then(() => {
      exchange.manualTrade("BTC/USDT", "long", 500);
      exchange.manualTrade("BTC/USDT", "long", -500);
    });
    await clock.run(process.manager.execute(decision, { validUntilMs: START + HOUR_MS }));
    expect(consequences).toEqual([]);
    expect(ends()).toEqual(["BTCUSDT lost 0"]);
  });
});

describe("limit, then market", () => {
  it("posts at the touch and takes the rest after the timeout", async () => {
    const { start, ends, exchange } = setUp({ style: LIMIT, faults: { filling: [{ share: 0.3 }] } });
    await start().execute({ "BTC/USDT": 100 });
    expect(
      exchange.orders.map(({ request: { type, price, postOnly, quantity } }) => [type, price, postOnly, quantity]),
    ).toEqual([
      ["limit", "100.1", true, "0.100"],
      ["market", null, false, "0.070"],
    ]);
    expect(ends()).toEqual(["BTCUSDT cancelled 30", "BTCUSDT filled 70"]);
  });

  it("sells at the ask, and is done when the limit order fills", async () => {
    const { start, ends, exchange } = setUp({ style: LIMIT, faults: { filling: [{ afterMs: 2_000 }] } });
    await start().execute({ "BTC/USDT": -100 });
    expect(exchange.orders.map(({ request }) => request.price)).toEqual(["100.2"]);
    expect(ends()).toEqual(["BTCUSDT filled 100"]);
  });

  it.each<[string, number, VenueQuote]>([
    ["a buy whose bid ran up", 100, { bid: "100.2", bidQuantity: "1", ask: "100.3", askQuantity: "1" }],
    ["a sell whose ask ran down", -100, { bid: "100.0", bidQuantity: "1", ask: "100.1", askQuantity: "1" }],
  ])("cancels early: %s", async (_, lots, later) => {
    let quotes = 0;
    const first: VenueQuote = { bid: "100.1", bidQuantity: "1", ask: "100.2", askQuantity: "1" };
    const { start, ends, clock } = setUp({
      style: LIMIT,
      faults: { filling: ["never"] },
      ports: { quote: async () => (quotes++ < 2 ? first : later) },
    });
    await start().execute({ "BTC/USDT": lots });
    expect(ends()).toEqual(["BTCUSDT cancelled 0", "BTCUSDT filled 100"]);
    expect(clock.now() - START).toBeLessThan(4_000);
  });

  it("lets the fill win the race against the cancel", async () => {
    const { start, ends, exchange } = setUp({ style: LIMIT, faults: { filling: ["never"], cancel: ["race"] } });
    await start().execute({ "BTC/USDT": 100 });
    expect(ends()).toEqual(["BTCUSDT filled 100"]);
    expect(exchange.orders).toHaveLength(1);
  });

  it("goes to the market without a quote", async () => {
    const { start, exchange } = setUp({
      style: LIMIT,
      ports: {
        quote: () => {
          throw new VenueError("unavailable", "no quote");
        },
      },
    });
    await start().execute({ "BTC/USDT": 100 });
    expect(exchange.orders.map(({ request }) => request.type)).toEqual(["market"]);
  });

  it("goes to the market when the limit order would have taken", async () => {
    const { start, ends } = setUp({ style: LIMIT, faults: { submit: [{ reject: "redecide" }] } });
    await start().execute({ "BTC/USDT": 100 });
    expect(ends()).toEqual(["BTCUSDT rejected 0", "BTCUSDT filled 100"]);
  });

  it("sends no rest after a lost order, none below the minimum, none that is not permitted", async () => {
    const lost = setUp({ style: LIMIT, faults: { submit: ["lost_request"] } });
    await lost.start().execute({ "BTC/USDT": 100 });
    expect(lost.ends()).toEqual(["BTCUSDT lost 0"]);
    const small = setUp({ style: LIMIT, faults: { filling: [{ share: 0.7 }] }, minNotional: "5" });
    await small.start().execute({ "BTC/USDT": 100 });
    expect(small.ends()).toEqual(["BTCUSDT cancelled 70"]);
    const closing = setUp({ style: LIMIT, faults: { filling: ["full", { share: 0.7 }] }, minNotional: "5" });
    const process = closing.start();
    await process.execute({ "BTC/USDT": 100 });
    await process.execute({ "BTC/USDT": -100 });
    expect(closing.ends()).toEqual(["BTCUSDT filled 100", "BTCUSDT cancelled 70", "BTCUSDT filled 30"]);
    let asked = 0;
    const halted = setUp({ style: LIMIT, faults: { filling: ["never"] }, ports: { permits: () => asked++ === 0 } });
    await halted.start().execute({ "BTC/USDT": 100 });
    expect(halted.ends()).toEqual(["BTCUSDT cancelled 0"]);
    const forbidden = setUp({ style: LIMIT, ports: { permits: () => false } });
    await forbidden.start().execute({ "BTC/USDT": 100 });
    expect(forbidden.ends()).toEqual(["BTCUSDT unsent 0"]);
  });

  it("is cancelled by a restart, and the rest lapses", async () => {
    const { start, clock, ends, exchange } = setUp({ style: LIMIT, faults: { filling: [{ share: 0.4 }] } });
    const process = start();
    const decision = process.decide({ "BTC/USDT": 100 });
    void clock.sleep(1_000).then(() => process.manager.stop());
    await clock.run(process.manager.execute(decision, { validUntilMs: START + HOUR_MS }));
    const next = start();
    await next.recover();
    expect(ends()).toEqual(["BTCUSDT cancelled 40"]);
    expect(exchange.orders).toHaveLength(1);
    expect(next.ledger.inFlight().size).toBe(0);
  });
});
