import type { TradingVenue, VenueInstrument } from "../../exchange/port.ts";
import type { Clock } from "../clock.ts";
import type { AlertRecord, DecisionRecord, JournalBody } from "../journal-records.ts";
import type { LiveLedger } from "../live-ledger.ts";
import type { LiveSession } from "../live-session.ts";
import type { OrderLedger } from "../orders/order-ledger.ts";
import type { OrderRules } from "../orders/plan-intents.ts";
import type { PodRequests } from "./requests.ts";

/** What reconciliation works with. */
export interface ReconcilePorts {
  readonly venue: TradingVenue;
  /** The exchange's time. */
  readonly clock: Clock;
  /** Writes records to the journal, then folds them into session, ledger and orders; they are durable when it returns. */
  readonly commit: (...bodies: JournalBody[]) => void;
  readonly session: LiveSession;
  readonly ledger: LiveLedger;
  readonly orders: OrderLedger;
  /** Today's state of what is traded, asked anew; a symbol that is missing is not listed any more. */
  readonly instruments: () => Promise<readonly VenueInstrument[]>;
  /** `lot` is the engine's. */
  readonly rules: (symbol: string) => OrderRules;
  /** Last mark as a decimal of the quote. */
  readonly mark: (symbol: string) => string;
  /** Price of a fee's asset in the account's currency; null where none is known. */
  readonly feePrice: (asset: string) => string | null;
  /** Brings the orders of a decision that is in the journal to their end. */
  readonly execute: (decision: DecisionRecord) => Promise<void>;
  /** What operators ask about UNASSIGNED; null = nobody asks. */
  readonly requests: PodRequests | null;
}

export interface ReconcileSettings {
  readonly instance: string;
  /** BASE/QUOTE of everything the engine trades. */
  readonly symbols: readonly string[];
  /** Currency of the account. */
  readonly quote: string;
  /** Position mode that the config wants; null on spot. */
  readonly hedged: boolean | null;
  /** Equal differences in a row before one counts (`execution.reconcile_observations`). */
  readonly observations: number;
  /** Orders that only reduce may be below the minimum notional. */
  readonly reducingExempt: boolean;
}

export type Severity = AlertRecord["severity"];

/** The ports with what all checks share: alerts, and what stops new risk. */
export class ReconcileDesk {
  readonly ports: ReconcilePorts;
  readonly settings: ReconcileSettings;
  readonly #halts = new Map<string, string>();
  readonly #freezes = new Map<string, string>();

  constructor(ports: ReconcilePorts, settings: ReconcileSettings) {
    this.ports = ports;
    this.settings = settings;
  }

  get objection(): { readonly state: "DEGRADED" | "HALT"; readonly reason: string } | null {
    for (const reason of this.#halts.values()) return { state: "HALT", reason };
    for (const reason of this.#freezes.values()) return { state: "DEGRADED", reason };
    return null;
  }

  alert(severity: Severity, code: string, message: string): void {
    this.ports.commit({ type: "alert", severity, code, message, ts: this.ports.clock.now() });
  }

  /** Stands until an operator resumes; said once. */
  halt(code: string, reason: string): void {
    if (this.#halts.has(code)) return;
    this.#halts.set(code, reason);
    this.alert("critical", code, reason);
  }

  /** No new risk while the reason stands; said when it changes. */
  freeze(code: string, reason: string | null): void {
    if (reason === (this.#freezes.get(code) ?? null)) return;
    if (reason === null) {
      this.#freezes.delete(code);
      return;
    }
    this.#freezes.set(code, reason);
    this.alert("critical", code, reason);
  }

  resumed(): void {
    this.#halts.clear();
    this.#freezes.clear();
  }
}
