import { resolveConfig } from "../../src/library.ts";
import type { Market } from "../../src/market/market.ts";
import { openMarket } from "../../src/market/open-market.ts";
import { violations } from "./live-oracle.ts";
import { DAY, HOUR, LiveWorld } from "./live-world.ts";
import { seededRandom } from "./random-script.ts";

const SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT"];
const DAYS = 365;
/** Without new faults at the end: time to come back. */
const QUIET_DAYS = 10;
const FIRST_DAY = Date.UTC(2021, 0, 1);

const market: Market = openMarket({
  path: "synthetic",
  seed: 7,
  symbols: SYMBOLS,
  podTimeframes: ["1D"],
  baseTimeframe: "1D",
  funding: "if_present",
  endMs: FIRST_DAY + 3 * DAYS * DAY,
});

const config = resolveConfig({
  pods: [
    { pod_id: "cross", strategy: "ema-cross", params: { short_mode: "full" }, symbols: SYMBOLS, initial_fraction: 0.3 },
    {
      pod_id: "donchian",
      strategy: "donchian",
      params: { short_mode: "full" },
      symbols: ["BTC/USDT", "SOL/USDT"],
      initial_fraction: 0.2,
    },
    {
      pod_id: "tsmom",
      strategy: "tsmom",
      params: { short_mode: "full" },
      symbols: ["BTC/USDT", "ETH/USDT"],
      initial_fraction: 0.2,
    },
  ],
  backtest: { start: "2021-01-01", end: "2023-12-31", capital: 100_000 },
  data: { path: "synthetic" },
  execution: { mode: "live" },
});

export interface SoakResult {
  readonly seed: number;
  readonly faults: number;
  readonly kills: number;
  readonly orders: number;
  readonly ambiguous: number;
  /** Reason of the halt the year ended in; null = it did not. */
  readonly halt: string | null;
  readonly problems: readonly string[];
}

export interface SoakOptions {
  readonly folder: string;
  /** Which faults of the schedule happen; default all. */
  readonly keep?: (fault: number) => boolean;
  /** Without deaths. */
  readonly immortal?: boolean;
}

/** A schedule of faults over a year, drawn from a seed. */
export function schedule(seed: number): object[] {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const startMs = startOf(seed);
  const at = (): number => startMs + Math.floor(random() * (DAYS - QUIET_DAYS) * DAY);
  const nth = (): number => 1 + Math.floor(random() * 250);
  const order = (what: object): object => ({ at: { req: "POST /fapi/v1/order", nth: nth() }, ...what });
  const any = (what: object): object => ({ at: { req: pick(READS), nth: 1 + Math.floor(random() * 400) }, ...what });
  const timeout = { status: 503, body: { code: -1007, msg: "Timeout waiting for response from backend server." } };
  const during = (days: number, begin: object, end: object): object[] => {
    const from = at();
    return [
      { at: { simTime: from }, ...begin },
      { at: { simTime: from + days * DAY }, ...end },
    ];
  };
  const kinds: (() => object[])[] = [
    () => [order({ do: pick(["dropBefore", "dropAfter", "hangBefore", "hangAfter", "truncate", "stallBody"]) })],
    () => [order({ do: pick(["dropBefore", "dropAfter", "hangAfter", "truncate"]) })],
    () => [order({ do: "delayBefore", ms: Math.floor(1000 + random() * 6000) })],
    () => [order({ do: pick(["reply", "replyAfter"]), ...timeout })],
    () => [order({ do: "reply", status: 400, body: { code: pick([-2019, -4131, -1021, -1008, -2020]), msg: "no" } })],
    () => [
      order({
        do: "reply",
        status: 429,
        headers: { "Retry-After": "17" },
        body: { code: -1003, msg: "Too many requests." },
      }),
    ],
    () => [any({ do: pick(["dropBefore", "dropAfter", "hangAfter", "truncate"]) })],
    () => [any({ do: "reply", status: 502, body: "<html>bad gateway</html>" })],
    () =>
      during(3, { do: "visibilityLag", orderMs: 2000, tradeMs: 3000 }, { do: "visibilityLag", orderMs: 0, tradeMs: 0 }),
    () => during(2, { do: "partialFill", share: "0.4" }, { do: "partialFill", share: null }),
    () => during(1, { do: "clockOffset", ms: pick([-15_000, 15_000, 3000]) }, { do: "clockOffset", ms: 0 }),
    () => [{ at: { simTime: at() }, do: "ban", ms: 120_000 }],
    () => [{ at: { simTime: at() }, do: "maintenance", ms: 2 * HOUR }],
    () => {
      const symbol = pick(IDS);
      return during(4, { do: "setStatus", symbol, status: "BREAK" }, { do: "setStatus", symbol, status: "TRADING" });
    },
    () => [{ at: { simTime: at() }, do: "transfer", amount: String(Math.floor(random() * 4000) - 1000) }],
    () => [{ at: { simTime: at() }, do: "funding", symbol: pick(IDS), rate: "0.0005" }],
    () => [
      {
        at: { simTime: at() },
        do: "manualOrder",
        symbol: pick(IDS),
        side: "BUY",
        positionSide: "LONG",
        quantity: "0.5",
      },
    ],
  ];
  return Array.from({ length: 8 + Math.floor(random() * 16) }, () => pick(kinds)()).flat();
}

const IDS = SYMBOLS.map((symbol) => symbol.replace("/", ""));
const READS = [
  "GET /fapi/v1/order*",
  "GET /fapi/v1/userTrades",
  "GET /fapi/v1/time",
  "GET /fapi/v1/klines",
  "GET /fapi/v3/positionRisk",
  "GET /fapi/v1/openOrders",
  "GET /fapi/v1/income",
];

/** Lives one year under the seed's faults, with deaths in between, and compares everything at its end. */
export async function runSeed(
  seed: number,
  { folder, keep = () => true, immortal = false }: SoakOptions,
): Promise<SoakResult> {
  const random = seededRandom(seed + 10_000);
  const startMs = startOf(seed);
  const faults = schedule(seed).filter((_, i) => keep(i));
  const world = new LiveWorld({ market, config, faults, startMs, folder, deadlineMs: 40, venue: { seed } });
  let kills = 0;
  let untilDeath = immortal ? Number.POSITIVE_INFINITY : Math.floor(random() * 800);
  try {
    for (;;) {
      try {
        const { status, resultHash } = await world.live(startMs + DAYS * DAY, {
          watch: () => {
            if (--untilDeath > 0 || kills >= 12) return;
            throw new Killed();
          },
        });
        const { orders = 0, ambiguous = 0 } = status.counts;
        const halt = status.state === "HALT" || status.control.mode !== "RUNNING" ? lastHalt(world) : null;
        return { seed, faults: faults.length, kills, orders, ambiguous, halt, problems: violations(world, resultHash) };
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        kills++;
        untilDeath = 1 + Math.floor(random() * 800);
      }
    }
  } catch (error) {
    return {
      seed,
      faults: faults.length,
      kills,
      orders: 0,
      ambiguous: 0,
      halt: null,
      problems: [String((error as Error).stack)],
    };
  } finally {
    world.close();
  }
}

/** The smallest part of the seed's schedule that still fails, as a script. */
export async function shrink(seed: number, options: SoakOptions): Promise<string> {
  const all = schedule(seed);
  let kept = new Set(all.keys());
  const fails = async (of: ReadonlySet<number>, immortal: boolean): Promise<boolean> =>
    (await runSeed(seed, { ...options, immortal, keep: (i) => of.has(i) })).problems.length > 0;
  const immortal = await fails(kept, true);
  for (const fault of [...kept]) {
    const fewer = new Set([...kept].filter((own) => own !== fault));
    if (await fails(fewer, immortal)) kept = fewer;
  }
  return `${immortal ? "without deaths" : "with deaths"}: ${JSON.stringify(all.filter((_, i) => kept.has(i)))}`;
}

class Killed extends Error {}

function startOf(seed: number): number {
  return FIRST_DAY + (seed % 500) * DAY;
}

function lastHalt({ records }: LiveWorld): string | null {
  const halts = records.flatMap((body) => (body.type === "state" && body.to === "HALT" ? [body.reason] : []));
  return halts.at(-1) ?? "paused without a halt";
}
