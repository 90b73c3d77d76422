import type { LifecycleState } from "../../orchestrator/settings.ts";
import type { OrchestratorLog } from "../../orchestrator/strategy-orchestrator.ts";

/** From this many pods on, a risk parity solve says something about diversification. */
const DIVERSIFIED = 3;

/** What the orchestrator did in a run, in numbers. */
export interface OrchestrationCounts {
  /** Runs of the allocator, those that moved nothing included. */
  readonly allocation_runs: number;
  /** Runs that moved capital. */
  readonly capital_moves: number;
  /** Risk parity solved for three pods or more, without a fallback. */
  readonly risk_parity_solves: number;
  /** Runs whose method could not be solved as asked. */
  readonly fallbacks: number;
  /** Days that ended with three pods or more in PRODUCTION. */
  readonly days_with_three_in_production: number;
  readonly graduations: number;
  /** Entries into WARNING. */
  readonly warnings: number;
  /** Returns to PRODUCTION from WARNING or PROBATION. */
  readonly recoveries: number;
  readonly retirements: number;
  /** Pods not RETIRED at the end. */
  readonly pods_alive: number;
  /** Times a limit of the account flattened it. */
  readonly halts: number;
}

export function orchestrationCounts(
  { allocations, days, lifecycle }: OrchestratorLog,
  finalStates: readonly (LifecycleState | null)[],
  halts: number,
): OrchestrationCounts {
  const count = <T>(items: readonly T[], is: (item: T) => boolean): number => items.filter(is).length;
  const isPlainRiskParity = (run: OrchestratorLog["allocations"][number]): boolean =>
    run.method === "risk_parity" && !run.fallback && run.solved >= DIVERSIFIED;
  return {
    allocation_runs: allocations.length,
    capital_moves: count(allocations, ({ moved }) => moved),
    risk_parity_solves: count(allocations, isPlainRiskParity),
    fallbacks: count(allocations, ({ fallback }) => fallback),
    days_with_three_in_production: count(
      days,
      ({ states }) => count(states, (state) => state === "production") >= DIVERSIFIED,
    ),
    graduations: count(lifecycle, ({ reason }) => reason === "GRADUATION"),
    warnings: count(lifecycle, ({ to }) => to === "warning"),
    recoveries: count(lifecycle, ({ reason }) => reason === "RECOVERY" || reason === "STRONG_RECOVERY"),
    retirements: count(lifecycle, ({ to }) => to === "retired"),
    pods_alive: count(finalStates, (state) => state !== "retired"),
    halts,
  };
}
