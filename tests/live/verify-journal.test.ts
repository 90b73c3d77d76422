// Goal: a journal whose chain holds and whose story does not is refused, with the line.
// Method: a journal of a troubled run; records taken away, repeated, changed, and the chain made anew around it.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { GENESIS, makeRecord } from "../../src/lib/chain-record.ts";
import { appendRecord } from "../../src/lib/hash-chain.ts";
import type { DecisionRecord, JournalBody, SettledRecord, TradeRecord } from "../../src/live/journal-records.ts";
import { isLiveJournal, verifyLiveJournal } from "../../src/live/verify-journal.ts";
import { mcbot, temporaryFolder } from "../support/cli.ts";
import { NO_FAULTS } from "../support/fake-exchange.ts";
import { runWorld } from "../support/order-world.ts";

let bodies: readonly JournalBody[] = [];

beforeAll(async () => {
  const { journal, violations } = await runWorld({
    hedged: true,
    gross: false,
    style: { kind: "limit_then_market", timeoutMs: 2_000, pollMs: 500, driftBps: 5 },
    symbols: ["BTC/USDT", "ETH/USDT"],
    targets: [
      [
        [400, 0],
        [100, 0],
      ],
      [
        [-300, 0],
        [100, 50],
      ],
    ],
    faults: {
      ...NO_FAULTS,
      submit: ["lost_ack", "lost_request", { reject: "redecide" }],
      filling: ["three_trades", { share: 0.3 }],
    },
    deaths: [{ append: 9, how: "after" }],
  });
  expect(violations).toEqual([]);
  bodies = journal;
});

function written(records: readonly unknown[]): string {
  const path = join(temporaryFolder(), "journal.ndjson");
  let prev = GENESIS;
  let text = "";
  for (const [seq, body] of records.entries()) {
    const { record, line } = makeRecord(seq, prev, body);
    text += `${line}\n`;
    prev = record.hash;
  }
  writeFileSync(path, text);
  return path;
}

const first = (type: JournalBody["type"], nth = 0): number =>
  bodies.flatMap((body, i) => (body.type === type ? [i] : []))[nth] ?? -1;
const without = (i: number): JournalBody[] => bodies.toSpliced(i, 1);
const changed = (i: number, change: object): JournalBody[] =>
  bodies.with(i, { ...bodies[i], ...change } as JournalBody);

describe("a sound journal", () => {
  it("is counted", () => {
    const report = verifyLiveJournal(written(bodies));
    const count = (type: string): number => bodies.filter((body) => body.type === type).length;
    expect(report).toMatchObject({
      problem: null,
      records: bodies.length,
      tornBytes: 0,
      decisions: count("decision"),
      orders: count("sent"),
      trades: count("trade"),
      open: [],
    });
    expect(report.head).toMatch(/^[0-9a-f]{64}$/);
  });

  it("names what is open, and a torn tail", () => {
    const path = written(bodies.slice(0, first("done")));
    writeFileSync(path, `{"seq":`, { flag: "a" });
    const report = verifyLiveJournal(path);
    expect(report).toMatchObject({ problem: null, tornBytes: 7, records: first("done") });
    expect(report.open).toContain("BTC/USDT");
  });

  it("is told from other logs", () => {
    expect(isLiveJournal(written(bodies))).toBe(true);
    const log = join(temporaryFolder(), "audit.ndjson");
    appendRecord(log, { command: "pause" });
    expect(isLiveJournal(log)).toBe(false);
    expect(isLiveJournal(written([]))).toBe(false);
    writeFileSync(log, "junk\n");
    expect(isLiveJournal(log)).toBe(false);
    expect(() => isLiveJournal(join(log, "none"))).toThrow();
  });
});

describe("a journal that contradicts itself", () => {
  it("misses a record that others need", () => {
    for (const [i, { type }] of bodies.entries()) {
      // Without effect on what is known, or nothing follows that needs it.
      const harmless = type === "ambiguous" || type === "rejected" || (type === "settled" && !decidedLater(i));
      const needed = type !== "accepted" || bodies.some((body) => body.type === "trade" && body.cid === cidOf(i));
      if (harmless || !needed || i === bodies.length - 1) continue;
      const { problem } = verifyLiveJournal(written(without(i)));
      const slice = type === "slice" || type === "header";
      expect(problem, `${i} ${JSON.stringify(bodies[i])}`).toMatchObject({ code: "INCONSISTENT" });
      if (!slice) expect(problem?.line).toBeGreaterThan(i);
    }
  });

  it("has a record twice", () => {
    for (const [i, { type }] of bodies.entries()) {
      if (type === "ambiguous" || type === "accepted" || type === "rejected") continue;
      const { problem } = verifyLiveJournal(written(bodies.toSpliced(i, 0, bodies[i] as JournalBody)));
      expect(problem, `${i} ${JSON.stringify(bodies[i])}`).toMatchObject({ code: "INCONSISTENT", line: i + 2 });
    }
  });

  const cid = (i: number): string => (bodies[i] as { cid: string }).cid;
  it.each<[string, () => readonly unknown[], RegExp]>([
    ["a trade of another symbol", () => changed(first("trade"), { symbol: "XRP/USDT" }), /a trade of XRP/],
    ["a trade of the other side", () => changed(first("trade"), { lots: -1 }), /other side/],
    ["more trades than lots", () => changed(first("trade"), { lots: 1e6 }), /more trades than/],
    ["a trade id again, later", () => changed(lastOfSymbol(), { trade_id: tradeId(0) }), /twice/],
    [
      "another order id",
      () => bodies.toSpliced(first("accepted") + 1, 0, { ...bodies[first("accepted")], order_id: "7" } as JournalBody),
      /second order id/,
    ],
    [
      "accepted, then rejected",
      () =>
        bodies.toSpliced(first("accepted") + 1, 0, {
          type: "rejected",
          cid: cid(first("accepted")),
          code: "",
          message: "",
        }),
      /rejected after/,
    ],
    [
      "rejected, then accepted",
      () =>
        bodies.toSpliced(first("rejected") + 1, 0, { type: "accepted", cid: cid(first("rejected")), order_id: "1" }),
      /accepted after/,
    ],
    ["an end with other lots", () => changed(first("done"), { lots: 399 }), /its trades have/],
    ["an end as open", () => changed(first("done"), { status: "open" }), /ends as open/],
    ["a filled order that is not", () => changed(first("done"), { status: "expired" }), /expired with/],
    [
      "a lost order that was accepted",
      () => [
        ...bodies.slice(0, first("accepted") + 1),
        { type: "done", cid: cid(first("accepted")), status: "lost", lots: 0 },
      ],
      /lost after/,
    ],
    ["a sent order that is unsent", () => changed(first("done"), { status: "unsent", lots: 0 }), /unsent after/],
    [
      "an unsent order with lots",
      () => [...bodies.slice(0, first("decision") + 1), { type: "done", cid: intentOf(0), status: "unsent", lots: 3 }],
      /unsent with/,
    ],
    [
      "an end of nothing",
      () => [...bodies, { type: "done", cid: "mct0-mjuohs00-BTCUSDT-l9-0", status: "unsent", lots: 0 }],
      /no open intent/,
    ],
    ["an order of no intent", () => changed(first("sent"), { intent: "mct0-mjuohs00-BTCUSDT-l9-0" }), /no open intent/],
    ["an order under another id", () => changed(first("sent"), { cid: "mct0-mjuohs00-BTCUSDT-l0-1" }), /another id/],
    ["too large an order", () => changed(first("sent"), { lots: 1e6 }), /are left/],
    ["an intent twice", () => changed(first("decision"), { intents: [0, 0].map(() => intents()[0]) }), /twice in one/],
    [
      "an intent of another slice",
      () => changed(first("decision", 1), { intents: intents() }),
      /not an id of the slice/,
    ],
    ["a decision before its slice", () => changed(first("slice"), { open_ms: 1 }), /the last slice is 1/],
    ["a slice that goes back", () => changed(first("slice", 1), { open_ms: 1 }), /after slice/],
    ["no header", () => bodies.slice(1), /does not begin with a header/],
    ["settled for another slice", () => changed(first("settled"), { open_ms: 1 }), /without an open decision/],
  ])("%s", (_, make, message) => {
    const { problem } = verifyLiveJournal(written(make()));
    expect(problem).toMatchObject({ code: "INCONSISTENT", message: expect.stringMatching(message) });
  });

  const intents = () => (bodies[first("decision")] as DecisionRecord).intents;
  const intentOf = (i: number): string => intents()[i]?.cid ?? "";
  const tradeId = (nth: number): string => (bodies[first("trade", nth)] as { trade_id: string }).trade_id;
  const lastOfSymbol = (): number => {
    const { symbol } = bodies[first("trade")] as TradeRecord;
    return bodies.findLastIndex((body) => body.type === "trade" && body.symbol === symbol);
  };
  const decidedLater = (i: number): boolean =>
    bodies.slice(i).some(({ type, ...body }) => {
      const { symbol } = bodies[i] as SettledRecord;
      return type === "decision" && (body as DecisionRecord).symbols.some((entry) => entry.symbol === symbol);
    });
  const cidOf = (i: number): string => (bodies[i] as { cid: string }).cid;
});

describe("mcbot journal verify", () => {
  const verify = (...args: string[]) => mcbot(["journal", "verify", ...args], { cwd: temporaryFolder() });

  it("says what a sound journal holds", () => {
    const { code, stdout } = verify(written(bodies));
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /the chain holds, 4 decisions, \d+ orders \(none open\), \d+ trades agree, head [0-9a-f]{64}/,
    );
  });

  it("exits 1 with the line of a contradiction, and as JSON", () => {
    const path = written(changed(first("done"), { status: "open" }));
    const text = verify(path);
    expect(text.code).toBe(1);
    expect(text.stderr).toContain(`${path}:${first("done") + 1}: `);
    const json = verify(path, "--json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ schema_version: 1, head: null, problem: { code: "INCONSISTENT" } });
  });
});
