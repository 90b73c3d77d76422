import { BalanceCheck } from "./balance-check.ts";
import { IncomeCheck } from "./income-check.ts";
import { updateLocks } from "./locks.ts";
import { OpenOrderCheck } from "./open-orders.ts";
import { ReconcileDesk, type ReconcilePorts, type ReconcileSettings } from "./ports.ts";
import { PositionCheck } from "./position-check.ts";
import { serveRequests } from "./serve-requests.ts";
import { SettingsCheck } from "./settings-check.ts";

/**
 * Holds ledger and exchange together (spec 5.4): orders, positions per leg, balance, settings, at the start and every minute.
 * What it finds goes into the journal; what speaks against new risk is its objection.
 */
export class Reconciler {
  readonly #desk: ReconcileDesk;
  readonly #openOrders: OpenOrderCheck;
  readonly #settings: SettingsCheck;
  readonly #income: IncomeCheck;
  readonly #positions: PositionCheck;
  readonly #balance: BalanceCheck;

  constructor(ports: ReconcilePorts, settings: ReconcileSettings) {
    this.#desk = new ReconcileDesk(ports, settings);
    this.#openOrders = new OpenOrderCheck(this.#desk);
    this.#settings = new SettingsCheck(this.#desk);
    this.#income = new IncomeCheck(this.#desk);
    this.#positions = new PositionCheck(this.#desk, this.#income);
    this.#balance = new BalanceCheck(this.#desk);
  }

  /** Why no new risk may be taken; null = nothing speaks against it. */
  get objection(): { readonly state: "DEGRADED" | "HALT"; readonly reason: string } | null {
    return this.#desk.objection;
  }

  /**
   * One comparison, and what operators asked for. Throws a VenueError when the exchange cannot be asked: nothing is concluded
   * from an answer that is missing.
   */
  async run(): Promise<void> {
    const { venue, instruments } = this.#desk.ports;
    this.#openOrders.take(await venue.openOrders());
    if (!this.#settings.take(await venue.settings())) return;
    await this.#income.run();
    const { positions, agrees } = await this.#positions.run();
    if (agrees) await this.#balance.take(await venue.balance(), positions);
    await serveRequests(this.#desk, (symbol) => this.#settings.accept(symbol));
    updateLocks(this.#desk, await instruments(), (symbol) => this.#positions.reported(symbol));
  }

  /** An operator has looked at what stopped the engine, and lets it go on: only what comes again counts again. */
  resumed(): void {
    this.#desk.resumed();
    this.#positions.accept();
    this.#settings.accept();
    this.#balance.accept();
  }
}
