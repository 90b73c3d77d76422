import type { Leg } from "../../exchange/port.ts";
import type { JournalBody, TradeRecord } from "../journal-records.ts";

/** The pod of exposure that no pod ordered; no configured pod can have this name (ids are lower case). */
export const UNASSIGNED = "UNASSIGNED";

/** Exposure of the account that no pod ordered, or that pods ordered and the account has not (spec 5.4). */
export interface Unassigned {
  readonly symbol: string;
  readonly leg: Leg;
  /** Signed whole lots, not 0. */
  readonly lots: number;
  /** Received minus paid, micro-units: with the value of the lots it is their P&L. */
  readonly cashMicro: number;
  /** An operator said that it may stay: it locks nothing. */
  readonly accepted: boolean;
}

/** The books of UNASSIGNED: a fold of the journal. */
export class UnassignedBook {
  readonly #entries = new Map<string, Unassigned>();
  /** Leg of the client ids that an operator's order for these lots has. */
  readonly #legs = new Map<string, Leg>();
  #realisedMicro = 0;

  /** Legs with lots, in order of symbol and leg. */
  get entries(): readonly Unassigned[] {
    return [...this.#entries.keys()].sort().map((key) => this.#entries.get(key) as Unassigned);
  }

  /** P&L of everything that is closed by now, micro-units. */
  get realisedMicro(): number {
    return this.#realisedMicro;
  }

  /** Cash of all of it, open and closed, micro-units. */
  get cashMicro(): number {
    return this.entries.reduce((sum, { cashMicro }) => sum + cashMicro, this.#realisedMicro);
  }

  of(symbol: string): readonly Unassigned[] {
    return this.entries.filter((entry) => entry.symbol === symbol);
  }

  lotsOf(symbol: string, leg: Leg): number {
    return this.#entries.get(`${symbol} ${leg}`)?.lots ?? 0;
  }

  apply(body: JournalBody): void {
    switch (body.type) {
      case "external":
        if (body.kind === "unassigned" && body.symbol !== null && body.leg !== null)
          this.#move(body.symbol, body.leg, body.lots, body.cash_micro);
        break;
      case "adopted":
        this.#move(body.symbol, body.leg, -body.lots, Math.sign(body.lots) * body.value_micro);
        break;
      case "closing":
        for (const { cid, leg } of body.intents) this.#legs.set(cid, leg);
        break;
      case "sent": {
        const leg = this.#legs.get(body.intent);
        if (leg !== undefined) this.#legs.set(body.cid, leg);
        break;
      }
      case "trade":
        this.#trade(body);
        break;
      case "request":
        if (body.action === "ignore" && body.refused === null) this.#accept(body.symbol);
        break;
    }
  }

  #trade({ cid, symbol, lots, value_micro, fee_micro }: TradeRecord): void {
    const leg = this.#legs.get(cid);
    if (leg !== undefined) this.#move(symbol, leg, lots, -Math.sign(lots) * value_micro - fee_micro);
  }

  #move(symbol: string, leg: Leg, lots: number, cashMicro: number): void {
    const key = `${symbol} ${leg}`;
    const had = this.#entries.get(key) ?? { lots: 0, cashMicro: 0 };
    const now = { symbol, leg, lots: had.lots + lots, cashMicro: had.cashMicro + cashMicro, accepted: false };
    if (now.lots !== 0) {
      this.#entries.set(key, now);
      return;
    }
    this.#entries.delete(key);
    this.#realisedMicro += now.cashMicro;
  }

  #accept(symbol: string): void {
    for (const [key, entry] of this.#entries) {
      if (entry.symbol === symbol) this.#entries.set(key, { ...entry, accepted: true });
    }
  }
}
