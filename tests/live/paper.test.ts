// Goal: paper trading goes on where it ended, whatever ended it, and decides what a backtest of the same slices decides
// (spec 5.1, 5.2).
// Method: whole paper runs over a market in memory, as fast as the work is done, through real files.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Config, OrchestratorFile } from "../../src/config/schema.ts";
import { command } from "../../src/control/control-desk.ts";
import { simulate } from "../../src/engine/backtest.ts";
import { resolveConfig } from "../../src/library.ts";
import { VirtualClock } from "../../src/live/clock.ts";
import type { JournalBody } from "../../src/live/journal-records.ts";
import { StoredFeed } from "../../src/live/market-feed.ts";
import type { LiveOutcome } from "../../src/live/run-engine.ts";
import { type PaperOptions, runPaper } from "../../src/live/run-paper.ts";
import { StateFolder, StateFolderError } from "../../src/live/state-folder.ts";
import { livenessOf, readStatus } from "../../src/live/status.ts";
import type { Market } from "../../src/market/market.ts";
import { madeMarket, walk } from "../support/made-market.ts";

const HOUR = 3_600_000;
const FIRST = Date.UTC(2023, 0, 1);
const START = Date.UTC(2023, 2, 1);
const END = Date.UTC(2023, 2, 12);
const HOURS = (END - FIRST) / HOUR;

const market: Market = madeMarket(
  {
    "BTC/USDT": walk(1, HOURS, { start: 20_000, step: 0.01, missing: 0.01 }),
    "ETH/USDT": walk(2, HOURS, { start: 1500, step: 0.012 }),
  },
  FIRST,
  "1h",
  ["BTC/USDT", "ETH/USDT"].map((symbol) => ({
    symbol,
    timeMs: Float64Array.from({ length: HOURS / 8 }, (_, i) => FIRST + i * 8 * HOUR),
    rate: Float64Array.from({ length: HOURS / 8 }, (_, i) => ((i % 7) - 3) * 1e-4),
  })) as never,
);

const file: OrchestratorFile = {
  pods: [
    { pod_id: "a", strategy: "tsmom", params: { short_mode: "full" }, symbols: ["BTC/USDT", "ETH/USDT"] },
    { pod_id: "b", strategy: "donchian", params: { short_mode: "full" }, symbols: ["ETH/USDT"], timeframe: "4h" },
    { pod_id: "c", strategy: "ema-cross", symbols: ["BTC/USDT"], timeframe: "1h" },
  ].map((pod) => ({ ...pod, risk: { system_stop_loss: null } })),
  backtest: { start: "2023-03-01", end: "2023-03-11", capital: 100_000 },
};
const config: Config = resolveConfig(file);

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "mcbot-paper-"));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

/** One process's life: from where the journal is to `untilMs`, or until `stop` says so. */
async function live(
  untilMs: number,
  { stop, ...extra }: Partial<PaperOptions> & { stop?: (body: JournalBody) => boolean } = {},
): Promise<LiveOutcome> {
  const folder = new StateFolder(stateDir, "paper");
  const watermark = readStatus(folder)?.watermark ?? null;
  const clock = new VirtualClock(watermark === null ? START : Date.parse(watermark) + HOUR);
  const aborter = new AbortController();
  return runPaper({
    config,
    stateDir,
    feed: new StoredFeed(market, clock),
    venue: "recording",
    simulator: true,
    timeframe: "1h",
    clock,
    startMs: START,
    untilMs,
    idleMs: HOUR,
    signal: aborter.signal,
    folded: (body, isNew) => {
      if (isNew && stop?.(body) === true) aborter.abort();
    },
    ...extra,
  });
}

describe("a paper run over a recorded market", () => {
  it("decides what the backtest decides, to the hash", async () => {
    const { end, resultHash, status } = await live(END);
    expect(end).toBe("finished");
    expect(resultHash).toBe(simulate(config, market).resultHash);
    expect(status.counts).toMatchObject({ slices: 264, traded: 264, decisions: 264 });
    expect(status.running).toBe(false);
    expect(await livenessOf(status, Date.now())).toBe("stopped");
    // What a killed process leaves behind says that it runs; its lock says that it does not.
    expect(await livenessOf({ ...status, running: true }, Date.now())).toBe("dead");
  });

  it("ends where one life would, after many", async () => {
    const whole = await live(END);
    rmSync(stateDir, { recursive: true });
    for (const hour of [1, 2, 77, 200]) await live(START + hour * HOUR);
    const last = await live(END);
    expect(last.resultHash).toBe(whole.resultHash);
    expect(last.status.equity).toBe(whole.status.equity);
  });

  it("goes on after its journal was cut anywhere, as by a kill", async () => {
    const whole = await live(END);
    const path = new StateFolder(stateDir, "paper").journal;
    const bytes = readFileSync(path);
    for (const share of [0.1, 0.35, 0.62, 0.93]) {
      const at = Math.floor(bytes.length * share);
      writeFileSync(path, bytes.subarray(0, at));
      const kept = bytes.subarray(0, at).toString().split("\n").slice(0, -1);
      const opens = kept.flatMap((line) => {
        const { body } = JSON.parse(line) as { body: JournalBody };
        return body.type === "slice" ? [body.open_ms] : [];
      });
      const clock = new VirtualClock((opens.at(-1) as number) + HOUR);
      const again = await live(END, { clock, feed: new StoredFeed(market, clock) });
      expect(again.resultHash).toBe(whole.resultHash);
    }
  });
});

describe("operators", () => {
  const operator = { actor: "test", reason: "test", now: () => new Date(0) };

  it("stop it after its slice, and it does not start before a resume", async () => {
    const stopped = await live(END, {
      stop: (body) => {
        if (body.type === "slice" && body.open_ms === START + 50 * HOUR) command(stateDir, { name: "stop" }, operator);
        return false;
      },
    });
    expect(stopped.end).toBe("stopped");
    expect(stopped.status.watermark).toBe(new Date(START + 50 * HOUR).toISOString());
    expect((await live(END)).end).toBe("stopped");
    command(stateDir, { name: "resume" }, operator);
    expect((await live(END)).end).toBe("finished");
  });

  it("flatten it from a second process, and it holds nothing a slice later", async () => {
    let flat = 0;
    const held: number[] = [];
    const { status } = await live(END, {
      stop: (body) => {
        if (body.type === "slice" && body.open_ms === START + 100 * HOUR) {
          command(stateDir, { name: "flatten", pod: null }, operator);
          flat = body.open_ms;
        }
        return false;
      },
      onStatus: ({ positions }) => held.push(Object.keys(positions).length),
    });
    expect(flat).toBeGreaterThan(0);
    expect(status.control).toMatchObject({ mode: "PAUSED", flatten: true });
    expect(status.positions).toEqual({});
  });

  it("whose state is unreadable let it take no new risk", async () => {
    await live(START + 10 * HOUR);
    writeFileSync(join(stateDir, "control.json"), "{");
    const { status } = await live(END);
    expect(status.control.mode).toBe("UNKNOWN");
    expect(status.positions).toEqual({});
  });
});

describe("a state folder", () => {
  it("is refused for another config, another venue, and while a process has it", async () => {
    await live(START + 10 * HOUR);
    const other = resolveConfig({ ...file, portfolio: { slippage_bps: 1 } });
    await expect(live(END, { config: other })).rejects.toThrow(/pods keep their ledgers under one config/);
    await expect(live(END, { venue: "binanceusdm" })).rejects.toThrow(
      /its journal is paper on the simulated recording/,
    );
    class Busy extends StoredFeed {
      override async serverTime(): Promise<number> {
        await expect(live(END)).rejects.toThrow(/is in use by process/);
        throw new StateFolderError("seen enough");
      }
    }
    const clock = new VirtualClock(START + 11 * HOUR);
    await expect(live(END, { clock, feed: new Busy(market, clock) })).rejects.toThrow("seen enough");
  });

  it("is refused when the bars it started with are not those any more", async () => {
    await live(START + 10 * HOUR);
    writeFileSync(join(stateDir, "paper", "warmup.ndjson"), "");
    await expect(live(END)).rejects.toThrow(/not the bars this journal started with/);
  });
});
