// Goal: a journal holds what journal-records.ts says, and nothing else.
// Method: one record of each type; each key taken away, added, or made nonsense.

import { describe, expect, it } from "vitest";
import type { JournalBody } from "../../src/live/journal-records.ts";
import { checkJournalBody } from "../../src/live/journal-schema.ts";

const HASH = "0".repeat(64);
const cid = "mct0-mjuohs00-BTCUSDT-l0-0";

const SAMPLES: JournalBody[] = [
  {
    type: "header",
    v: 1,
    mode: "paper",
    venue: "recording",
    simulator: false,
    account: null,
    instance: "t0",
    run_id: "r",
    start_ms: 0,
    capital_micro: 1,
    warmup: HASH,
  },
  { type: "epoch", config_hash: HASH, version: "1.0.0", ts: 1 },
  {
    type: "slice",
    open_ms: 0,
    bars: { "BTC/USDT": ["1", "1.5", "0.5", "1e-7", "0"] },
    funding: [{ symbol: "BTC/USDT", time_ms: 0, rate: "-0.0001", mark: "61000.5" }],
    traded: true,
  },
  {
    type: "decision",
    open_ms: 0,
    events: HASH,
    symbols: [{ symbol: "BTC/USDT", net: -1, crossed: 0, demand: [["pod", -1]] }],
    intents: [
      { cid, symbol: "BTC/USDT", side: "sell", leg: "long", lots: 1, quantity: "0.001", reduces: true, pod: null },
    ],
  },
  { type: "sent", cid, intent: cid, order: "market", price: null, lots: 1, ts: 0, recv_window: 5000 },
  { type: "accepted", cid, order_id: "9007199254740993" },
  { type: "rejected", cid, code: "-2019", message: "" },
  { type: "ambiguous", cid, message: "" },
  {
    type: "trade",
    cid,
    symbol: "BTC/USDT",
    trade_id: "1",
    lots: -1,
    fee_lots: 0,
    price: "1.0",
    value_micro: 1000,
    fee_micro: -1,
    fee: "-0.1",
    fee_asset: "BNB",
    time_ms: 0,
    synthetic: false,
  },
  { type: "done", cid, status: "filled", lots: 1 },
  { type: "settled", open_ms: 0, symbol: "BTC/USDT" },
  { type: "control", mode: "PAUSED", flatten: false, symbols: [], pods: ["a"] },
  { type: "state", from: "BOOT", to: "RECOVER", reason: "", ts: 0 },
  { type: "lock", symbol: "BTC/USDT", locked: true, reason: "drift", ledger: 1, exchange: -2 },
  { type: "external", kind: "transfer", id: "1", symbol: null, leg: null, lots: 0, cash_micro: -5, note: "" },
  { type: "alert", severity: "critical", code: "X", message: "", ts: 0 },
];

describe.each(SAMPLES.map((body) => [body.type, body] as const))("%s", (_, body) => {
  it("is taken as it is", () => {
    expect(checkJournalBody(body)).toEqual({ ok: true, body });
    expect(JSON.stringify(checkJournalBody(JSON.parse(JSON.stringify(body))))).toBe(JSON.stringify({ ok: true, body }));
  });

  it("is refused with a key too few, too many, or without sense", () => {
    for (const key of Object.keys(body)) {
      const { [key as keyof typeof body]: __, ...rest } = body;
      expect(checkJournalBody(rest), key).toMatchObject({ ok: false });
      expect(checkJournalBody({ ...body, [key]: Number.NaN }), key).toMatchObject({ ok: false });
    }
    expect(checkJournalBody({ ...body, extra: 1 })).toMatchObject({
      ok: false,
      message: expect.stringContaining("not a record that this version knows"),
    });
  });
});

it.each<[string, unknown, string]>([
  ["a newer version", { ...SAMPLES[0], v: 2 }, "version 2 was written by a newer mcbot; this one reads up to 1"],
  ["an unknown type", { type: "dream" }, "type:"],
  ["an exponent in a price", { ...SAMPLES[8], price: "1e5" }, "price: expected a plain decimal"],
  ["a trade of nothing", { ...SAMPLES[8], lots: 0 }, "lots: a trade has lots"],
  ["a long client id", { ...SAMPLES[5], cid: "x".repeat(37) }, "cid: expected a client id"],
])("refuses %s", (_, body, message) => {
  expect(checkJournalBody(body)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
});
