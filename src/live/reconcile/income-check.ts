import type { VenueIncome } from "../../exchange/port.ts";
import { ACCOUNT } from "../../orchestrator/state.ts";
import { microOf } from "../orders/units.ts";
import type { ReconcileDesk } from "./ports.ts";

/** Income may show late. */
const OVERLAP_MS = 600_000;

/** Reads the income history: transfers move the reserve and no peak, liquidation fees wait for the trades they belong to. */
export class IncomeCheck {
  readonly #desk: ReconcileDesk;
  #readMs: number | null = null;
  #fees: readonly VenueIncome[] = [];

  constructor(desk: ReconcileDesk) {
    this.#desk = desk;
  }

  /** Liquidation fees that are not booked yet. */
  get liquidationFees(): readonly VenueIncome[] {
    return this.#fees;
  }

  async run(): Promise<void> {
    const { venue, clock, ledger } = this.#desk.ports;
    const nowMs = clock.now();
    const { firstMs, balance } = ledger.reconciled;
    const sinceMs = Math.max(firstMs, (this.#readMs ?? balance?.ts ?? firstMs) - OVERLAP_MS);
    const incomes = await venue.income(sinceMs);
    this.#readMs = nowMs;
    const fresh = incomes.filter(({ id, timeMs }) => timeMs >= firstMs && !ledger.reconciled.knows(id));
    for (const income of fresh) if (income.type === "transfer") this.#transfer(income);
    this.#fees = fresh.filter(({ type }) => type === "liquidation_fee");
  }

  #transfer({ id, amount, asset }: VenueIncome): void {
    const { ports, settings } = this.#desk;
    const isMoney = asset === settings.quote;
    const micro = isMoney ? microOf(amount, "1") : 0;
    const note = `transfer of ${amount} ${asset}`;
    const { account } = ports.session.session.engine.state;
    const reserve = account[ACCOUNT.reserve] as number;
    ports.commit({ type: "external", kind: "transfer", id, symbol: null, leg: null, lots: 0, cash_micro: micro, note });
    this.#desk.alert(
      "info",
      "TRANSFER",
      isMoney ? note : `${note}: it is not the account's currency and moves nothing`,
    );
    if (micro < 0 && -micro > reserve)
      this.#desk.halt(
        "WITHDRAWAL",
        `${-micro / 1e6} ${asset} left the account, the reserve had ${reserve / 1e6}: the rest is capital of the pods`,
      );
  }
}
