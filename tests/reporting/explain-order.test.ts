// Goal: an order can be followed from wishes to attribution, from a record and from a run folder alike.
// Method: the netting case of the engine's tests (900 against 200 lots), read back through the explanation.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explainOrder, type OrderExplanation, type OrderQuery } from "../../src/engine/explain-order.ts";
import { readRun, writeRunFolder } from "../../src/engine/run-folder.ts";
import { buildResult } from "../../src/orchestrator/result.ts";
import type { RunRecord } from "../../src/orchestrator/run-record.ts";
import { renderExplanation } from "../../src/reporting/explain-order.ts";
import { textWidth } from "../../src/reporting/text-width.ts";
import { bar, busyScript, contextOf, recordOf } from "../analytics/record.ts";
import type { Script } from "../support/scripted.ts";

const RUN = "1".repeat(64);
const crossing: Script = {
  pods: [
    { podId: "a", capital: 300_000 },
    { podId: "b", capital: 200_000 },
  ],
  symbols: ["BTC"],
  setup: { slippage: 0.01, feeRate: 0.001 },
  slices: [{ bars: { BTC: bar(100) }, weights: { "a/BTC": 0.3, "b/BTC": -0.1 } }, { bars: { BTC: bar(100) } }],
};
const crossed = recordOf(crossing);
const explained = (record: RunRecord, query: OrderQuery): OrderExplanation => {
  const answer = explainOrder(record, RUN, query);
  if (!answer.ok) throw new Error(answer.message);
  return answer.order;
};

describe("an explanation", () => {
  const order = explained(crossed, { symbol: "BTC", at: "2024-01-01" });

  it("goes from weight to wish, demand, net, cross, fill and parts", () => {
    expect(order).toMatchObject({
      slice: "2024-01-01T00:00:00Z",
      decided: "2024-01-02T00:00:00Z",
      purpose: "NET",
      outcome: "FILLED",
      net: "700.00000000",
      crossed: "200.00000000",
    });
    expect(order.wishes).toEqual([
      {
        pod_id: "a",
        target_weight: 0.3,
        pod_equity: 300_000,
        wished: "900.00000000",
        held: "0.00000000",
        demand: "900.00000000",
      },
      {
        pod_id: "b",
        target_weight: -0.1,
        pod_equity: 200_000,
        wished: "-200.00000000",
        held: "0.00000000",
        demand: "-200.00000000",
      },
    ]);
    const [execution] = order.executions;
    expect(execution).toMatchObject({
      quantity: "700.00000000",
      price: 101,
      reference: 100,
      cash: "-70700.000000",
      fee: "70.700000",
    });
    expect(execution?.slippage_bps).toBeCloseTo(100, 9);
    expect(execution?.parts).toMatchObject([
      {
        pod_id: "a",
        quantity: "900.00000000",
        cash: "-90900.000000",
        fee: "57.845455",
        quantity_after: "900.00000000",
      },
      { pod_id: "b", quantity: "-200.00000000", cash: "20200.000000", fee: "12.854545", cash_after: "220187.145455" },
    ]);
    expect(order.checks).toEqual([
      { name: "demand", pods: "700.00000000", account: "700.00000000", agrees: true },
      { name: "quantity", pods: "700.00000000", account: "700.00000000", agrees: true },
      { name: "cash", pods: "-70700.000000", account: "-70700.000000", agrees: true },
      { name: "fee", pods: "70.700000", account: "70.700000", agrees: true },
    ]);
  });

  it("is found by id, by date and by slice time, which is UTC without a zone", () => {
    for (const at of [order.order_id, "2024-01-01T00:00:00Z", "2024-01-01T00:00", "2024-01-01T01:00:00+01:00"])
      expect(explained(crossed, { symbol: "BTC", at })).toEqual(order);
    expect(explained(crossed, { at: order.order_id })).toEqual(order);
  });

  it("is the same from a run folder", () => {
    const base = mkdtempSync(join(tmpdir(), "mcbot-runs-"));
    try {
      const record = recordOf(crossing);
      const result = buildResult(record, contextOf(crossing));
      writeRunFolder(base, { record, result, configText: "", resolvedConfig: {}, now: new Date(0) });
      const run = readRun(join(base, "last"));
      const answer = explainOrder(run.events(), run.result.header.run_id, { symbol: "BTC", at: "2024-01-01" });
      expect(answer).toEqual({ ok: true, order });
    } finally {
      rmSync(base, { recursive: true });
    }
  });

  it("renders each step", () => {
    const text = renderExplanation(order, { width: 80, color: false, unicode: true });
    expect(text).toContain("net order, decided 2024-01-02T00:00:00Z, slice 2024-01-01T00:00:00Z: FILLED");
    expect(text).toContain("Net 700.00000000; crossed inside the house 200.00000000");
    expect(text.replaceAll(/\s+/g, " ")).toContain(
      "Executed 700.00000000 at 101 in slice 2024-01-02T00:00:00Z: 100 before slippage, +100.00 bps",
    );
    expect(text.match(/agrees/g)).toHaveLength(4);
  });
});

describe("every order of a busy run", () => {
  it.each(["net", "gross"] as const)("netting %s: checks agree, and it fits its width", (netting) => {
    const script = busyScript({ netting });
    const record = recordOf(script);
    const dates = script.slices.map((_, t) => new Date(Date.UTC(2024, 0, 1 + t)).toISOString().slice(0, 10));
    let seen = 0;
    for (const [symbol, at] of dates.flatMap((date) => [["BTC/USDT", date] as const, ["ETH/USDT", date] as const])) {
      const answer = explainOrder(record, RUN, { symbol, at });
      const ids = answer.ok
        ? [answer.order.order_id]
        : answer.code === "SEVERAL_ORDERS"
          ? answer.candidates.map((one) => one.order_id)
          : [];
      for (const id of ids) {
        const order = explained(record, { at: id });
        seen++;
        for (const { agrees } of order.checks) expect(agrees).toBe(true);
        for (const width of [60, 80, 120]) {
          const text = renderExplanation(order, { width, color: true, unicode: true });
          expect(Math.max(...text.split("\n").map(textWidth))).toBeLessThanOrEqual(width);
        }
      }
    }
    expect(seen).toBeGreaterThan(100);
  });

  it("shows a stop, and what lapsed", () => {
    const script = busyScript();
    const record = recordOf(script);
    const answer = explainOrder(record, RUN, { symbol: "ETH/USDT", at: "2024-02-29" });
    expect(answer.ok && renderExplanation(answer.order, { width: 80, color: false, unicode: true })).toContain(
      "Not traded: END_OF_DATA",
    );
    const stopped = script.slices
      .map((_, t) =>
        explainOrder(record, RUN, {
          symbol: "BTC/USDT",
          at: new Date(Date.UTC(2024, 0, 1 + t)).toISOString().slice(0, 10),
        }),
      )
      .flatMap((one) => (!one.ok && one.code === "SEVERAL_ORDERS" ? one.candidates : []))
      .find(({ purpose }) => purpose.startsWith("STOP"));
    const text = renderExplanation(explained(record, { at: stopped?.order_id ?? "" }), {
      width: 80,
      color: false,
      unicode: true,
    });
    expect(text).toMatch(/stop exit of (longs|shorts), inside the slice/);
    expect(text).toMatch(/alpha: stop at \S+ reached/);
    expect(text).not.toContain("Net ");
  });
});

describe("a question without an answer", () => {
  const ask = (query: OrderQuery) => explainOrder(crossed, RUN, query);

  it.each([
    [{ symbol: "BTC", at: "yesterday" }, "BAD_QUERY", "neither an order id"],
    [{ symbol: "BTC", at: "5" }, "BAD_QUERY", "neither an order id"],
    [{ at: "2024-01-01" }, "BAD_QUERY", "needs a symbol"],
    [{ symbol: "DOGE", at: "2024-01-01" }, "BAD_QUERY", "not a symbol of this run: BTC"],
    [{ symbol: "BTC", at: "2025-01-01" }, "NO_SUCH_ORDER", "no order of BTC was decided at 2025-01-01"],
    [{ at: "0".repeat(20) }, "NO_SUCH_ORDER", "no order 0000"],
  ])("%j: %s", (query, code, message) => {
    expect(ask(query)).toEqual({ ok: false, code, message: expect.stringContaining(message) });
  });

  it("lists the orders when a date has several", () => {
    const answer = explainOrder(recordOf({ ...crossing, setup: { netting: "gross" } }), RUN, {
      symbol: "BTC",
      at: "2024-01-01",
    });
    expect(answer).toMatchObject({
      ok: false,
      code: "SEVERAL_ORDERS",
      candidates: [{ purpose: "NET a" }, { purpose: "NET b" }],
    });
  });
});
