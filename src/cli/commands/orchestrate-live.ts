import { createInterface } from "node:readline/promises";
import type { Config } from "../../config/schema.ts";
import { loadCredentials } from "../../exchange/credentials.ts";
import { systemClock } from "../../live/clock.ts";
import { symbolsOf } from "../../live/journal-fold.ts";
import { type Preflight, preflight } from "../../live/preflight.ts";
import { possibleLoss, runLive } from "../../live/run-live.ts";
import { commonTimeframe } from "../../market/timeframe.ts";
import { logEvent, logRecord, openLog } from "../live-log.ts";
import { openConfig, requireForm } from "../open-run.ts";
import { Progress } from "../progress.ts";
import { UsageError } from "../usage-error.ts";
import { printOutcome, withInstruments } from "./orchestrate-paper.ts";

export interface LiveFlags {
  readonly account?: string;
  readonly acceptMaxLoss?: number;
  readonly stateDir?: string;
  readonly json?: boolean;
}

const IDLE_MS = 500;

/** `orchestrate live CONFIG`: real orders. Three consents: mode: live in the file, --account, --accept-max-loss. */
export async function orchestrateLive(file: string, flags: LiveFlags): Promise<void> {
  const loaded = openConfig(file, {});
  requireForm(loaded, "orchestrator", file);
  const { config } = loaded;
  requireConsents(config, file, flags);
  const { venue: venueName, base_url: baseUrl } = config.execution;
  const credentials = loadCredentials(process.env);
  const { openFeed, openTrading } = await import("../../exchange/ccxt/open.ts");
  const feed = await openFeed({ venue: venueName, baseUrl });
  const venue = await openTrading({ venue: venueName, baseUrl, credentials, symbols: symbolsOf(config) });
  const aborter = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => aborter.abort());
  const warmup = new Progress("history", "symbols", process.stderr);
  try {
    const found = await preflight(config, venue, feed, venue.clock);
    const { account, equity, hedged } = requireSound(found);
    if (account !== flags.account)
      throw new UsageError(`--account ${flags.account}: the key belongs to account ${account}`);
    const least = possibleLoss(config, equity);
    if ((flags.acceptMaxLoss as number) < least)
      throw new UsageError(
        `--accept-max-loss ${flags.acceptMaxLoss}: orchestrator.risk.max_portfolio_drawdown alone may cost ${least}`,
      );
    await confirm(account);
    const log = openLog();
    log.warn({ account, simulator: baseUrl !== null }, `live on ${venueName}${baseUrl === null ? "" : " (simulator)"}`);
    const outcome = await runLive({
      config: withInstruments(config, [...found.instruments.values()]),
      stateDir: flags.stateDir ?? config.execution.state_dir,
      venueName,
      simulator: baseUrl !== null,
      venue,
      feed,
      gauges: { clock: venue.clock, budget: venue.budget },
      clock: { now: () => venue.clock.now(), sleep: systemClock.sleep },
      timeframe: config.data.base_timeframe ?? commonTimeframe(config.pods.map((pod) => pod.timeframe)),
      account,
      equity,
      hedged,
      instruments: found.instruments,
      maxLoss: flags.acceptMaxLoss as number,
      startMs: null,
      untilMs: Number.POSITIVE_INFINITY,
      idleMs: IDLE_MS,
      signal: aborter.signal,
      onWarmup: (done, total) => warmup.update(done, total),
      observe: (event, isNew) => {
        // What an order filled is logged as the exchange's trade.
        if (isNew && !(event.type === "fill" && event.purpose === "NET")) logEvent(log, event);
      },
      folded: (body, isNew) => {
        if (isNew) logRecord(log, body);
      },
    });
    printOutcome(outcome, flags.json === true);
  } finally {
    warmup.stop();
    await Promise.all([feed.close(), venue.close()]);
  }
}

function requireConsents({ execution }: Config, file: string, { account, acceptMaxLoss }: LiveFlags): void {
  const missing = [
    ...(execution.mode === "live" ? [] : [`execution.mode: live in ${file} (it is ${execution.mode})`]),
    ...(account === undefined ? ["--account ID, the account of the key (mcbot doctor shows it)"] : []),
    ...(acceptMaxLoss === undefined ? ["--accept-max-loss AMOUNT, in quote units"] : []),
  ];
  if (missing.length > 0) throw new UsageError(`live trading needs ${missing.join("; ")}`);
}

/** What a start takes from the preflight; refuses where a check failed. */
function requireSound({ checks, account, equity, hedged }: Preflight): {
  account: string;
  equity: number;
  hedged: boolean;
} {
  for (const { name, found, warning } of checks) if (warning) process.stderr.write(`warning: ${name}: ${found}\n`);
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length > 0 || account === null || equity === null || hedged === null)
    throw new UsageError(
      `not ready for live trading:\n${failed.map(({ name, found }) => `  ${name}: ${found}`).join("\n")}`,
    );
  return { account, equity, hedged };
}

/** On a terminal the account is typed once more. */
async function confirm(account: string): Promise<void> {
  if (process.stdin.isTTY !== true) return;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const typed = await terminal.question(`Real orders on account ${account}. Type the account id to go on: `);
  terminal.close();
  if (typed.trim() !== account) throw new UsageError("the account id was not typed: nothing was started");
}
