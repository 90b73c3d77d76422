// Goal: settings, income and balance of the account are compared, too (spec 5.4; fault matrix B9-B11, B27-B29, H4, H5, H9, H13).
// Method: as positions.test.ts.

import { describe, expect, it } from "vitest";
import { checkThreeWay } from "../../../src/live/reconcile/three-way.ts";
import { ACCOUNT } from "../../../src/orchestrator/state.ts";
import { BTC, bound, openWorld, type World } from "../../support/reconcile-world.ts";

const DAY = 86_400_000;

async function settled(options: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const world = await openWorld(options);
  await world.reconcile();
  await world.slice(2);
  await world.reconcile();
  return world;
}

const account = ({ session }: World) => session.session.engine.state.account;

describe("settings", () => {
  it("in another position mode halt, until it is back and an operator resumes (H4)", async () => {
    const world = await settled();
    world.fault({ do: "changeMode", hedge: false });
    await world.reconcile(2);
    expect(world.reconciler.objection).toMatchObject({ state: "HALT", reason: expect.stringContaining("one-way") });
    expect(world.alerts("POSITION_MODE")).toHaveLength(1);
    world.reconciler.resumed();
    await world.reconcile();
    expect(world.reconciler.objection?.state).toBe("HALT");
    world.fault({ do: "changeMode", hedge: true });
    world.reconciler.resumed();
    await world.reconcile();
    expect(world.reconciler.objection).toBeNull();
  });

  it("with another leverage are said once and take no new risk until they are back (B29)", async () => {
    const world = await settled();
    world.fault({ do: "changeLeverage", symbol: "BTCUSDT", leverage: 3 });
    await world.reconcile(3);
    expect(world.reconciler.objection).toMatchObject({
      state: "DEGRADED",
      reason: expect.stringContaining("leverage 3"),
    });
    expect(world.alerts("SETTINGS")).toHaveLength(1);
    world.fault({ do: "changeLeverage", symbol: "BTCUSDT", leverage: 20 });
    await world.reconcile();
    expect(world.reconciler.objection).toBeNull();
  });

  it("are compared with what was accepted before a restart, and accepted by a resume", async () => {
    const world = await settled();
    world.fault({ do: "changeLeverage", symbol: "BTCUSDT", leverage: 3 });
    const { journal, venue, clock } = world;
    const next = await openWorld({ after: { journal, venue, clock } });
    await next.reconciler.run();
    expect(next.reconciler.objection?.state).toBe("DEGRADED");
    next.reconciler.resumed();
    await next.reconcile(2);
    expect(next.reconciler.objection).toBeNull();
    expect(next.ledger.reconciled.settings?.[BTC]?.leverage).toBe(3);
  });
});

describe("instruments", () => {
  it("that do not trade, or end within two days, lock their symbol until they trade again (B18)", async () => {
    const world = await settled();
    world.fault({ do: "setStatus", symbol: "BTCUSDT", status: "BREAK" });
    await world.reconcile(2);
    expect(world.of("lock")).toMatchObject([{ symbol: BTC, locked: true }]);
    world.fault({ do: "setStatus", symbol: "BTCUSDT", status: "TRADING" });
    await world.reconcile();
    expect(world.ledger.locks.size).toBe(0);
    world.fault({ do: "setFilters", symbol: "BTCUSDT", deliveryMs: world.clock.now() + 3 * DAY });
    await world.reconcile();
    expect(world.ledger.locks.size).toBe(0);
    world.fault({ do: "setFilters", symbol: "BTCUSDT", deliveryMs: world.clock.now() + DAY });
    await world.reconcile();
    expect(world.of("lock").at(-1)).toMatchObject({ locked: true, reason: expect.stringContaining("ends") });
  });
});

describe("transfers (H5)", () => {
  it("move the reserve and no peak, once", async () => {
    const world = await settled();
    const before = [...account(world)];
    world.fault({ do: "transfer", amount: "5000" });
    await world.reconcile(3);
    expect(world.of("external")).toMatchObject([{ kind: "transfer", cash_micro: 5_000_000_000 }]);
    expect((account(world)[ACCOUNT.reserve] as number) - (before[ACCOUNT.reserve] as number)).toBe(5_000_000_000);
    const drawdown = (slots: ArrayLike<number>): number =>
      (slots[ACCOUNT.highWater] as number) - (slots[ACCOUNT.equity] as number);
    expect(drawdown(account(world))).toBeCloseTo(drawdown(before), 4);
    const { journal, venue, clock } = world;
    const next = await openWorld({ after: { journal, venue, clock } });
    await next.reconciler.run();
    expect(next.of("external")).toHaveLength(1);
    expect(next.reconciler.objection).toBeNull();
  });

  it("that take more than the reserve halt", async () => {
    const world = await settled();
    world.fault({ do: "transfer", amount: "-35000" });
    await world.reconcile();
    expect(world.reconciler.objection).toMatchObject({ state: "HALT", reason: expect.stringContaining("35000") });
    expect(world.of("external")).toMatchObject([{ kind: "transfer", cash_micro: -35_000_000_000 }]);
  });

  it("of other assets are noted and move nothing", async () => {
    const world = await settled({
      wrap: (venue) => ({
        ...bound(venue),
        income: async (sinceMs) =>
          (await venue.income(sinceMs)).map((own) => (own.type === "transfer" ? { ...own, asset: "BNB" } : own)),
      }),
    });
    const reserve = account(world)[ACCOUNT.reserve];
    world.fault({ do: "transfer", amount: "5" });
    await world.reconcile(2);
    expect(world.of("external").map(({ cash_micro: cash }) => cash)).toEqual([0]);
    expect(account(world)[ACCOUNT.reserve]).toBe(reserve);
  });
});

describe("a jump of the account's value", () => {
  it("that nothing explains freezes new risk at its second reading, until an operator accepts it", async () => {
    const world = await settled();
    world.venue.futures.account.wallet -= 15_000n * 100_000_000n;
    await world.reconcile();
    expect(world.reconciler.objection).toBeNull();
    await world.reconcile();
    expect(world.reconciler.objection).toMatchObject({ state: "DEGRADED", reason: expect.stringContaining("wallet") });
    world.reconciler.resumed();
    await world.reconcile(3);
    expect(world.reconciler.objection).toBeNull();
  });

  it("is not one when prices, trades or transfers explain it (H9)", async () => {
    const world = await settled();
    world.fault({ do: "gap", symbol: "BTCUSDT", factor: "0.6" });
    await world.reconcile(3);
    world.fault({ do: "transfer", amount: "40000" });
    await world.reconcile(3);
    await world.slice(1);
    await world.reconcile(3);
    expect(world.reconciler.objection).toBeNull();
  });

  it("ends when it is explained late", async () => {
    const world = await settled();
    world.venue.futures.account.wallet -= 15_000n * 100_000_000n;
    await world.reconcile(2);
    expect(world.reconciler.objection?.state).toBe("DEGRADED");
    world.venue.futures.account.wallet += 15_000n * 100_000_000n;
    await world.reconcile();
    expect(world.reconciler.objection).toBeNull();
  });
});

describe("the daily three-way check", () => {
  it("agrees to the cent over a day of trades, funding, a transfer and a manual order (B28)", async () => {
    const world = await settled();
    world.fault({ do: "transfer", amount: "1000" });
    world.fault({ do: "manualOrder", symbol: "BTCUSDT", side: "BUY", positionSide: "LONG", quantity: "0.5" });
    await world.reconcile(3);
    await world.slice(24);
    await world.reconcile();
    expect(world.of("balance")).toHaveLength(2);
    const [check] = world.alerts().filter(({ code }) => code.startsWith("THREE_WAY"));
    expect(check?.message).toMatch(/ledger -?\d+\.\d+, exchange income -?\d+\.\d+, balance change -?\d+\.\d+/);
    expect(check).toMatchObject({ code: "THREE_WAY", severity: "info" });
    expect(world.slicesWithFunding()).toBeGreaterThan(0);
    await world.reconcile(3);
    expect(world.of("balance")).toHaveLength(2);
  });

  it("is critical when money is missing", async () => {
    const world = await settled();
    world.venue.futures.account.wallet -= 50n * 100_000_000n;
    await world.reconcile();
    await world.slice(24);
    await world.reconcile();
    expect(world.alerts("THREE_WAY_MISMATCH")).toMatchObject([{ severity: "critical" }]);
  });

  it("tolerates a ten-thousandth of the equity, and a cent", () => {
    const day = (ledger: number, income: number | null, balance: number, equity = 100e6) =>
      checkThreeWay({ ledgerMicro: ledger, incomeMicro: income, balanceMicro: balance }, equity);
    expect(day(5_000_000, 5_009_000, 5_000_000)).toMatchObject({ agrees: true, gapMicro: 9000 });
    expect(day(5_000_000, 5_011_000, 5_000_000)).toMatchObject({ agrees: false, gapMicro: 11_000 });
    expect(day(5_000_000, null, 5_000_000).agrees).toBe(true);
    expect(day(0, 10_000, 0, 0).agrees).toBe(true);
  });
});
