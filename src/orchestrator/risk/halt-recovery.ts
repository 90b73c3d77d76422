import type { OrchestratorSettings } from "../settings.ts";
import { ACCOUNT } from "../state.ts";

/** Lets exposure return after a drawdown halt (spec 2.6). The kernel decides halts, this decides their end. */
export class HaltRecovery {
  readonly #settings: OrchestratorSettings["risk"]["recovery"];
  readonly #account: Float64Array;
  /** Steps of the ramp taken since the last halt ended; `steps` = full exposure. */
  #step: number;

  constructor(settings: OrchestratorSettings["risk"]["recovery"], account: Float64Array) {
    this.#settings = settings;
    this.#account = account;
    this.#step = settings.steps;
  }

  /** At a day end, before the risk check of its last slice. True when exposure changed. */
  dayEnd(day: number): boolean {
    const halted = this.#account[ACCOUNT.halted] === 1;
    if (halted) {
      const isOver = day >= (this.#account[ACCOUNT.haltDay] as number) + this.#settings.cooldown_days;
      if (this.#settings.mode === "manual" || !isOver) return false;
      return this.resume();
    }
    if (this.#step >= this.#settings.steps) return false;
    this.#expose(this.#step + 1);
    return true;
  }

  /** Ends a halt: the high-water mark is re-based to the equity and exposure takes its first step. False without a halt. */
  resume(): boolean {
    if (this.#account[ACCOUNT.halted] !== 1) return false;
    this.#account[ACCOUNT.halted] = 0;
    this.#account[ACCOUNT.highWater] = this.#account[ACCOUNT.equity] as number;
    this.#expose(1);
    return true;
  }

  #expose(step: number): void {
    this.#step = step;
    this.#account[ACCOUNT.exposureFactor] = step / this.#settings.steps;
  }
}
