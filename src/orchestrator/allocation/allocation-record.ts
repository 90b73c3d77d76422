import type { BaseMethod } from "./base-weights.ts";

/** Why a run happened. */
export type AllocationTrigger = "calendar" | "threshold" | "state_change" | "missed_calendar";

/** Why a pod's target fraction is what it is: the parts sum to `final`, to the last bit (multiples of 2⁻⁴⁰). */
export interface PodAllocation {
  readonly pod_id: string;
  readonly state: string;
  /** Capital fraction before the run. */
  readonly current: number;
  /** Share of what the fixed slots leave, by the base method. */
  readonly base: number;
  /** What Kelly added or took. */
  readonly kelly: number;
  /** Life-cycle slot, for pods that are not in the solve. */
  readonly slot: number;
  readonly box: number;
  readonly step_limit: number;
  readonly volatility: number;
  readonly prc_trim: number;
  readonly final: number;
}

/** One run of the allocator. */
export interface AllocationRun {
  /** UTC day number at whose end it ran. */
  readonly day: number;
  readonly triggers: readonly AllocationTrigger[];
  /** False: decided to move nothing. */
  readonly moved: boolean;
  /** Pods in the solve; below 2 steps 2-4 rested. */
  readonly solved: number;
  readonly method: BaseMethod | null;
  readonly fallback: boolean;
  readonly iterations: number;
  readonly residual: number;
  /** Ex-ante annual volatility before the cap; null without a measurable pod. */
  readonly volatility: number | null;
  readonly pods: readonly PodAllocation[];
  readonly reserve: number;
  /** Pods above the risk-share limit that could not be brought under it. */
  readonly unmet: readonly string[];
}

const GRID = 1_099_511_627_776; // 2⁴⁰

/** Down to a multiple of 2⁻⁴⁰: sums and differences of such fractions are exact. */
export function onGrid(fraction: number): number {
  return Math.floor(fraction * GRID) / GRID;
}
