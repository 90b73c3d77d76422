import { correlations, portfolioRisk } from "../../kernels/covariance.ts";
import type { MatrixWorkspace } from "../../kernels/matrix-workspace.ts";
import { estimateWindow, isMeasurable } from "../allocation/return-window.ts";
import type { StrategyPod } from "../lifecycle/strategy-pod.ts";
import type { OrchestratorSettings } from "../settings.ts";

export type RiskAlertType =
  | "daily_loss"
  | "drawdown"
  | "gross_leverage"
  | "pod_drawdown"
  | "pod_risk_share"
  | "effective_n"
  | "correlation"
  | "strategy_failure";
export type RiskSeverity = "warning" | "critical";

/** A limit that is near (80 %) or reached; raised once per crossing. */
export interface RiskAlert {
  /** Close of the slice, epoch ms UTC. */
  readonly timeMs: number;
  readonly type: RiskAlertType;
  readonly severity: RiskSeverity;
  readonly message: string;
  readonly value: number;
  readonly threshold: number;
  readonly podId?: string;
}

/** How risk is spread over the pods, at current capital fractions. */
export interface RiskPicture {
  /** Percentage risk contribution by pod id, of measurable pods with capital; empty when there is no risk. */
  readonly shares: ReadonlyMap<string, number>;
  /** 1 ÷ Σ PRC²; null without shares. */
  readonly effectiveN: number | null;
  /** Over all pairs of measurable pods; null with fewer than two. */
  readonly meanCorrelation: number | null;
  readonly measurable: number;
}

/** Effective number of strategies below which diversification has gone. */
export const MIN_EFFECTIVE_N = 2;

/** Measures risk over the pods (spec 4.5). */
export class RiskAggregator {
  readonly #settings: OrchestratorSettings;
  readonly #workspace: MatrixWorkspace;

  constructor(settings: OrchestratorSettings, workspace: MatrixWorkspace) {
    this.#settings = settings;
    this.#workspace = workspace;
  }

  /** @param fractions [pod] capital fractions to measure with. */
  measure(pods: readonly StrategyPod[], fractions: Float64Array, day: number): RiskPicture {
    const { lookback, estimator } = this.#settings.correlation;
    const measurable = pods.filter((pod) => isMeasurable(pod, lookback));
    const withCapital = measurable.filter(({ index }) => (fractions[index] as number) > 0);
    const nothing = { shares: new Map(), effectiveN: null, meanCorrelation: null, measurable: measurable.length };
    if (withCapital.length === 0) return nothing;
    const { estimate } = estimateWindow(this.#workspace, withCapital, day, lookback, estimator);
    if (estimate.status !== "OK") return nothing;

    const { shares } = portfolioRisk(
      this.#workspace,
      Float64Array.from(withCapital, ({ index }) => fractions[index] as number),
    );
    const { mean } = correlations(this.#workspace, withCapital.length);
    if (shares === null) return { ...nothing, meanCorrelation: mean };
    return {
      shares: new Map(withCapital.map(({ settings }, i) => [settings.pod_id, shares[i] as number])),
      effectiveN: 1 / shares.reduce((sum, share) => sum + share * share, 0),
      meanCorrelation: mean,
      measurable: measurable.length,
    };
  }
}

/** Levels of alerts by name: says when one is crossed, once. */
export class AlertLevels {
  readonly #levels = new Map<string, 0 | 1 | 2>();

  /** The severity to raise now, or null; 2 = the limit, 1 = 80 % of it. */
  cross(name: string, level: 0 | 1 | 2): RiskSeverity | null {
    const before = this.#levels.get(name) ?? 0;
    this.#levels.set(name, level);
    if (level <= before) return null;
    return level === 2 ? "critical" : "warning";
  }
}

/** Level of a value against a limit that it should stay below. */
export function levelOf(value: number, limit: number): 0 | 1 | 2 {
  return value >= limit ? 2 : value >= 0.8 * limit ? 1 : 0;
}
