import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config, OrchestratorFile } from "../../src/config/schema.ts";
import { openFeed, openTrading } from "../../src/exchange/ccxt/open.ts";
import { Secret } from "../../src/exchange/credentials.ts";
import { ExchangeClock } from "../../src/exchange/exchange-clock.ts";
import type { VenueInstrument } from "../../src/exchange/port.ts";
import { resolveConfig } from "../../src/library.ts";
import type { Clock } from "../../src/live/clock.ts";
import type { JournalBody } from "../../src/live/journal-records.ts";
import type { LiveOutcome } from "../../src/live/run-engine.ts";
import { type RunLiveOptions, runLive } from "../../src/live/run-live.ts";
import { StateFolder } from "../../src/live/state-folder.ts";
import type { Market } from "../../src/market/market.ts";
import { openMarket } from "../../src/market/open-market.ts";
import { timeframeMs } from "../../src/market/timeframe.ts";
import { VirtualClock } from "../../src/venue/clock.ts";
import { parseFaultScript } from "../../src/venue/faults/script.ts";
import { inProcessTransport } from "../../src/venue/in-process.ts";
import { Venue, type VenueOptions } from "../../src/venue/venue.ts";
import { CANARY } from "../exchange/support.ts";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const START = Date.UTC(2020, 5, 1);
export const SYMBOLS = ["BTC/USDT", "ETH/USDT"];

const HOURLY = openMarket({
  path: "synthetic",
  seed: 1,
  symbols: SYMBOLS,
  podTimeframes: ["1h"],
  baseTimeframe: "1h",
  funding: "if_present",
  endMs: START + 40 * DAY,
});

/** Two pods that trade often, in both directions, on hourly bars. */
export function busyConfig(changes: Partial<OrchestratorFile> = {}): Config {
  return resolveConfig({
    pods: [
      {
        pod_id: "cross",
        strategy: "ema-cross",
        params: { short_mode: "full", fast: 3, slow: 9 } as never,
        symbols: SYMBOLS,
        timeframe: "1h",
        initial_fraction: 0.3,
      },
      {
        pod_id: "donchian",
        strategy: "donchian",
        params: { short_mode: "full" },
        symbols: ["BTC/USDT"],
        timeframe: "1h",
        initial_fraction: 0.3,
      },
    ],
    backtest: { start: "2020-06-01", end: "2020-06-30", capital: 100_000 },
    data: { path: "synthetic" },
    execution: { mode: "live" },
    ...changes,
  });
}

export interface WorldOptions {
  /** Default: the hourly market of `SYMBOLS`. */
  readonly market?: Market;
  /** Open of the first slice. */
  readonly startMs?: number;
  /** Where its state folder is made. */
  readonly folder?: string;
  readonly config?: Config;
  readonly faults?: unknown;
  readonly venue?: Partial<VenueOptions>;
  /** Real milliseconds after which a call is given up. */
  readonly deadlineMs?: number;
}

/** A simulated exchange in this process, and lives of a live engine on it, on one virtual clock. */
export class LiveWorld {
  readonly stateDir: string;
  readonly config: Config;
  readonly clock: VirtualClock;
  readonly venue: Venue;
  readonly records: JournalBody[] = [];
  /** Client ids of POSTs that arrived before their record was on the disk. */
  readonly unwitnessed: string[] = [];
  readonly #deadlineMs: number;

  readonly #timeframe: string;
  readonly #symbols: readonly string[];

  constructor(options: WorldOptions = {}) {
    const {
      config = busyConfig(),
      faults = [],
      venue = {},
      deadlineMs = 60,
      startMs = START,
      folder = tmpdir(),
    } = options;
    const market = options.market ?? HOURLY;
    this.stateDir = mkdtempSync(join(folder, "mcbot-live-"));
    this.clock = new VirtualClock(startMs + HOUR / 2);
    this.#timeframe = market.timeframe;
    this.#symbols = market.bars.map(({ symbol }) => symbol);
    this.config = config;
    this.#deadlineMs = deadlineMs;
    const clock = this.clock;
    this.venue = new Venue({
      clock,
      market,
      credentials: CANARY,
      faults: parseFaultScript(faults),
      onOrderPost: (cid) => this.#witness(cid),
      ...venue,
    });
  }

  /** One life of a process, up to `untilMs`. `watch` sees every new record; what it throws kills the life on the spot. */
  async live(
    untilMs: number,
    { watch, ...extra }: Partial<RunLiveOptions> & { watch?: (body: JournalBody) => void } = {},
  ): Promise<LiveOutcome> {
    const { clock, config, stateDir } = this;
    const transport = inProcessTransport(this.venue);
    const side = () => ({
      venue: "binanceusdm",
      baseUrl: "http://127.0.0.1:1",
      deadlineMs: this.#deadlineMs,
      throttle: false,
      transport,
      clock: new ExchangeClock(() => clock.now()),
    });
    const credentials = { apiKey: new Secret(CANARY.apiKey), secret: new Secret(CANARY.secret) };
    const venue = await openTrading({ ...side(), credentials, symbols: this.#symbols });
    const feed = await openFeed(side());
    const time: Clock = {
      now: () => venue.clock.now(),
      sleep: async (ms) => {
        clock.advanceTo(clock.now() + Math.max(1, Math.ceil(ms)));
      },
    };
    await venue.serverTime();
    const instruments = new Map<string, VenueInstrument>(
      (await feed.instruments(this.#symbols)).map((rules) => [rules.symbol, rules]),
    );
    const rules = Object.fromEntries(
      [...instruments.values()].map(({ symbol, step, tick, minNotional }) => [
        symbol,
        { lot: Number(step), tick: Number(tick), min_notional: Number(minNotional) },
      ]),
    );
    try {
      return await runLive({
        config: { ...config, data: { ...config.data, instruments: rules } },
        stateDir,
        venueName: "binanceusdm",
        simulator: true,
        venue,
        feed,
        gauges: { clock: venue.clock, budget: venue.budget },
        clock: time,
        timeframe: this.#timeframe,
        account: `trial ${this.stateDir}`,
        equity: 100_000,
        hedged: true,
        instruments,
        maxLoss: 50_000,
        startMs: null,
        untilMs,
        idleMs: timeframeMs(this.#timeframe) ?? HOUR,
        signal: new AbortController().signal,
        folded: (body, isNew) => {
          if (!isNew) return;
          this.records.push(body);
          watch?.(body);
        },
        ...extra,
      });
    } finally {
      await Promise.all([feed.close(), venue.close()]);
    }
  }

  /** I4: the record is on the disk when the POST arrives. */
  #witness(cid: string): void {
    const text = readFileSync(new StateFolder(this.stateDir, "live").journal, "utf8");
    if (!text.includes(`"body":{"type":"sent","cid":"${cid}"`)) this.unwitnessed.push(cid);
  }

  close(): void {
    rmSync(this.stateDir, { recursive: true, force: true });
  }
}
