// Goal: stop levels that a report shows are those that the engine tests bars against; watching changes nothing.
// Method: a made market whose fixed stop is worked out by hand; a lively run, in which every fixed stop fires at the
// level that stood at the close before.

import { expect, it } from "vitest";
import { readStopLevels, stopLevelsTable } from "../../src/analytics/tables/stop-levels.ts";
import { runBacktest } from "../../src/engine/run-backtest.ts";
import { StopTrack } from "../../src/engine/stop-track.ts";
import type { EngineEvent, StopEvent } from "../../src/orchestrator/events.ts";
import { livelyRun } from "../support/lively-run.ts";
import { madeMarket } from "../support/made-market.ts";
import { resolve } from "../support/run-config.ts";

const DAY = 86_400_000;
const T0 = Date.UTC(2024, 0, 1);

it("keeps a fixed stop from the entry to the exit, a row for each change", () => {
  const config = resolve({
    orchestrator: { risk: { max_portfolio_drawdown: 0.9, daily_loss_limit: 0.9 } },
    pods: [
      {
        pod_id: "held",
        strategy: "buy-and-hold",
        symbols: ["AAA/USDT"],
        initial_fraction: 0.4,
        risk: { system_stop_loss: 0.1, rebalance_threshold: 0.5 },
      },
    ],
    backtest: { start: "2024-01-01", end: "2024-01-10", capital: 10_000 },
    data: { funding: "none" },
  });
  const track = new StopTrack();
  runBacktest(config, madeMarket({ "AAA/USDT": [100, 100, 100, 102, 104, 80, 80, 80, 80, 80] }, T0), {
    onDayClose: (session, dayMs) => track.observe(session, dayMs),
  });
  // Bought at the open of the second day, 100 + 5 bps; stopped on the sixth.
  expect(track.levels).toEqual([
    { dayMs: T0 + DAY, podId: "held", symbol: "AAA/USDT", side: "long", level: expect.closeTo(100.05 * 0.9, 10) },
    { dayMs: T0 + 5 * DAY, podId: "held", symbol: "AAA/USDT", side: null, level: null },
  ]);
});

it("stands where stops fire, changes no result, and reads back from its file", () => {
  const track = new StopTrack();
  // A position that traded at the slice's open has another average entry, and another stop, than at the close before.
  const traded = new Set<string>();
  const stops: StopEvent[] = [];
  const listen = (event: EngineEvent): void => {
    if (event.type !== "part" && event.type !== "stop") return;
    const key = `${event.timeMs} ${event.podId} ${event.symbol}`;
    if (event.type === "part") traded.add(key);
    else if (!traded.has(key)) stops.push(event);
  };
  const watched = livelyRun({
    fast: false,
    observers: [listen],
    onDayClose: (session, dayMs) => track.observe(session, dayMs),
  });
  expect(watched.result.header.result_hash).toBe(livelyRun().result.header.result_hash);
  expect(readStopLevels([...stopLevelsTable(track.levels)].join(""))).toEqual(track.levels);

  expect(stops.length).toBeGreaterThan(5);
  for (const { timeMs, podId, symbol, level } of stops) {
    const own = track.levels.filter((row) => row.podId === podId && row.symbol === symbol);
    expect(own.findLast(({ dayMs }) => dayMs < timeMs)?.level).toBe(level);
  }
});

it("is not called in fast mode", () => {
  livelyRun({
    onDayClose: () => {
      throw new Error("called");
    },
  });
});
