// Goal: ledger and exchange never part silently (spec 5.4; fault matrix B8-B11, B17, B18, B25, B28, B29, F5, F8, H1-H13).
// Method: pods hold positions on the simulated Binance, reached through the real adapter; somebody else acts on the account;
// what is in the journal and what the exchange holds afterwards is asserted.

import { describe, expect, it } from "vitest";
import { BTC, openWorld } from "../support/reconcile-world.ts";

describe("a manual order", () => {
  it("smoke", async () => {
    const world = await openWorld();
    await world.reconcile();
    await world.slice(2);
    await world.reconcile(2);
    console.log(
      world.journal
        .filter(({ type }) => type !== "slice")
        .map((body) => JSON.stringify(body).slice(0, 300))
        .join("\n"),
    );
    console.log(
      world.pod("a", BTC),
      world.pod("b", BTC),
      world.at(BTC, "LONG"),
      world.lotsPerUnit(BTC),
      world.reconciler.objection,
    );
    expect(world.reconciler.objection).toBeNull();
  });
});
