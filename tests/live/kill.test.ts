// Goal: SIGKILL loses nothing that mattered and repeats no order (spec 5.2). The whole grid is `npm run proof:kill`; these are
// the points at which naive designs fail.

import { describe, expect, it } from "vitest";
import { type KillPoint, killedLife } from "../support/killed-life.ts";

const LOST_ACK = [{ at: { req: "POST /fapi/v1/order", nth: 3 }, do: "dropAfter" }];

describe("a process that dies by SIGKILL", () => {
  it.each<[string, KillPoint[], unknown]>([
    ["with an order on its way", [{ post: 3 }], []],
    ["between the exchange's yes and its own note of it", [{ type: "accepted", nth: 3, when: "before" }], []],
    ["in the middle of writing a trade, after a lost answer", [{ type: "trade", nth: 3, when: "torn" }], LOST_ACK],
    [
      "again and again in its recovery",
      [
        { type: "sent", nth: 3, when: "after" },
        { type: "epoch", nth: 1, when: "after" },
        { type: "state", nth: 1, when: "torn" },
        { type: "ambiguous", nth: 1, when: "before" },
      ],
      [],
    ],
  ])("%s", async (_, kills, faults) => {
    const life = await killedLife(kills, faults, 10);
    expect(life.stderr).toBe("");
    expect(life.ends.slice(0, -1).every((end) => end === "SIGKILL" || end === "0")).toBe(true);
    expect(life.ends[0]).toBe("SIGKILL");
    expect(life.violations).toEqual([]);
    expect(life.outcome?.status.counts.slices).toBe(10);
  });
});
