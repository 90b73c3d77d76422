import { readFileSync } from "node:fs";
import { z } from "zod";
import { readRecording } from "../../engine/recording/read-recording.ts";
import type { Market } from "../../market/market.ts";
import { openMarket } from "../../market/open-market.ts";
import { DAY_MS } from "../../market/timeframe.ts";
import { RealClock, VirtualClock } from "../../venue/clock.ts";
import { fromNumber } from "../../venue/decimal.ts";
import { type FaultRule, parseFaultScript } from "../../venue/faults/script.ts";
import { serveVenue } from "../../venue/server.ts";
import { Venue } from "../../venue/venue.ts";
import { UsageError } from "../usage-error.ts";

export interface VenueFlags {
  readonly data?: string;
  readonly recording?: string;
  readonly symbols?: readonly string[];
  readonly timeframe: string;
  readonly at?: string;
  readonly speed: number;
  readonly virtual?: boolean;
  readonly port: number;
  readonly wallet: number;
  readonly oneWay?: boolean;
  readonly faults?: string;
  readonly seed: number;
  readonly json?: boolean;
}

/** The key that the venue takes: it opens nothing anywhere else. */
const TRIAL_KEY = { apiKey: "venue-trial-key", secret: "venue-trial-secret" };
const DEFAULT_START = "2024-01-01T00:00:00Z";
const DEFAULT_SYMBOLS = ["BTC/USDT", "ETH/USDT"];
/** The synthetic market is made this far beyond the first moment. */
const SYNTHETIC_DAYS = 400;

interface Scene {
  readonly market: Market;
  readonly startMs: number;
}

/** `mcbot venue`: serves until it is interrupted. */
export async function runVenue(flags: VenueFlags): Promise<void> {
  const { market, startMs } = flags.recording === undefined ? openData(flags) : openRecording(flags);
  const clock = flags.virtual === true ? new VirtualClock(startMs) : new RealClock(startMs, flags.speed);
  const venue = new Venue({
    clock,
    market,
    credentials: TRIAL_KEY,
    seed: flags.seed,
    wallet: fromNumber(flags.wallet),
    hedgeMode: flags.oneWay !== true,
    faults: flags.faults === undefined ? [] : readFaults(flags.faults),
  });
  const { url } = await serveVenue(venue, flags.port);
  const { stdout } = process;
  if (flags.json === true) {
    stdout.write(`${JSON.stringify({ schema_version: 1, url, market: market.label, api_key: TRIAL_KEY.apiKey })}\n`);
    return;
  }
  stdout.write(
    `${market.label}\nVenue: ${url} (USD-M futures, spot), it is ${new Date(clock.now()).toISOString()} there\n`,
  );
  stdout.write(
    `Key: ${TRIAL_KEY.apiKey}, secret: ${TRIAL_KEY.secret} (of this venue only)\nState: ${url}/venue/state\n`,
  );
}

function openData({ data = "synthetic", at = DEFAULT_START, ...flags }: VenueFlags): Scene {
  const startMs = requireTime(at);
  const market = openMarket({
    path: data,
    seed: flags.seed,
    symbols: flags.symbols ?? DEFAULT_SYMBOLS,
    podTimeframes: [flags.timeframe],
    baseTimeframe: flags.timeframe,
    funding: "if_present",
    endMs: data === "synthetic" ? startMs + SYNTHETIC_DAYS * DAY_MS : Number.POSITIVE_INFINITY,
  });
  return { market, startMs };
}

/** What was recorded is the whole market; it is played from its first slice on. */
function openRecording({ recording, data, symbols, at }: VenueFlags): Scene {
  if (data !== undefined) throw new UsageError("--recording and --data: one market");
  if (symbols !== undefined) throw new UsageError("--symbols: a recording has its own");
  const { market, opens } = readRecording(recording as string);
  return { market, startMs: at === undefined ? (opens[0] as number) : requireTime(at) };
}

function requireTime(at: string): number {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) throw new UsageError(`--at ${at}: expected a time such as ${DEFAULT_START}`);
  return ms;
}

function readFaults(file: string): FaultRule[] {
  try {
    return parseFaultScript(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof z.ZodError) throw new UsageError(`${file}:\n${z.prettifyError(error)}`);
    if (error instanceof SyntaxError) throw new UsageError(`${file}: ${error.message}`);
    if ((error as NodeJS.ErrnoException).code !== undefined) throw new UsageError(`${file}: it cannot be read`);
    throw error;
  }
}
