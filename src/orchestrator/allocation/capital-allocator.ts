import { portfolioRisk } from "../../kernels/covariance.ts";
import type { MatrixWorkspace } from "../../kernels/matrix-workspace.ts";
import type { StrategyPod } from "../lifecycle/strategy-pod.ts";
import type { OrchestratorSettings } from "../settings.ts";
import { type AllocationRun, type AllocationTrigger, onGrid, type PodAllocation } from "./allocation-record.ts";
import { type BaseWeights, baseWeights } from "./base-weights.ts";
import { projectOnBox } from "./box.ts";
import { kellyFractions, kellyTrust } from "./kelly.ts";
import { estimateWindow, isMeasurable } from "./return-window.ts";
import { trimRiskShares } from "./risk-trim.ts";

const DAYS_PER_YEAR = 365;
/** From this many measurable PRODUCTION pods on, risk shares are limited. */
const MIN_PODS_FOR_TRIM = 3;
/** The risk-share limit is never below this multiple of an equal share. */
const TRIM_SLACK = 1.2;
/** A cut of step 5 below this share of what a pod holds moves capital even under the minimum turnover. */
const FORCED_CUT = 0.9;

export interface AllocationInput {
  readonly pods: readonly StrategyPod[];
  /** [pod] equity ÷ portfolio equity. */
  readonly current: Float64Array;
  /** [pod] whether it holds nothing. */
  readonly flat: readonly boolean[];
  /** UTC day number. */
  readonly day: number;
  readonly triggers: readonly AllocationTrigger[];
}

/** The stages a fraction goes through, one row per pod; each column is written by one step of `allocate`. */
interface Stages {
  readonly base: Float64Array;
  readonly kelly: Float64Array;
  readonly box: Float64Array;
  readonly step: Float64Array;
  readonly volatility: Float64Array;
  readonly trim: Float64Array;
}

/** Decides the target fractions of all pods (spec 4.2). Pure but for its scratch memory. */
export class CapitalAllocator {
  readonly #settings: OrchestratorSettings;
  readonly #workspace: MatrixWorkspace;

  constructor(settings: OrchestratorSettings, workspace: MatrixWorkspace) {
    this.#settings = settings;
    this.#workspace = workspace;
  }

  /** One run. The pods are not changed; who moves the capital applies `final`. */
  allocate(input: AllocationInput): AllocationRun {
    const { pods } = input;
    const { lookback } = this.#settings.correlation;
    const measurable = pods.filter((pod) => isMeasurable(pod, lookback));
    const inProduction = measurable.filter(({ state }) => state === "production");
    const solvable = inProduction.length >= 2 ? inProduction : [];

    const slots = fixedSlots(input, new Set(solvable));
    const stages = startStages(slots);
    const left = 1 - slots.reduce((sum, slot) => sum + slot, 0);
    const base = solvable.length > 0 ? this.#solve(solvable, Math.max(0, left), input, stages) : null;
    stages.volatility.set(stages.step);
    const limits = this.#limitRisk(measurable, inProduction, input, stages);

    const final = stages.trim.map(onGrid);
    const moved = this.#moves(input, final, stages);
    return {
      day: input.day,
      triggers: input.triggers,
      moved,
      solved: solvable.length,
      method: base?.method ?? null,
      fallback: base?.fallback ?? false,
      iterations: base?.iterations ?? 0,
      residual: base?.residual ?? 0,
      volatility: limits.volatility,
      pods: pods.map((pod, p) => explain(pod, input.current[p] as number, slots[p] as number, stages, p)),
      reserve: 1 - final.reduce((sum, fraction) => sum + fraction, 0),
      unmet: limits.unmet,
    };
  }

  /** Steps 2-4: base weights, Kelly, box and step limit of the measurable PRODUCTION pods. */
  #solve(
    solvable: readonly StrategyPod[],
    left: number,
    { day, current }: AllocationInput,
    stages: Stages,
  ): BaseWeights {
    const { allocation_method: method, correlation, rebalance, risk } = this.#settings;
    const n = solvable.length;
    const { days, estimate } = estimateWindow(
      this.#workspace,
      solvable,
      day,
      correlation.lookback,
      correlation.estimator,
    );
    const covariance = estimate.status === "OK" ? estimate.covariance : null;
    const kelly =
      method === "adaptive_kelly" && covariance !== null
        ? kellyFractions(this.#workspace, days, n, risk.max_portfolio_volatility)
        : new Float64Array(n);
    const budgets = Float64Array.from(solvable, ({ settings }) => settings.risk_budget);
    const base = baseWeights(this.#workspace, covariance, budgets, method);

    const overlaid = solvable.map(({ life }, i) => {
      const weight = base.weights[i] as number;
      if (method !== "adaptive_kelly") return weight;
      const trust = kellyTrust(life.liveDays, this.#settings.kelly_confidence_ramp, this.#settings.kelly_fraction);
      return (1 - trust) * weight + trust * (kelly[i] as number);
    });
    // Pods with different trust can together ask for more than there is: never up, but down to 1.
    const sum = overlaid.reduce((total, weight) => total + weight, 0);
    const scale = left / Math.max(1, sum);
    const boxed = projectOnBox(
      solvable.map(({ settings, index }, i) => {
        stages.base[index] = (base.weights[i] as number) * left;
        stages.kelly[index] = (overlaid[i] as number) * scale;
        return { value: stages.kelly[index] as number, min: settings.min_fraction, max: settings.max_fraction };
      }),
    );
    for (const [i, { index }] of solvable.entries()) {
      stages.box[index] = boxed[i] as number;
      stages.step[index] = Math.min(boxed[i] as number, (current[index] as number) + rebalance.max_increase);
    }
    return base;
  }

  /** Step 5: ex-ante volatility of everything measurable, then the risk shares of PRODUCTION pods. */
  #limitRisk(
    measurable: readonly StrategyPod[],
    inProduction: readonly StrategyPod[],
    { day }: AllocationInput,
    stages: Stages,
  ): { volatility: number | null; unmet: string[] } {
    const { correlation, risk } = this.#settings;
    stages.trim.set(stages.volatility);
    const withCapital = measurable.filter(({ index }) => (stages.step[index] as number) > 0);
    if (withCapital.length === 0) return { volatility: null, unmet: [] };
    const { estimate } = estimateWindow(this.#workspace, withCapital, day, correlation.lookback, correlation.estimator);
    if (estimate.status !== "OK") return { volatility: null, unmet: [] };

    const covariance = estimate.covariance;
    const weights = Float64Array.from(withCapital, ({ index }) => stages.step[index] as number);
    const { variance } = portfolioRisk(this.#workspace, weights);
    const volatility = Math.sqrt(Math.max(0, variance) * DAYS_PER_YEAR);
    const scale = volatility > risk.max_portfolio_volatility ? risk.max_portfolio_volatility / volatility : 1;
    for (const [p, fraction] of stages.step.entries()) stages.volatility[p] = fraction * scale;
    stages.trim.set(stages.volatility);

    if (inProduction.length < MIN_PODS_FOR_TRIM) return { volatility, unmet: [] };
    const limit = Math.max(risk.max_single_pod_risk_pct, TRIM_SLACK / inProduction.length);
    const floors = withCapital.map(({ state, settings }) => (state === "production" ? settings.min_fraction : null));
    const scaled = weights.map((weight) => weight * scale);
    const trimmed = trimRiskShares(this.#workspace, covariance, scaled, floors, limit);
    for (const [i, { index }] of withCapital.entries()) stages.trim[index] = trimmed.weights[i] as number;
    return { volatility, unmet: trimmed.unmet.map((i) => (withCapital[i] as StrategyPod).settings.pod_id) };
  }

  /** Step 6: small changes are not worth their costs, unless a state changed or step 5 cut deep. */
  #moves({ current, triggers }: AllocationInput, final: Float64Array, stages: Stages): boolean {
    if (triggers.includes("state_change")) return true;
    let turnover = 0;
    for (const [p, fraction] of final.entries()) {
      turnover += Math.abs(fraction - (current[p] as number));
      const cut = (stages.trim[p] as number) < (stages.step[p] as number);
      if (cut && fraction < FORCED_CUT * (current[p] as number)) return true;
    }
    return turnover >= this.#settings.rebalance.min_turnover;
  }
}

/** Step 1: life-cycle slots; 0 for the pods that are solved for. What exceeds 1 in sum is scaled, retired holdings first. */
function fixedSlots({ pods, current, flat }: AllocationInput, solved: ReadonlySet<StrategyPod>): Float64Array {
  const kept = (pod: StrategyPod): boolean => pod.state === "retired" && flat[pod.index] === false;
  const slots = Float64Array.from(pods, (pod) =>
    solved.has(pod) ? 0 : slotOf(pod, current[pod.index] as number, kept(pod)),
  );
  const sumWhere = (which: (pod: StrategyPod) => boolean): number =>
    pods.reduce((sum, pod) => (which(pod) ? sum + (slots[pod.index] as number) : sum), 0);
  const held = sumWhere(kept);
  const others = sumWhere((pod) => !kept(pod));
  if (held + others > 1 && others > 0) {
    const scale = Math.max(0, 1 - held) / others;
    for (const pod of pods) if (!kept(pod)) (slots[pod.index] as number) *= scale;
  }
  return slots;
}

function slotOf(pod: StrategyPod, current: number, kept: boolean): number {
  const { settings, state, targetFraction, warningFraction } = pod;
  const held = Math.max(0, current);
  switch (state) {
    case "incubation":
      return settings.initial_fraction;
    case "production":
      return targetFraction;
    case "warning":
      return Math.min(held, Math.max(settings.min_fraction, warningFraction));
    case "probation":
      return Math.min(held, settings.min_fraction);
    case "retired":
      return kept ? held : 0;
  }
}

function startStages(slots: Float64Array): Stages {
  const column = (): Float64Array => slots.slice();
  return { base: column(), kelly: column(), box: column(), step: column(), volatility: column(), trim: column() };
}

/** The differences between the stages, on the grid, so that they sum to the final fraction exactly. */
function explain(pod: StrategyPod, current: number, slot: number, stages: Stages, p: number): PodAllocation {
  const at = (stage: Float64Array): number => onGrid(stage[p] as number);
  const isFixed = slot !== 0 || pod.state !== "production";
  return {
    pod_id: pod.settings.pod_id,
    state: pod.state,
    current,
    base: isFixed ? 0 : at(stages.base),
    kelly: at(stages.kelly) - at(stages.base),
    slot: isFixed ? at(stages.base) : 0,
    box: at(stages.box) - at(stages.kelly),
    step_limit: at(stages.step) - at(stages.box),
    volatility: at(stages.volatility) - at(stages.step),
    prc_trim: at(stages.trim) - at(stages.volatility),
    final: at(stages.trim),
  };
}
