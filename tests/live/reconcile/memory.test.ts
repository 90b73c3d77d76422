// Goal: what reconciliation remembers is bounded in time, and what it must remember it does.
// Method: records in the order of a journal.

import { expect, it } from "vitest";
import type { JournalBody } from "../../../src/live/journal-records.ts";
import { clientId } from "../../../src/live/orders/client-id.ts";
import { ReconcileMemory } from "../../../src/live/reconcile/memory.ts";
import { UnassignedBook } from "../../../src/live/reconcile/unassigned.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const cid = (openMs: number) =>
  clientId({ instance: "t0", openMs, symbol: "BTC/USDT", leg: "long", part: 0, attempt: 0 });
const slice = (open_ms: number): JournalBody => ({ type: "slice", open_ms, bars: {}, funding: [], traded: true });
const trade = (fee_asset: string, rest: { cid?: string; lots?: number } = {}): JournalBody => ({
  type: "trade",
  cid: cid(START),
  symbol: "BTC/USDT",
  trade_id: "1",
  lots: 1,
  fee_lots: 0,
  price: "100",
  value_micro: 1_000_000,
  fee_micro: 400,
  fee: "0.1",
  fee_asset,
  time_ms: START,
  synthetic: false,
  ...rest,
});

it("knows orders for as long as exchanges list their trades, and a day more", () => {
  const memory = new ReconcileMemory();
  memory.apply({ type: "accepted", cid: cid(START), order_id: "7" });
  memory.apply({ type: "accepted", cid: cid(START + 2 * DAY), order_id: "8" });
  memory.apply(slice(START + 8 * DAY));
  expect([memory.knows("7"), memory.knows("8")]).toEqual([true, true]);
  memory.apply(slice(START + 9 * DAY));
  expect([memory.knows("7"), memory.knows("8")]).toEqual([false, true]);
});

it("begins with the first epoch, not with the last", () => {
  const memory = new ReconcileMemory();
  expect(memory.firstMs).toBe(0);
  for (const ts of [5, 9]) memory.apply({ type: "epoch", config_hash: "c", version: "0", ts });
  expect(memory.firstMs).toBe(5);
});

it("adds up fees that did not leave the wallet (B27)", () => {
  const memory = new ReconcileMemory();
  for (const asset of ["BNB", "USDT", "BNB"]) memory.apply(trade(asset));
  expect(memory.otherFeesMicro).toBe(800);
});

it("books trades of an operator's orders for UNASSIGNED, those behind a limit order too", () => {
  const book = new UnassignedBook();
  const [first, second] = [cid(START), cid(START).replace(/0$/, "1")];
  const external = {
    type: "external",
    kind: "unassigned",
    id: "1",
    symbol: "BTC/USDT",
    leg: "long",
    note: "",
  } as const;
  book.apply({ ...external, lots: 3, cash_micro: -2_700_000 });
  const intent = { cid: first, symbol: "BTC/USDT", side: "sell", leg: "long", lots: 3, quantity: "0.003" } as const;
  book.apply({ type: "closing", open_ms: START, intents: [{ ...intent, reduces: true, pod: "UNASSIGNED" }] });
  const sent = { type: "sent", intent: first, lots: 3, ts: START, recv_window: 5000 } as const;
  book.apply({ ...sent, cid: first, order: "limit", price: "100" });
  book.apply(trade("USDT", { cid: first, lots: -1 }));
  book.apply({ ...sent, cid: second, order: "market", price: null });
  book.apply(trade("USDT", { cid: second, lots: -2 }));
  book.apply(trade("USDT", { cid: "mct0-x-BTCUSDT-l0-0", lots: -2 }));
  expect(book.entries).toEqual([]);
  // Two trades of one unit each were received, less their fees, for what had cost 2.7.
  expect(book.realisedMicro).toBe(2_000_000 - 800 - 2_700_000);
  expect(book.cashMicro).toBe(book.realisedMicro);
});
