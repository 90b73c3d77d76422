import { fundingMode } from "../config/funding-mode.ts";
import type { Config } from "../config/schema.ts";
import { hashConfig } from "../engine/run-identity.ts";
import type { MarketFeed } from "../exchange/port.ts";
import { lockAccount } from "../journal/lock.ts";
import { assert } from "../lib/assert.ts";
import { sha256 } from "../lib/sha256.ts";
import { type Timeframe, timeframeMs } from "../market/timeframe.ts";
import type { EngineEvent } from "../orchestrator/events.ts";
import { BarIntake } from "./bar-intake.ts";
import type { Clock } from "./clock.ts";
import { symbolsOf } from "./journal-fold.ts";
import type { HeaderRecord, JournalBody } from "./journal-records.ts";
import { controlOf } from "./live-control.ts";
import { LiveEngine, readHeader } from "./live-engine.ts";
import { LiveRunner, type RunnerEnd } from "./runner.ts";
import { StateFolder, StateFolderError } from "./state-folder.ts";
import { type EngineStatus, statusOf, writeStatus } from "./status.ts";
import { readWarmup, warmupBars, warmupText } from "./warmup.ts";

export interface PaperOptions {
  /** Resolved; `data.instruments` holds the rules to trade by. */
  readonly config: Config;
  /** `execution.state_dir`: the control state is there, the paper journal in a folder of its own. */
  readonly stateDir: string;
  readonly feed: MarketFeed;
  /** "binanceusdm", or "recording". */
  readonly venue: string;
  readonly simulator: boolean;
  readonly timeframe: Timeframe;
  /** The exchange's time. */
  readonly clock: Clock;
  /** Open of the first slice of a first start, epoch ms; null = the bar that is open now. */
  readonly startMs: number | null;
  /** Ends before the slice that opens here; Infinity in real time. */
  readonly untilMs: number;
  /** Longest wait without a look at the operators, by `clock`. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
  readonly observe?: (event: EngineEvent, isNew: boolean) => void;
  readonly folded?: (body: JournalBody, isNew: boolean) => void;
  readonly onStatus?: (status: EngineStatus) => void;
  readonly onWarmup?: (done: number, total: number) => void;
}

export interface LiveOutcome {
  readonly end: RunnerEnd;
  readonly status: EngineStatus;
  /** Of everything decided and done, comparable with a backtest of the same slices (stops leave as orders). */
  readonly resultHash: string;
  readonly folder: string;
}

const HEARTBEAT_MS = 5000;

/**
 * Paper trading (spec 5.1): the engine of a backtest on slices as they close, simulated fills at the next open, everything
 * journaled. A start with a journal goes on where it ended.
 */
export async function runPaper(options: PaperOptions): Promise<LiveOutcome> {
  const { config, feed, clock, timeframe } = options;
  const folder = new StateFolder(options.stateDir, "paper");
  const baseMs = timeframeMs(timeframe) ?? Number.NaN;
  const lock = await lockAccount(`paper ${sha256(folder.path)}`);
  try {
    const header = readHeader(folder) ?? (await firstStart(folder, baseMs, options));
    if (header.mode !== "paper" || header.venue !== options.venue || header.simulator !== options.simulator)
      throw new StateFolderError(
        `${folder.path}: holds a ${header.mode} journal of ${describe(header)}, asked for paper on ${describe(options)}: use another execution.state_dir`,
      );
    const engine = LiveEngine.open({
      folder,
      config: folder.readConfig(),
      configHash: hashConfig(config),
      header,
      now: () => clock.now(),
      ...(options.observe === undefined ? {} : { observe: options.observe }),
      ...(options.folded === undefined ? {} : { folded: options.folded }),
    });
    const control = controlOf(options.stateDir);
    const after = engine.session.watermarkMs ?? header.start_ms - baseMs;
    const started = new Date().toISOString();
    let beaten = Number.NEGATIVE_INFINITY;
    const status = (running: boolean): EngineStatus =>
      statusOf(engine, {
        pid: process.pid,
        heartbeat: new Date().toISOString(),
        interval_seconds: HEARTBEAT_MS / 1000,
        running,
        started,
        simulator: header.simulator,
        next_close: new Date((engine.session.watermarkMs ?? after) + 2 * baseMs).toISOString(),
      });
    const beat = (): void => {
      if (performance.now() - beaten < HEARTBEAT_MS / 5) return;
      beaten = performance.now();
      const now = status(true);
      writeStatus(folder, now);
      options.onStatus?.(now);
    };
    const { grace_seconds: grace, reconcile_seconds: reconcile } = config.execution;
    const runner = new LiveRunner({
      engine,
      intake: (idle) =>
        new BarIntake(
          {
            feed,
            clock: idle,
            symbols: symbolsOf(config),
            timeframe,
            baseMs,
            graceMs: grace * 1000,
            funding: fundingMode(config.data) !== "none",
          },
          after,
        ),
      clock,
      idleMs: options.idleMs,
      desk: null,
      control: control.read,
      pause: control.pause,
      reconcileMs: reconcile * 1000,
      untilMs: options.untilMs,
      beat,
      signal: options.signal,
    });
    try {
      const end = await runner.run();
      const last = status(false);
      writeStatus(folder, last);
      return { end, status: last, resultHash: engine.session.finish().resultHash, folder: folder.path };
    } finally {
      engine.close();
    }
  } finally {
    await lock.release();
  }
}

/** Fixes what a journal begins with: start, capital, the bars before it. */
async function firstStart(folder: StateFolder, baseMs: number, options: PaperOptions): Promise<HeaderRecord> {
  const { config, feed, timeframe, clock } = options;
  const { capital } = config.execution;
  const startMs = options.startMs ?? Math.floor((await feed.serverTime()) / baseMs) * baseMs;
  const fromMs = warmupFrom(config, startMs, baseMs, options.startMs !== null);
  const rows = await readWarmup(feed, symbolsOf(config), timeframe, fromMs, startMs, options.onWarmup);
  const { text, hash } = warmupText(rows);
  folder.create({ ...config, data: { ...config.data, base_timeframe: timeframe } }, text);
  assert(config.backtest.capital !== null, "paper: capital is resolved by the caller");
  const runId = sha256(JSON.stringify([hashConfig(config), hash, options.venue, startMs]));
  return {
    type: "header",
    v: 1,
    mode: "paper",
    venue: options.venue,
    simulator: options.simulator,
    account: null,
    instance: BigInt(`0x${sha256(runId, String(clock.now())).slice(0, 12)}`)
      .toString(36)
      .slice(0, 4),
    run_id: runId,
    start_ms: startMs,
    capital_micro: Math.round((typeof capital === "number" ? capital : config.backtest.capital) * 1e6),
    warmup: hash,
  };
}

/** From an exchange as much history as the pods need, from a recording all there is, as in a backtest. */
function warmupFrom({ data, ...config }: Config, startMs: number, baseMs: number, isRecorded: boolean): number {
  if (data.warmup_bars !== "all") return startMs - data.warmup_bars * baseMs;
  return isRecorded ? 0 : startMs - warmupBars({ data, ...config }, baseMs) * baseMs;
}

function describe({ venue, simulator }: { venue: string; simulator: boolean }): string {
  return simulator ? `the simulated ${venue}` : venue;
}
