import { resolve } from "node:path";
import { fundingMode } from "../config/funding-mode.ts";
import type { Config } from "../config/schema.ts";
import { hashConfig } from "../engine/run-identity.ts";
import type { MarketFeed } from "../exchange/port.ts";
import type { JournalSettings } from "../journal/journal.ts";
import { JournalFailure } from "../journal/journal-error.ts";
import { lockAccount } from "../journal/lock.ts";
import { sha256 } from "../lib/sha256.ts";
import { type Timeframe, timeframeMs } from "../market/timeframe.ts";
import type { EngineEvent } from "../orchestrator/events.ts";
import { BarIntake } from "./bar-intake.ts";
import type { Clock } from "./clock.ts";
import { symbolsOf } from "./journal-fold.ts";
import type { HeaderRecord, JournalBody } from "./journal-records.ts";
import { controlOf } from "./live-control.ts";
import { LiveEngine, readHeader } from "./live-engine.ts";
import { LiveRunner, type OrderDesk, type RunnerEnd } from "./runner.ts";
import { StateFolder, StateFolderError } from "./state-folder.ts";
import { type EngineStatus, statusOf, writeStatus } from "./status.ts";
import { readWarmup, warmupBars, warmupText } from "./warmup.ts";

export interface RunEngineOptions {
  readonly mode: "paper" | "live";
  /** Fingerprint of the account; null in paper. */
  readonly account: string | null;
  /** Of a first start. */
  readonly capitalMicro: number;
  /** Where orders go; null = the next open fills. */
  readonly desk: ((engine: LiveEngine, header: HeaderRecord) => OrderDesk) | null;
  /** Resolved; `data.instruments` holds the rules to trade by. */
  readonly config: Config;
  /** `execution.state_dir`: the control state is there, each mode's journal in a folder of its own. */
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
  readonly journal?: JournalSettings;
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
 * Runs a paper or live engine (spec 5.1) until an operator, a signal or the end of a recorded market ends it. A start with a
 * journal goes on where it ended; the first one fixes start, capital and the bars before it.
 */
export async function runEngine(options: RunEngineOptions): Promise<LiveOutcome> {
  const { config, feed, clock, timeframe } = options;
  const folder = new StateFolder(options.stateDir, options.mode);
  const baseMs = timeframeMs(timeframe) ?? Number.NaN;
  const lockName = options.account ?? `paper ${sha256(resolve(folder.path))}`;
  const lock = await lockAccount(lockName);
  try {
    const header = readHeader(folder) ?? (await firstStart(folder, baseMs, options));
    refuseOther(folder, header, options);
    const engine = LiveEngine.open({
      folder,
      config: folder.readConfig(),
      configHash: hashConfig(config),
      header,
      now: () => clock.now(),
      ...(options.observe === undefined ? {} : { observe: options.observe }),
      ...(options.journal === undefined ? {} : { journal: options.journal }),
      ...(options.folded === undefined ? {} : { folded: options.folded }),
    });
    const control = controlOf(options.stateDir);
    const after = engine.session.watermarkMs ?? header.start_ms - baseMs;
    const started = new Date().toISOString();
    let beaten = Number.NEGATIVE_INFINITY;
    const status = (running: boolean): EngineStatus =>
      statusOf(engine, {
        pid: process.pid,
        lock: lockName,
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
            fundsAtClose: options.mode === "live",
          },
          after,
        ),
      clock,
      idleMs: options.idleMs,
      desk: options.desk?.(engine, header) ?? null,
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
    } catch (error) {
      // A full disk still has the reserve to say why nothing goes on.
      const reason = error instanceof Error ? error.message : String(error);
      const from = engine.ledger.state;
      if (error instanceof JournalFailure)
        engine.appendLast({ type: "state", from, to: "HALT", reason, ts: clock.now() });
      throw error;
    } finally {
      engine.close();
    }
  } finally {
    await lock.release();
  }
}

/** Fixes what a journal begins with: start, capital, the bars before it. */
async function firstStart(folder: StateFolder, baseMs: number, options: RunEngineOptions): Promise<HeaderRecord> {
  const { config, feed, timeframe, clock } = options;
  const startMs = options.startMs ?? Math.floor((await feed.serverTime()) / baseMs) * baseMs;
  const fromMs = warmupFrom(config, startMs, baseMs, options.startMs !== null);
  const rows = await readWarmup(feed, symbolsOf(config), timeframe, fromMs, startMs, options.onWarmup);
  const { text, hash } = warmupText(rows);
  folder.create({ ...config, data: { ...config.data, base_timeframe: timeframe } }, text);
  const runId = sha256(JSON.stringify([hashConfig(config), hash, options.venue, startMs]));
  return {
    type: "header",
    v: 1,
    mode: options.mode,
    venue: options.venue,
    simulator: options.simulator,
    account: options.account,
    instance: BigInt(`0x${sha256(runId, String(clock.now())).slice(0, 12)}`)
      .toString(36)
      .slice(0, 4),
    run_id: runId,
    start_ms: startMs,
    capital_micro: options.capitalMicro,
    warmup: hash,
  };
}

/** From an exchange as much history as the pods need, from a recording all there is, as in a backtest. */
function warmupFrom({ data, ...config }: Config, startMs: number, baseMs: number, isRecorded: boolean): number {
  if (data.warmup_bars !== "all") return startMs - data.warmup_bars * baseMs;
  return isRecorded ? 0 : startMs - warmupBars({ data, ...config }, baseMs) * baseMs;
}

/** Paper and live, real and simulated, one account and another never share a journal. */
function refuseOther(folder: StateFolder, header: HeaderRecord, options: RunEngineOptions): void {
  const same = (["mode", "venue", "simulator", "account"] as const).every((key) => header[key] === options[key]);
  if (same) return;
  throw new StateFolderError(
    `${folder.path}: its journal is ${describe(header)}, asked for ${describe(options)}: use another execution.state_dir`,
  );
}

function describe({
  mode,
  venue,
  simulator,
  account,
}: Pick<HeaderRecord, "mode" | "venue" | "simulator" | "account">): string {
  return `${mode} on ${simulator ? "the simulated " : ""}${venue}${account === null ? "" : ` with account ${account}`}`;
}
