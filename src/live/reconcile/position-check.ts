import type { Leg, VenuePosition } from "../../exchange/port.ts";
import type { ExternalRecord } from "../journal-records.ts";
import { excessOf, lotsWithin, microOf, quantityOf } from "../orders/units.ts";
import type { IncomeCheck } from "./income-check.ts";
import { otherInstance } from "./open-orders.ts";
import type { ReconcileDesk } from "./ports.ts";
import { type CloseCause, type Stranger, strangersOf } from "./strangers.ts";

const LEGS = ["long", "short", "net"] as const;
/** Exchanges list trades of seven days. */
const TRADES_MS = 7 * 86_400_000 - 60_000;
/** Trades may show late. */
const OVERLAP_MS = 60_000;
/** Between two observations at a start, where nothing is decided before the differences are known. */
const START_PAUSE_MS = 2_000;

interface Gap {
  readonly symbol: string;
  readonly leg: Leg;
  /** Exchange less ledger, whole lots. */
  readonly lots: number;
}

/**
 * Positions of the exchange against the ledger, leg by leg. What the exchange closed by itself is booked at once, for its
 * trades say so; any other difference counts when it was the same so many times, and belongs to UNASSIGNED then.
 */
export class PositionCheck {
  readonly #desk: ReconcileDesk;
  readonly #income: IncomeCheck;
  /** By symbol and leg: the last difference and how often it was seen. */
  #seen = new Map<string, { readonly lots: number; readonly times: number }>();
  /** By symbol: when exchange and ledger last agreed. */
  readonly #agreedMs = new Map<string, number>();
  /** By symbol: all lots the exchange reported last. */
  readonly #reported = new Map<string, number>();
  /** Ids of orders that halted us: an operator's resume takes them as they are. */
  readonly #haltedBy = new Map<string, Stranger>();
  readonly #said = new Set<string>();
  #begun = false;

  constructor(desk: ReconcileDesk, income: IncomeCheck) {
    this.#desk = desk;
    this.#income = income;
  }

  /** Lots of a symbol at the exchange by the last report, over its legs. */
  reported(symbol: string): number {
    return this.#reported.get(symbol) ?? 0;
  }

  /** Positions, and whether every leg agrees with the ledger and nothing is on its way. */
  async run(): Promise<{ readonly positions: readonly VenuePosition[]; readonly agrees: boolean }> {
    const { clock } = this.#desk.ports;
    if (!this.#begun) await this.#begin();
    for (let look = 1; ; look++) {
      const outcome = await this.#look();
      if (this.#begun || this.#seen.size === 0 || look > this.#desk.settings.observations) {
        this.#begun = true;
        return outcome;
      }
      await clock.sleep(START_PAUSE_MS);
    }
  }

  /** An operator has looked at the orders that halted us. */
  accept(): void {
    for (const { orderId, symbol, clientId } of this.#haltedBy.values()) {
      const note = `order ${clientId} seen by an operator`;
      this.#desk.ports.commit(external("income", { id: orderId, symbol, leg: null, lots: 0, cash_micro: 0, note }));
    }
    this.#haltedBy.clear();
  }

  /** At a start every symbol's trades are looked through: an older journal shows there, even where positions agree. */
  async #begin(): Promise<void> {
    const { orders } = this.#desk.ports;
    for (const symbol of this.#desk.settings.symbols)
      if (!orders.inFlight().has(symbol)) await this.#takeStrangers(symbol);
  }

  async #look(): Promise<{ positions: readonly VenuePosition[]; agrees: boolean }> {
    const { venue, orders, clock } = this.#desk.ports;
    const nowMs = clock.now();
    const positions = await venue.positions();
    this.#nameUnknown(positions);
    let agrees = orders.inFlight().size === 0;
    const seen = new Map<string, { lots: number; times: number }>();
    for (const symbol of this.#desk.settings.symbols) {
      this.#report(symbol, positions);
      // What an order is about to change cannot be compared; what was seen before counts on from there.
      if (orders.inFlight().has(symbol)) {
        for (const leg of LEGS) keep(seen, this.#seen, `${symbol} ${leg}`);
        continue;
      }
      const gaps = this.#gaps(symbol, positions);
      if (gaps.length === 0) {
        this.#agreedMs.set(symbol, nowMs);
        continue;
      }
      const strangers = await this.#takeStrangers(symbol);
      if (strangers === null) {
        agrees = false;
        continue;
      }
      // What was booked just now may have closed them.
      for (const gap of this.#gaps(symbol, positions)) {
        agrees = false;
        const key = `${symbol} ${gap.leg}`;
        const before = this.#seen.get(key);
        const times = before?.lots === gap.lots ? before.times + 1 : 1;
        if (times < this.#desk.settings.observations) seen.set(key, { lots: gap.lots, times });
        else this.#assign(gap, strangers);
      }
    }
    this.#seen = seen;
    return { positions, agrees };
  }

  #gaps(symbol: string, positions: readonly VenuePosition[]): Gap[] {
    const { orders, rules } = this.#desk.ports;
    const { lot, step } = rules(symbol);
    // Less cannot be traded: fees in the base leave such rests.
    const leastLots = lotsWithin(step, lot);
    const held = orders.held(symbol);
    return LEGS.flatMap((leg) => {
      const quantity = positions.find((own) => own.symbol === symbol && own.leg === leg)?.quantity ?? "0";
      const { lots, dust } = excessOf(quantity, held[leg], lot);
      if (Math.abs(lots) >= leastLots) return [{ symbol, leg, lots }];
      if (lots !== 0 || dust) this.#sayDust(symbol, leg, quantity, held[leg]);
      return [];
    });
  }

  #report(symbol: string, positions: readonly VenuePosition[]): void {
    const { lot } = this.#desk.ports.rules(symbol);
    const own = positions.filter((position) => position.symbol === symbol);
    this.#reported.set(
      symbol,
      own.reduce((sum, { quantity }) => sum + excessOf(quantity, 0, lot).lots, 0),
    );
  }

  /**
   * Books what the exchange closed, halts on what another program of ours did; the rest is left to the observations. Null =
   * it could not be booked yet.
   */
  async #takeStrangers(symbol: string): Promise<readonly Stranger[] | null> {
    const { clock, ledger } = this.#desk.ports;
    const { firstMs } = ledger.reconciled;
    const agreedMs = this.#agreedMs.get(symbol);
    const sinceMs = Math.max(firstMs, agreedMs === undefined ? clock.now() - TRADES_MS : agreedMs - OVERLAP_MS);
    const others: Stranger[] = [];
    let waits = false;
    for (const stranger of await strangersOf(this.#desk, symbol, sinceMs)) {
      const cause = this.#causeOf(stranger);
      if (cause !== null && stranger.lots !== null) waits = !this.#autoclose(stranger, stranger.lots, cause) || waits;
      else others.push(stranger);
      if (stranger.instance !== null) this.#haltOn(stranger, stranger.instance);
    }
    return waits ? null : others;
  }

  /** By the order's name; where that is gone, a liquidation fee of the symbol says what an order that only reduced was. */
  #causeOf({ cause, clientId, symbol, leg, lots }: Stranger): CloseCause | null {
    if (cause !== null || clientId !== null || lots === null) return cause;
    const held = this.#desk.ports.orders.held(symbol)[leg];
    const reduces = held * lots < 0 && Math.abs(lots) <= Math.abs(held);
    const hasFee = this.#income.liquidationFees.some((fee) => fee.symbol === symbol);
    return reduces && hasFee ? "liquidation" : null;
  }

  #haltOn(stranger: Stranger, instance: string): void {
    const { ports, settings } = this.#desk;
    const { symbol, clientId, orderId } = stranger;
    this.#haltedBy.set(orderId, stranger);
    if (instance === settings.instance)
      this.#desk.halt(
        "JOURNAL_OLD",
        `the journal is older than the exchange: its last decision is of ${iso(ports.orders.watermark)}, and ${symbol} has trades of our order ${clientId}, which is not in it`,
      );
    else this.#desk.halt("OTHER_INSTANCE", otherInstance(instance, `order ${clientId} of ${symbol} was filled`));
  }

  /**
   * The pods whose side was closed bear it in proportion to their lots, up to what the pods have in the leg; UNASSIGNED
   * bears the rest. Fees and the liquidation fee are part of the price.
   *
   * @returns false when it has to wait
   */
  #autoclose({ orderId, symbol, leg, cashMicro }: Stranger, lots: number, cause: CloseCause): boolean {
    const { ports } = this.#desk;
    const message = `${symbol} ${leg}: the exchange closed ${lots} lots by itself (${cause}, order ${orderId})`;
    if (cause === "liquidation") this.#desk.halt("LIQUIDATION", message);
    // The engine's books cannot be moved under an order or a cross that is not booked yet.
    if (ports.session.isPending(symbol)) return false;
    const fees = this.#income.liquidationFees.filter((fee) => fee.symbol === symbol);
    const cash = fees.reduce((sum, { amount }) => sum + microOf(amount, "1"), cashMicro);
    const own = ports.orders.held(symbol)[leg] - ports.ledger.unassigned.lotsOf(symbol, leg);
    const bearable = Math.min(podsSide(this.#desk, symbol, lots), own * lots < 0 ? Math.abs(own) : 0);
    const borne = Math.sign(lots) * Math.min(Math.abs(lots), bearable);
    const borneCash = Math.round((cash / lots) * borne);
    const common = { symbol, leg, note: `${cause}, order ${orderId}` };
    const records = [
      external("autoclose", { ...common, id: orderId, lots: borne, cash_micro: borneCash }),
      external("unassigned", {
        ...common,
        id: borne === 0 ? orderId : `${orderId}-rest`,
        lots: lots - borne,
        cash_micro: cash - borneCash,
      }),
    ].filter((record) => record.lots !== 0);
    const claimed = fees.map(({ id, amount }) =>
      external("income", {
        ...common,
        id,
        leg: null,
        lots: 0,
        cash_micro: 0,
        note: `liquidation fee ${amount}, in the price`,
      }),
    );
    ports.commit(...records, ...claimed);
    this.#desk.alert("critical", "AUTOCLOSE", `${message}; the pods bear ${borne} of them`);
    return true;
  }

  /** A difference that counts: it belongs to UNASSIGNED, at the prices of its trades where they are known, else at the mark. */
  #assign({ symbol, leg, lots }: Gap, strangers: readonly Stranger[]): void {
    const { ports } = this.#desk;
    const known = strangers.filter((stranger) => stranger.leg === leg);
    const explained = known.reduce((sum, stranger) => sum + (stranger.lots ?? Number.NaN), 0) === lots;
    const { lot } = ports.rules(symbol);
    const held = ports.orders.held(symbol)[leg];
    const records = explained
      ? known.map(({ orderId, lots: own, cashMicro, clientId }) =>
          external("unassigned", {
            id: orderId,
            symbol,
            leg,
            lots: own ?? 0,
            cash_micro: cashMicro,
            note: `order ${clientId ?? "of unknown origin"}`,
          }),
        )
      : [
          external("unassigned", {
            id: `${symbol} ${leg} ${ports.clock.now()}`,
            symbol,
            leg,
            lots,
            cash_micro: -Math.sign(lots) * microOf(quantityOf(Math.abs(lots), lot), ports.mark(symbol)),
            note: "at the mark: its trades are not known",
          }),
        ];
    ports.commit(...records);
    const left = ports.ledger.unassigned.lotsOf(symbol, leg);
    this.#desk.alert(
      left === 0 ? "warning" : "critical",
      "UNASSIGNED",
      `${symbol} ${leg}: the exchange has ${held + lots} lots, the ledger ${held}: ${lots > 0 ? "+" : ""}${lots} lots go to UNASSIGNED, which has ${left} now` +
        (left === 0 ? "" : `; ${symbol} takes no new exposure until mcbot pod adopt, flatten or ignore`),
    );
  }

  #sayDust(symbol: string, leg: Leg, quantity: string, held: number): void {
    const key = `dust ${symbol} ${leg}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    const numbers = `the exchange has ${quantity}, the ledger ${held} lots`;
    this.#desk.alert("info", "DUST", `${symbol} ${leg}: ${numbers}; less than can be traded is left aside`);
  }

  #nameUnknown(positions: readonly VenuePosition[]): void {
    for (const { symbol, leg, quantity } of positions) {
      const key = `unknown ${symbol} ${leg}`;
      if (this.#desk.settings.symbols.includes(symbol) || this.#said.has(key)) continue;
      this.#said.add(key);
      this.#desk.alert(
        "warning",
        "FOREIGN_POSITION",
        `${symbol} ${leg} ${quantity}: no pod trades it, and it uses margin`,
      );
    }
  }
}

/** Lots that the pods hold on the side that such a trade closes. */
export function podsSide({ ports }: ReconcileDesk, symbol: string, lots: number): number {
  const { state, setup } = ports.session.session.engine;
  const s = setup.symbols.findIndex((own) => own.symbol === symbol);
  const own = state.lots.subarray(s * setup.pods.length, (s + 1) * setup.pods.length);
  return own.reduce((sum, held) => sum + Math.max(0, -Math.sign(lots) * held), 0);
}

function external(kind: ExternalRecord["kind"], rest: Omit<ExternalRecord, "type" | "kind">): ExternalRecord {
  return { type: "external", kind, ...rest };
}

function keep<T>(into: Map<string, T>, from: ReadonlyMap<string, T>, key: string): void {
  const value = from.get(key);
  if (value !== undefined) into.set(key, value);
}

function iso(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : "never";
}
