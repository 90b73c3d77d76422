import type { DegradationDetector } from "../../kernels/page-hinkley.ts";
import type { LifecycleState, OrchestratorSettings } from "../settings.ts";
import { correlationWithOthers } from "./correlation-with-others.ts";
import type { StrategyPod } from "./strategy-pod.ts";
import { type Criterion, nextTransition, type TransitionReason } from "./transition.ts";

/** A change of a pod's state with the numbers that caused it. */
export interface LifecycleEvent {
  /** UTC day number at whose end it happened. */
  readonly day: number;
  readonly pod_id: string;
  readonly from: LifecycleState;
  readonly to: LifecycleState;
  readonly reason: TransitionReason;
  readonly value: number;
  readonly threshold: number;
  /** All numbers the rule looked at; empty for an operator's revival. */
  readonly criteria: readonly Criterion[];
}

/** What the books say of a pod's day. */
export interface PodDay {
  readonly dayReturn: number;
  readonly base: number;
  /** Held a position at the previous close or after a fill of the day. */
  readonly held: boolean;
  /** Round trips since the start of the run. */
  readonly trades: number;
  /** Capital fraction at the close. */
  readonly capitalFraction: number;
}

/** Feeds each day's return to the detector and applies the transition rules (spec 4.3, 4.4). */
export class LifecycleManager {
  readonly #settings: OrchestratorSettings;
  readonly #detector: DegradationDetector;
  readonly #lambda: number;

  constructor(settings: OrchestratorSettings, detector: DegradationDetector, lambda: number) {
    this.#settings = settings;
    this.#detector = detector;
    this.#lambda = lambda;
  }

  /** Records the returns of a day. On a resting day (exposure 0) only of pods that held something, and no count moves. */
  record(pods: readonly StrategyPod[], days: readonly PodDay[], day: number, resting: boolean): boolean[] {
    return pods.map((pod, p) => {
      const { dayReturn, base, held } = days[p] as PodDay;
      if (pod.settled || (resting && !held)) return false;
      pod.life.record(day, dayReturn, base, held);
      const counts = held || dayReturn !== 0;
      if (resting || !counts || pod.state === "retired") return false;
      pod.countingDaysInState++;
      return this.#detector.day(pod.index, dayReturn, true);
    });
  }

  /** At most one transition per pod. */
  advance(
    pods: readonly StrategyPod[],
    days: readonly PodDay[],
    alarms: readonly boolean[],
    day: number,
  ): LifecycleEvent[] {
    const changes = pods.map((pod, p) =>
      nextTransition(
        {
          settings: pod.settings,
          state: pod.state,
          life: pod.life,
          tradeCount: (days[p] as PodDay).trades - pod.tradesBefore,
          countingDaysInState: pod.countingDaysInState,
          returnsAtEntry: pod.returnsAtEntry,
          returnsAtProduction: pod.returnsAtProduction,
          alarm: alarms[p] === true,
          score: this.#detector.score(pod.index),
          lambda: this.#lambda,
          correlationWithOthers: () => correlationWithOthers(pod, pods, day),
        },
        this.#settings,
      ),
    );
    // All pods are judged on the same morning before any of them moves.
    return changes.flatMap((change, p) => {
      if (change === null) return [];
      const pod = pods[p] as StrategyPod;
      const event = { day, pod_id: pod.settings.pod_id, from: pod.state, ...change };
      pod.enter(change.to, day, (days[p] as PodDay).capitalFraction);
      this.#detector.restart(pod.index);
      return [event];
    });
  }

  /** An operator gives a retired pod another life. */
  revive(pod: StrategyPod, day: number, trades: number): LifecycleEvent {
    const event = {
      day,
      pod_id: pod.settings.pod_id,
      from: pod.state,
      to: "incubation",
      reason: "REVIVED",
      value: 0,
      threshold: 0,
      criteria: [],
    } as const;
    pod.revive(day, trades);
    this.#detector.restart(pod.index);
    return event;
  }
}
