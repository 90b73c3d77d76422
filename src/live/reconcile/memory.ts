import type { BalanceRecord, JournalBody, RequestRecord, SettingsRecord } from "../journal-records.ts";
import { readClientId } from "../orders/client-id.ts";

/** Exchanges list trades of seven days; a day more is kept. */
const KEPT_MS = 8 * 86_400_000;

/** What reconciliation must still know after a restart: a fold of the journal, bounded in time where that grows. */
export class ReconcileMemory {
  /** Order ids of ours, with the open of the slice that decided them. */
  readonly #orders = new Map<string, number>();
  readonly #externals = new Set<string>();
  readonly #requests = new Map<string, RequestRecord>();
  #firstMs: number | null = null;
  #settings: SettingsRecord["symbols"] | null = null;
  #balance: BalanceRecord | null = null;
  #otherFeesMicro = 0;

  /** Start of the first epoch: nothing before it concerns this journal. */
  get firstMs(): number {
    return this.#firstMs ?? 0;
  }

  /** Settings that were accepted; null before the first reconciliation. */
  get settings(): SettingsRecord["symbols"] | null {
    return this.#settings;
  }

  get balance(): BalanceRecord | null {
    return this.#balance;
  }

  /** Whether an order of ours, or an order, trade or income that was booked, has this id. */
  knows(id: string): boolean {
    return this.#orders.has(id) || this.#externals.has(id);
  }

  /** What became of an operator's request; null = it waits. */
  answerTo(id: string): RequestRecord | null {
    return this.#requests.get(id) ?? null;
  }

  /** Fees so far that were paid in another currency than the account's, at what the ledger booked them; micro-units. */
  get otherFeesMicro(): number {
    return this.#otherFeesMicro;
  }

  apply(body: JournalBody): void {
    switch (body.type) {
      case "epoch":
        this.#firstMs ??= body.ts;
        break;
      case "slice":
        this.#forget(body.open_ms - KEPT_MS);
        break;
      case "accepted":
        this.#orders.set(body.order_id, readClientId(body.cid)?.openMs ?? 0);
        break;
      case "trade":
        if (body.fee_asset !== body.symbol.split("/")[1]) this.#otherFeesMicro += body.fee_micro;
        break;
      case "external":
        this.#externals.add(body.id);
        break;
      case "request":
        this.#requests.set(body.id, body);
        break;
      case "settings":
        this.#settings = body.symbols;
        break;
      case "balance":
        this.#balance = body;
        break;
    }
  }

  /** Ids are in order of time. */
  #forget(beforeMs: number): void {
    for (const [id, openMs] of this.#orders) {
      if (openMs >= beforeMs) return;
      this.#orders.delete(id);
    }
  }
}
