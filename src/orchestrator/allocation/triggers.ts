import type { OrchestratorSettings } from "../settings.ts";
import type { AllocationTrigger } from "./allocation-record.ts";

/** Decides on which day ends the allocator runs (spec 4.2). */
export class AllocationTriggers {
  readonly #settings: OrchestratorSettings["rebalance"];
  readonly #startDay: number;
  /** Risk shares after the last run; null before the first. */
  #sharesAtRun: ReadonlyMap<string, number> | null = null;
  /** A calendar run fell on a day on which allocation rested. */
  #missed = false;

  constructor(settings: OrchestratorSettings["rebalance"], startDay: number) {
    this.#settings = settings;
    this.#startDay = startDay;
  }

  /** A day end on which exposure is 0: nothing runs, a calendar run is made up for later. */
  rest(day: number): void {
    if (this.#isCalendarDay(day)) this.#missed = true;
  }

  /** Why the allocator runs today; empty = it does not. */
  due(day: number, shares: ReadonlyMap<string, number>, stateChanged: boolean): AllocationTrigger[] {
    const triggers: AllocationTrigger[] = [];
    if (this.#settings.trigger !== "threshold") {
      if (this.#isCalendarDay(day)) triggers.push("calendar");
      else if (this.#missed) triggers.push("missed_calendar");
    }
    if (this.#settings.trigger !== "calendar" && this.#drift(shares) > this.#settings.drift_threshold) {
      triggers.push("threshold");
    }
    if (stateChanged) triggers.push("state_change");
    return triggers;
  }

  /** A run was made, whether it moved capital or not. */
  ran(shares: ReadonlyMap<string, number>): void {
    this.#sharesAtRun = shares;
    this.#missed = false;
  }

  /** Counted from the first day, not shifted by other runs. */
  #isCalendarDay(day: number): boolean {
    return this.#settings.trigger !== "threshold" && (day - this.#startDay + 1) % this.#settings.calendar_days === 0;
  }

  /** Largest change of a risk share since the last run; a pod missing on one side counts 0 there. */
  #drift(shares: ReadonlyMap<string, number>): number {
    const before = this.#sharesAtRun;
    if (before === null) return 0;
    let largest = 0;
    for (const pod of new Set([...before.keys(), ...shares.keys()])) {
      largest = Math.max(largest, Math.abs((shares.get(pod) ?? 0) - (before.get(pod) ?? 0)));
    }
    return largest;
  }
}
