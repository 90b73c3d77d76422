// Goal: ledger and exchange never part silently (spec 5.4; fault matrix B8, B25, F5, F8, H1, H2, H6, H7, H8, H11, H12).
// Method: pods hold positions on the simulated Binance, reached through the real adapter; somebody else acts on the account;
// what is in the journal and what the exchange holds afterwards is asserted.

import { describe, expect, it } from "vitest";
import type { OrderRequest } from "../../../src/exchange/port.ts";
import { VenueError } from "../../../src/exchange/port.ts";
import { clientId } from "../../../src/live/orders/client-id.ts";
import { ACCOUNT } from "../../../src/orchestrator/state.ts";
import { BTC, bound, ETH, openWorld, type World } from "../../support/reconcile-world.ts";

const HALF = 50_000_000;

/** Pods hold what they want, and it agrees. */
async function settled(options: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const world = await openWorld(options);
  await world.reconcile();
  await world.slice(2);
  await world.reconcile();
  expect(world.alerts()).toEqual([]);
  return world;
}

const manual = (side: "BUY" | "SELL", positionSide: "LONG" | "SHORT" | "BOTH" = "LONG", quantity = "0.5") => ({
  do: "manualOrder",
  symbol: "BTCUSDT",
  side,
  positionSide,
  quantity,
});

function order(world: World, instance: string, changes: Partial<OrderRequest> = {}): OrderRequest {
  const openMs = world.clock.now();
  return {
    clientId: clientId({ instance, openMs, symbol: BTC, leg: "long", part: 0, attempt: 0 }),
    symbol: BTC,
    side: "buy",
    leg: "long",
    quantity: "0.5",
    type: "market",
    price: null,
    reduces: false,
    postOnly: false,
    ...changes,
  };
}

describe("while ledger and exchange agree", () => {
  it("nothing is written but what was accepted at the start", async () => {
    const world = await settled();
    const before = world.journal.length;
    await world.reconcile(5);
    expect(world.journal.length).toBe(before);
    expect(world.of("settings")).toHaveLength(1);
    expect(world.of("balance")).toHaveLength(1);
    expect(world.reconciler.objection).toBeNull();
  });
});

describe("a manual order (H1)", () => {
  it("counts when it was seen three times, belongs to UNASSIGNED at its own price, and locks its symbol only", async () => {
    const world = await settled();
    const [a, b, held] = [world.pod("a", BTC), world.pod("b", BTC), world.at(BTC, "LONG")];
    world.fault(manual("BUY"));
    await world.reconcile(2);
    expect(world.of("external")).toEqual([]);
    expect(world.ledger.locks.size).toBe(0);

    await world.reconcile();
    const trade = world.venue.futures.records.trades.at(-1);
    const cost = Number(((trade?.quote ?? 0n) + (trade?.commission ?? 0n)) / 100n);
    expect(world.of("external")).toMatchObject([
      { kind: "unassigned", id: String(trade?.orderId), symbol: BTC, leg: "long", lots: HALF },
    ]);
    expect(Math.abs((world.of("external")[0]?.cash_micro ?? 0) + cost)).toBeLessThanOrEqual(1);
    expect(world.of("lock")).toMatchObject([{ symbol: BTC, locked: true, ledger: held, exchange: held + HALF }]);
    const [alert] = world.alerts("UNASSIGNED");
    expect(alert?.severity).toBe("critical");
    expect(alert?.message).toContain(String(held));
    expect(alert?.message).toContain(String(held + HALF));
    expect([world.pod("a", BTC), world.pod("b", BTC)]).toEqual([a, b]);
    expect(world.orders.held(BTC).long).toBe(held + HALF);
    expect([...world.ledger.locks.keys()]).toEqual([BTC]);
    expect(world.reconciler.objection).toBeNull();
  });

  it("ends by itself when somebody takes it back, and leaves its P&L", async () => {
    const world = await settled();
    world.fault(manual("BUY"));
    await world.reconcile(3);
    world.fault(manual("SELL"));
    await world.reconcile(3);
    expect(world.of("lock").at(-1)).toMatchObject({ symbol: BTC, locked: false });
    expect(world.ledger.locks.size).toBe(0);
    expect(world.ledger.unassigned.entries).toEqual([]);
    // Bought and sold at one price: two fees.
    expect(world.ledger.unassigned.realisedMicro).toBeLessThan(0);
    await world.reconcile(3);
    expect(world.alerts("UNASSIGNED")).toHaveLength(2);
  });

  it("is taken at the mark where its trades do not say it", async () => {
    const world = await settled({
      wrap: (venue) => ({
        ...bound(venue),
        trades: async (symbol, query) => ("sinceMs" in query ? [] : await venue.trades(symbol, query)),
      }),
    });
    world.fault(manual("SELL", "SHORT"));
    await world.reconcile(3);
    const [external] = world.of("external");
    expect(external).toMatchObject({ kind: "unassigned", leg: "short", lots: -HALF });
    expect(external?.cash_micro).toBeGreaterThan(0);
    expect(external?.note).toContain("mark");
  });

  it("is never judged while an order of its symbol is on its way", async () => {
    const world = await openWorld();
    await world.reconcile();
    world.commit(world.nextSlice());
    const { draft } = world.session;
    world.commit({ type: "decision", ...(draft as NonNullable<typeof draft>), intents: world.planned() });
    world.fault(manual("BUY"));
    await world.reconcile(5);
    expect(world.of("external")).toEqual([]);
    await world.manager.recover();
    await world.reconcile(3);
    expect(world.of("external")).toMatchObject([{ kind: "unassigned", symbol: BTC, lots: HALF }]);
  });

  it("on the other leg, and in one-way mode, is found alike (H12)", async () => {
    const hedge = await settled();
    hedge.fault(manual("SELL", "SHORT"));
    await hedge.reconcile(3);
    expect(hedge.ledger.unassigned.entries).toMatchObject([{ symbol: BTC, leg: "short", lots: -HALF }]);
    const oneWay = await settled({ hedged: false });
    oneWay.fault(manual("BUY", "BOTH"));
    await oneWay.reconcile(3);
    expect(oneWay.ledger.unassigned.entries).toMatchObject([{ symbol: BTC, leg: "net", lots: HALF }]);
  });

  it("in a symbol that no pod trades is named once", async () => {
    const world = await openWorld({
      wrap: (venue) => ({
        ...bound(venue),
        positions: async () => [
          ...(await venue.positions()),
          { symbol: "XRP/USDT", leg: "long", quantity: "5", entryPrice: "1", markPrice: "1" },
        ],
      }),
    });
    await world.reconcile(3);
    expect(world.alerts()).toMatchObject([{ code: "FOREIGN_POSITION", severity: "warning" }]);
    expect(world.ledger.locks.size).toBe(0);
  });
});

describe("a manual close (H2)", () => {
  it("is not opened again, and the pods bear it when an operator says so", async () => {
    const world = await settled();
    const held = world.at(BTC, "LONG");
    world.fault(manual("SELL"));
    await world.reconcile(3);
    expect(world.ledger.unassigned.entries).toMatchObject([{ symbol: BTC, leg: "long", lots: -HALF }]);
    const sent = world.of("sent").length;
    await world.slice(3);
    expect(
      world
        .of("sent")
        .slice(sent)
        .filter(({ cid }) => cid.includes("BTC")),
    ).toEqual([]);
    expect(world.at(BTC, "LONG")).toBe(held - HALF);
  });
});

describe("a report that is stale or missing (B25)", () => {
  it("is not read as flat", async () => {
    const world = await settled();
    const before = world.journal.length;
    world.faults([
      { at: { req: "GET /fapi/v3/positionRisk", nth: 1 }, do: "reply", status: 200, body: [] },
      { at: { req: "GET /fapi/v3/positionRisk", nth: 2 }, do: "reply", status: 200, body: [] },
    ]);
    await world.reconcile(4);
    expect(world.journal.length).toBe(before);
    world.faults([{ at: { req: "GET /fapi/v3/positionRisk" }, do: "reply", status: 503, body: "" }]);
    for (let i = 0; i < 4; i++) await expect(world.reconcile()).rejects.toThrow(VenueError);
    expect(world.journal.length).toBe(before);
  });
});

describe("less than can be traded (H11)", () => {
  it("is left aside and said once", async () => {
    const world = await settled();
    const quantity = String((world.at(BTC, "LONG") + 4000) / 1e8);
    world.faults([{ at: { req: "GET /fapi/v3/positionRisk" }, do: "mutate", set: { "0.positionAmt": quantity } }]);
    await world.reconcile(5);
    expect(world.alerts()).toMatchObject([{ code: "DUST", severity: "info" }]);
    expect(world.ledger.locks.size).toBe(0);
  });
});

describe("closes by the exchange", () => {
  it("after a liquidation halt, and are borne by the pods in proportion to their lots (H6)", async () => {
    const world = await settled();
    const before = world.session.session.engine.state.account[ACCOUNT.equity] as number;
    world.fault({ do: "liquidate" });
    await world.reconcile();
    expect(world.reconciler.objection).toMatchObject({ state: "HALT", reason: expect.stringContaining("liquidation") });
    expect(world.alerts("LIQUIDATION")).toMatchObject([{ severity: "critical" }]);
    expect(world.alerts("AUTOCLOSE").length).toBe(2);
    for (const [pod, symbol] of [
      ["a", BTC],
      ["b", BTC],
      ["a", ETH],
    ] as const)
      expect(world.pod(pod, symbol), `${pod} ${symbol}`).toBe(0);
    expect(world.orders.held(BTC)).toEqual({ long: 0, short: 0, net: 0 });
    expect(world.ledger.unassigned.entries).toEqual([]);
    // The liquidation fee of half a percent is borne, too: the books are the wallet.
    expect(Math.abs(world.totalMicro() - Number(world.venue.futures.account.wallet / 100n))).toBeLessThan(20);
    expect(world.totalMicro() / 1e6).toBeLessThan(before - 300);
    await world.reconcile(4);
    expect(world.of("external").filter(({ kind }) => kind === "autoclose")).toHaveLength(2);
  });

  it("halt also where the order's name is gone, if there is a liquidation fee", async () => {
    const world = await settled({ wrap: (venue) => ({ ...bound(venue), clientIdOf: async () => null }) });
    world.fault({ do: "liquidate" });
    await world.reconcile();
    expect(world.reconciler.objection?.state).toBe("HALT");
    expect(world.pod("b", BTC)).toBe(0);
  });

  it("by auto-deleveraging are borne, said, and go on (H7)", async () => {
    const world = await settled();
    world.fault({ do: "adl", symbol: "BTCUSDT" });
    await world.reconcile();
    expect(world.alerts("AUTOCLOSE")).toMatchObject([{ severity: "critical" }]);
    expect(world.pod("a", BTC) + world.pod("b", BTC)).toBe(0);
    expect(world.pod("a", ETH)).toBeGreaterThan(0);
    expect(world.reconciler.objection).toBeNull();
    await world.reconcile(4);
    expect(world.ledger.unassigned.entries).toEqual([]);
  });

  it("at a settlement lock the symbol for good (H8)", async () => {
    const world = await settled();
    world.fault({ do: "settle", symbol: "BTCUSDT" });
    await world.reconcile();
    expect(world.pod("a", BTC) + world.pod("b", BTC)).toBe(0);
    expect(world.of("lock")).toMatchObject([
      { symbol: BTC, locked: true, reason: expect.stringContaining("not trade") },
    ]);
  });

  it("beyond what the pods hold are borne by UNASSIGNED", async () => {
    const world = await settled();
    world.fault(manual("BUY"));
    await world.reconcile(3);
    world.fault({ do: "adl", symbol: "BTCUSDT" });
    await world.reconcile();
    expect(world.pod("a", BTC) + world.pod("b", BTC)).toBe(0);
    expect(world.ledger.unassigned.entries).toEqual([]);
    expect(world.ledger.locks.size).toBe(0);
  });
});

describe("another mcbot", () => {
  it("that shows by an open order or a trade halts (F8)", async () => {
    const resting = await settled();
    await resting.account.submit(order(resting, "zz", { type: "limit", price: "5000.0" }), resting.clock.now());
    await resting.reconcile();
    expect(resting.reconciler.objection).toMatchObject({ state: "HALT", reason: expect.stringContaining("zz") });
    const traded = await settled();
    await traded.account.submit(order(traded, "zz"), traded.clock.now());
    await traded.reconcile();
    expect(traded.reconciler.objection).toMatchObject({ state: "HALT", reason: expect.stringContaining("zz") });
    // An operator has looked at it: only something new counts.
    traded.reconciler.resumed();
    expect(traded.reconciler.objection).toBeNull();
    await traded.reconcile(3);
    expect(traded.reconciler.objection).toBeNull();
    expect(traded.ledger.unassigned.entries).toMatchObject([{ symbol: BTC, lots: HALF }]);
  });

  it("with our name means that the journal is older than the exchange (F5)", async () => {
    const world = await settled();
    const { journal, venue, clock } = world;
    const first = journal.findIndex(({ type }) => type === "decision");
    const old = await openWorld({ after: { journal: journal.slice(0, first - 1), venue, clock } });
    await old.reconciler.run();
    expect(old.reconciler.objection).toMatchObject({ state: "HALT", reason: expect.stringContaining("older") });

    const whole = await openWorld({ after: { journal, venue, clock } });
    await whole.reconciler.run();
    expect(whole.reconciler.objection).toBeNull();
    expect(whole.alerts()).toEqual([]);
    await whole.account.submit(order(whole, "t0", { type: "limit", price: "5000.0" }), clock.now());
    await whole.reconcile();
    expect(whole.reconciler.objection).toMatchObject({ state: "HALT", reason: expect.stringContaining("older") });
  });

  it("is not a person's open order, which is said once", async () => {
    const world = await settled();
    const request = order(world, "t0", { clientId: "web_1", type: "limit", price: "5000.0" });
    await world.account.submit(request, world.clock.now());
    await world.reconcile(3);
    expect(world.alerts()).toMatchObject([{ code: "FOREIGN_ORDER", severity: "warning" }]);
    expect(world.reconciler.objection).toBeNull();
    world.fault({ do: "manualCancel", symbol: "BTCUSDT" });
    await world.reconcile();
  });
});

describe("at a start", () => {
  it("differences are looked at as often as they must be before anything is decided", async () => {
    const world = await settled();
    const { journal, venue, clock } = world;
    world.fault(manual("BUY"));
    const next = await openWorld({ after: { journal, venue, clock } });
    await next.reconciler.run();
    expect(next.ledger.unassigned.entries).toMatchObject([{ symbol: BTC, lots: HALF }]);
    expect(next.ledger.locks.has(BTC)).toBe(true);
  });

  it("what was booked is known from the journal", async () => {
    const world = await settled();
    world.fault(manual("BUY"));
    await world.reconcile(3);
    const { journal, venue, clock } = world;
    const next = await openWorld({ after: { journal, venue, clock } });
    const before = next.journal.length;
    await next.reconciler.run();
    await next.reconcile(3);
    expect(next.journal.length).toBe(before);
    expect(next.ledger.unassigned.entries).toEqual(world.ledger.unassigned.entries);
  });
});
