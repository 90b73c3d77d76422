// Goal: a live engine on the simulated exchange: orders leave once, fills come back to the pods, a restart goes on (spec 5).
// Method: whole lives in one process on a virtual clock, the real ccxt client against the venue, real files.

import { afterEach, describe, expect, it } from "vitest";
import { violations } from "../support/live-oracle.ts";
import { DAY, LiveWorld, START } from "../support/live-world.ts";

const worlds: LiveWorld[] = [];
afterEach(() => {
  for (const world of worlds.splice(0)) world.close();
});

function open(...options: ConstructorParameters<typeof LiveWorld>): LiveWorld {
  const world = new LiveWorld(...options);
  worlds.push(world);
  return world;
}

describe("a live engine", () => {
  it("trades, and holds at the exchange what its pods hold", async () => {
    const world = open();
    const outcome = await world.live(START + 3 * DAY);
    expect(outcome.end).toBe("finished");
    expect(outcome.status.counts.trades).toBeGreaterThan(20);
    expect(violations(world, outcome.resultHash)).toEqual([]);
  });

  it("goes on after lives that end anywhere, also in the middle of an order", async () => {
    const world = open();
    for (const [type, nth] of [
      ["sent", 3],
      ["trade", 5],
      ["decision", 20],
      ["accepted", 12],
      ["done", 15],
      ["settled", 18],
    ] as const) {
      let left = nth;
      await expect(
        world.live(START + 5 * DAY, {
          watch: (body) => {
            if (body.type === type && --left === 0) throw new Error("killed");
          },
        }),
      ).rejects.toThrow("killed");
    }
    const outcome = await world.live(START + 5 * DAY);
    expect(outcome.end).toBe("finished");
    expect(violations(world, outcome.resultHash)).toEqual([]);
    expect(outcome.status.counts.slices).toBe(120);
  });

  it("resolves every outcome that is not clear", async () => {
    const rule = (nth: number, what: object) => ({ at: { req: "POST /fapi/v1/order", nth }, ...what });
    const world = open({
      faults: [
        rule(2, { do: "dropBefore" }),
        rule(4, { do: "dropAfter" }),
        rule(6, { do: "hangAfter" }),
        rule(8, { do: "truncate" }),
        rule(10, { do: "replyAfter", status: 503, body: { code: -1007, msg: "Timeout" } }),
        rule(12, { do: "reply", status: 503, body: { code: -1007, msg: "Timeout" } }),
        rule(14, { do: "stallBody" }),
      ],
    });
    const outcome = await world.live(START + 3 * DAY);
    expect(outcome.status.counts.ambiguous).toBeGreaterThanOrEqual(7);
    expect(violations(world, outcome.resultHash)).toEqual([]);
  });
});
