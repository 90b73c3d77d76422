import { createHash } from "node:crypto";
import type { Config } from "../config/schema.ts";
import { openSource } from "../engine/backtest.ts";
import type { EnginePlan } from "../engine/plan.ts";
import { EngineSession, type SessionOutcome } from "../engine/session.ts";
import { assert } from "../lib/assert.ts";
import type { Market } from "../market/market.ts";
import type { EngineEvent } from "../orchestrator/events.ts";
import { DivergenceError } from "./divergence-error.ts";
import type {
  AdoptedRecord,
  ClosingRecord,
  ControlRecord,
  DecisionRecord,
  ExternalRecord,
  JournalBody,
  SliceRecord,
} from "./journal-records.ts";
import { LiveFunding, LiveSource } from "./live-source.ts";
import { UNASSIGNED } from "./reconcile/unassigned.ts";

/** Kernel codes of a pending symbol. */
const PENDING_NONE = 0;
const PENDING_ORDER = 1;

/** What the engine decided at a slice's close, or after an operator changed what is allowed, before it is planned into orders and journaled. */
export type Draft = Pick<DecisionRecord, "open_ms" | "events" | "symbols">;

/**
 * The engine's part of the fold of a journal. Live, after a restart and in `verify` the same records go in through the same
 * method, so that there is one way to come to a state.
 */
export class LiveSession {
  readonly session: EngineSession;
  readonly #source: LiveSource;
  readonly #funding: LiveFunding;
  /** Symbols whose order the exchange works on. */
  readonly #open = new Set<string>();
  /** Of these, the symbols whose order is about lots of UNASSIGNED: the engine knows nothing of it. */
  readonly #closing = new Set<string>();
  /** Pod of each client id, for `netting: gross`. */
  readonly #podOf = new Map<string, string | null>();
  #records = createHash("sha256");
  #control: ControlRecord = { type: "control", mode: "RUNNING", flatten: false, symbols: [], pods: [] };
  #isRestricted = false;
  #draft: Draft | null = null;
  #lastOpenMs: number | null = null;
  /** Decisions since the last slice. */
  #decided = 0;

  /** @param observe gets every engine event, in order. */
  constructor(config: Config, plan: EnginePlan, warmup: Market, observe: (event: EngineEvent) => void = () => {}) {
    const names = plan.setup.symbols.map(({ symbol }) => symbol);
    assert(plan.funding instanceof LiveFunding, "live session: the plan is not a live one");
    this.#funding = plan.funding;
    this.#source = new LiveSource(names, plan.baseMs);
    this.session = new EngineSession(plan, {
      observers: [observe],
      onRecords: (records) => {
        this.#records.update(new Uint8Array(records.buffer, records.byteOffset, records.byteLength));
      },
    });
    this.session.warmUp(openSource(config, warmup, plan.range.startMs));
  }

  /** Decided, but not journaled yet; the next record must be its decision. */
  get draft(): Draft | null {
    return this.#draft;
  }

  /** Open of the last slice; null before the first. It never goes back. */
  get watermarkMs(): number | null {
    return this.#lastOpenMs;
  }

  /** True while the engine has something of a symbol that is not booked: an order, or a cross that waits for the next open. */
  isPending(symbol: string): boolean {
    const { state, setup } = this.session.engine;
    return (state.pending[setup.symbols.findIndex((own) => own.symbol === symbol)] ?? 0) !== PENDING_NONE;
  }

  /** Time of a decision that would be made now: after the last one. */
  get nextDecisionMs(): number {
    const { baseMs, range } = this.session.plan;
    return (this.#lastOpenMs ?? range.startMs - baseMs) + this.#decided;
  }

  /** Symbols with an order at the exchange. */
  get openSymbols(): ReadonlySet<string> {
    return this.#open;
  }

  /** Σ of the pods' lots of a symbol. */
  lotsOf(symbol: string): number {
    const { state, setup } = this.session.engine;
    return state.netLots[setup.symbols.findIndex((own) => own.symbol === symbol)] ?? 0;
  }

  /** Takes one record of the journal; those that do not concern the engine change nothing. */
  apply(body: JournalBody): void {
    switch (body.type) {
      case "slice":
        this.#slice(body);
        break;
      case "decision":
        this.#decision(body);
        break;
      case "sent":
        // The market order behind a limit order has a client id of its own.
        this.#podOf.set(body.cid, this.#podOf.get(body.intent) ?? null);
        break;
      case "closing":
        this.#close(body);
        break;
      case "trade":
        if (this.#podOf.get(body.cid) === UNASSIGNED) break;
        this.session.change({
          type: "trade",
          symbol: body.symbol,
          podId: this.#podOf.get(body.cid) ?? null,
          lots: body.lots,
          price: Number(body.price),
          valueMicro: body.value_micro,
          feeMicro: body.fee_micro,
        });
        break;
      case "settled":
        this.#open.delete(body.symbol);
        // What the engine decided beside an order of UNASSIGNED was not sent: it lapses.
        if (!this.#closing.delete(body.symbol) || this.isPending(body.symbol))
          this.session.change({ type: "settled", symbol: body.symbol });
        break;
      case "control":
        this.#control = body;
        this.#restrict();
        break;
      case "epoch":
        // A new process begins unrestricted; what it finds, it says.
        this.#isRestricted = false;
        this.#restrict();
        break;
      case "state":
        this.#isRestricted = body.to === "DEGRADED" || body.to === "HALT";
        this.#restrict();
        break;
      case "lock":
        this.session.change({ type: "lock", symbol: body.symbol, locked: body.locked });
        break;
      case "external":
        this.#external(body);
        break;
      case "adopted":
        this.#adopt(body);
        break;
    }
  }

  finish(): SessionOutcome {
    return this.session.finish();
  }

  #slice(body: SliceRecord): void {
    assert(this.#draft === null, "live session: a slice before the decision of the one before");
    this.#source.push(body);
    this.#funding.push(body);
    assert(this.session.advance(this.#source, 1) === 1, "live session: the slice was not processed");
    this.#lastOpenMs = body.open_ms;
    this.#decided = 0;
    if (!body.traded) this.session.change({ type: "missed" });
    this.#decide(body.open_ms);
  }

  /** Decisions of one slice are a millisecond apart, so that each has a time, and order ids, of its own. */
  #decide(openMs: number): void {
    const events = this.#records.copy().digest("hex");
    this.#draft = { open_ms: openMs + this.#decided++, events, symbols: this.#demands() };
  }

  #decision(body: DecisionRecord): void {
    const draft = this.#draft;
    if (draft === null || draft.open_ms !== body.open_ms || draft.events !== body.events) {
      const at = new Date(body.open_ms).toISOString();
      throw new DivergenceError(
        `the slice of ${at} decides ${draft?.events ?? "nothing"}, the journal has ${body.events}`,
      );
    }
    this.#draft = null;
    this.#records = createHash("sha256").update(body.events);
    for (const { cid, pod } of body.intents) this.#podOf.set(cid, pod);
    // Until it is settled; in paper the next open fills, and nothing is ever open.
    if (this.session.plan.setup.fills === "venue") {
      for (const { symbol, net, crossed } of body.symbols) if (net !== 0 || crossed === 0) this.#open.add(symbol);
    }
  }

  #demands(): DecisionRecord["symbols"] {
    const { state, setup } = this.session.engine;
    const pods = setup.pods.length;
    return setup.symbols.flatMap(({ symbol }, s): DecisionRecord["symbols"] => {
      if (state.pending[s] === PENDING_NONE || this.#open.has(symbol)) return [];
      const own = setup.pods.flatMap(({ podId }, p): [string, number][] => {
        const lots = state.demand[s * pods + p] as number;
        return lots === 0 ? [] : [[podId, lots]];
      });
      const bought = own.reduce((sum, [, lots]) => sum + Math.max(lots, 0), 0);
      const sold = own.reduce((sum, [, lots]) => sum + Math.max(-lots, 0), 0);
      const net = state.pending[s] === PENDING_ORDER ? bought - sold : 0;
      return [{ symbol, net, crossed: setup.netting === "net" ? Math.min(bought, sold) : 0, demand: own }];
    });
  }

  /** What operators and the state of the runner forbid together; what is forbidden now is decided again at once. */
  #restrict(): void {
    const { mode, flatten, symbols, pods } = this.#control;
    const isTighter = this.session.restrict({
      reduceOnly: mode !== "RUNNING" || this.#isRestricted,
      flatten: flatten || mode === "PANIC",
      symbols,
      pods,
    });
    if (isTighter && this.#lastOpenMs !== null) this.#decide(this.#lastOpenMs);
  }

  #external({ kind, symbol, lots, cash_micro: cash }: ExternalRecord): void {
    if (kind === "transfer") this.session.change({ type: "deposit", micro: cash });
    if (kind !== "autoclose" || symbol === null) return;
    const valueMicro = Math.abs(cash);
    const price = this.#priceOf(symbol, lots, valueMicro);
    this.session.change({ type: "autoclose", symbol, lots, price, valueMicro, feeMicro: 0 });
  }

  #adopt({ symbol, lots, pod, value_micro: valueMicro }: AdoptedRecord): void {
    const booking = { symbol, lots, valueMicro, price: this.#priceOf(symbol, lots, valueMicro) };
    if (pod === null) this.session.change({ type: "autoclose", ...booking, feeMicro: 0 });
    else this.session.change({ type: "adopt", podId: pod, ...booking });
  }

  #close({ open_ms, intents }: ClosingRecord): void {
    assert(open_ms >= this.nextDecisionMs, `live session: a closing of ${open_ms} before ${this.nextDecisionMs}`);
    this.#decided += open_ms - this.nextDecisionMs + 1;
    for (const { cid, symbol } of intents) {
      this.#podOf.set(cid, UNASSIGNED);
      this.#open.add(symbol);
      this.#closing.add(symbol);
    }
  }

  /** Quote units per unit of the base. */
  #priceOf(symbol: string, lots: number, valueMicro: number): number {
    const lotsPerUnit = this.session.plan.setup.symbols.find((own) => own.symbol === symbol)?.lotsPerUnit ?? 1;
    return valueMicro / 1e6 / (Math.abs(lots) / lotsPerUnit);
  }
}
