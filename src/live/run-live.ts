import type { Config } from "../config/schema.ts";
import type { ExchangeClock } from "../exchange/exchange-clock.ts";
import type { MarketFeed, TradingVenue, VenueInstrument } from "../exchange/port.ts";
import type { RateBudget } from "../exchange/rate-budget.ts";
import { type Timeframe, timeframeMs } from "../market/timeframe.ts";
import type { Clock } from "./clock.ts";
import { symbolsOf } from "./journal-fold.ts";
import { LiveDesk } from "./live-desk.ts";
import { OrderLedger } from "./orders/order-ledger.ts";
import { ORDER_DEFAULTS, type OrderSettings } from "./orders/settings.ts";
import { Reconciler } from "./reconcile/reconciler.ts";
import { PodRequests } from "./reconcile/requests.ts";
import { type LiveOutcome, type RunEngineOptions, runEngine } from "./run-engine.ts";
import { StateFolder } from "./state-folder.ts";

export interface RunLiveOptions
  extends Pick<
    RunEngineOptions,
    | "stateDir"
    | "signal"
    | "journal"
    | "observe"
    | "folded"
    | "onStatus"
    | "onWarmup"
    | "untilMs"
    | "idleMs"
    | "startMs"
  > {
  /** Resolved, with the venue's rules. */
  readonly config: Config;
  /** ccxt name. */
  readonly venueName: string;
  readonly simulator: boolean;
  readonly venue: TradingVenue;
  readonly feed: MarketFeed;
  readonly gauges: { readonly clock: ExchangeClock; readonly budget: RateBudget };
  /** The exchange's clock. */
  readonly clock: Clock;
  readonly timeframe: Timeframe;
  readonly account: string;
  /** Quote units, of the account. */
  readonly equity: number;
  readonly hedged: boolean;
  readonly instruments: ReadonlyMap<string, VenueInstrument>;
  /** Quote units below the capital at which the engine halts: the third consent. */
  readonly maxLoss: number;
}

/** A decision may leave this long after it was made: a twentieth of its bar, half a minute at least. */
const VALIDITY = 0.05;
const LEAST_VALIDITY_MS = 30_000;
const BPS = 1e4;

/** Live trading: the engine of a backtest, an exchange for its fills. The caller has the owner's consents and the preflight. */
export function runLive(options: RunLiveOptions): Promise<LiveOutcome> {
  const { config, venue, feed, gauges, clock, timeframe } = options;
  const orders = new OrderLedger();
  const { execution, portfolio, data } = config;
  const symbols = symbolsOf(config);
  // A fee in another asset is estimated from the config's rate: no price of it is known here.
  const feePrice = (): null => null;
  const settings: OrderSettings = {
    ...ORDER_DEFAULTS,
    quoteAsset: symbols[0]?.split("/")[1] ?? "USDT",
    takerFeeBps: portfolio.cost_bps,
    style:
      execution.style === "market"
        ? { kind: "market" }
        : {
            kind: "limit_then_market",
            timeoutMs: execution.limit_timeout_seconds * 1000,
            pollMs: 1000,
            driftBps: execution.limit_drift_bps,
          },
  };
  return runEngine({
    ...options,
    mode: "live",
    venue: options.venueName,
    capitalMicro: Math.round(capitalOf(config, options.equity) * 1e6),
    folded: (body, isNew) => {
      orders.apply(body);
      options.folded?.(body, isNew);
    },
    desk: (engine, header) =>
      new LiveDesk({
        engine,
        orders,
        venue,
        gauges,
        clock,
        instruments: options.instruments,
        instance: header.instance,
        hedged: options.hedged,
        reducingExempt: data.market === "usdm",
        settings,
        quote: (symbol) => feed.quote(symbol),
        feePrice,
        reconciliation: (desk) =>
          new Reconciler(
            {
              venue,
              clock,
              commit: (...bodies) => engine.commit(...bodies),
              session: engine.session,
              ledger: engine.ledger,
              orders,
              instruments: () => feed.instruments(symbols),
              rules: desk.rules,
              mark: desk.mark,
              feePrice,
              execute: (decision) => desk.execute(decision),
              requests: new PodRequests(new StateFolder(options.stateDir, "live")),
            },
            {
              instance: header.instance,
              symbols,
              quote: settings.quoteAsset,
              hedged: data.market === "usdm" ? options.hedged : null,
              observations: execution.reconcile_observations,
              reducingExempt: data.market === "usdm",
            },
          ),
        validityMs: Math.max(LEAST_VALIDITY_MS, (timeframeMs(timeframe) ?? 0) * VALIDITY),
        maxLossMicro: Math.round(options.maxLoss * 1e6),
      }),
  });
}

/** `execution.capital`: an amount, a share of the account, or all of it. */
export function capitalOf({ execution: { capital } }: Config, equity: number): number {
  if (capital === null) return equity;
  return typeof capital === "number" ? capital : (equity * Number.parseFloat(capital)) / 100;
}

/** The least a `--accept-max-loss` must say: what the drawdown limit alone may cost. */
export function possibleLoss(config: Config, equity: number): number {
  return Math.ceil(capitalOf(config, equity) * config.orchestrator.risk.max_portfolio_drawdown * BPS) / BPS;
}
