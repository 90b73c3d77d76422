import { instantiateKernels } from "../../kernels/load.ts";
import { DegradationDetector } from "../../kernels/page-hinkley.ts";
import { PURPOSE, RandomStream } from "../../market/synthetic/random-stream.ts";
import type { LifecycleState, OrchestratorSettings, PodSettings } from "../settings.ts";
import { LifecycleManager, type PodDay } from "./lifecycle-manager.ts";
import { medianOfSorted } from "./simulate-run-length.ts";
import { StrategyPod } from "./strategy-pod.ts";
import type { TransitionReason } from "./transition.ts";

/** 2024-01-01: lives begin on each day of that year in turn, so that months are cut as in real runs. */
const FIRST_START_DAY = 19_723;
const START_DAYS = 366;
/** Days per round trip: `min_trade_count` 30 is met on day 60, before `min_live_days`. */
const DAYS_PER_TRADE = 2;
const DAYS_PER_YEAR = 365;

/** Annual Sharpe ratios of pods whose mean never changes, over two years. */
export const HEALTHY_SHARPES = [1.5, 2.5] as const;
/** Annual Sharpe ratios of pods after the fall: from 1.5, after one year, watched for one more. */
export const FALLEN_SHARPES = [-1.5, 0] as const;
const SHARPE_BEFORE = 1.5;
const HEALTHY_DAYS = DAYS_PER_YEAR;
const SIMULATED_DAYS = 2 * DAYS_PER_YEAR;

/** How a pod earns: independent normal daily returns whose mean may change once. */
export interface Scenario {
  readonly start: "incubation" | "production";
  /** Standard deviation of daily returns, fraction. */
  readonly deviation: number;
  /** Annual Sharpe ratio at first. */
  readonly sharpe: number;
  /** Annual Sharpe ratio after `healthyDays`. */
  readonly sharpeAfter: number;
  readonly healthyDays: number;
  /** Days until the simulation ends. */
  readonly days: number;
}

/** What became of one pod; days count from the start of its life, the first is 1. */
export interface Fate {
  readonly stateAtFall: LifecycleState;
  /** First day after the fall at whose end it left PRODUCTION; null when it did not, or was not there at the fall. */
  readonly leftProduction: number | null;
  /** Null while it lives. */
  readonly retired: { readonly day: number; readonly reason: TransitionReason } | null;
}

/**
 * One pod on its own through the life cycle as the engine runs it: `PodLife`, the detector and the transition rules are the
 * real ones. Every day counts as held, and there are no other pods to be correlated with.
 */
export class LifecycleSimulation {
  readonly #settings: OrchestratorSettings;
  readonly #pod: PodSettings;
  readonly #detector: DegradationDetector;
  readonly #manager: LifecycleManager;
  readonly #random: RandomStream;

  /** @param lambda threshold of Page–Hinkley, resolved. */
  constructor(settings: OrchestratorSettings, pod: PodSettings, lambda: number, seed: number) {
    const { delta, alpha } = settings.degradation;
    this.#settings = settings;
    this.#pod = pod;
    this.#detector = new DegradationDetector(instantiateKernels(1024), { delta, alpha, lambda }, 1);
    this.#manager = new LifecycleManager(this.#settings, this.#detector, lambda);
    this.#random = new RandomStream(seed, 0, PURPOSE.lifecycle);
  }

  /** Lives a life; the same path draws the same normal numbers in every scenario and with all settings. */
  live(scenario: Scenario, path: number): Fate {
    const { start, deviation, sharpe, sharpeAfter, healthyDays, days } = scenario;
    const startDay = FIRST_START_DAY + (path % START_DAYS);
    const pod = new StrategyPod({ ...this.#pod, initial_state: start }, 0, startDay, 1);
    this.#random.seek(path);
    this.#detector.state.fill(0);
    let stateAtFall: LifecycleState = start;
    let leftProduction: number | null = null;
    for (let n = 1; n <= days; n++) {
      const mean = ((n <= healthyDays ? sharpe : sharpeAfter) * deviation) / Math.sqrt(DAYS_PER_YEAR);
      const event = this.#day(pod, startDay + n - 1, mean + deviation * this.#random.normal(), n);
      if (n <= healthyDays) stateAtFall = pod.state;
      else if (stateAtFall === "production" && event?.from === "production") leftProduction ??= n;
      if (event?.to === "retired") {
        return { stateAtFall, leftProduction, retired: { day: n, reason: event.reason } };
      }
    }
    return { stateAtFall, leftProduction, retired: null };
  }

  #day(pod: StrategyPod, day: number, dayReturn: number, n: number) {
    const trades = Math.floor(n / DAYS_PER_TRADE);
    const days: PodDay[] = [{ dayReturn, base: 1, held: true, trades, capitalFraction: pod.targetFraction }];
    const alarms = this.#manager.record([pod], days, day, false);
    return this.#manager.advance([pod], days, alarms, day)[0];
  }
}

/** What retires and demotes pods under one kind of settings, start and deviation. */
export interface Characteristics {
  readonly start: Scenario["start"];
  readonly deviation: number;
  /** Lives per outcome. */
  readonly paths: number;
  readonly healthy: readonly HealthyOutcome[];
  readonly fallen: readonly FallenOutcome[];
}

export interface HealthyOutcome {
  readonly sharpe: number;
  /** Share of pods retired within two years. */
  readonly retired: number;
  /** The parts of it: drawdown beyond the breach, losing months, time-out of PROBATION. */
  readonly by_drawdown: number;
  readonly by_months: number;
  readonly by_probation: number;
}

export interface FallenOutcome {
  readonly sharpe_after: number;
  /** Share of all pods that were trusted at the fall: in PRODUCTION, WARNING or PROBATION. */
  readonly trusted: number;
  /** Share of the trusted that was retired within a year of the fall. */
  readonly retired: number;
  /** Median days from the fall until a pod that was in PRODUCTION left it; null when fewer than half did. */
  readonly median_days_to_warning: number | null;
}

/** The operating characteristics of the simulated settings. */
export function characteristics(
  simulation: LifecycleSimulation,
  start: Scenario["start"],
  deviation: number,
  paths: number,
): Characteristics {
  const healthy = HEALTHY_SHARPES.map((sharpe) => healthyOutcome(simulation, start, deviation, sharpe, paths));
  const fallen = FALLEN_SHARPES.map((sharpe) => fallenOutcome(simulation, start, deviation, sharpe, paths));
  return { start, deviation, paths, healthy, fallen };
}

/** Pods whose mean never changes, over two years. */
export function healthyOutcome(
  simulation: LifecycleSimulation,
  start: Scenario["start"],
  deviation: number,
  sharpe: number,
  paths: number,
): HealthyOutcome {
  const days = SIMULATED_DAYS;
  const fates = lives(simulation, { start, deviation, sharpe, sharpeAfter: sharpe, healthyDays: days, days }, paths);
  const share = (reason: TransitionReason) => fates.filter(({ retired }) => retired?.reason === reason).length / paths;
  return {
    sharpe,
    retired: fates.filter(({ retired }) => retired !== null).length / paths,
    by_drawdown: share("DRAWDOWN_BREACH"),
    by_months: share("LOSING_MONTHS"),
    by_probation: share("PROBATION_TIMEOUT"),
  };
}

/** Pods whose Sharpe ratio falls from 1.5 after a year, over one more. */
export function fallenOutcome(
  simulation: LifecycleSimulation,
  start: Scenario["start"],
  deviation: number,
  sharpeAfter: number,
  paths: number,
): FallenOutcome {
  const sharpe = SHARPE_BEFORE;
  const [healthyDays, days] = [HEALTHY_DAYS, SIMULATED_DAYS];
  const fates = lives(simulation, { start, deviation, sharpe, sharpeAfter, healthyDays, days }, paths);
  const trusted = fates.filter(({ stateAtFall }) => stateAtFall !== "incubation" && stateAtFall !== "retired");
  const delays = trusted
    .filter(({ stateAtFall }) => stateAtFall === "production")
    .map(({ leftProduction }) => (leftProduction ?? Number.POSITIVE_INFINITY) - healthyDays)
    .sort((a, b) => a - b);
  const median = medianOfSorted(delays);
  return {
    sharpe_after: sharpeAfter,
    trusted: trusted.length / paths,
    retired: trusted.filter(({ retired }) => retired !== null).length / trusted.length,
    median_days_to_warning: Number.isFinite(median) ? median : null,
  };
}

function lives(simulation: LifecycleSimulation, scenario: Scenario, paths: number): Fate[] {
  return Array.from({ length: paths }, (_, path) => simulation.live(scenario, path));
}
