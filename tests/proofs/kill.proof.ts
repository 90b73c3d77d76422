// The whole grid of spec 5.5: 15 kill points × six faults of the exchange, each with a real SIGKILL and real files; and a
// second death in every recovery. `npm run proof:kill`; result and date in docs/LIVE.md.

import { describe, expect, it } from "vitest";
import { type KillPoint, killedLife } from "../support/killed-life.ts";

const NTH = 4;
const record = (type: string, when: "before" | "torn" | "after"): KillPoint => ({ type, nth: NTH, when });

const POINTS: readonly (readonly [string, KillPoint])[] = [
  ["C1-2 before the decision is written", { type: "slice", nth: 6, when: "before" }],
  ["C3 in the write of the decision", { type: "slice", nth: 6, when: "torn" }],
  ["C4 after the decision", { type: "slice", nth: 6, when: "after" }],
  ["C4 before sent", record("sent", "before")],
  ["C5 in the write of sent", record("sent", "torn")],
  ["C6 after sent, before the POST", record("sent", "after")],
  ["C7 with the POST at the exchange", { post: NTH }],
  ["C8 before the exchange's answer is written", record("accepted", "before")],
  ["C8 in the write of the answer", record("accepted", "torn")],
  ["C9 after the answer", record("accepted", "after")],
  ["C10 before a trade is written", record("trade", "before")],
  ["C11 in the write of a trade", record("trade", "torn")],
  ["C12 after a trade", record("trade", "after")],
  ["C13-14 in the write of done", record("done", "torn")],
  ["C14-15 after done, before settled", record("done", "after")],
];

const order = (what: object): unknown => [{ at: { req: "POST /fapi/v1/order", nth: NTH }, ...what }];
const FAULTS: readonly (readonly [string, unknown])[] = [
  ["no fault", []],
  ["lost answer", order({ do: "dropAfter" })],
  ["lost request", order({ do: "dropBefore" })],
  ["hangs after it accepted", order({ do: "hangAfter" })],
  [
    "-1007 after it accepted",
    order({
      do: "replyAfter",
      status: 503,
      body: { code: -1007, msg: "Timeout waiting for response from backend server." },
    }),
  ],
  ["truncated answer", order({ do: "truncate" })],
];

describe.each(FAULTS)("%s", (_fault, faults) => {
  it.each(POINTS)("%s", async (_point, kill) => {
    const { violations, stderr, outcome } = await killedLife([kill], faults, 16);
    expect(violations, stderr).toEqual([]);
    expect(outcome?.status.counts.slices).toBe(16);
  });
});

describe("C16 a second death in the recovery, at every record it may write", () => {
  const RECOVERY: readonly KillPoint[] = [
    "epoch",
    "state",
    "ambiguous",
    "accepted",
    "trade",
    "done",
    "settled",
  ].flatMap((type): KillPoint[] => [
    { type, nth: 1, when: "torn" },
    { type, nth: 1, when: "after" },
  ]);
  it.each(RECOVERY)("$type $when", async (second) => {
    const { violations, stderr } = await killedLife([record("sent", "after"), second], [], 16);
    expect(violations, stderr).toEqual([]);
    const lost = await killedLife([{ post: NTH }, second, second], [], 16);
    expect(lost.violations, lost.stderr).toEqual([]);
  });
});
