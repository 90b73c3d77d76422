import { abs, divide, type E8, multiply, ONE } from "../decimal.ts";
import type { Instrument } from "../instrument.ts";
import type { PositionSide } from "../order.ts";
import { book, type Position, unrealised } from "./position.ts";

export type IncomeType = "TRANSFER" | "REALIZED_PNL" | "FUNDING_FEE" | "COMMISSION" | "INSURANCE_CLEAR";

/** One movement of the wallet. */
export interface Income {
  readonly id: number;
  /** "" for transfers. */
  readonly symbol: string;
  readonly type: IncomeType;
  /** Received positive. */
  readonly amount: E8;
  readonly timeMs: number;
  readonly tradeId: number | null;
}

export interface Leg {
  readonly symbol: string;
  readonly side: PositionSide;
  readonly position: Position;
  updatedMs: number;
}

export interface SymbolSettings {
  leverage: number;
  marginType: "CROSSED" | "ISOLATED";
}

/** Wallet, positions and settings of one USD-M account with cross margin. Every change of the wallet is an income record. */
export class FuturesAccount {
  hedgeMode: boolean;
  wallet: E8;
  readonly startWallet: E8;
  readonly incomes: Income[] = [];
  readonly #legs = new Map<string, Leg>();
  readonly #settings = new Map<string, SymbolSettings>();
  #nextIncome = 9_000_001;

  constructor(wallet: E8, hedgeMode: boolean) {
    this.wallet = wallet;
    this.startWallet = wallet;
    this.hedgeMode = hedgeMode;
  }

  leg(symbol: string, side: PositionSide): Leg {
    const key = `${symbol}/${side}`;
    let leg = this.#legs.get(key);
    if (leg === undefined) {
      leg = { symbol, side, position: { amount: 0n, entry: 0n }, updatedMs: 0 };
      this.#legs.set(key, leg);
    }
    return leg;
  }

  /** Legs that hold something, by symbol and side. */
  held(): Leg[] {
    return [...this.#legs.values()]
      .filter(({ position }) => position.amount !== 0n)
      .sort((a, b) => (a.symbol + a.side < b.symbol + b.side ? -1 : 1));
  }

  /** True while any leg holds something. */
  get isInvested(): boolean {
    for (const { position } of this.#legs.values()) if (position.amount !== 0n) return true;
    return false;
  }

  settings(symbol: string): SymbolSettings {
    let settings = this.#settings.get(symbol);
    if (settings === undefined) {
      settings = { leverage: 20, marginType: "CROSSED" };
      this.#settings.set(symbol, settings);
    }
    return settings;
  }

  earn(type: IncomeType, symbol: string, amount: E8, timeMs: number, tradeId: number | null = null): void {
    if (amount === 0n) return;
    this.wallet += amount;
    this.incomes.push({ id: this.#nextIncome++, symbol, type, amount, timeMs, tradeId });
  }

  /** Books an execution, its realised P&L and its commission; returns the P&L. */
  fill(
    symbol: string,
    side: PositionSide,
    execution: { signed: E8; price: E8; commission: E8; timeMs: number; tradeId: number },
  ): E8 {
    const leg = this.leg(symbol, side);
    const realised = book(leg.position, execution.signed, execution.price);
    leg.updatedMs = execution.timeMs;
    this.earn("REALIZED_PNL", symbol, realised, execution.timeMs, execution.tradeId);
    this.earn("COMMISSION", symbol, -execution.commission, execution.timeMs, execution.tradeId);
    return realised;
  }

  /** Σ unrealised P&L at `mark`. */
  unrealised(mark: (symbol: string) => E8): E8 {
    return this.#sum(({ symbol, position }) => unrealised(position, mark(symbol)));
  }

  /** Margin that the positions bind at their leverage. */
  initialMargin(mark: (symbol: string) => E8): E8 {
    return this.#sum(({ symbol, position }) => {
      const notional = multiply(abs(position.amount), mark(symbol));
      return divide(notional, BigInt(this.settings(symbol).leverage) * ONE);
    });
  }

  maintenanceMargin(mark: (symbol: string) => E8, instrument: (symbol: string) => Instrument): E8 {
    return this.#sum(({ symbol, position }) =>
      multiply(multiply(abs(position.amount), mark(symbol)), instrument(symbol).maintenanceRate),
    );
  }

  /** True while the wallet is what it began with and every income since. */
  isConserved(): boolean {
    return this.wallet === this.incomes.reduce((sum, { amount }) => sum + amount, this.startWallet);
  }

  /** Over the legs that hold something; whole numbers, so that their order is of no account. */
  #sum(of: (leg: Leg) => E8): E8 {
    let sum = 0n;
    for (const leg of this.#legs.values()) if (leg.position.amount !== 0n) sum += of(leg);
    return sum;
  }
}
