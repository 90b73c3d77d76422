import { basename } from "node:path";
import type { Config } from "../../config/schema.ts";
import type { MarketFeed, VenueInstrument } from "../../exchange/port.ts";
import { dateToMs } from "../../lib/utc.ts";
import { type Clock, pacedClock, systemClock } from "../../live/clock.ts";
import { symbolsOf } from "../../live/journal-fold.ts";
import { StoredFeed } from "../../live/market-feed.ts";
import type { LiveOutcome } from "../../live/run-engine.ts";
import { runPaper } from "../../live/run-paper.ts";
import { StateFolder } from "../../live/state-folder.ts";
import { readStatus } from "../../live/status.ts";
import type { Market } from "../../market/market.ts";
import { commonTimeframe, DAY_MS, type Timeframe, timeframeMs } from "../../market/timeframe.ts";
import { renderStatus } from "../../reporting/status.ts";
import { EXIT } from "../exit-codes.ts";
import { logEvent, logRecord, openLog } from "../live-log.ts";
import { readWithProgress } from "../open-recording.ts";
import { openConfig, openMarketFor, requireForm, withWholeRange } from "../open-run.ts";
import { Progress } from "../progress.ts";
import { styleOf } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

export interface PaperFlags {
  readonly recording?: string;
  readonly data?: string;
  readonly speed?: number;
  readonly stateDir?: string;
  readonly json?: boolean;
}

/** What a paper run reads its slices from. */
interface Source {
  readonly config: Config;
  readonly feed: MarketFeed;
  readonly clock: Clock;
  readonly venue: string;
  readonly simulator: boolean;
  readonly timeframe: Timeframe;
  readonly startMs: number | null;
  readonly untilMs: number;
  readonly idleMs: number;
}

const IDLE_MS = 500;

/** `orchestrate paper CONFIG`: live prices, or a recorded market at any speed, with simulated fills. Never reads a key. */
export async function orchestratePaper(file: string, flags: PaperFlags): Promise<void> {
  const loaded = openConfig(file, {});
  requireForm(loaded, "orchestrator", file);
  const { config } = loaded;
  if (config.execution.mode !== "paper")
    throw new UsageError(`${file} has execution.mode: ${config.execution.mode}: paper does not touch a live config`);
  const stateDir = flags.stateDir ?? config.execution.state_dir;
  const source = await openSource(config, stateDir, flags);
  const log = openLog();
  const aborter = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => aborter.abort());
  const warmup = new Progress("history", "symbols", process.stderr);
  try {
    const outcome = await runPaper({
      ...source,
      stateDir,
      signal: aborter.signal,
      onWarmup: (done, total) => warmup.update(done, total),
      observe: (event, isNew) => {
        if (isNew) logEvent(log, event);
      },
      folded: (body, isNew) => {
        if (isNew) logRecord(log, body);
      },
    });
    printOutcome(outcome, flags.json === true);
  } finally {
    warmup.stop();
    await source.feed.close();
  }
}

export function printOutcome({ end, status, resultHash, folder }: LiveOutcome, json: boolean): void {
  if (status.state === "HALT") process.exitCode = EXIT.riskHalt;
  if (json) {
    process.stdout.write(`${JSON.stringify({ schema_version: 1, end, result_hash: resultHash, folder, status })}\n`);
    return;
  }
  process.stdout.write(renderStatus(status, "stopped", Date.now(), styleOf(process.stdout, process.env)));
  process.stdout.write(`Ended: ${end}\nResult hash  ${resultHash}\nState: ${folder} (mcbot verify ${folder})\n`);
}

async function openSource(config: Config, stateDir: string, flags: PaperFlags): Promise<Source> {
  if (flags.recording !== undefined && flags.data !== undefined)
    throw new UsageError("--recording and --data: one source of slices");
  if (flags.recording !== undefined) {
    const { market } = readWithProgress(flags.recording);
    return storedSource(
      withWholeRange(config, market),
      market,
      `recording ${basename(flags.recording)}`,
      stateDir,
      flags,
    );
  }
  if (flags.data !== undefined) {
    const opened = openMarketFor({ ...config, data: { ...config.data, path: flags.data } }, false);
    const ranged = withWholeRange(opened.config, opened.market);
    return storedSource(ranged, opened.market, `stored bars ${opened.market.label}`, stateDir, flags);
  }
  if (flags.speed !== undefined)
    throw new UsageError("--speed: real prices come at their own; say --recording or --data");
  return exchangeSource(config);
}

/** Bars that are there already, played from the config's start, or from where the journal ends. */
function storedSource(config: Config, market: Market, venue: string, stateDir: string, { speed }: PaperFlags): Source {
  const { start, end } = config.backtest;
  const startMs = dateToMs(start as string);
  const watermark = readStatus(new StateFolder(stateDir, "paper"))?.watermark ?? null;
  const fromMs = watermark === null ? startMs : Date.parse(watermark) + (timeframeMs(market.timeframe) ?? 0);
  const clock = pacedClock(fromMs, speed ?? Number.POSITIVE_INFINITY);
  const feed = new StoredFeed(market, clock);
  return {
    config,
    feed,
    clock,
    venue,
    simulator: true,
    timeframe: market.timeframe,
    startMs,
    untilMs: Math.min(dateToMs(end as string) + DAY_MS, feed.endMs),
    idleMs: speed === undefined ? DAY_MS : IDLE_MS * speed,
  };
}

async function exchangeSource(config: Config): Promise<Source> {
  const { venue, base_url: baseUrl } = config.execution;
  const { openFeed } = await import("../../exchange/ccxt/open.ts");
  const feed = await openFeed({ venue, baseUrl });
  const symbols = symbolsOf(config);
  const instruments = await feed.instruments(symbols);
  await feed.serverTime();
  const timeframe = config.data.base_timeframe ?? commonTimeframe(config.pods.map((pod) => pod.timeframe));
  return {
    config: withInstruments(config, instruments),
    feed,
    clock: { now: () => feed.clock.now(), sleep: systemClock.sleep },
    venue,
    simulator: baseUrl !== null,
    timeframe,
    startMs: null,
    untilMs: Number.POSITIVE_INFINITY,
    idleMs: IDLE_MS,
  };
}

/** The venue's rules; what the config says of a symbol itself stays. */
export function withInstruments(config: Config, rules: readonly VenueInstrument[]): Config {
  const found = Object.fromEntries(
    rules.map(({ symbol, step, tick, minNotional }) => [
      symbol,
      { lot: Number(step), tick: Number(tick), min_notional: Number(minNotional) },
    ]),
  );
  return { ...config, data: { ...config.data, instruments: { ...found, ...config.data.instruments } } };
}
