import type { Kernels } from "../kernels/load.ts";
import { MatrixWorkspace } from "../kernels/matrix-workspace.ts";
import { DegradationDetector } from "../kernels/page-hinkley.ts";
import type { DailyCloses } from "../market/daily-closes.ts";
import type { AllocationRun } from "./allocation/allocation-record.ts";
import { ASSET_WINDOW, assetWeights } from "./allocation/asset-weights.ts";
import { CapitalAllocator } from "./allocation/capital-allocator.ts";
import { AllocationTriggers } from "./allocation/triggers.ts";
import type { Engine } from "./engine.ts";
import type { HostRecord } from "./host-records.ts";
import { allocationRecord, exposureRecord, transferRecord, transitionRecord } from "./host-records.ts";
import { type LifecycleEvent, LifecycleManager, type PodDay } from "./lifecycle/lifecycle-manager.ts";
import { StrategyPod } from "./lifecycle/strategy-pod.ts";
import { HaltRecovery } from "./risk/halt-recovery.ts";
import {
  AlertLevels,
  levelOf,
  MIN_EFFECTIVE_N,
  RiskAggregator,
  type RiskAlert,
  type RiskAlertType,
  type RiskPicture,
} from "./risk/risk-aggregator.ts";
import type { LifecycleState, OrchestratorSettings, PodSettings } from "./settings.ts";
import { ACCOUNT } from "./state.ts";

const MICRO = 1e6;
/** A base of one micro-unit is what rounding left, not capital: a fee on it would be an enormous return. */
const DUST = 1 / MICRO;

/** Something an operator does at the close of a day (`pod revive`, resuming after a manual halt). */
export type OperatorAction =
  | { readonly day: number; readonly type: "revive"; readonly podId: string }
  | { readonly day: number; readonly type: "resume" };

export interface OrchestratorPlan {
  readonly settings: OrchestratorSettings;
  /** In the engine's order. */
  readonly pods: readonly PodSettings[];
  /** UTC day number of the first day. */
  readonly startDay: number;
  /** λ of Page–Hinkley, resolved. */
  readonly lambda: number;
  readonly actions: readonly OperatorAction[];
}

/** What one day end looked like after its decisions. */
export interface DaySummary {
  readonly day: number;
  readonly states: readonly LifecycleState[];
  /** [pod] recorded return of the day; null when none was recorded. */
  readonly returns: readonly (number | null)[];
  readonly picture: RiskPicture;
  /** Exposure factor in force from this close on. */
  readonly exposure: number;
}

/** Everything the orchestrator decided, for results and explanations. */
export interface OrchestratorLog {
  readonly days: DaySummary[];
  readonly allocations: AllocationRun[];
  readonly lifecycle: LifecycleEvent[];
  readonly alerts: RiskAlert[];
}

/**
 * The order of things at a day end (spec 1, phases 5 and 6): returns, life cycle, capital of flat retired pods, allocation,
 * intra-pod weights, alerts, and the end of halts. Runs between the signals and the risk check of a day's last slice.
 */
export class StrategyOrchestrator {
  readonly pods: readonly StrategyPod[];
  readonly log: OrchestratorLog = { days: [], allocations: [], lifecycle: [], alerts: [] };
  readonly #engine: Engine;
  readonly #plan: OrchestratorPlan;
  readonly #closes: DailyCloses;
  readonly #lifecycle: LifecycleManager;
  readonly #allocator: CapitalAllocator;
  readonly #triggers: AllocationTriggers;
  readonly #aggregator: RiskAggregator;
  readonly #recovery: HaltRecovery;
  readonly #workspace: MatrixWorkspace;
  readonly #detector: DegradationDetector;
  readonly #alertLevels = new AlertLevels();
  readonly #write: (record: HostRecord) => void;

  /** Bytes of kernel memory it reserves. */
  static bytes(pods: number, symbols: number, lookback: number): number {
    return MatrixWorkspace.bytes(limitsOf(pods, symbols, lookback)) + 8 * 64 * pods + 1024;
  }

  /** @param write takes the records of what the orchestrator does, in order. */
  constructor(
    kernels: Kernels,
    engine: Engine,
    plan: OrchestratorPlan,
    closes: DailyCloses,
    write: (record: HostRecord) => void,
  ) {
    const { settings, pods, startDay, lambda } = plan;
    this.#engine = engine;
    this.#plan = plan;
    this.#closes = closes;
    this.#write = write;
    this.pods = pods.map((pod, p) => {
      const capital = (engine.setup.pods[p]?.capitalMicro as number) / MICRO;
      return new StrategyPod(pod, p, startDay, capital);
    });
    const limits = limitsOf(pods.length, engine.setup.symbols.length, settings.correlation.lookback);
    this.#workspace = new MatrixWorkspace(kernels, limits);
    const { delta, alpha } = settings.degradation;
    this.#detector = new DegradationDetector(kernels, { delta, lambda, alpha }, pods.length);
    this.#lifecycle = new LifecycleManager(settings, this.#detector, lambda);
    this.#allocator = new CapitalAllocator(settings, this.#workspace);
    this.#aggregator = new RiskAggregator(settings, this.#workspace);
    this.#triggers = new AllocationTriggers(settings.rebalance, startDay);
    this.#recovery = new HaltRecovery(settings.risk.recovery, engine.state.account);
  }

  /** Calls of numeric kernels so far: covariance, risk, risk budgets, Kelly, Page–Hinkley. */
  get numericCalls(): number {
    return this.#workspace.calls + this.#detector.calls;
  }

  /**
   * The close of a UTC day.
   *
   * @param day UTC day number.
   * @param closeMs close of its last slice.
   * @param exposureBefore k that the slice before decided; 0 = the day rests.
   */
  dayEnd(day: number, closeMs: number, exposureBefore: number): void {
    const resting = exposureBefore === 0;
    const podDays = this.#podDays();
    const liveBefore = this.pods.map(({ life }) => life.liveDays);
    const alarms = this.#lifecycle.record(this.pods, podDays, day, resting);
    // Before anything of the day end: a revival begins another life.
    const returns = this.pods.map(({ life }, p) =>
      life.liveDays > (liveBefore[p] as number) ? (life.returns.at(-1) ?? null) : null,
    );

    const events = resting ? [] : this.#lifecycle.advance(this.pods, podDays, alarms, day);
    events.push(...this.#operatorRevivals(day));
    this.#publish(events);
    this.#settleRetired();

    let picture = this.#aggregator.measure(this.pods, this.#fractions(), day);
    if (resting) this.#triggers.rest(day);
    else picture = this.#allocate(day, picture, events.length > 0);

    this.#raiseAlerts(closeMs, picture);
    this.#endOfHalt(day);
    this.#startNextDay();
    this.log.days.push({
      day,
      states: this.pods.map(({ state }) => state),
      returns,
      picture,
      exposure: this.#engine.state.account[ACCOUNT.exposureFactor] as number,
    });
  }

  /**
   * The account was liquidated inside a day, which is therefore the run's last: its returns are recorded, so that a pod's
   * performance holds what it lost, and nothing is decided.
   */
  liquidated(day: number): void {
    const last = this.log.days.at(-1);
    this.log.days.push({
      day,
      states: this.pods.map(({ state }) => state),
      returns: this.#podDays().map(({ dayReturn, base }) => (base > DUST ? dayReturn : null)),
      picture: last?.picture ?? this.#aggregator.measure(this.pods, this.#fractions(), day),
      exposure: this.#engine.state.account[ACCOUNT.exposureFactor] as number,
    });
  }

  #podDays(): PodDay[] {
    const { equity, heldToday, tradeCount } = this.#engine.state;
    const fractions = this.#fractions();
    return this.pods.map(({ base }, p) => ({
      dayReturn: base > DUST ? (equity[p] as number) / base - 1 : 0,
      base,
      held: heldToday[p] === 1,
      trades: tradeCount[p] as number,
      capitalFraction: fractions[p] as number,
    }));
  }

  /** [pod] equity ÷ portfolio equity; 0 when the portfolio has none. */
  #fractions(): Float64Array {
    const { equity, account } = this.#engine.state;
    const portfolio = account[ACCOUNT.equity] as number;
    return equity.map((own) => (portfolio > 0 ? own / portfolio : 0));
  }

  #isFlat(p: number): boolean {
    const { lots } = this.#engine.state;
    const podCount = this.pods.length;
    for (let c = p; c < lots.length; c += podCount) if (lots[c] !== 0) return false;
    return true;
  }

  #operatorRevivals(day: number): LifecycleEvent[] {
    return this.#plan.actions.flatMap((action) => {
      if (action.type !== "revive" || action.day !== day) return [];
      const pod = this.pods.find(({ settings }) => settings.pod_id === action.podId);
      if (pod === undefined || pod.state !== "retired") return [];
      return [this.#lifecycle.revive(pod, day, this.#engine.state.tradeCount[pod.index] as number)];
    });
  }

  #publish(events: readonly LifecycleEvent[]): void {
    for (const event of events) {
      const pod = this.pods.find(({ settings }) => settings.pod_id === event.pod_id) as StrategyPod;
      this.#engine.state.active[pod.index] = event.to === "retired" || pod.paused ? 0 : 1;
      this.log.lifecycle.push(event);
      this.#write(transitionRecord(pod.index, event));
    }
  }

  /** A retired pod that is flat gives its cash to the reserve, either sign, when the reserve can bear it. */
  #settleRetired(): void {
    const { cash, account } = this.#engine.state;
    for (const pod of this.pods) {
      if (pod.state !== "retired" || pod.settled || !this.#isFlat(pod.index)) continue;
      const held = cash[pod.index] as number;
      if ((account[ACCOUNT.reserve] as number) + held < 0) continue;
      if (held !== 0) this.#transfer(pod.index, -held);
      pod.settled = true;
    }
    this.#engine.value();
  }

  #allocate(day: number, picture: RiskPicture, stateChanged: boolean): RiskPicture {
    const triggers = this.#triggers.due(day, picture.shares, stateChanged);
    if (triggers.length === 0) return picture;
    const current = this.#fractions();
    if (!((this.#engine.state.account[ACCOUNT.equity] as number) > 0)) return picture;
    const flat = this.pods.map((_, p) => this.#isFlat(p));
    const run = this.#allocator.allocate({ pods: this.pods, current, flat, day, triggers });
    this.log.allocations.push(run);
    for (const [p, { final }] of run.pods.entries()) this.#write(allocationRecord(p, final, run.moved));
    if (run.moved) this.#moveCapital(run, flat);
    this.#refreshAssetWeights(day);
    const after = this.#aggregator.measure(this.pods, this.#fractions(), day);
    this.#triggers.ran(after.shares);
    return after;
  }

  /** Moves cash so that each pod holds its target fraction; the reserve takes what rounding leaves. */
  #moveCapital(run: AllocationRun, flat: readonly boolean[]): void {
    const { equity, account } = this.#engine.state;
    const portfolio = account[ACCOUNT.equity] as number;
    const moves = run.pods.map(({ final }, p) => Math.floor((final * portfolio - (equity[p] as number)) * MICRO));
    // Withdrawals first, so that the reserve can pay for the rest.
    const order = moves.map((_, p) => p).sort((a, b) => (moves[a] as number) - (moves[b] as number) || a - b);
    for (const p of order) {
      const pod = this.pods[p] as StrategyPod;
      if (pod.state === "retired" && flat[p] === true) continue;
      const affordable = Math.min(moves[p] as number, account[ACCOUNT.reserve] as number);
      if (affordable !== 0) this.#transfer(p, affordable);
      pod.targetFraction = run.pods[p]?.final as number;
    }
    this.#engine.value();
  }

  #transfer(p: number, micro: number): void {
    const { cash, account } = this.#engine.state;
    (cash[p] as number) += micro;
    (account[ACCOUNT.reserve] as number) -= micro;
    this.#write(transferRecord(p, micro, cash[p] as number, account[ACCOUNT.reserve] as number));
  }

  #refreshAssetWeights(day: number): void {
    const { setup, state } = this.#engine;
    for (const { settings, index } of this.pods) {
      if (settings.asset_allocation === "equal") continue;
      const symbols = setup.pods[index]?.symbols ?? [];
      const closes = symbols.map((symbol) => this.#closes.upTo(symbol, day));
      const weights = assetWeights(this.#workspace, closes, settings.asset_allocation);
      for (const [i, symbol] of symbols.entries())
        state.intraWeight[symbol * this.pods.length + index] = weights[i] as number;
    }
  }

  #raiseAlerts(timeMs: number, { shares, effectiveN, meanCorrelation, measurable }: RiskPicture): void {
    const { settings } = this.#plan;
    const raise = (
      type: RiskAlertType,
      level: 0 | 1 | 2,
      value: number,
      threshold: number,
      message: string,
      podId?: string,
    ): void => {
      const severity = this.#alertLevels.cross(`${type}/${podId ?? ""}`, level);
      if (severity === null) return;
      this.log.alerts.push({
        timeMs,
        type,
        severity,
        message,
        value,
        threshold,
        ...(podId === undefined ? {} : { podId }),
      });
    };
    for (const pod of this.pods) {
      if (pod.state === "retired") continue;
      const { max_drawdown: limit, drawdown_warning: warning } = pod.settings.risk;
      const { drawdown } = pod.life;
      const level = drawdown >= limit ? 2 : drawdown >= warning ? 1 : 0;
      raise("pod_drawdown", level, drawdown, level === 2 ? limit : warning, "pod drawdown", pod.settings.pod_id);
    }
    const inProduction = this.pods.filter(
      ({ state, settings: { pod_id } }) => state === "production" && shares.has(pod_id),
    );
    if (inProduction.length >= 3) {
      const limit = Math.max(settings.risk.max_single_pod_risk_pct, 1.2 / inProduction.length);
      for (const [podId, share] of shares)
        raise("pod_risk_share", levelOf(share, limit), share, limit, "share of portfolio risk", podId);
    }
    if (effectiveN !== null && measurable >= 2) {
      raise(
        "effective_n",
        effectiveN < MIN_EFFECTIVE_N ? 2 : 0,
        effectiveN,
        MIN_EFFECTIVE_N,
        "effective number of strategies",
      );
    }
    if (meanCorrelation !== null) {
      const limit = settings.correlation.stress_threshold;
      raise("correlation", meanCorrelation > limit ? 2 : 0, meanCorrelation, limit, "mean correlation of pods");
    }
  }

  #endOfHalt(day: number): void {
    const { account } = this.#engine.state;
    const isResumed = this.#plan.actions.some((action) => action.type === "resume" && action.day === day);
    const changed = isResumed ? this.#recovery.resume() : this.#recovery.dayEnd(day);
    if (changed) this.#write(exposureRecord(account[ACCOUNT.exposureFactor] as number));
  }

  /** Transfers happened after the close was measured: they belong to the next day's base. */
  #startNextDay(): void {
    const { equity, heldToday } = this.#engine.state;
    for (const pod of this.pods) {
      pod.base = equity[pod.index] as number;
      heldToday[pod.index] = this.#isFlat(pod.index) ? 0 : 1;
    }
  }
}

function limitsOf(pods: number, symbols: number, lookback: number): { assets: number; days: number } {
  return { assets: Math.max(pods, symbols), days: Math.max(lookback, ASSET_WINDOW) };
}
