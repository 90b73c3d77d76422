import { z } from "zod";
import { backtest } from "./sections/backtest.ts";
import { data } from "./sections/data.ts";
import { execution } from "./sections/execution.ts";
import { monitoring } from "./sections/monitoring.ts";
import { notification } from "./sections/notification.ts";
import { orchestrator } from "./sections/orchestrator.ts";
import { type PodConfig, pod } from "./sections/pod.ts";
import { portfolio } from "./sections/portfolio.ts";
import type { RetirementCriteria } from "./sections/retirement.ts";

export type { InstrumentRules } from "./sections/data.ts";
export type { AllocationMethod, GraduationCriteria, RebalanceTrigger } from "./sections/orchestrator.ts";
export type { PodConfig, PodRiskConfig, SubStrategyConfig } from "./sections/pod.ts";
export type { RetirementCriteria } from "./sections/retirement.ts";

/**
 * The orchestrator file: every key, its default and its bounds. Strict: unknown keys are refused.
 *
 * What one key alone cannot tell is in rules/, what depends on a strategy in strategy-params.ts; `checkConfig` does all three.
 */
export const configSchema = z.strictObject({
  orchestrator: orchestrator.prefault({}).describe("Allocation, account risk and life cycle"),
  pods: z.array(pod).min(1).describe("The businesses: one strategy on some symbols each"),
  backtest: backtest.prefault({}).describe("Range and capital of a backtest"),
  portfolio: portfolio.prefault({}).describe("Costs and netting"),
  data: data.prefault({}).describe("Where bars come from"),
  execution: execution.prefault({}).describe("Paper and live trading"),
  monitoring: monitoring.prefault({}).describe("Prometheus endpoint"),
  notification: notification.prefault({}).describe("Messages to people"),
});

/** A config file as written: everything with a default may be missing. */
export type OrchestratorFile = z.input<typeof configSchema>;
/** A config file with the defaults that stand in the schema; `resolveConfig` fills those that depend on other keys. */
export type CheckedFile = z.output<typeof configSchema>;

export type OrchestratorConfig = Omit<CheckedFile["orchestrator"], "retirement"> & { retirement: RetirementCriteria };
export type DataConfig = CheckedFile["data"];
export type ExecutionConfig = CheckedFile["execution"];

/** A resolved config: every key has its value. Pods and symbols are in file order; the engine sorts them (`sortConfig`). */
export type Config = Omit<CheckedFile, "orchestrator" | "pods"> & {
  orchestrator: OrchestratorConfig;
  pods: PodConfig[];
};
