import { setImmediate as yieldToOthers } from "node:timers/promises";
import type { ReadControl } from "../control/control-state.ts";
import { controlPayload } from "../control/engine-control.ts";
import { VenueError } from "../exchange/port.ts";
import type { BarIntake, Intake } from "./bar-intake.ts";
import type { Clock } from "./clock.ts";
import type { AlertRecord, DecisionRecord, RunnerState } from "./journal-records.ts";
import type { LiveEngine, PlanOrders } from "./live-engine.ts";

/** Where orders go. Paper has none: the next open fills. */
export interface OrderDesk {
  readonly plan: PlanOrders;
  /** Start: brings every order of the journal that is not done to its end. */
  recover(): Promise<void>;
  /** Compares ledger and exchange; locks, unlocks, books what came from outside. Throws a VenueError when it cannot be asked. */
  reconcile(): Promise<void>;
  /** Brings a decision's orders to their end. */
  execute(decision: DecisionRecord): Promise<void>;
  /** Cancels every open order of ours. */
  cancelAll(): Promise<void>;
  /** An operator resumed: what led to a halt, or froze new risk, counts again only when it comes again. */
  resumed(): void;
  /** Why no new risk may be taken now, as far as the desk knows; null = nothing speaks against it. */
  readonly objection: { readonly state: "DEGRADED" | "HALT"; readonly reason: string } | null;
}

export interface RunnerOptions {
  readonly engine: LiveEngine;
  /** Built on the clock it is given, which lets the runner look after things while it waits. */
  readonly intake: (clock: Clock) => BarIntake;
  readonly clock: Clock;
  /** Longest wait without a look at operators and reconciliation, by `clock`. */
  readonly idleMs: number;
  readonly desk: OrderDesk | null;
  /** Reads what operators allow; changes nothing. */
  readonly control: () => ReadControl;
  /** Pauses the engine by its own hand, audited; an operator resumes. */
  readonly pause: (reason: string) => void;
  readonly reconcileMs: number;
  /** Ends after the slice that opens last before this; Infinity in real time. */
  readonly untilMs: number;
  /** Called when something may have changed: writes the status. */
  readonly beat: () => void;
  readonly signal: AbortSignal;
}

export type RunnerEnd = "stopped" | "interrupted" | "finished" | "halted";

const BACKOFF_MS = [1000, 2000, 5000, 10_000, 30_000];

/**
 * The loop of paper and live (spec 5.1): recover, reconcile, then slice by slice take in, decide, send, with a look at the
 * operators' wishes in between. One thing at a time: nothing overlaps, whatever takes long.
 *
 * BOOT → RECOVER → RECONCILE → RUN ⇄ DEGRADED → HALT; every transition is journaled. DEGRADED and HALT take no new risk.
 */
export class LiveRunner {
  readonly #options: RunnerOptions;
  readonly #intake: BarIntake;
  /** Ends the present wait for a slice. */
  #interrupt = new AbortController();
  #reconciledMs = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#intake = options.intake({ now: () => options.clock.now(), sleep: (ms) => this.#sleep(ms) });
  }

  async run(): Promise<RunnerEnd> {
    const { engine, desk, signal, untilMs } = this.#options;
    if (engine.torn !== "")
      this.#alert("warning", "TORN_TAIL", `an unfinished record was cut off: ${engine.torn.length} bytes`);
    this.#enter("RECOVER", "start");
    if (!(await this.#until(async () => desk?.recover()))) return "interrupted";
    this.#enter("RECONCILE", "recovered");
    if (!(await this.#until(() => this.#reconcile()))) return "interrupted";
    // A decision whose writer died before it was written is made again, and sent if its slice is still worth it.
    await this.#send(engine.decideAgain(desk?.plan ?? noOrders));
    this.#enter("RUN", "reconciled");
    for (;;) {
      const end = await this.#obey();
      if (end !== null) return end;
      if (this.#intake.expectedMs >= untilMs) return "finished";
      const taken = await this.#take();
      if (signal.aborted) return "interrupted";
      if (taken === null) continue;
      for (const { severity, code, message } of taken.alerts) this.#alert(severity, code, message);
      // What operators allow at this moment counts for this slice.
      const before = await this.#obey();
      if (before !== null) return before;
      await this.#send(engine.decide(taken.slice, desk?.plan ?? noOrders));
      this.#options.beat();
      await yieldToOthers();
    }
  }

  /** Waits, with a look at heartbeat, operators and reconciliation now and then. */
  async #sleep(ms: number): Promise<void> {
    const { clock, idleMs, signal, beat, reconcileMs } = this.#options;
    const until = clock.now() + ms;
    for (let left = ms; left > 0 && !this.#interrupt.signal.aborted; left = until - clock.now()) {
      await clock.sleep(Math.min(left, idleMs), signal);
      beat();
      if ((await this.#obey()) !== null) this.#interrupt.abort();
      else if (clock.now() - this.#reconciledMs >= reconcileMs) await this.#reconcileSafely();
    }
  }

  /** The next slice; null when the feed failed, an operator interrupted the wait, or nothing came. */
  async #take(): Promise<Intake | null> {
    try {
      this.#interrupt = new AbortController();
      const taken = await this.#intake.next(this.#interrupt.signal);
      this.#recovered();
      return taken;
    } catch (error) {
      await this.#failed(error);
      return null;
    }
  }

  async #send(decision: DecisionRecord | null): Promise<void> {
    const { desk } = this.#options;
    if (decision === null || desk === null || decision.symbols.length === 0) return;
    await desk.execute(decision);
    this.#judge(desk.objection);
  }

  /** Applies what operators changed, and sends what that, or a new state of the runner, made the last slice decide. @returns why the run ends; null = it goes on. */
  async #obey(): Promise<RunnerEnd | null> {
    const { engine, control, desk, signal } = this.#options;
    const { type: _, ...before } = engine.ledger.control;
    const wished = controlPayload(control(), before as Parameters<typeof controlPayload>[1]);
    if (JSON.stringify(wished) !== JSON.stringify(before)) {
      engine.commit({ type: "control", ...wished });
      if (wished.mode === "PANIC" || wished.flatten) await desk?.cancelAll();
      if (wished.mode === "RUNNING" && before.mode !== "RUNNING") {
        // What led to a pause or a halt has been looked at.
        desk?.resumed();
        if (engine.ledger.state === "HALT") this.#enter("RUN", "resumed by an operator");
      }
      this.#options.beat();
    }
    while (engine.session.draft !== null) await this.#send(engine.decideAgain(desk?.plan ?? noOrders));
    if (signal.aborted) return "interrupted";
    return engine.ledger.control.mode === "STOPPING" ? "stopped" : null;
  }

  async #reconcile(): Promise<void> {
    const { desk, clock } = this.#options;
    await desk?.reconcile();
    this.#reconciledMs = clock.now();
    this.#judge(desk?.objection ?? null);
  }

  async #reconcileSafely(): Promise<void> {
    try {
      await this.#reconcile();
      this.#recovered();
    } catch (error) {
      await this.#failed(error);
    }
  }

  /** Tries until it works, an operator stops it or a signal comes. @returns false when it was given up. */
  async #until(work: () => Promise<unknown>): Promise<boolean> {
    for (;;) {
      if (this.#options.signal.aborted) return false;
      try {
        await work();
        this.#failures = 0;
        return true;
      } catch (error) {
        await this.#failed(error);
      }
    }
  }

  /** What cannot be asked now is asked again later, with longer and longer pauses; meanwhile no new risk. */
  async #failed(error: unknown): Promise<void> {
    if (!(error instanceof VenueError)) throw error;
    const { clock, signal, idleMs, beat } = this.#options;
    const wait = BACKOFF_MS[Math.min(this.#failures++, BACKOFF_MS.length - 1)] as number;
    if (error.kind === "auth") this.#judge({ state: "HALT", reason: `${error.kind}: ${error.message}` });
    else if (this.#failures > 1) this.#judge({ state: "DEGRADED", reason: `${error.kind}: ${error.message}` });
    // An engine that waits for its exchange lives, and says so.
    const until = Math.max(clock.now() + wait, error.retryAtMs ?? 0);
    for (let left = until - clock.now(); left > 0 && !signal.aborted; left = until - clock.now()) {
      beat();
      await clock.sleep(Math.min(left, idleMs), signal);
    }
    beat();
  }

  #recovered(): void {
    this.#failures = 0;
    this.#judge(this.#options.desk?.objection ?? null);
  }

  /** RUN ⇄ DEGRADED follows the objection; HALT is left only by an operator's resume. */
  #judge(objection: OrderDesk["objection"]): void {
    const { ledger } = this.#options.engine;
    if (ledger.state === "HALT" || ledger.state === "BOOT" || ledger.state === "RECOVER") return;
    if (objection === null) {
      if (ledger.state === "DEGRADED") this.#enter("RUN", "sound again");
      return;
    }
    if (objection.state === ledger.state) return;
    this.#enter(objection.state, objection.reason);
    this.#alert(objection.state === "HALT" ? "critical" : "warning", objection.state, objection.reason);
    if (objection.state === "HALT") this.#options.pause(objection.reason);
  }

  #enter(to: RunnerState, reason: string): void {
    const { engine, clock, beat } = this.#options;
    const from = engine.ledger.state;
    if (from === to) return;
    engine.commit({ type: "state", from, to, reason, ts: clock.now() });
    beat();
  }

  #alert(severity: AlertRecord["severity"], code: string, message: string): void {
    this.#options.engine.commit({ type: "alert", severity, code, message, ts: this.#options.clock.now() });
  }
}

function noOrders(): readonly [] {
  return [];
}
