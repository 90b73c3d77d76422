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
export { type AllocationComparison, compareAllocations } from "./engine/compare-allocations.ts";
export { type BacktestOutcome, type RunBacktestOptions, runBacktest } from "./engine/run-backtest.ts";
export { math } from "./kernels/math.ts";
export { openConfigMarket as openMarket, readConfig, resolveConfig } from "./library.ts";
export type { BarColumns } from "./market/bars.ts";
export { DataError, type DataIssue } from "./market/data-error.ts";
export type { Market } from "./market/market.ts";
export type { EngineEvent } from "./orchestrator/events.ts";
export type { OrchestratedResult, PodPerformance, PodPosition } from "./orchestrator/result.ts";
export type { RiskAlert } from "./orchestrator/risk/risk-aggregator.ts";
export type { RunRecord } from "./orchestrator/run-record.ts";
export type { LifecycleState } from "./orchestrator/settings.ts";
export { strategyNames } from "./strategies/registry.ts";
