import type { OrderReport } from "../../exchange/port.ts";
import type { ReconcileDesk } from "./ports.ts";

/** Client ids of an mcbot, of whatever instance and version. */
const MCBOT = /^mc([0-9a-z]{2,4})-/;

/** Instance of the mcbot that made a client id; null = another program or a person. */
export function instanceOf(clientId: string): string | null {
  return MCBOT.exec(clientId)?.[1] ?? null;
}

/**
 * Open orders that the journal does not know: ours mean that the journal is older than the exchange, those of another mcbot
 * that two machines trade the account, others are somebody's and said once.
 */
export class OpenOrderCheck {
  readonly #desk: ReconcileDesk;
  readonly #said = new Set<string>();

  constructor(desk: ReconcileDesk) {
    this.#desk = desk;
  }

  take(reports: readonly OrderReport[]): void {
    const { ports, settings } = this.#desk;
    for (const { clientId, orderId, symbol, quantity } of reports) {
      const instance = instanceOf(clientId);
      if (instance === settings.instance) {
        if (!ports.orders.isOpen(clientId))
          this.#desk.halt(
            "JOURNAL_OLD",
            `the journal is older than the exchange: ${symbol} has the open order ${clientId}, which is ours and not in it`,
          );
      } else if (instance !== null) {
        this.#desk.halt("OTHER_INSTANCE", otherInstance(instance, `the open order ${clientId} of ${symbol}`));
      } else if (!this.#said.has(orderId)) {
        this.#said.add(orderId);
        this.#desk.alert(
          "warning",
          "FOREIGN_ORDER",
          `${symbol}: somebody has an open order of ${quantity}: ${clientId}`,
        );
      }
    }
    const open = new Set(reports.map(({ orderId }) => orderId));
    for (const orderId of this.#said) if (!open.has(orderId)) this.#said.delete(orderId);
  }
}

export function otherInstance(instance: string, what: string): string {
  return `another mcbot (instance ${instance}) trades this account: ${what}`;
}
