import type { AccountSettings } from "../../exchange/port.ts";
import type { SettingsRecord } from "../journal-records.ts";
import type { ReconcileDesk } from "./ports.ts";

type Accepted = SettingsRecord["symbols"];

/** Position mode, leverage and margin mode against what the config wants and what was accepted before. */
export class SettingsCheck {
  readonly #desk: ReconcileDesk;
  #found: Accepted = {};

  constructor(desk: ReconcileDesk) {
    this.#desk = desk;
  }

  /** @returns false in another position mode: its legs cannot be compared with the ledger's */
  take({ hedged, symbols }: AccountSettings): boolean {
    const { ports, settings } = this.#desk;
    if (hedged !== settings.hedged) {
      this.#desk.halt(
        "POSITION_MODE",
        `the account is in ${modeName(hedged)} mode, the config wants ${modeName(settings.hedged)} mode`,
      );
      return false;
    }
    this.#found = Object.fromEntries(
      Object.entries(symbols).map(([symbol, { leverage, crossMargin }]) => [
        symbol,
        { leverage, cross_margin: crossMargin },
      ]),
    );
    if (ports.ledger.reconciled.settings === null) ports.commit({ type: "settings", symbols: this.#found });
    this.#judge();
    return true;
  }

  /** An operator agrees to what the exchange has now, of one symbol or of all. */
  accept(symbol: string | null = null): void {
    const { commit, ledger } = this.#desk.ports;
    const accepted = ledger.reconciled.settings;
    if (accepted === null || this.#changes(symbol).length === 0) return;
    const found = Object.entries(this.#found).filter(([own]) => symbol === null || own === symbol);
    commit({ type: "settings", symbols: { ...accepted, ...Object.fromEntries(found) } });
    this.#judge();
  }

  #judge(): void {
    const changes = this.#changes(null);
    const hint = "set it back, or accept it with mcbot pod ignore SYMBOL";
    this.#desk.freeze("SETTINGS", changes.length === 0 ? null : `${changes.join("; ")}: ${hint}`);
  }

  #changes(only: string | null): string[] {
    const accepted = this.#desk.ports.ledger.reconciled.settings ?? {};
    return Object.entries(this.#found).flatMap(([symbol, found]) => {
      const had = accepted[symbol];
      if (had === undefined || (only !== null && only !== symbol)) return [];
      if (had.leverage === found.leverage && had.cross_margin === found.cross_margin) return [];
      return [`${symbol} has ${describe(found)}, it had ${describe(had)}`];
    });
  }
}

function describe({ leverage, cross_margin }: Accepted[string]): string {
  return `leverage ${leverage}, ${cross_margin ? "cross" : "isolated"} margin`;
}

function modeName(hedged: boolean | null): string {
  return hedged === null ? "spot" : hedged ? "hedge" : "one-way";
}
