import type { DataConfig, InstrumentRules } from "../config/schema.ts";
import { decimalOf, scaleOf } from "../lib/decimal.ts";
import { dateToMs } from "../lib/utc.ts";
import type { SymbolRules } from "../orchestrator/engine.ts";
import type { EngineState } from "../orchestrator/state.ts";

/** Maintenance margin of a symbol without a rule, fraction of the notional. */
export const DEFAULT_MAINTENANCE_RATE = 0.005;

/** Decimals of the lot of a symbol without a rule whose first price is 1 or more: the finest step of the venues. */
const FINEST_LOT_DECIMALS = 8;

/** What is known of a symbol before the run. */
export interface InstrumentSymbol {
  readonly symbol: string;
  /** Open of its first bar in the data; undefined without bars. */
  readonly firstOpen: number | undefined;
}

interface Period {
  /** −Infinity = from the beginning. */
  readonly fromMs: number;
  readonly rules: InstrumentRules;
}

interface Change {
  /** The first slice that opens at or after this is the first it applies to. */
  readonly timeMs: number;
  readonly apply: (state: EngineState) => void;
}

/**
 * The trading rules of a run's symbols as they change from date to date.
 *
 * The unit of a symbol's books is fixed for the run: a power of ten that the lots of all dates are multiples of. The step in
 * force is a whole number of these.
 *
 * A rule holds from 00:00 UTC of its date on. An order is placed at a slice's close, so lot and minimum notional are those
 * of the close; fills and margin happen inside the slice, so tick and maintenance rate are those of its open.
 */
export class InstrumentSchedule {
  /** By symbol: lots in one unit of the base. */
  readonly lotsPerUnit: readonly number[];
  /** By symbol: the rules before any date. */
  readonly initial: readonly SymbolRules[];
  readonly #changes: readonly Change[];
  #next = 0;

  constructor(instruments: DataConfig["instruments"], symbols: readonly InstrumentSymbol[], baseMs: number) {
    const periods = symbols.map(({ symbol }) => periodsOf(instruments[symbol] ?? {}));
    const defaults = symbols.map(({ firstOpen }) => defaultLotDecimals(firstOpen ?? 1));
    const ledger = periods.map((own, s) => mostDecimals(own, defaults[s] as number));
    this.lotsPerUnit = ledger.map(scaleOf);
    const rulesAt = (s: number, { rules }: Period): SymbolRules =>
      symbolRules(rules, defaults[s] as number, ledger[s] as number);
    this.initial = periods.map((own, s) => rulesAt(s, own[0] as Period));
    this.#changes = periods
      .flatMap((own, s) => own.slice(1).flatMap((period) => changesOf(period.fromMs, s, rulesAt(s, period), baseMs)))
      .sort((a, b) => a.timeMs - b.timeMs);
  }

  /** When the rules change next, epoch ms of a slice's open. */
  get nextMs(): number {
    return this.#changes[this.#next]?.timeMs ?? Number.POSITIVE_INFINITY;
  }

  /** Brings `state` to the rules in force for the slice that opens at `timeMs`; times must not go back. */
  update(timeMs: number, state: EngineState): void {
    while (this.nextMs <= timeMs) (this.#changes[this.#next++] as Change).apply(state);
  }
}

/** The first period has no date: before the first dated rule nothing is known. */
function periodsOf(rules: DataConfig["instruments"][string]): Period[] {
  const always = Number.NEGATIVE_INFINITY;
  if (!Array.isArray(rules)) return [{ fromMs: always, rules }];
  return [
    { fromMs: always, rules: {} },
    ...rules.map(({ from, ...dated }) => ({ fromMs: dateToMs(from), rules: dated })),
  ];
}

/** 1e-8 of the base, ten times coarser for each power of ten by which the first open is below 1 (spec 2.2). */
function defaultLotDecimals(firstOpen: number): number {
  let decimals = FINEST_LOT_DECIMALS;
  for (let decade = 1; firstOpen < Number(`1e-${decade - 1}`); decade++) decimals = FINEST_LOT_DECIMALS - decade;
  return decimals;
}

function mostDecimals(periods: readonly Period[], defaultDecimals: number): number {
  const own = periods.map(({ rules: { lot } }) => (lot === undefined ? defaultDecimals : decimalOf(lot).decimals));
  return Math.max(...own);
}

function symbolRules(rules: InstrumentRules, defaultDecimals: number, ledgerDecimals: number): SymbolRules {
  const lot = rules.lot === undefined ? { digits: 1, decimals: defaultDecimals } : decimalOf(rules.lot);
  const tick = rules.tick === undefined ? { digits: 0, decimals: 0 } : decimalOf(rules.tick);
  return {
    lotStep: lot.digits * scaleOf(ledgerDecimals - lot.decimals),
    tickDigits: tick.digits,
    tickScale: scaleOf(tick.decimals),
    minNotional: rules.min_notional ?? 0,
    maintenanceRate: rules.maintenance_rate ?? DEFAULT_MAINTENANCE_RATE,
  };
}

function changesOf(fromMs: number, s: number, rules: SymbolRules, baseMs: number): Change[] {
  return [
    {
      timeMs: fromMs - baseMs,
      apply: (state) => {
        state.lotStep[s] = rules.lotStep;
        state.minNotional[s] = rules.minNotional;
      },
    },
    {
      timeMs: fromMs,
      apply: (state) => {
        state.tickDigits[s] = rules.tickDigits;
        state.tickScale[s] = rules.tickScale;
        state.maintenanceRate[s] = rules.maintenanceRate;
      },
    },
  ];
}
