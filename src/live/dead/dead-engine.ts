import type { MarketFeed, TradingVenue, VenueInstrument } from "../../exchange/port.ts";
import { type InstanceLock, LockedError, lockAccount } from "../../journal/lock.ts";
import { readJournal } from "../../journal/read-journal.ts";
import { assert } from "../../lib/assert.ts";
import type { Clock } from "../clock.ts";
import { symbolsOf } from "../journal-fold.ts";
import type { DecisionRecord, HeaderRecord, JournalBody } from "../journal-records.ts";
import { checkJournalBody } from "../journal-schema.ts";
import { LiveEngine } from "../live-engine.ts";
import { OrderLedger } from "../orders/order-ledger.ts";
import { OrderManager } from "../orders/order-manager.ts";
import type { OrderRules } from "../orders/plan-intents.ts";
import { ORDER_DEFAULTS } from "../orders/settings.ts";
import type { ReconcilePorts, ReconcileSettings } from "../reconcile/ports.ts";
import { PodRequests } from "../reconcile/requests.ts";
import { type StateFolder, StateFolderError } from "../state-folder.ts";

/** The exchange as an operator's process reaches it. */
export interface Connection {
  readonly venue: TradingVenue;
  readonly feed: MarketFeed;
  /** The exchange's time. */
  readonly clock: Clock;
  close(): Promise<void>;
}

/** Orders of an operator leave at once or not at all. */
const VALIDITY_MS = 60_000;
/** Two looks, seconds apart: an operator waits for it. */
const OBSERVATIONS = 2;

/** Takes a dead engine's account on this machine; null while an engine is alive there. */
export async function takeAccount(account: string): Promise<InstanceLock | null> {
  try {
    return await lockAccount(account);
  } catch (error) {
    if (error instanceof LockedError) return null;
    throw error;
  }
}

/** A live engine whose process is gone, opened by an operator: its journal goes on, but nothing is decided for new slices. */
export class DeadEngine {
  readonly engine: LiveEngine;
  readonly orders: OrderLedger;
  readonly header: HeaderRecord;
  readonly connection: Connection | null;
  readonly manager: OrderManager | null;
  /** Null on spot. */
  readonly hedged: boolean | null;
  readonly #requests: PodRequests;
  readonly #instruments: ReadonlyMap<string, VenueInstrument>;

  /**
   * Folds the journal and begins an epoch. The caller holds the account's lock.
   *
   * @param connection null = nothing is asked of the exchange, and no order can be sent.
   */
  static async open(folder: StateFolder, connection: Connection | null): Promise<DeadEngine> {
    const config = folder.readConfig();
    const listed = connection === null ? [] : await connection.feed.instruments(symbolsOf(config));
    const orders = new OrderLedger();
    const engine = LiveEngine.open({
      folder,
      config,
      configHash: configHashOf(folder),
      header: null,
      now: () => connection?.clock.now() ?? Date.now(),
      folded: (body) => orders.apply(body),
    });
    const hedged = config.data.market === "spot" ? null : config.execution.position_mode === "hedge";
    return new DeadEngine(folder, engine, orders, connection, listed, hedged);
  }

  private constructor(
    folder: StateFolder,
    engine: LiveEngine,
    orders: OrderLedger,
    connection: Connection | null,
    listed: readonly VenueInstrument[],
    hedged: boolean | null,
  ) {
    const { header } = engine.ledger;
    assert(header !== null, "dead engine: a journal has a header");
    this.engine = engine;
    this.hedged = hedged;
    this.orders = orders;
    this.header = header;
    this.connection = connection;
    this.#requests = new PodRequests(folder);
    this.#instruments = new Map(listed.map((own) => [own.symbol, own]));
    this.manager = connection === null ? null : this.#manager(connection);
  }

  get symbols(): readonly string[] {
    return this.engine.session.session.engine.setup.symbols.map(({ symbol }) => symbol);
  }

  /** What reconciliation, or an answer to an operator's request, works with. */
  get ports(): ReconcilePorts {
    const { engine, orders, connection } = this;
    return {
      // Asked only by reconciliation, which is not made without a connection.
      venue: connection?.venue as TradingVenue,
      clock: connection?.clock ?? { now: () => Date.now(), sleep: async () => {} },
      commit: (...bodies: JournalBody[]) => engine.commit(...bodies),
      session: engine.session,
      ledger: engine.ledger,
      orders,
      instruments: async () => connection?.feed.instruments(this.symbols) ?? [],
      rules: (symbol) => this.rules(symbol),
      mark: (symbol) => this.mark(symbol),
      feePrice: () => null,
      execute: (decision) => this.execute(decision),
      requests: this.#requests,
    };
  }

  get settings(): ReconcileSettings {
    return {
      instance: this.header.instance,
      symbols: this.symbols,
      quote: this.symbols[0]?.split("/")[1] ?? "USDT",
      hedged: this.hedged,
      observations: OBSERVATIONS,
      reducingExempt: this.hedged !== null,
    };
  }

  rules(symbol: string): OrderRules & { readonly tick: string } {
    const lot = this.#lot(symbol);
    const plain = {
      step: lot,
      tick: lot,
      minQuantity: lot,
      maxQuantity: "1000000000",
      maxMarketQuantity: "1000000000",
    };
    return { ...plain, minNotional: "0", trading: true, ...this.#instruments.get(symbol), lot };
  }

  /** The last close, a decimal of the quote. */
  mark(symbol: string): string {
    const { setup, state } = this.engine.session.session.engine;
    const s = setup.symbols.findIndex((own) => own.symbol === symbol);
    return ((state.markPerLot[s] as number) * (setup.symbols[s]?.lotsPerUnit ?? 1)).toFixed(12);
  }

  async execute(decision: DecisionRecord): Promise<void> {
    assert(this.manager !== null && this.connection !== null, "dead engine: no orders without a connection");
    await this.manager.execute(decision, { validUntilMs: this.connection.clock.now() + VALIDITY_MS });
  }

  close(): void {
    this.engine.close();
  }

  #lot(symbol: string): string {
    const { symbols } = this.engine.session.session.engine.setup;
    const decimals = String(symbols.find((own) => own.symbol === symbol)?.lotsPerUnit ?? 1).length - 1;
    return decimals === 0 ? "1" : `0.${"0".repeat(decimals - 1)}1`;
  }

  #manager({ venue, feed, clock }: Connection): OrderManager {
    return new OrderManager(
      {
        venue,
        clock,
        record: (...bodies) => this.engine.commit(...bodies),
        ledger: this.orders,
        rules: (symbol) => this.rules(symbol),
        mark: (symbol) => this.mark(symbol),
        quote: (symbol) => feed.quote(symbol),
        feePrice: () => null,
        permits: ({ reduces }) => reduces,
        onConsequence: ({ code, message, symbol }) =>
          this.engine.commit({
            type: "alert",
            severity: "warning",
            code: "ORDER",
            message: `${symbol ?? "account"}: ${code}: ${message}`,
            ts: clock.now(),
          }),
      },
      { ...ORDER_DEFAULTS, quoteAsset: this.symbols[0]?.split("/")[1] ?? "USDT", takerFeeBps: 0 },
    );
  }
}

/** Of the journal's epochs: all have the same. */
function configHashOf(folder: StateFolder): string {
  for (const { body } of readJournal<JournalBody>(folder.journal, checkJournalBody))
    if (body.type === "epoch") return body.config_hash;
  throw new StateFolderError(`${folder.journal}: no engine has begun here`);
}
