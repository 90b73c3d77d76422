import type { ExchangeClock } from "../exchange/exchange-clock.ts";
import type { TradingVenue, VenueInstrument, VenueQuote } from "../exchange/port.ts";
import type { RateBudget } from "../exchange/rate-budget.ts";
import { assert } from "../lib/assert.ts";
import { ACCOUNT } from "../orchestrator/state.ts";
import type { Clock } from "./clock.ts";
import type { DecisionRecord, Intent } from "./journal-records.ts";
import type { LiveEngine } from "./live-engine.ts";
import type { Draft } from "./live-session.ts";
import type { OrderConsequence } from "./orders/desk.ts";
import type { OrderLedger } from "./orders/order-ledger.ts";
import { OrderManager } from "./orders/order-manager.ts";
import { type OrderRules, type OrderWish, planIntents } from "./orders/plan-intents.ts";
import type { OrderSettings } from "./orders/settings.ts";
import { quantityOf } from "./orders/units.ts";
import type { OrderDesk } from "./runner.ts";

/** Why no new risk may be taken. */
export type Objection = NonNullable<OrderDesk["objection"]>;

/** What compares ledger and exchange. */
export interface Reconciliation {
  run(): Promise<void>;
  /** An operator ended a halt. */
  resumed(): void;
  readonly objection: Objection | null;
}

export interface LiveDeskOptions {
  readonly engine: LiveEngine;
  /** Folded from the same journal as the engine. */
  readonly orders: OrderLedger;
  readonly venue: TradingVenue;
  readonly gauges: { readonly clock: ExchangeClock; readonly budget: RateBudget };
  /** The exchange's clock. */
  readonly clock: Clock;
  readonly instruments: ReadonlyMap<string, VenueInstrument>;
  readonly instance: string;
  readonly hedged: boolean;
  /** Futures: orders that only reduce may be below the minimum notional. */
  readonly reducingExempt: boolean;
  readonly settings: OrderSettings;
  readonly quote: (symbol: string) => Promise<VenueQuote>;
  /** Price of a fee's asset; null where none is known. */
  readonly feePrice: (asset: string) => string | null;
  readonly reconciliation: (desk: LiveDesk) => Reconciliation;
  /** A decision is sent for this long after it was made. */
  readonly validityMs: number;
  /** Loss of the capital, deposits apart, at which the engine halts: what the owner accepted. */
  readonly maxLossMicro: number;
}

/** How long the venue's word "reductions only" keeps us from asking again. */
const REDUCE_ONLY_MS = 3_600_000;
/** Below this, no new exposure: a journal that cannot be written ends the engine. */
const LEAST_FREE_BYTES = 16 << 20;

/** Where decisions of a live engine become orders: plans them, sends them, and says what speaks against more. */
export class LiveDesk implements OrderDesk {
  readonly #options: LiveDeskOptions;
  readonly #manager: OrderManager;
  readonly #reconciliation: Reconciliation;
  readonly #halted = new Map<string, string>();
  #halt: string | null = null;
  #quietUntilMs = 0;
  #reduceOnlyUntilMs = 0;

  constructor(options: LiveDeskOptions) {
    this.#options = options;
    const { engine, orders, venue, clock, settings, quote, feePrice } = options;
    this.#manager = new OrderManager(
      {
        venue,
        clock,
        record: (...bodies) => engine.commit(...bodies),
        ledger: orders,
        rules: (symbol) => {
          const { tick, minNotional } = this.#instrument(symbol);
          return { lot: this.#lot(symbol), tick, minNotional };
        },
        mark: this.mark,
        quote,
        feePrice: (asset) => feePrice(asset),
        permits: (intent) => this.#permits(intent),
        onConsequence: (consequence) => this.#take(consequence),
      },
      settings,
    );
    this.#reconciliation = options.reconciliation(this);
  }

  readonly plan = (draft: Draft): readonly Intent[] => {
    const { engine, orders, instance, hedged, reducingExempt } = this.#options;
    const { session } = engine;
    const { setup, state } = session.session.engine;
    const wishes = draft.symbols.flatMap(({ symbol, net, demand }): OrderWish[] => {
      if (setup.netting === "net") return net === 0 ? [] : [{ symbol, lots: net, pod: null, podHeld: 0 }];
      const s = setup.symbols.findIndex((own) => own.symbol === symbol);
      return demand.map(([pod, lots]) => {
        const p = setup.pods.findIndex(({ podId }) => podId === pod);
        return { symbol, lots, pod, podHeld: state.lots[s * setup.pods.length + p] as number };
      });
    });
    const { intents, dropped } = planIntents(wishes, {
      instance,
      openMs: draft.open_ms,
      hedged,
      reducingExempt,
      held: (symbol) => orders.held(symbol),
      rules: this.rules,
      mark: (symbol) => this.#markOf(symbol),
      locked: (symbol) => this.#isLocked(symbol),
    });
    for (const { symbol, lots, reason } of dropped)
      this.#alert("warning", reason, `${symbol}: ${quantityOf(lots, this.#lot(symbol))} not ordered`);
    return intents;
  };

  /** What orders of a symbol must keep. */
  readonly rules = (symbol: string): OrderRules => ({ ...this.#instrument(symbol), lot: this.#lot(symbol) });

  /** Last mark as a decimal of the quote. */
  readonly mark = (symbol: string): string => decimal(this.#markOf(symbol));

  async recover(): Promise<void> {
    await this.#manager.recover();
  }

  async reconcile(): Promise<void> {
    const { venue, orders } = this.#options;
    await venue.serverTime();
    if (orders.inFlight().size > 0) await this.#manager.recover();
    for (const symbol of [...this.#halted.keys()]) if (!orders.inFlight().has(symbol)) this.#halted.delete(symbol);
    await this.#reconciliation.run();
  }

  async execute(decision: DecisionRecord): Promise<void> {
    const { clock, validityMs, venue } = this.#options;
    const validUntilMs = clock.now() + validityMs;
    const consequences = await this.#manager.execute(decision, { validUntilMs });
    if (consequences.some(({ consequence }) => consequence === "resync_clock")) {
      this.#options.gauges.clock.reset();
      await venue.serverTime();
    }
  }

  /** Our orders rest only while they are worked on: what is open then is brought to its end. */
  async cancelAll(): Promise<void> {
    const { venue, instance } = this.#options;
    for (const { clientId, symbol } of await venue.openOrders()) {
      if (clientId.startsWith(`mc${instance}-`)) await venue.cancel(symbol, clientId);
    }
    await this.#manager.recover();
  }

  resumed(): void {
    this.#halt = null;
    this.#reconciliation.resumed();
  }

  get objection(): Objection | null {
    const { gauges, clock } = this.#options;
    if (this.#halt !== null) return { state: "HALT", reason: this.#halt };
    if (this.#loss() >= this.#options.maxLossMicro)
      return { state: "HALT", reason: `the accepted loss is reached: ${(this.#loss() / 1e6).toFixed(2)}` };
    if (this.#reconciliation.objection !== null) return this.#reconciliation.objection;
    const now = clock.now();
    if (gauges.clock.level === "unsure")
      return { state: "DEGRADED", reason: "the exchange's time is not known to a second" };
    if (now < this.#quietUntilMs || gauges.budget.level(now) === "silent")
      return { state: "DEGRADED", reason: "the exchange asked for silence (rate limit)" };
    if (now < this.#reduceOnlyUntilMs) return { state: "DEGRADED", reason: "the exchange allows reductions only" };
    return null;
  }

  /** Micro-units below the capital and what was deposited since; the equity is that of the last close. */
  #loss(): number {
    const { ledger, session } = this.#options.engine;
    const equity = (session.session.engine.state.account[ACCOUNT.equity] as number) * 1e6;
    return (ledger.header?.capital_micro ?? 0) + ledger.depositedMicro - equity;
  }

  #permits({ symbol, reduces }: Intent): boolean {
    const { engine, gauges } = this.#options;
    if (this.#halt !== null || gauges.clock.level === "unsure") return false;
    if (reduces) return true;
    const { state, control } = engine.ledger;
    return (
      (state === "RUN" || state === "RECONCILE") &&
      control.mode === "RUNNING" &&
      !this.#isLocked(symbol) &&
      engine.freeBytes >= LEAST_FREE_BYTES
    );
  }

  #isLocked(symbol: string): boolean {
    return this.#options.engine.ledger.locks.has(symbol) || this.#halted.has(symbol);
  }

  #take({ consequence, symbol, code, message, retryAtMs }: OrderConsequence): void {
    const now = this.#options.clock.now();
    const text = `${code}: ${message}`;
    switch (consequence) {
      case "halt":
        this.#halt = text;
        break;
      case "wait":
        this.#quietUntilMs = Math.max(this.#quietUntilMs, retryAtMs ?? now + 60_000);
        break;
      case "reduce_only":
        this.#reduceOnlyUntilMs = now + REDUCE_ONLY_MS;
        break;
      case "halt_symbol":
        if (symbol !== null) this.#halted.set(symbol, text);
        break;
      case "redecide":
      case "resync_clock":
        break;
    }
    const severity = consequence === "halt" || consequence === "halt_symbol" ? "critical" : "warning";
    this.#alert(severity, `ORDER_${consequence.toUpperCase()}`, symbol === null ? text : `${symbol}: ${text}`);
  }

  #alert(severity: "warning" | "critical", code: string, message: string): void {
    this.#options.engine.commit({ type: "alert", severity, code, message, ts: this.#options.clock.now() });
  }

  #instrument(symbol: string): VenueInstrument {
    const rules = this.#options.instruments.get(symbol);
    assert(rules !== undefined, `live desk: no rules of ${symbol}`);
    return rules;
  }

  /** The engine's lot as the exchange writes it; a step of the venue is a whole number of them. */
  #lot(symbol: string): string {
    const { symbols } = this.#options.engine.session.session.engine.setup;
    const lotsPerUnit = symbols.find((own) => own.symbol === symbol)?.lotsPerUnit ?? 1;
    const decimals = String(lotsPerUnit).length - 1;
    return decimals === 0 ? "1" : `0.${"0".repeat(decimals - 1)}1`;
  }

  #markOf(symbol: string): number {
    const { setup, state } = this.#options.engine.session.session.engine;
    const s = setup.symbols.findIndex((own) => own.symbol === symbol);
    return (state.markPerLot[s] as number) * (setup.symbols[s]?.lotsPerUnit as number);
  }
}

/** A price as plain decimals: no exponent. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(12) : text;
}
