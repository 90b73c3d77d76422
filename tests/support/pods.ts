import type { OrchestratorFile } from "../../src/config/schema.ts";
import { MatrixWorkspace } from "../../src/kernels/matrix-workspace.ts";
import { resolveConfig } from "../../src/library.ts";
import type { AllocationRun, PodAllocation } from "../../src/orchestrator/allocation/allocation-record.ts";
import { type AllocationInput, CapitalAllocator } from "../../src/orchestrator/allocation/capital-allocator.ts";
import { StrategyPod } from "../../src/orchestrator/lifecycle/strategy-pod.ts";
import type { LifecycleState, OrchestratorSettings, PodSettings } from "../../src/orchestrator/settings.ts";
import { seededRandom } from "./random-script.ts";

export const TODAY = 20_000;

/** Orchestrator settings as a config file would give them. */
export function settingsOf(orchestrator: NonNullable<OrchestratorFile["orchestrator"]> = {}): OrchestratorSettings {
  return resolveConfig({ orchestrator, pods: [{ pod_id: "a", strategy: "buy-and-hold", symbols: ["BTC/USDT"] }] })
    .orchestrator;
}

export interface MadePod extends Partial<Omit<PodSettings, "risk">> {
  readonly state?: LifecycleState;
  /** Daily returns up to and including today. */
  readonly returns?: readonly number[];
  readonly warningFraction?: number;
  readonly targetFraction?: number;
}

/** A pod with a past. */
export function madePod(
  { state = "production", returns = [], warningFraction, targetFraction, ...settings }: MadePod,
  index: number,
): StrategyPod {
  const pod = new StrategyPod(
    {
      pod_id: `pod-${String(index).padStart(2, "0")}`,
      initial_fraction: 0.1,
      max_fraction: 0.4,
      min_fraction: 0.02,
      initial_state: "incubation",
      asset_allocation: "equal",
      risk_budget: 1,
      backtest_sharpe: null,
      paused: false,
      risk: { max_drawdown: 0.15, drawdown_warning: 0.1 },
      ...settings,
    },
    index,
    TODAY - returns.length + 1,
    1000,
  );
  for (const [i, value] of returns.entries()) pod.life.record(TODAY - returns.length + 1 + i, value, 1000, true);
  pod.state = state;
  if (warningFraction !== undefined) pod.warningFraction = warningFraction;
  if (targetFraction !== undefined) pod.targetFraction = targetFraction;
  return pod;
}

/** Returns with the sample covariance asked for, exactly: `deviations` and one correlation for all pairs (Gram–Schmidt). */
export function returnsWith(
  deviations: readonly number[],
  correlation: number,
  days = 90,
  means: readonly number[] = [],
  seed = 1,
): number[][] {
  const random = seededRandom(seed);
  const n = deviations.length;
  const raw = Array.from({ length: n }, () => Array.from({ length: days }, () => random() - 0.5));
  const orthonormal: number[][] = [];
  for (const series of raw) {
    const mean = series.reduce((sum, x) => sum + x, 0) / days;
    let rest = series.map((x) => x - mean);
    for (const other of orthonormal) {
      const along = rest.reduce((sum, x, t) => sum + x * (other[t] as number), 0);
      rest = rest.map((x, t) => x - along * (other[t] as number));
    }
    const norm = Math.sqrt(rest.reduce((sum, x) => sum + x * x, 0));
    orthonormal.push(rest.map((x) => x / norm));
  }
  const factor = choleskyOf(n, correlation);
  return deviations.map((deviation, i) =>
    Array.from({ length: days }, (_, t) => {
      const mixed = orthonormal.reduce((sum, series, j) => sum + (factor[i]?.[j] ?? 0) * (series[t] as number), 0);
      return (means[i] ?? 0) + mixed * deviation * Math.sqrt(days - 1);
    }),
  );
}

function choleskyOf(n: number, correlation: number): number[][] {
  const lower: number[][] = Array.from({ length: n }, () => Array.from({ length: n }, () => 0));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? 1 : correlation;
      for (let k = 0; k < j; k++) sum -= (lower[i]?.[k] as number) * (lower[j]?.[k] as number);
      (lower[i] as number[])[j] = i === j ? Math.sqrt(Math.max(0, sum)) : sum / (lower[j]?.[j] as number);
    }
  }
  return lower;
}

export interface Allocated {
  readonly run: AllocationRun;
  /** By pod, in order. */
  readonly final: number[];
  readonly pods: readonly PodAllocation[];
}

/** Runs the allocator over made pods; `current` defaults to 0.1 each. */
export function allocate(
  made: readonly MadePod[],
  orchestrator: NonNullable<OrchestratorFile["orchestrator"]> = {},
  {
    current,
    flat,
    triggers = ["calendar"],
  }: { current?: number[]; flat?: boolean[]; triggers?: AllocationInput["triggers"] } = {},
): Allocated {
  const settings = settingsOf({ rebalance: { max_increase: 1 }, ...orchestrator });
  const pods = made.map(madePod);
  const allocator = new CapitalAllocator(
    settings,
    MatrixWorkspace.create({ assets: Math.max(1, pods.length), days: 400 }),
  );
  const run = allocator.allocate({
    pods,
    current: Float64Array.from(current ?? made.map(() => 0.1)),
    flat: flat ?? made.map(() => false),
    day: TODAY,
    triggers,
  });
  return { run, final: run.pods.map(({ final }) => final), pods: run.pods };
}
