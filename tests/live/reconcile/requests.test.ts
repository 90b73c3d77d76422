// Goal: what operators ask about UNASSIGNED is done exactly once, whatever dies in between, and only what they asked (spec 5.4, 7.1).
// Method: requests in a folder, as the commands leave them; journal, pods and exchange afterwards.

import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { PodRequestAction } from "../../../src/live/journal-records.ts";
import { PodRequests } from "../../../src/live/reconcile/requests.ts";
import { StateFolder } from "../../../src/live/state-folder.ts";
import { temporaryFolder } from "../../support/cli.ts";
import { BTC, ETH, openWorld, type World } from "../../support/reconcile-world.ts";

const HALF = 50_000_000;
let count = 0;

async function disturbed(side: "BUY" | "SELL" = "BUY", options: Parameters<typeof openWorld>[0] = {}) {
  const folder = new StateFolder(temporaryFolder(), "live");
  const requests = new PodRequests(folder);
  const world = await openWorld({ ...options, requests });
  await world.reconcile();
  await world.slice(2);
  const positionSide = options.hedged === false ? "BOTH" : "LONG";
  world.fault({ do: "manualOrder", symbol: "BTCUSDT", side, positionSide, quantity: "0.5" });
  await world.reconcile(4);
  expect(world.ledger.unassigned.lotsOf(BTC, options.hedged === false ? "net" : "long")).toBe(
    side === "BUY" ? HALF : -HALF,
  );
  return { world, requests, folder };
}

function ask(requests: PodRequests, action: PodRequestAction, symbol = BTC, pod: string | null = null): string {
  const id = String(++count).padStart(64, "0");
  requests.file(count, { v: 1, id, action, symbol, pod, actor: "ann@desk", reason: "because" });
  return id;
}

const answers = (world: World) => world.of("request").map(({ action, refused }) => [action, refused] as const);

describe("adopt", () => {
  it("gives the lots to a pod at what they cost, and leaves nothing in UNASSIGNED", async () => {
    const { world, requests } = await disturbed();
    const [a, total] = [world.pod("a", BTC), world.totalMicro()];
    ask(requests, "adopt", BTC, "a");
    await world.reconcile();
    expect(answers(world)).toEqual([["adopt", null]]);
    expect(world.pod("a", BTC)).toBe(a + HALF);
    expect(world.ledger.unassigned.entries).toEqual([]);
    expect(world.ledger.unassigned.realisedMicro).toBe(0);
    expect(world.totalMicro()).toBe(total);
    expect(world.of("lock").at(-1)).toMatchObject({ symbol: BTC, locked: false });
    expect(requests.waiting()).toEqual([]);
    // The books still agree with the exchange, and go on.
    await world.slice(2);
    await world.reconcile(3);
    expect(world.reconciler.objection).toBeNull();
    expect(world.ledger.unassigned.entries).toEqual([]);
  });

  it("without a pod lets the pods bear a manual close in proportion to their lots", async () => {
    const { world, requests } = await disturbed("SELL");
    const [a, b] = [world.pod("a", BTC), world.pod("b", BTC)];
    ask(requests, "adopt");
    await world.reconcile();
    expect(answers(world)).toEqual([["adopt", null]]);
    const share = Math.round((HALF * a) / (a + b));
    expect(Math.abs(world.pod("a", BTC) - (a - share))).toBeLessThanOrEqual(1);
    expect(world.pod("a", BTC) + world.pod("b", BTC)).toBe(a + b - HALF);
    expect(world.ledger.unassigned.entries).toEqual([]);
    expect(world.ledger.locks.size).toBe(0);
    await world.reconcile(3);
    expect(world.reconciler.objection).toBeNull();
  });

  it("is refused where it makes no sense, and says why", async () => {
    const { world, requests } = await disturbed();
    ask(requests, "adopt");
    ask(requests, "adopt", BTC, "nobody");
    ask(requests, "adopt", ETH, "a");
    ask(requests, "adopt", "XRP/USDT", "a");
    await world.reconcile();
    expect(answers(world).map(([, refused]) => refused)).toEqual([
      expect.stringContaining("--pod"),
      expect.stringContaining("the pods are a, b"),
      expect.stringContaining("holds nothing"),
      expect.stringContaining("no pod trades"),
    ]);
    expect(world.ledger.unassigned.lotsOf(BTC, "long")).toBe(HALF);
    expect(requests.waiting()).toEqual([]);
    expect(world.alerts("REQUEST").every(({ severity }) => severity === "warning")).toBe(true);
  });

  it("by a pod that does not trade the symbol is refused", async () => {
    const folder = new StateFolder(temporaryFolder(), "live");
    const requests = new PodRequests(folder);
    const world = await openWorld({ requests });
    await world.reconcile();
    world.fault({ do: "manualOrder", symbol: "ETHUSDT", side: "BUY", positionSide: "LONG", quantity: "5" });
    await world.reconcile(4);
    ask(requests, "adopt", ETH, "b");
    await world.reconcile();
    expect(answers(world)).toEqual([["adopt", expect.stringContaining("does not trade")]]);
  });
});

describe("flatten", () => {
  it.each([true, false])("closes the lots of UNASSIGNED and no others (hedge mode %s)", async (hedged) => {
    const { world, requests } = await disturbed("BUY", { hedged });
    const side = hedged ? "LONG" : "BOTH";
    const [held, a, b] = [world.at(BTC, side), world.pod("a", BTC), world.pod("b", BTC)];
    ask(requests, "flatten");
    await world.reconcile();
    expect(answers(world)).toEqual([["flatten", null]]);
    expect(world.at(BTC, side)).toBe(held - HALF);
    expect([world.pod("a", BTC), world.pod("b", BTC)]).toEqual([a, b]);
    expect(world.ledger.unassigned.entries).toEqual([]);
    expect(world.ledger.locks.size).toBe(0);
    expect(world.of("closing")).toHaveLength(1);
    expect(world.orders.inFlight().size).toBe(0);
    // The engine decides after it, under ids of its own.
    await world.slice(2);
    await world.reconcile(3);
    expect(world.reconciler.objection).toBeNull();
  });

  it("opens nothing that somebody closed", async () => {
    const { world, requests } = await disturbed("SELL");
    const sent = world.of("sent").length;
    ask(requests, "flatten");
    await world.reconcile();
    expect(answers(world)).toEqual([["flatten", expect.stringContaining("adopt")]]);
    expect(world.of("sent")).toHaveLength(sent);
  });

  it("that died before its order left ends without one, and is not sent again by itself", async () => {
    const { world, requests } = await disturbed();
    ask(requests, "flatten");
    await world.reconcile();
    const { journal, venue, clock } = world;
    const cut = journal.findIndex(({ type }) => type === "closing") + 1;
    // A venue that knows nothing of the order: the process died before it was sent.
    const again = await openWorld({ after: { journal: journal.slice(0, cut), venue, clock }, requests });
    await again.manager.recover();
    expect(again.of("sent").length).toBe(journal.slice(0, cut).filter(({ type }) => type === "sent").length);
    expect(again.orders.inFlight().size).toBe(0);
    expect(again.ledger.unassigned.lotsOf(BTC, "long")).toBe(HALF);
  });
});

describe("ignore", () => {
  it("leaves the lots where they are, unlocks, and locks again when something new comes", async () => {
    const { world, requests } = await disturbed();
    ask(requests, "ignore");
    await world.reconcile(3);
    expect(world.ledger.unassigned.entries).toMatchObject([{ lots: HALF, accepted: true }]);
    expect(world.ledger.locks.size).toBe(0);
    world.fault({ do: "manualOrder", symbol: "BTCUSDT", side: "BUY", positionSide: "LONG", quantity: "0.1" });
    await world.reconcile(3);
    expect(world.ledger.locks.has(BTC)).toBe(true);
  });

  it("accepts changed settings of the symbol", async () => {
    const { world, requests } = await disturbed();
    world.fault({ do: "changeLeverage", symbol: "BTCUSDT", leverage: 3 });
    await world.reconcile();
    expect(world.reconciler.objection?.state).toBe("DEGRADED");
    ask(requests, "ignore");
    await world.reconcile();
    expect(world.reconciler.objection).toBeNull();
  });
});

describe("a request", () => {
  it("whose answer is in the journal is not carried out again", async () => {
    const { world, requests } = await disturbed();
    const id = ask(requests, "adopt", BTC, "a");
    await world.reconcile();
    const a = world.pod("a", BTC);
    // Its file came back: the process died between the journal and the removal.
    requests.file(count, { v: 1, id, action: "adopt", symbol: BTC, pod: "a", actor: "ann@desk", reason: "because" });
    const { journal, venue, clock } = world;
    const next = await openWorld({ after: { journal, venue, clock }, requests });
    await next.reconciler.run();
    expect(next.of("request")).toHaveLength(1);
    expect(next.pod("a", BTC)).toBe(a);
    expect(requests.waiting()).toEqual([]);
  });

  it("waits while an order of its symbol is on its way", async () => {
    const { world, requests } = await disturbed();
    world.commit(world.nextSlice());
    ask(requests, "adopt", BTC, "a");
    await world.reconcile();
    expect(world.of("request")).toEqual([]);
    await world.send();
    await world.reconcile();
    expect(answers(world)).toEqual([["adopt", null]]);
  });

  it("that is none is removed and said", async () => {
    const { world, folder } = await disturbed();
    const path = join(folder.path, "requests");
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "000000000001.json"), "{");
    writeFileSync(join(path, "other.txt"), "kept");
    await world.reconcile();
    expect(readdirSync(path)).toEqual(["other.txt"]);
    expect(world.alerts("REQUEST")).toHaveLength(1);
  });
});
