import type { LifecycleState, PodSettings } from "../settings.ts";
import { PodLife } from "./pod-life.ts";

/** One pod between the engine's books and the allocator: its state, its past and the capital it was promised. */
export class StrategyPod {
  readonly settings: PodSettings;
  /** Index among the engine's pods. */
  readonly index: number;
  state: LifecycleState;
  life = new PodLife();
  /** UTC day number on which the state was entered; the start for the first. */
  since: number;
  countingDaysInState = 0;
  returnsAtEntry = 0;
  returnsAtProduction = 0;
  /** What the allocator assigned at the last rebalance. */
  targetFraction: number;
  /** WARNING: half of the capital fraction held at the close of its entry. */
  warningFraction = 0;
  /** Trades before the present life began (an operator's revival starts a new one). */
  tradesBefore = 0;
  /** Equity at the last day end, after transfers: the base of the next return. */
  base: number;
  /** True while an operator or a failing strategy keeps it flat. */
  paused: boolean;
  /** A retired pod that was flat at a day end has given its cash back. */
  settled = false;

  constructor(settings: PodSettings, index: number, startDay: number, capital: number) {
    this.settings = settings;
    this.index = index;
    this.state = settings.initial_state;
    this.since = startDay;
    this.targetFraction = settings.initial_fraction;
    this.base = capital;
    this.paused = settings.paused;
  }

  /** Enters a state at the close of `day`, holding `capitalFraction` of the portfolio. */
  enter(state: LifecycleState, day: number, capitalFraction: number): void {
    this.state = state;
    this.since = day;
    this.countingDaysInState = 0;
    this.returnsAtEntry = this.life.liveDays;
    if (state === "production") this.returnsAtProduction = this.life.liveDays;
    if (state === "warning") this.warningFraction = capitalFraction / 2;
  }

  /** An operator gives it another life: the past no longer counts against it. */
  revive(day: number, trades: number): void {
    this.life = new PodLife();
    this.tradesBefore = trades;
    this.settled = false;
    this.targetFraction = this.settings.initial_fraction;
    this.enter("incubation", day, 0);
  }
}
