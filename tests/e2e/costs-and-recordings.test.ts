// Goal: what a user runs to measure costs and to record a single strategy, as processes.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { NewMarketEvent } from "../../src/engine/recording/market-events.ts";
import { RecordingWriter } from "../../src/engine/recording/recording-writer.ts";
import { unfilledShare } from "../../src/execution/cost-model.ts";
import { mcbot, temporaryFolder } from "../support/cli.ts";
import { seededRandom } from "../support/random-script.ts";

const BASE = `portfolio:
  cost_bps: 0
  cost_model: quoted
  quoted: {half_spread_bps: 25, alpha: 10, cap_bps: 100, penalty_bps: 20, max_safe: 0.3}
pods:
  - {pod_id: a, strategy: buy-and-hold, symbols: [BTC/USDT], initial_fraction: 1, max_fraction: 1}
`;

/** Orders of many sizes whose costs are those of the model, some in two fills, one without a quote. */
function* fills(): Generator<NewMarketEvent> {
  const random = seededRandom(4);
  const fill = (id: number, symbol: string, quantity: number, price: number): NewMarketEvent => ({
    ts: id,
    type: "fill",
    payload: { symbol, order_id: `o${id}`, quantity: String(quantity), price: String(price), fee: "0" },
  });
  yield fill(0, "ETH/USDT", 1, 50);
  for (let id = 1; id <= 60; id++) {
    const quote = { bid: "99.9", bid_qty: "10", ask: "100.1", ask_qty: "12", update_id: null, event_ms: null };
    yield { ts: id, type: "quote", payload: { symbol: "BTC/USDT", ...quote } };
    // Of the order's own notional at its price: solved in one step, prices move by a few bps only.
    const side = id % 2 === 0 ? 1 : -1;
    const r = 0.05 + 2 * random();
    const bps = 25 + 10 * r + 20 * unfilledShare(r, 0.3);
    const price = 100 * (1 + (side * bps) / 1e4);
    const quantity = (side * r * 999) / price;
    if (id % 3 === 0) yield fill(id, "BTC/USDT", quantity / 4, price);
    yield fill(id, "BTC/USDT", id % 3 === 0 ? (3 * quantity) / 4 : quantity, price);
  }
  const bars: Record<string, [string, string, string, string, string]> = {};
  bars["BTC/USDT"] = ["100", "100", "100", "100", "0"];
  yield { ts: 10_000, type: "slice", payload: { open_ms: 0, bars } };
}

it("costs are calibrated from fill reports, and varied as a table", () => {
  const cwd = temporaryFolder();
  const writer = new RecordingWriter(
    cwd,
    {
      now: new Date(0),
      command: [],
      synthetic: false,
      timeframe: "10s",
      symbols: ["BTC/USDT", "ETH/USDT"].map((symbol) => ({ symbol, volume_decimals: 0 })),
      source: { type: "quotes", label: "made", files: [] },
      config: null,
    },
    false,
  );
  for (const event of fills()) writer.append(event);
  const folder = writer.close();
  const run = mcbot(["costs", "calibrate", folder, "--json"], { cwd });
  expect(run.code).toBe(0);
  const found = JSON.parse(run.stdout);
  expect(found).toMatchObject({ orders: 61, unquoted: 1, beyond: 0, maxSafe: 0.3, observations: 60 });
  expect(found.halfSpreadBps.value).toBeCloseTo(25, 6);
  expect(found.alphaBps.value).toBeCloseTo(10, 6);
  expect(found.penaltyBps.value).toBeCloseTo(20, 6);
  const text = mcbot(["costs", "calibrate", folder], { cwd }).stdout;
  expect(text).toMatch(/quoted: \{half_spread_bps: 25, alpha: 10, cap_bps: 100, penalty_bps: 20, max_safe: 0\.3\}/);
  // Nothing below max_safe: the penalty cannot be told from the spread.
  expect(mcbot(["costs", "calibrate", folder, "--max-r", "0.1"], { cwd })).toMatchObject({ code: 1 });

  writeFileSync(join(cwd, "c.yaml"), BASE);
  const table = JSON.parse(mcbot(["costs", "sensitivity", "c.yaml", "--size", "1", "--json"], { cwd }).stdout);
  expect(table).toMatchObject({ base_bps: 49, sizes: [1] });
  expect(table.label).toMatch(/^SENSITIVITY/);
  expect(
    table.rows.find((row: { parameter: string; factor: number }) => row.parameter === "alphaBps" && row.factor === 2),
  ).toMatchObject({ value: 20, mean_bps: 59 });
});

it("a single-strategy file is recorded, replayed and verified as it runs", () => {
  const cwd = temporaryFolder();
  writeFileSync(
    join(cwd, "one.yaml"),
    `strategy: {name: ema-cross, params: {fast: 5, slow: 20}}
symbols: [BTC/USDT]
timeframe: 1D
backtest: {start: "2024-01-01", end: "2024-12-31"}
data: {path: synthetic}
`,
  );
  const { folder } = JSON.parse(mcbot(["record", "one.yaml", "--json"], { cwd }).stdout);
  const replay = JSON.parse(mcbot(["replay", folder, "--json"], { cwd }).stdout);
  const run = JSON.parse(mcbot(["eda", "run", "one.yaml", "--json"], { cwd }).stdout);
  expect(replay.result_hash).toBe(run.header.result_hash);
  expect(mcbot(["verify", folder], { cwd })).toMatchObject({ code: 0, stdout: expect.stringMatching(/^0 of \d+/) });
  expect(mcbot(["replay", folder, "--config", "one.yaml", "--json"], { cwd })).toMatchObject({ code: 0 });
});
