import { assert } from "../lib/assert.ts";
import type { Market } from "../market/market.ts";
import { timeframeMs } from "../market/timeframe.ts";
import { type VenueClock, VirtualClock } from "./clock.ts";
import { type E8, e8 } from "./decimal.ts";
import { applyStateFault } from "./faults/apply.ts";
import type { BarFault } from "./faults/bar-faults.ts";
import { FaultBoard, type RequestFacts } from "./faults/fault-board.ts";
import type { FaultRule, RequestFault } from "./faults/script.ts";
import { FuturesExchange } from "./futures/exchange.ts";
import type { Credentials } from "./http/authentication.ts";
import { type Limits, RateLimits } from "./http/rate-limits.ts";
import { type KeyPermissions, TRADING_KEY } from "./http/wallet-endpoints.ts";
import { defaultInstrument, type Instrument } from "./instrument.ts";
import { ListenKeys } from "./listen-keys.ts";
import type { Listing } from "./listing.ts";
import { PricePath } from "./price-path.ts";
import { SpotExchange } from "./spot/exchange.ts";
import { klineEvents } from "./stream/kline-events.ts";
import { Streams } from "./stream/streams.ts";
import { userEvents } from "./stream/user-events.ts";

export interface VenueOptions {
  readonly clock: VenueClock;
  readonly market: Market;
  readonly credentials: Credentials;
  readonly seed?: number;
  /** Of the USD-M account, in the quote currency. */
  readonly wallet?: E8;
  /** Of the spot account; by default the wallet in the quote currency. */
  readonly balances?: Readonly<Record<string, E8>>;
  readonly hedgeMode?: boolean;
  /** By id ("BTCUSDT"): what differs from `defaultInstrument`. */
  readonly instruments?: Readonly<Record<string, Partial<Instrument>>>;
  /** Fractions. */
  readonly takerFee?: E8;
  readonly makerFee?: E8;
  readonly halfSpread?: E8;
  readonly limits?: Partial<Limits>;
  readonly permissions?: Partial<KeyPermissions>;
  readonly faults?: readonly FaultRule[];
  /** Called with the client id of every order at its receipt, before anything else: a witness reads the client's journal here. */
  readonly onOrderPost?: (clientId: string) => void;
}

const FUTURES_LIMITS: Limits = { weightPerMinute: 2400, ordersPerTenSeconds: 300, ordersPerMinute: 1200 };
const SPOT_LIMITS: Limits = { weightPerMinute: 6000, ordersPerTenSeconds: 100, ordersPerMinute: 1000 };

/**
 * A simulated Binance: USD-M futures, spot and wallet service over one market, with one account and one key. Pure state and
 * rules: src/venue/server.ts speaks HTTP and WebSocket for it. Everything depends on the market, the clock, the requests
 * and the fault script, and on nothing else.
 */
export class Venue {
  readonly futures: FuturesExchange;
  readonly spot: SpotExchange;
  readonly futuresLimits: RateLimits;
  readonly spotLimits: RateLimits;
  readonly streams = new Streams();
  readonly listenKeys = new ListenKeys();
  readonly permissions: KeyPermissions;
  readonly credentials: Credentials;
  readonly clock: VenueClock;
  keyRevoked = false;
  maintenanceUntilMs = 0;
  /** What the exchange's own clock is off by: its timestamps and its checks of ours. */
  clockOffsetMs = 0;
  /** By id of the symbol. */
  readonly barFaults = new Map<string, BarFault>();
  readonly onOrderPost: (clientId: string) => void;
  readonly #faults: FaultBoard;

  constructor(options: VenueOptions) {
    const { clock, market, wallet = e8("100000") } = options;
    const startMs = clock.now();
    const fees = {
      taker: options.takerFee ?? e8("0.0004"),
      maker: options.makerFee ?? e8("0.0002"),
      halfSpread: options.halfSpread ?? 0n,
    };
    const common = { fees, startMs };
    // Two markets, two sets of rules: what a fault does to one leaves the other alone.
    const listings = (): Listing[] => listMarket(market, options.instruments ?? {});
    this.futures = new FuturesExchange(listings(), { ...common, wallet, hedgeMode: options.hedgeMode ?? true });
    this.spot = new SpotExchange(listings(), { ...common, balances: options.balances ?? { USDT: wallet } });
    this.futuresLimits = new RateLimits({ ...FUTURES_LIMITS, ...options.limits });
    this.spotLimits = new RateLimits({ ...SPOT_LIMITS, ...options.limits });
    this.permissions = { ...TRADING_KEY, ...options.permissions };
    this.credentials = options.credentials;
    this.clock = clock;
    this.onOrderPost = options.onOrderPost ?? (() => {});
    this.#faults = new FaultBoard(options.faults ?? [], options.seed ?? 1);
    this.futures.onEvent((event) => {
      if (!this.listenKeys.isValid(this.futures.nowMs)) return;
      for (const message of userEvents(this.futures, event)) this.streams.sendUser(message);
    });
  }

  get inMaintenance(): boolean {
    return this.futures.nowMs < this.maintenanceUntilMs;
  }

  /** What the exchange says the time is. */
  serverTime(): number {
    return this.futures.nowMs + this.clockOffsetMs;
  }

  /** Brings both exchanges to the clock's time and does what the script has for it. Call before anything else. */
  sync(): void {
    const before = this.futures.nowMs;
    const now = this.clock.now();
    for (const { timeMs, does } of this.#faults.dueAt(now)) {
      this.#advance(timeMs);
      applyStateFault(this, does);
    }
    this.#advance(now);
    if (this.listenKeys.expire(now)) this.endUserStream();
    for (const topic of this.streams.topics()) {
      for (const event of klineEvents(this.futures, topic, before)) this.streams.send(topic, event);
    }
  }

  /** Listeners of the user stream hear that it is over; nothing more comes. */
  endUserStream(): void {
    this.listenKeys.close();
    this.streams.sendUser({ e: "listenKeyExpired", E: this.futures.nowMs });
  }

  /** Moves a virtual clock and everything with it: a year of daily bars in a moment. */
  advanceTo(ms: number): void {
    assert(this.clock instanceof VirtualClock, "venue: only a virtual clock can be moved");
    this.clock.advanceTo(ms);
    this.sync();
  }

  addFaults(rules: readonly FaultRule[]): void {
    this.#faults.add(rules);
  }

  /** What the script does to this request; what it does to the exchange because of it has happened already. */
  faultsOf(request: RequestFacts): RequestFault[] {
    const due = this.#faults.onRequest(request, this.futures.nowMs);
    for (const fault of due.state) applyStateFault(this, fault);
    return due.request;
  }

  /** State for an operator or an oracle; see docs/VENUE.md. */
  snapshot(): object {
    const { account, records } = this.futures;
    return JSON.parse(
      JSON.stringify(
        {
          now_ms: this.futures.nowMs,
          futures: {
            wallet: account.wallet,
            conserved: account.isConserved(),
            hedge_mode: account.hedgeMode,
            positions: account.held().map(({ symbol, side, position }) => ({ symbol, side, ...position })),
            orders: records.orders,
            trades: records.trades,
            algo_orders: this.futures.conditional.orders,
            incomes: account.incomes,
          },
          spot: {
            balances: Object.fromEntries(this.spot.balances),
            orders: this.spot.records.orders,
            trades: this.spot.records.trades,
          },
        },
        (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value),
      ),
    );
  }

  #advance(ms: number): void {
    this.futures.advance(ms);
    this.spot.advance(ms);
  }
}

function listMarket(market: Market, overrides: Readonly<Record<string, Partial<Instrument>>>): Listing[] {
  const lengthMs = timeframeMs(market.timeframe);
  assert(lengthMs !== null, `venue: ${market.timeframe} is not a timeframe`);
  return market.bars
    .filter(({ timeMs }) => timeMs.length > 0)
    .map((bars) => {
      const instrument = defaultInstrument(bars.symbol, bars.open[0] as number);
      return {
        instrument: { ...instrument, ...overrides[instrument.id] },
        path: new PricePath(bars, lengthMs),
        funding: market.funding.find((rates) => rates?.symbol === bars.symbol) ?? null,
      };
    });
}
