import type { Consequence } from "../../exchange/port.ts";
import { assert } from "../../lib/assert.ts";
import type { DecisionRecord, Intent } from "../journal-records.ts";
import { Desk, type OrderConsequence, type OrderPorts, OrderStopped, OrderStuck } from "./desk.ts";
import type { OrderSettings } from "./settings.ts";
import { leave, resumeIntent, workIntent } from "./work-intent.ts";

export interface ExecuteOptions {
  /** Exchange time after which an intent that has not left is left out: prices have moved on. */
  readonly validUntilMs: number;
}

/**
 * Carries out decisions, each intent exactly once, whatever the network, the exchange or a crash does in between
 * (exchange-facts §4): everything it does is in the journal before it is done, and a restart goes on from the journal.
 */
export class OrderManager {
  readonly #desk: Desk;
  readonly #ports: OrderPorts;
  /** Symbols with a task in this process, by decision. */
  readonly #working = new Set<string>();
  readonly #listeners = new Set<(consequence: OrderConsequence) => void>();

  constructor(ports: OrderPorts, settings: OrderSettings) {
    this.#ports = {
      ...ports,
      onConsequence: (consequence) => {
        for (const listener of this.#listeners) listener(consequence);
        ports.onConsequence(consequence);
      },
    };
    this.#desk = new Desk(this.#ports, settings);
  }

  /** Lets every order be where it is: tasks end at their next step, their orders stay open in the journal. */
  stop(): void {
    this.#desk.stop();
  }

  /**
   * Sends the orders of a decision that is in the journal and brings them to their end; symbols run side by side, inside a
   * symbol a flip's open waits for its close. Each symbol is `settled` when its orders are done. Resolves with the
   * consequences of rejections, which were surfaced as they came.
   *
   * A symbol whose order cannot be brought to an end yields `halt_symbol` and stays unsettled; `recover` tries again.
   * Rejects with what the journal threw: nothing was sent after that.
   */
  async execute(decision: DecisionRecord, { validUntilMs }: ExecuteOptions): Promise<readonly OrderConsequence[]> {
    assert(this.#ports.ledger.watermark === decision.open_ms, `decision ${decision.open_ms}: not in the journal`);
    const found: OrderConsequence[] = [];
    const gate = new Gate();
    const listener = (consequence: OrderConsequence): void => {
      found.push(consequence);
      gate.take(consequence);
    };
    this.#listeners.add(listener);
    const reductions = new Countdown(decision.intents.filter(({ reduces }) => reduces).length);
    const mayPost = (intent: Intent): boolean =>
      gate.lets(intent) && !this.#desk.quiet && this.#ports.clock.now() <= validUntilMs && this.#ports.permits(intent);
    try {
      await this.#run([decision], async (intents) => {
        const arrivals = new Map(intents.filter(({ reduces }) => reduces).map((intent) => [intent, reductions.once()]));
        try {
          for (const intent of intents) {
            // What frees margin goes out before what needs it.
            if (!intent.reduces) await reductions.reached;
            this.#desk.check();
            if (closesAreFull(this.#ports, intents, intent))
              await workIntent(this.#desk, intent, () => mayPost(intent), arrivals.get(intent) ?? (() => {}));
            else leave(this.#desk, intent);
            arrivals.get(intent)?.();
          }
        } finally {
          for (const arrive of arrivals.values()) arrive();
        }
      });
    } finally {
      this.#listeners.delete(listener);
    }
    return found;
  }

  /**
   * Brings every order that the journal holds open to its end, sends nothing new, settles. For the start, after the fold of
   * the journal, and again while symbols are stuck. Resolves and rejects as `execute`.
   */
  async recover(): Promise<readonly OrderConsequence[]> {
    const found: OrderConsequence[] = [];
    const listener = (consequence: OrderConsequence): void => {
      found.push(consequence);
    };
    this.#listeners.add(listener);
    try {
      await this.#run(this.#ports.ledger.openDecisions(), async (intents) => {
        // Intents that never left say so first: then it is known what of a decision is open.
        const { ledger } = this.#ports;
        for (const intent of intents) if (ledger.ordersOf(intent).length === 0) await resumeIntent(this.#desk, intent);
        for (const intent of intents) await resumeIntent(this.#desk, intent);
      });
    } finally {
      this.#listeners.delete(listener);
    }
    return found;
  }

  /** Runs `work` over the intents of each unsettled symbol, side by side, and settles the symbols that end. */
  async #run(decisions: readonly DecisionRecord[], work: (intents: readonly Intent[]) => Promise<void>): Promise<void> {
    const tasks: Promise<void>[] = [];
    for (const decision of decisions) {
      for (const symbol of new Set([...decision.intents, ...decision.symbols].map((entry) => entry.symbol))) {
        const name = `${decision.open_ms} ${symbol}`;
        if (this.#working.has(name) || this.#ports.ledger.isSettled(decision.open_ms, symbol)) continue;
        this.#working.add(name);
        tasks.push(this.#workSymbol(decision, symbol, work).finally(() => this.#working.delete(name)));
      }
    }
    const failures = (await Promise.allSettled(tasks)).filter((outcome) => outcome.status === "rejected");
    const worst = failures.find(({ reason }) => !(reason instanceof OrderStopped)) ?? failures[0];
    if (worst !== undefined && !(worst.reason instanceof OrderStopped)) throw worst.reason;
  }

  async #workSymbol(
    decision: DecisionRecord,
    symbol: string,
    work: (intents: readonly Intent[]) => Promise<void>,
  ): Promise<void> {
    const intents = decision.intents.filter((intent) => intent.symbol === symbol);
    // Pods that order for themselves do not wait for each other.
    const pods = new Set(intents.map(({ pod }) => pod));
    const outcomes = await Promise.allSettled(
      [...pods].map((pod) => work(intents.filter((intent) => intent.pod === pod))),
    );
    const failures = outcomes.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason as unknown);
    const fatal = failures.find((reason) => !(reason instanceof OrderStuck));
    if (fatal !== undefined) throw fatal;
    for (const reason of failures) {
      if (reason instanceof OrderStuck) this.#desk.surface(haltSymbol(symbol, reason));
    }
    if (failures.length === 0) this.#desk.record({ type: "settled", open_ms: decision.open_ms, symbol });
  }
}

function haltSymbol(symbol: string, { code, message }: OrderStuck): OrderConsequence {
  return { consequence: "halt_symbol", symbol, cid: null, code, message, retryAtMs: null };
}

/** In hedge mode an open leg follows its close: never both legs, except inside a journaled flip. */
function closesAreFull({ ledger }: OrderPorts, intents: readonly Intent[], intent: Intent): boolean {
  if (intent.reduces) return true;
  return intents.every((other) => !other.reduces || ledger.filled(other) === other.lots);
}

/** What the consequences so far leave of a decision. */
class Gate {
  #nothing = false;
  #reducesOnly = false;
  readonly #halted = new Set<string>();

  take({ consequence, symbol }: OrderConsequence): void {
    const closes: Record<Consequence, boolean> = {
      redecide: false,
      halt_symbol: false,
      reduce_only: false,
      // With a wrong clock, a refused key or a full budget every further POST fails, too.
      resync_clock: true,
      wait: true,
      halt: true,
    };
    this.#nothing ||= closes[consequence];
    this.#reducesOnly ||= consequence === "reduce_only";
    if (consequence === "halt_symbol" && symbol !== null) this.#halted.add(symbol);
  }

  lets({ symbol, reduces }: Intent): boolean {
    return !this.#nothing && !this.#halted.has(symbol) && (reduces || !this.#reducesOnly);
  }
}

/** Resolves when it was called `count` times. */
class Countdown {
  readonly reached: Promise<void>;
  #left: number;
  #reach: () => void = () => {};

  constructor(count: number) {
    this.#left = count;
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
    if (count === 0) this.#reach();
  }

  /** A call that counts the first time only. */
  once(): () => void {
    let called = false;
    return () => {
      if (called) return;
      called = true;
      if (--this.#left === 0) this.#reach();
    };
  }
}
