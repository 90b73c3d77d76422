import type { Consequence, OrderReport, TradingVenue, VenueQuote, VenueTrade } from "../../exchange/port.ts";
import { VenueError, type VenueErrorKind } from "../../exchange/port.ts";
import type { Clock } from "../clock.ts";
import type { Intent, JournalBody } from "../journal-records.ts";
import type { OrderLedger } from "./order-ledger.ts";
import type { OrderRules } from "./plan-intents.ts";
import type { OrderSettings } from "./settings.ts";
import { lotsOf, UnitError } from "./units.ts";

/** What a rejection or a failed request asks of the runner. */
export interface OrderConsequence {
  readonly consequence: Consequence;
  /** Null when it concerns the whole account. */
  readonly symbol: string | null;
  readonly cid: string | null;
  /** The exchange's code, or ours: UNEXPLAINED, MALFORMED, OVERFILL, UNREACHABLE, VENUE_<KIND>. */
  readonly code: string;
  readonly message: string;
  readonly retryAtMs: number | null;
}

/** What the order manager works with. */
export interface OrderPorts {
  readonly venue: TradingVenue;
  readonly clock: Clock;
  /** Writes records to the journal, then folds them, the ledger's included; they are durable when it returns. */
  readonly record: (...bodies: JournalBody[]) => void;
  /** The fold that `record` feeds. */
  readonly ledger: OrderLedger;
  readonly rules: (symbol: string) => Pick<OrderRules, "lot" | "minNotional"> & { readonly tick: string };
  /** Last mark as a decimal of the quote. */
  readonly mark: (symbol: string) => string;
  /** Best bid and ask; read by `limit_then_market` only. Throws a VenueError. */
  readonly quote: (symbol: string) => Promise<VenueQuote>;
  /** Price of a fee's asset in the account's currency; null where none is known. The base and the quote are never asked. */
  readonly feePrice: (asset: string, trade: VenueTrade) => string | null;
  /** Asked right before each POST: halts, locks and modes of the runner. */
  readonly permits: (intent: Intent) => boolean;
  /** Called at once, while other orders go on. */
  readonly onConsequence: (consequence: OrderConsequence) => void;
}

/** The manager was told to stop: the order stays open in the journal. */
export class OrderStopped extends Error {
  override readonly name = "OrderStopped";
}

/** The order cannot be brought to an end on what the exchange says: its symbol halts, the journal keeps it open. */
export class OrderStuck extends Error {
  override readonly name = "OrderStuck";
  readonly code: "UNEXPLAINED" | "MALFORMED" | "OVERFILL" | "UNREACHABLE";

  constructor(code: OrderStuck["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** No answer this time; worth another try. */
export const AGAIN = Symbol("again");

/** How long one order is asked about before its caller is told that it is stuck. */
export class Patience {
  readonly #desk: Desk;
  readonly #cid: string;
  #nonsense = 0;
  #heardMs: number;

  constructor(desk: Desk, cid: string) {
    this.#desk = desk;
    this.#cid = cid;
    this.#heardMs = desk.ports.clock.now();
  }

  /** There was an answer. */
  heard(): void {
    this.#heardMs = this.#desk.ports.clock.now();
  }

  /** There was none. Throws an OrderStuck after `patienceMs` without one. */
  unheard(message: string): void {
    const silence = this.#desk.ports.clock.now() - this.#heardMs;
    if (silence > this.#desk.settings.patienceMs)
      throw new OrderStuck("UNREACHABLE", `${this.#cid}: no answer for ${Math.round(silence / 1000)} s: ${message}`);
  }

  /** There was one that cannot be. Throws an OrderStuck after `malformedLimit` of them. */
  nonsense(message: string): void {
    if (++this.#nonsense >= this.#desk.settings.malformedLimit)
      throw new OrderStuck("MALFORMED", `${this.#cid}: ${message}`);
  }
}

const CONSEQUENCES: Record<VenueErrorKind, Consequence | null> = {
  rate_limited: "wait",
  banned: "wait",
  auth: "halt",
  clock: "resync_clock",
  unavailable: null,
  malformed: null,
  refused: null,
};

/** Where a rate limit does not say how long. */
const QUIET_MS = 60_000;
/** Between two tries with a key that is refused. */
const AUTH_PAUSE_MS = 30_000;

/** The ports with what all orders share: one quiet time after a rate limit, one stop. */
export class Desk {
  readonly ports: OrderPorts;
  readonly settings: OrderSettings;
  readonly #stop = new AbortController();
  #quietUntil = Number.NEGATIVE_INFINITY;
  #failed: unknown = null;

  constructor(ports: OrderPorts, settings: OrderSettings) {
    this.ports = ports;
    this.settings = settings;
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Writes and folds records. After a failure nothing is written and nothing is sent any more. */
  record(...bodies: JournalBody[]): void {
    this.check();
    try {
      this.ports.record(...bodies);
    } catch (error) {
      this.#failed = error;
      throw error;
    }
  }

  /** Throws what ended the journal, or an OrderStopped. */
  check(): void {
    if (this.#failed !== null) throw this.#failed;
    if (this.#stop.signal.aborted) throw new OrderStopped("stopped");
  }

  async sleep(ms: number): Promise<void> {
    this.check();
    await this.ports.clock.sleep(ms, this.#stop.signal);
    this.check();
  }

  /** Waits until the venue may be called again; throws an OrderStuck when that is longer than patience. */
  async turn(): Promise<void> {
    this.check();
    const { clock } = this.ports;
    for (let wait = this.#quietUntil - clock.now(); wait > 0; wait = this.#quietUntil - clock.now()) {
      if (wait > this.settings.patienceMs)
        throw new OrderStuck("UNREACHABLE", `no request before ${new Date(this.#quietUntil).toISOString()}`);
      await this.sleep(wait);
    }
  }

  /** True while a rate limit forbids requests. */
  get quiet(): boolean {
    return this.#quietUntil > this.ports.clock.now();
  }

  /**
   * One request that may be repeated. A failure is surfaced where the runner must know, and answered with AGAIN.
   *
   * @param patience ends when an order's requests fail for too long, or are answered with nonsense too often.
   */
  async ask<T>(request: () => Promise<T>, patience?: Patience): Promise<T | typeof AGAIN> {
    await this.turn();
    try {
      const answer = await request();
      this.check();
      patience?.heard();
      return answer;
    } catch (error) {
      this.check();
      if (!(error instanceof VenueError)) throw error;
      this.#surfaceFailure(error);
      if (error.kind === "refused" || error.kind === "malformed") patience?.nonsense(error.message);
      patience?.unheard(error.message);
      return AGAIN;
    }
  }

  #surfaceFailure({ kind, message, retryAtMs }: VenueError): void {
    if (kind === "rate_limited" || kind === "banned") this.pause(retryAtMs);
    if (kind === "auth") this.pause(this.ports.clock.now() + AUTH_PAUSE_MS);
    const consequence = CONSEQUENCES[kind];
    if (consequence !== null)
      this.surface({ consequence, symbol: null, cid: null, code: `VENUE_${kind.toUpperCase()}`, message, retryAtMs });
  }

  /** No request before this time. */
  pause(untilMs: number | null): void {
    this.#quietUntil = Math.max(this.#quietUntil, untilMs ?? this.ports.clock.now() + QUIET_MS);
  }

  surface(consequence: OrderConsequence): void {
    this.ports.onConsequence(consequence);
  }

  lots(symbol: string, quantity: string): number {
    return lotsOf(quantity, this.ports.rules(symbol).lot);
  }

  /** Pauses between looks at one order. */
  backoff(): () => Promise<void> {
    let next = this.settings.firstPollMs;
    return async () => {
      await this.sleep(next);
      next = Math.min(2 * next, this.settings.lastPollMs);
    };
  }

  /** What is wrong with a report about an order of ours; null when it fits what was sent. */
  faultOf(report: OrderReport, sent: { readonly cid: string; readonly lots: number }, symbol: string): string | null {
    if (report.clientId !== sent.cid || report.symbol !== symbol)
      return `a report about ${report.clientId} of ${report.symbol}, expected ${symbol}`;
    try {
      const filled = this.lots(symbol, report.filled);
      const quantity = this.lots(symbol, report.quantity);
      if (quantity !== sent.lots) return `reported with ${quantity} lots, sent with ${sent.lots}`;
      if (filled < 0 || filled > quantity) return `reported with ${filled} of ${quantity} lots filled`;
      if (report.status === "filled" && filled < quantity)
        return `reported as filled with ${filled} of ${quantity} lots`;
      return null;
    } catch (error) {
      if (error instanceof UnitError) return error.message;
      throw error;
    }
  }
}
