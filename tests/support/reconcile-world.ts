import { openFeed, openTrading } from "../../src/exchange/ccxt/open.ts";
import { Secret } from "../../src/exchange/credentials.ts";
import { ExchangeClock } from "../../src/exchange/exchange-clock.ts";
import type { TradingVenue, VenueInstrument } from "../../src/exchange/port.ts";
import { resolveConfig } from "../../src/library.ts";
import type { AlertRecord, DecisionRecord, JournalBody } from "../../src/live/journal-records.ts";
import { checkJournalBody } from "../../src/live/journal-schema.ts";
import { LiveLedger } from "../../src/live/live-ledger.ts";
import { planLive } from "../../src/live/live-plan.ts";
import { LiveSession } from "../../src/live/live-session.ts";
import { OrderLedger } from "../../src/live/orders/order-ledger.ts";
import { OrderManager } from "../../src/live/orders/order-manager.ts";
import { planIntents } from "../../src/live/orders/plan-intents.ts";
import { ORDER_DEFAULTS } from "../../src/live/orders/settings.ts";
import { Reconciler } from "../../src/live/reconcile/reconciler.ts";
import type { PodRequests } from "../../src/live/reconcile/requests.ts";
import { warmupMarket, warmupText } from "../../src/live/warmup.ts";
import { openMarket } from "../../src/market/open-market.ts";
import { ACCOUNT } from "../../src/orchestrator/state.ts";
import { VirtualClock } from "../../src/venue/clock.ts";
import { parseFaultScript } from "../../src/venue/faults/script.ts";
import { inProcessTransport } from "../../src/venue/in-process.ts";
import { Venue } from "../../src/venue/venue.ts";
import { journaled } from "./journaled-market.ts";

// An engine of two buy-and-hold pods on a simulated Binance, through the real adapter: enough to hold positions that somebody
// else can disturb. Records go the way they go in an engine: checked, kept, folded by everybody.

const HOUR = 3_600_000;
export const START = Date.UTC(2020, 5, 1);
export const BTC = "BTC/USDT";
export const ETH = "ETH/USDT";
export const KEY = { apiKey: "trial", secret: "trial-secret" };
const MINUTE = 60_000;

const market = openMarket({
  path: "synthetic",
  seed: 1,
  symbols: [BTC, ETH],
  podTimeframes: ["1h"],
  baseTimeframe: "1h",
  funding: "if_present",
  endMs: Date.UTC(2020, 6, 1),
});
const history = journaled(market, START);
const { slices } = history;
// As a state folder keeps it, so that a journal of this world can be opened from one.
const rows = history.warmup.bars.flatMap(({ symbol, timeMs, open, high, low, close, volume }) =>
  [...timeMs].map((openMs, i) => {
    const [o, h, l, c, v] = [open, high, low, close, volume].map((column) => String(column[i])) as [
      string,
      string,
      string,
      string,
      string,
    ];
    return [symbol, openMs, o, h, l, c, v] as const;
  }),
);
export const warmupFile = warmupText(rows.slice(-2000) as never);
const warmup = warmupMarket(warmupFile.text, [BTC, ETH], "1h");

export interface WorldOptions {
  readonly hedged?: boolean;
  readonly instance?: string;
  readonly observations?: number;
  /** Around the adapter: what the network does to it. */
  readonly wrap?: (venue: TradingVenue) => TradingVenue;
  readonly requests?: PodRequests;
  /** A journal to go on from; the venue of a world before it. */
  readonly after?: { readonly journal: readonly JournalBody[]; readonly venue: Venue; readonly clock: VirtualClock };
}

export type World = Awaited<ReturnType<typeof openWorld>>;

export const config = resolveConfig({
  pods: [
    { pod_id: "a", strategy: "buy-and-hold", symbols: [BTC, ETH], initial_fraction: 0.4, timeframe: "1h" },
    { pod_id: "b", strategy: "buy-and-hold", symbols: [BTC], initial_fraction: 0.3, timeframe: "1h" },
  ],
  data: { base_timeframe: "1h" },
  backtest: { start: "2020-06-01", end: "2020-06-30", capital: 100_000 },
} as never);

function header(instance: string): JournalBody {
  return {
    type: "header",
    v: 1,
    mode: "live",
    venue: "binanceusdm",
    simulator: true,
    account: `test ${process.pid} ${++worlds}`,
    instance,
    run_id: "r",
    start_ms: START,
    capital_micro: 100_000e6,
    warmup: warmupFile.hash,
  };
}
let worlds = 0;

export async function openWorld({ hedged = true, instance = "t0", observations = 3, ...options }: WorldOptions = {}) {
  const clock = options.after?.clock ?? new VirtualClock(START + 1000);
  const venue = options.after?.venue ?? new Venue({ clock, market, credentials: KEY, hedgeMode: hedged });
  const common = {
    venue: "binanceusdm",
    baseUrl: "http://127.0.0.1:1",
    throttle: false,
    clock: new ExchangeClock(() => clock.now()),
    transport: inProcessTransport(venue) as never,
  };
  const account = await openTrading({
    ...common,
    credentials: { apiKey: new Secret(KEY.apiKey), secret: new Secret(KEY.secret) },
    symbols: [BTC, ETH],
  });
  const feed = await openFeed(common);
  const port = options.wrap?.(account) ?? account;
  const session = new LiveSession(
    config,
    planLive(config, warmup, { startMs: START, capitalMicro: 100_000e6, mode: "live" }),
    warmup,
  );
  const ledger = new LiveLedger();
  const orders = new OrderLedger();
  const journal: JournalBody[] = [];
  const take = (body: JournalBody): void => {
    const checked = checkJournalBody(body);
    if (!checked.ok) throw new Error(`${body.type}: ${checked.message}`);
    journal.push(body);
    session.apply(body);
    ledger.apply(body);
    orders.apply(body);
  };
  const commit = (...bodies: JournalBody[]): void => {
    for (const body of bodies) take(body);
  };
  for (const body of options.after?.journal ?? [header(instance)]) take(body);
  commit({ type: "epoch", config_hash: "c", version: "0", ts: clock.now() });

  const time = { now: () => clock.now(), sleep: async (ms: number) => venue.advanceTo(clock.now() + Math.max(1, ms)) };
  const listed = new Map((await feed.instruments([BTC, ETH])).map((own) => [own.symbol, own]));
  const { setup, state } = session.session.engine;
  const lotsPerUnit = (symbol: string): number => setup.symbols.find((own) => own.symbol === symbol)?.lotsPerUnit ?? 1;
  const lot = (symbol: string): string => (1 / lotsPerUnit(symbol)).toFixed(Math.log10(lotsPerUnit(symbol)));
  const rules = (symbol: string) => ({ ...(listed.get(symbol) as VenueInstrument), lot: lot(symbol) });
  const mark = (symbol: string): number =>
    (state.markPerLot[setup.symbols.findIndex((own) => own.symbol === symbol)] as number) * lotsPerUnit(symbol);
  const manager = new OrderManager(
    {
      venue: port,
      clock: time,
      record: commit,
      ledger: orders,
      rules,
      mark: (symbol) => String(mark(symbol)),
      quote: () => feed.quote(BTC),
      feePrice: () => null,
      permits: ({ symbol, reduces }) => reduces || (ledger.state !== "HALT" && !ledger.locks.has(symbol)),
      onConsequence: () => {},
    },
    { ...ORDER_DEFAULTS, quoteAsset: "USDT", takerFeeBps: 4 },
  );
  const execute = async (decision: DecisionRecord): Promise<void> => {
    await manager.execute(decision, { validUntilMs: clock.now() + MINUTE });
  };
  const reconciler = new Reconciler(
    {
      venue: port,
      clock: time,
      commit,
      session,
      ledger,
      orders,
      instruments: () => feed.instruments([BTC, ETH]),
      rules,
      mark: (symbol) => mark(symbol).toFixed(8),
      feePrice: () => null,
      execute,
      requests: options.requests ?? null,
    },
    { instance, symbols: [BTC, ETH], quote: "USDT", hedged, observations, reducingExempt: true },
  );

  let next = slices.findIndex(({ open_ms }) => open_ms > (session.watermarkMs ?? START - 1));
  const planned = () => {
    const { draft } = session;
    if (draft === null) throw new Error("nothing was decided");
    return planIntents(
      draft.symbols.map(({ symbol, net }) => ({ symbol, lots: net, pod: null, podHeld: 0 })),
      {
        instance,
        openMs: draft.open_ms,
        hedged,
        reducingExempt: true,
        held: (symbol) => orders.held(symbol),
        rules,
        mark,
        locked: (symbol) => ledger.locks.has(symbol),
      },
    ).intents;
  };
  const send = async (): Promise<void> => {
    const { draft } = session;
    if (draft === null) return;
    const decision: DecisionRecord = { type: "decision", ...draft, intents: planned() };
    commit(decision);
    await execute(decision);
  };
  return {
    venue,
    clock,
    session,
    ledger,
    orders,
    journal,
    reconciler,
    commit,
    manager,
    account,
    feed,
    time,
    execute,
    planned,
    /** The slice after the last one; the clock is past its close. */
    nextSlice() {
      const slice = slices[next++];
      if (slice === undefined) throw new Error("the market is over");
      venue.advanceTo(Math.max(clock.now(), slice.open_ms + HOUR + 2000));
      return slice;
    },
    slicesWithFunding: () => journal.filter((body) => body.type === "slice" && body.funding.length > 0).length,
    /** Cash of pods, reserve and UNASSIGNED, micro-units. */
    totalMicro: () =>
      state.cash.reduce((sum, own) => sum + own, state.account[ACCOUNT.reserve] as number) +
      ledger.unassigned.cashMicro,
    send,
    /** Takes slices up to the present one as an engine does. */
    async slice(count = 1): Promise<void> {
      for (let i = 0; i < count; i++) {
        commit(this.nextSlice());
        await send();
      }
    },
    /** A minute passes, and it is compared. */
    async reconcile(times = 1): Promise<void> {
      for (let i = 0; i < times; i++) {
        venue.advanceTo(clock.now() + MINUTE);
        await reconciler.run();
      }
    },
    fault(does: object): void {
      venue.addFaults(parseFaultScript([{ at: { simTime: 0 }, ...does }]));
      venue.sync();
    },
    faults(script: unknown): void {
      venue.addFaults(parseFaultScript(script));
    },
    alerts(code?: string): AlertRecord[] {
      return journal.filter(
        (body): body is AlertRecord => body.type === "alert" && (code === undefined || body.code === code),
      );
    },
    of<T extends JournalBody["type"]>(type: T): Extract<JournalBody, { type: T }>[] {
      return journal.filter((body): body is Extract<JournalBody, { type: T }> => body.type === type);
    },
    /** Lots of a pod. */
    pod(podId: string, symbol: string): number {
      const p = setup.pods.findIndex((own) => own.podId === podId);
      const s = setup.symbols.findIndex((own) => own.symbol === symbol);
      return state.lots[s * setup.pods.length + p] as number;
    },
    /** Lots of a leg at the exchange. */
    at(symbol: string, leg: "LONG" | "SHORT" | "BOTH"): number {
      const { amount } = venue.futures.account.leg(symbol.replace("/", ""), leg).position;
      return (Number(amount) / 1e8) * lotsPerUnit(symbol);
    },
    lotsPerUnit,
  };
}

/** The adapter's methods live on its class. */
export function bound<T extends object>(venue: T): T {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(venue)).filter((name) => name !== "constructor");
  const methods = Object.fromEntries(
    names.map((name) => {
      const own = venue[name as keyof T];
      return [name, typeof own === "function" ? own.bind(venue) : own];
    }),
  );
  return { ...venue, ...methods };
}
