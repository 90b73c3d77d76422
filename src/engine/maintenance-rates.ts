import type { DataConfig } from "../config/schema.ts";
import { dateToMs } from "../lib/utc.ts";

/** Maintenance margin of a symbol without a rule, fraction of the notional. */
export const DEFAULT_MAINTENANCE_RATE = 0.005;

interface Change {
  readonly timeMs: number;
  readonly symbol: number;
  readonly rate: number;
}

/** The maintenance rates of a run's symbols as they change from date to date. */
export class MaintenanceRates {
  /** By symbol: before any date. */
  readonly initial: readonly number[];
  readonly #changes: readonly Change[];
  #next = 0;

  constructor(instruments: DataConfig["instruments"], symbols: readonly string[]) {
    const dated = symbols.map((symbol) => {
      const rules = instruments[symbol] ?? [];
      return Array.isArray(rules) ? rules : [{ from: null, ...rules }];
    });
    this.initial = dated.map(([first]) =>
      first?.from === null ? (first.maintenance_rate ?? DEFAULT_MAINTENANCE_RATE) : DEFAULT_MAINTENANCE_RATE,
    );
    this.#changes = dated
      .flatMap((rules, symbol) =>
        rules.flatMap(({ from, maintenance_rate }): Change[] =>
          from === null ? [] : [{ timeMs: dateToMs(from), symbol, rate: maintenance_rate ?? DEFAULT_MAINTENANCE_RATE }],
        ),
      )
      .sort((a, b) => a.timeMs - b.timeMs);
  }

  /** When the rates change next, epoch ms. */
  get nextMs(): number {
    return this.#changes[this.#next]?.timeMs ?? Number.POSITIVE_INFINITY;
  }

  /** Brings `rates` [symbol] to those in force at `timeMs`; times must not go back. */
  update(timeMs: number, rates: Float64Array): void {
    while (this.nextMs <= timeMs) {
      const { symbol, rate } = this.#changes[this.#next++] as Change;
      rates[symbol] = rate;
    }
  }
}
