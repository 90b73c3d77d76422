import type { Engine } from "../../src/orchestrator/engine.ts";
import { decodeEvents, type EngineEvent } from "../../src/orchestrator/events.ts";

/**
 * The account as an outsider books it: exact cash and lots from executions and funding payments alone. It never sees an attribution; it only
 * compares itself with the sum of the pods (spec 2.2).
 */
export class AccountBook {
  cash: bigint;
  readonly lots = new Map<string, bigint>();
  #reserve: bigint;
  readonly #podCash = new Map<string, bigint>();
  readonly #podLots = new Map<string, Map<string, bigint>>();
  readonly #lotsPerUnit: ReadonlyMap<string, number>;
  /** Executions and payments whose parts have been compared, and transfers. */
  compared = 0;

  constructor(
    capitalMicro: Readonly<Record<string, number>>,
    reserveMicro: number,
    lotsPerUnit: ReadonlyMap<string, number>,
  ) {
    this.#reserve = BigInt(reserveMicro);
    this.#lotsPerUnit = lotsPerUnit;
    for (const [pod, micro] of Object.entries(capitalMicro)) this.#podCash.set(pod, BigInt(micro));
    this.cash = this.#reserve + sum(this.#podCash.values());
  }

  /** Books all events; after each execution or payment with its parts the two books must agree. Throws at the first difference. */
  book(events: readonly EngineEvent[]): void {
    let open = false;
    const close = (): void => {
      if (open) this.#compare();
      open = false;
    };
    for (const event of events) {
      if (event.type === "fill") {
        close();
        this.#bookExecution(event);
        open = true;
      } else if (event.type === "part") {
        this.#podCash.set(event.podId, BigInt(event.cashAfterMicro));
        const own = this.#podLots.get(event.podId) ?? new Map<string, bigint>();
        own.set(event.symbol, BigInt(event.lotsAfter));
        this.#podLots.set(event.podId, own);
      } else if (event.type === "funding") {
        close();
        this.#bookFunding(event);
        open = true;
      } else if (event.type === "funding_part") {
        this.#podCash.set(event.podId, BigInt(event.cashAfterMicro));
      } else if (event.type === "transfer") {
        close();
        this.#bookTransfer(event);
        open = true;
      } else if (event.type === "deposit") {
        close();
        this.#reserve += BigInt(event.micro);
        this.cash += BigInt(event.micro);
        if (this.#reserve !== BigInt(event.reserveAfterMicro)) throw new Error("books: the reserve missed a deposit");
      } else if (event.type !== "trade") {
        close();
      }
    }
    close();
  }

  /** Books event records as the kernel wrote them. */
  bookRecords(records: Float64Array, { setup }: Engine): void {
    const names = { podIds: setup.pods.map(({ podId }) => podId), symbols: setup.symbols.map(({ symbol }) => symbol) };
    this.book([...decodeEvents(records, names)]);
  }

  /** Compares the account with the engine's own state, so that nothing can change without an event. */
  compareState({ state, setup }: Engine): void {
    const cash = sum([...state.cash].map(BigInt)) + this.#reserve;
    if (cash !== this.cash) throw new Error(`books: the state holds ${cash} micro-units, the account ${this.cash}`);
    for (const [s, { symbol }] of setup.symbols.entries()) {
      const pods = setup.pods.length;
      const held = sum([...state.lots.subarray(s * pods, (s + 1) * pods)].map(BigInt));
      const booked = this.lots.get(symbol) ?? 0n;
      if (held !== booked) throw new Error(`books: the state holds ${held} lots of ${symbol}, the account ${booked}`);
    }
  }

  #bookExecution({ symbol, lots, price, valueMicro, feeMicro }: Extract<EngineEvent, { type: "fill" }>): void {
    const quantity = Math.abs(lots) / (this.#lotsPerUnit.get(symbol) as number);
    const expected = quantity * price * 1e6;
    if (Math.abs(valueMicro - expected) > 1 + expected * 1e-12) {
      throw new Error(`account: ${symbol} ${lots} lots at ${price} are worth ${expected}, the fill says ${valueMicro}`);
    }
    this.lots.set(symbol, (this.lots.get(symbol) ?? 0n) + BigInt(lots));
    this.cash -= BigInt(Math.sign(lots) * valueMicro) + BigInt(feeMicro);
  }

  #bookFunding({ symbol, lots, rate, price, paidMicro }: Extract<EngineEvent, { type: "funding" }>): void {
    const held = this.lots.get(symbol) ?? 0n;
    if (BigInt(lots) !== held) throw new Error(`account: funding on ${lots} lots of ${symbol}, held are ${held}`);
    const expected = (lots / (this.#lotsPerUnit.get(symbol) as number)) * price * rate * 1e6;
    if (Math.abs(paidMicro - expected) > 1 + Math.abs(expected) * 1e-12) {
      throw new Error(`account: ${rate} on ${lots} lots of ${symbol} at ${price} is ${expected}, booked ${paidMicro}`);
    }
    this.cash -= BigInt(paidMicro);
  }

  /** Capital that moves inside the account: both sides say what they hold then, its own cash and lots do not change. */
  #bookTransfer({ podId, micro, cashAfterMicro, reserveAfterMicro }: Extract<EngineEvent, { type: "transfer" }>): void {
    const before = this.#podCash.get(podId) ?? 0n;
    this.#podCash.set(podId, BigInt(cashAfterMicro));
    this.#reserve = BigInt(reserveAfterMicro);
    if (BigInt(cashAfterMicro) - before !== BigInt(micro))
      throw new Error(
        `books: a transfer of ${micro} micro-units to ${podId} left it ${cashAfterMicro}, from ${before}`,
      );
    if (this.#reserve < 0n) throw new Error(`books: the reserve is ${reserveAfterMicro} micro-units`);
  }

  #compare(): void {
    this.compared++;
    const pods = this.#reserve + sum(this.#podCash.values());
    if (pods !== this.cash)
      throw new Error(`books: pods and reserve hold ${pods} micro-units, the account ${this.cash}`);
    for (const [symbol, lots] of this.lots) {
      const held = sum([...this.#podLots.values()].map((own) => own.get(symbol) ?? 0n));
      if (held !== lots) throw new Error(`books: pods hold ${held} lots of ${symbol}, the account ${lots}`);
    }
  }
}

function sum(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}
