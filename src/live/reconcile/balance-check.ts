import type { VenueBalance, VenuePosition } from "../../exchange/port.ts";
import { ACCOUNT } from "../../orchestrator/state.ts";
import { microOf, quantityOf } from "../orders/units.ts";
import type { ReconcileDesk } from "./ports.ts";
import { checkThreeWay, describeThreeWay } from "./three-way.ts";

const DAY_MS = 86_400_000;
/** Of the equity: what nobody explains beyond this freezes new risk. */
const JUMP = 0.1;
/** Readings before it does. */
const READINGS = 2;

const LEGS = ["long", "short", "net"] as const;

/**
 * The wallet against our books. Both leave unrealised P&L out (lots count at the exchange's entry prices), so that prices
 * move neither, and what trades, fees, funding and transfers explain moves both alike.
 */
export class BalanceCheck {
  readonly #desk: ReconcileDesk;
  /** Wallet less ledger at the last reading that was explained. */
  #gapMicro: number | null = null;
  #equityMicro = 0;
  #jumps = 0;
  /** Whatever was explained before, the next reading is where it begins. */
  #anew = false;

  constructor(desk: ReconcileDesk) {
    this.#desk = desk;
  }

  /** Called while positions and ledger agree and no order is on its way. */
  async take(balance: VenueBalance, positions: readonly VenuePosition[]): Promise<void> {
    const wallet = microOf(balance.wallet, "1");
    const equity = microOf(balance.equity, "1");
    const ledger = this.#ledger(positions);
    this.#judgeJump(wallet, ledger, equity);
    await this.#checkDay(wallet, ledger, equity);
  }

  /** An operator accepts what is there. */
  accept(): void {
    this.#gapMicro = null;
    this.#jumps = 0;
    this.#anew = true;
  }

  #judgeJump(wallet: number, ledger: number, equity: number): void {
    const { balance } = this.#desk.ports.ledger.reconciled;
    const stored = balance === null || this.#anew ? null : balance.wallet_micro - balance.ledger_micro;
    const before = this.#gapMicro ?? stored ?? wallet - ledger;
    const jump = wallet - ledger - before;
    const base = this.#equityMicro === 0 ? equity - jump : this.#equityMicro;
    if (Math.abs(jump) <= JUMP * Math.abs(base)) {
      this.#gapMicro = wallet - ledger;
      this.#equityMicro = equity;
      this.#jumps = 0;
      this.#desk.freeze("VALUE_JUMP", null);
    } else if (++this.#jumps === READINGS) {
      this.#desk.freeze(
        "VALUE_JUMP",
        `the wallet moved by ${(jump / 1e6).toFixed(2)} of ${(base / 1e6).toFixed(2)} and no trade, transfer or price explains it`,
      );
    }
  }

  /** The first reading of a UTC day closes the days since the last one. */
  async #checkDay(wallet: number, ledger: number, equity: number): Promise<void> {
    const { ports, settings } = this.#desk;
    const nowMs = ports.clock.now();
    const last = ports.ledger.reconciled.balance;
    if (last !== null && Math.floor(last.ts / DAY_MS) === Math.floor(nowMs / DAY_MS)) return;
    const { baseMs } = ports.session.session.plan;
    const closedMs = (ports.session.watermarkMs ?? nowMs - baseMs) + baseMs;
    const incomes = await ports.venue.income(Math.min(last?.ts ?? nowMs, closedMs));
    const sum = (picked: typeof incomes): number =>
      picked.reduce((micro, { amount, asset }) => (asset === settings.quote ? micro + microOf(amount, "1") : micro), 0);
    // The engine books funding when its slice has closed.
    const pending = sum(incomes.filter(({ type, timeMs }) => type === "funding" && timeMs >= closedMs));
    const record = { type: "balance", ts: nowMs, wallet_micro: wallet, ledger_micro: ledger + pending } as const;
    ports.commit(record);
    if (last === null) return;
    const day = checkThreeWay(
      {
        ledgerMicro: record.ledger_micro - last.ledger_micro,
        incomeMicro: settings.hedged === null ? null : sum(incomes.filter(({ timeMs }) => timeMs > last.ts)),
        balanceMicro: wallet - last.wallet_micro,
      },
      equity,
    );
    const since = new Date(last.ts).toISOString();
    this.#desk.alert(
      day.agrees ? "info" : "critical",
      day.agrees ? "THREE_WAY" : "THREE_WAY_MISMATCH",
      `since ${since}: ${describeThreeWay(day)}`,
    );
  }

  #ledger(positions: readonly VenuePosition[]): number {
    const { session, ledger, orders, rules } = this.#desk.ports;
    const { state } = session.session.engine;
    const cash = state.cash.reduce((sum, own) => sum + own, state.account[ACCOUNT.reserve] as number);
    const entries = new Map(positions.map(({ symbol, leg, entryPrice }) => [`${symbol} ${leg}`, entryPrice]));
    let value = 0;
    for (const symbol of this.#desk.settings.symbols) {
      const held = orders.held(symbol);
      for (const leg of LEGS) {
        const lots = held[leg];
        if (lots === 0) continue;
        const paid = microOf(quantityOf(Math.abs(lots), rules(symbol).lot), entries.get(`${symbol} ${leg}`) ?? "0");
        value += Math.sign(lots) * paid;
      }
    }
    return cash + value + ledger.unassigned.cashMicro + ledger.reconciled.otherFeesMicro;
  }
}
