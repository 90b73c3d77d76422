/**
 * mcbot as a library.
 *
 * @example
 * import { openMarket, resolveConfig, runBacktest } from "mcbot";
 *
 * const config = resolveConfig({
 *   pods: [{ pod_id: "trend", strategy: "tsmom", symbols: ["BTC/USDT"], initial_fraction: 0.5, max_fraction: 0.5 }],
 *   backtest: { start: "2024-01-01", end: "2024-12-31" },
 *   data: { path: "synthetic" },
 * });
 * const { result } = runBacktest(config, openMarket(config));
 * console.log(result.portfolio.sharpe_ratio);
 */
export { ConfigError, type ConfigIssue } from "./config/config-error.ts";
export {
  type AllocationMethod,
  type Config,
  configSchema,
  type GraduationCriteria,
  type OrchestratorConfig,
  type OrchestratorFile,
  type PodConfig,
  type RebalanceTrigger,
  type RetirementCriteria,
} from "./config/schema.ts";
export { type SingleStrategyFile, singleStrategySchema } from "./config/single-strategy.ts";
export { type AllocationComparison, compareAllocations } from "./engine/compare-allocations.ts";
export { type BacktestOutcome, type RunBacktestOptions, runBacktest } from "./engine/run-backtest.ts";
export { checkStrategyFile } from "./engine/user-strategies/check-file.ts";
export { instantiateKernels as kernels } from "./kernels/load.ts";
export { math } from "./kernels/math.ts";
export { MatrixWorkspace } from "./kernels/matrix-workspace.ts";
export { DegradationDetector, PageHinkleyDetector } from "./kernels/page-hinkley.ts";
export { type NetDemand, PositionNetter } from "./kernels/position-netter.ts";
export { openConfigMarket as openMarket, readConfig, resolveConfig } from "./library.ts";
export type { BarColumns } from "./market/bars.ts";
export { DataError, type DataIssue } from "./market/data-error.ts";
export type { Market } from "./market/market.ts";
export type { AllocationRun, PodAllocation } from "./orchestrator/allocation/allocation-record.ts";
export { CapitalAllocator } from "./orchestrator/allocation/capital-allocator.ts";
export type { EngineEvent } from "./orchestrator/events.ts";
export { type LifecycleEvent, LifecycleManager } from "./orchestrator/lifecycle/lifecycle-manager.ts";
export { StrategyPod } from "./orchestrator/lifecycle/strategy-pod.ts";
export type { OrchestratedResult, PodPerformance, PodPosition } from "./orchestrator/result.ts";
export { RiskAggregator, type RiskAlert } from "./orchestrator/risk/risk-aggregator.ts";
export type { RunRecord } from "./orchestrator/run-record.ts";
export type { LifecycleState, OrchestratorSettings, PodSettings } from "./orchestrator/settings.ts";
export { StrategyOrchestrator } from "./orchestrator/strategy-orchestrator.ts";
export { strategyNames } from "./strategies/registry.ts";
export {
  type Candle,
  type CandleColumns,
  defineStrategy,
  type StrategyInfo,
  type UserStrategy,
} from "./strategies/user-strategy.ts";
