// Goal: a point of a sweep on a recording is the replay of its config, quotes and the costs made of them included.

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { NewMarketEvent } from "../../src/engine/recording/market-events.ts";
import { eventsOf } from "../../src/engine/recording/market-lines.ts";
import { readRecording } from "../../src/engine/recording/read-recording.ts";
import { RecordingWriter } from "../../src/engine/recording/recording-writer.ts";
import { Replay } from "../../src/engine/recording/replay.ts";
import { DAY_MS } from "../../src/market/timeframe.ts";
import { openSweepMarket } from "../../src/tuning/open-sweep-market.ts";
import { outcomeOfRecord, ParameterSweep } from "../../src/tuning/parameter-sweep.ts";
import { outcomeHash } from "../../src/tuning/point-outcome.ts";
import { shareMarket } from "../../src/tuning/shared-market.ts";
import { pointConfig, type SweepSpace } from "../../src/tuning/sweep-space.ts";
import { temporaryFolder } from "../support/cli.ts";
import { madeMarket, walk } from "../support/made-market.ts";

const firstMs = Date.UTC(2024, 0, 1);
const market = madeMarket(
  { "BTC/USDT": walk(1, 60), "ETH/USDT": walk(2, 60, { missing: 0.1 }), "SOL/USDT": walk(3, 60) },
  firstMs,
);

/** Before each slice closes, a quote of each symbol: now thin, now deep. */
function* withQuotes(): Generator<NewMarketEvent> {
  let n = 0;
  for (const event of eventsOf(market, DAY_MS)) {
    if (event.type === "slice") {
      for (const [symbol, [, , , close]] of Object.entries(event.payload.bars)) {
        const size = String(((n++ % 5) + 1) * 40);
        const quote = { bid: close, bid_qty: size, ask: close, ask_qty: size, update_id: null, event_ms: null };
        yield { ts: event.ts, type: "quote", payload: { symbol, ...quote } };
      }
    }
    yield event;
  }
}

function recorded(events: Iterable<NewMarketEvent>): string {
  const writer = new RecordingWriter(
    temporaryFolder(),
    {
      now: new Date(0),
      command: [],
      synthetic: false,
      timeframe: "1D",
      symbols: market.bars.map(({ symbol }) => ({ symbol, volume_decimals: 0 })),
      source: { type: "bars", label: "made", files: [] },
      config: null,
    },
    false,
  );
  for (const event of events) writer.append(event);
  return writer.close();
}

const pod = {
  pod_id: "a",
  strategy: "tsmom",
  symbols: ["BTC/USDT", "ETH/USDT"],
  initial_fraction: 0.9,
  max_fraction: 0.9,
};
const spaceOf = (folder: string, orchestrated: boolean): SweepSpace => ({
  data: {
    pods: [{ ...pod, params: { lookback: 5, short_mode: "full" } }],
    backtest: { start: "2024-01-15", end: "2024-02-29", capital: 100_000 },
    portfolio: {
      cost_model: "quoted",
      quoted: { half_spread_bps: 5, alpha: 10, cap_bps: 100, penalty_bps: 20, max_safe: 0.3 },
    },
    data: { path: folder, base_timeframe: "1D" },
  },
  paths: ["pods[0].params.lookback", "pods[0].risk.rebalance_threshold"],
  orchestrated,
});

describe.each([false, true])("a sweep on a recording with quotes, orchestrated: %s", (orchestrated) => {
  it("gives every point what its replay gives", () => {
    const folder = recorded(withQuotes());
    const space = spaceOf(folder, orchestrated);
    const base = pointConfig({ ...space, paths: [] }, []);
    if (!base.ok) throw new Error(base.reason);
    const sweep = new ParameterSweep(space, shareMarket(openSweepMarket(base.config, [], folder)));
    const hashes = [
      [5, 0.05],
      [9, 0],
      [5, 0.2],
    ].map((values) => {
      const point = pointConfig(space, values);
      if (!point.ok) throw new Error(point.reason);
      const replay = new Replay(readRecording(folder), point.config, () => {}, orchestrated);
      replay.start();
      while (replay.step());
      const hash = outcomeHash(outcomeOfRecord(replay.finish().record, sweep.timeline.dayMs.length));
      expect(outcomeHash(sweep.evaluate(values))).toBe(hash);
      return hash;
    });
    expect(new Set(hashes).size).toBe(3);
  });

  it("costs more where less was quoted, and is another market", () => {
    const quoted = recorded(withQuotes());
    const blind = recorded(eventsOf(market, DAY_MS));
    const [a, b] = [quoted, blind].map((folder) => {
      const space = spaceOf(folder, orchestrated);
      const base = pointConfig({ ...space, paths: [] }, []);
      if (!base.ok) throw new Error(base.reason);
      const opened = openSweepMarket(base.config, [], folder);
      return { hash: opened.hash, outcome: outcomeHash(new ParameterSweep(space, opened).evaluate([5, 0.05])) };
    });
    expect(a?.hash).not.toBe(b?.hash);
    expect(a?.outcome).not.toBe(b?.outcome);
  });
});

it("refuses a recording that lacks a symbol, or cannot make the candles", () => {
  const folder = recorded(eventsOf(market, DAY_MS));
  const config = (rest: object) => {
    const { data } = spaceOf(folder, true);
    const point = pointConfig(
      {
        data: { ...(data as object), data: { path: folder }, pods: [{ ...pod, ...rest }] },
        paths: [],
        orchestrated: true,
      },
      [],
    );
    if (!point.ok) throw new Error(point.reason);
    return point.config;
  };
  expect(() => openSweepMarket(config({ symbols: ["XRP/USDT"] }), [], folder)).toThrow(/has no XRP\/USDT/);
  expect(() => openSweepMarket(config({ timeframe: "4h" }), [], folder)).toThrow(/4h candles/);
  expect(() => openSweepMarket(config({}), [], join(folder, "no"))).toThrow();
  const holey = madeMarket(
    { "BTC/USDT": walk(1, 60), "ETH/USDT": walk(2, 60, { missing: 0.4 }), "SOL/USDT": walk(3, 60) },
    firstMs,
  );
  expect(() => openSweepMarket(config({}), [], recorded(eventsOf(holey, DAY_MS)))).toThrow(/of its bars are missing/);
});
