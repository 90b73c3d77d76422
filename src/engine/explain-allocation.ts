import { ALLOCATION_PARTS, type AllocationHistoryEntry } from "../analytics/orchestration/allocation-history.ts";
import type { PodAllocation } from "../orchestrator/allocation/allocation-record.ts";
import type { OrchestratedResult } from "../orchestrator/result.ts";
import type { OrchestratorSettings } from "../orchestrator/settings.ts";

export type AllocationPartName = (typeof ALLOCATION_PARTS)[number];

export interface ExplainedPart {
  readonly name: AllocationPartName;
  /** Fraction of the portfolio's equity that this step of the allocator gave or took. */
  readonly value: number;
}

/** Why one pod's target fraction is what it is. */
export interface ExplainedFraction {
  readonly pod_id: string;
  readonly state: string;
  /** Capital fraction at the close, before the run. */
  readonly held: number;
  readonly parts: readonly ExplainedPart[];
  /** Σ parts. */
  readonly final: number;
  /** final − held. */
  readonly change: number;
  /** Σ parts equals the recorded target to the last bit. */
  readonly sums: boolean;
  /** Its share of the risk stayed above the limit: it may not go below its minimum. */
  readonly unmet: boolean;
}

/** One run of the allocator. Fractions are of the portfolio's equity. */
export interface AllocationExplanation {
  /** UTC date at whose close it ran. */
  readonly date: string;
  readonly triggers: AllocationHistoryEntry["triggers"];
  /** False: capital stayed where it was, the targets were not worth the move. */
  readonly moved: boolean;
  readonly method: AllocationHistoryEntry["method"];
  readonly fallback: boolean;
  /** Pods that were weighed; below two the weighing rested. */
  readonly solved: number;
  readonly iterations: number;
  readonly residual: number;
  /** Ex-ante, annual, before the cap; null without a measurable pod. */
  readonly volatility: number | null;
  readonly volatility_limit: number;
  readonly min_turnover: number;
  /** Σ |final − held|. */
  readonly turnover: number;
  readonly reserve_held: number;
  readonly reserve: number;
  readonly pods: readonly ExplainedFraction[];
}

export type AllocationExplained =
  | { readonly ok: true; readonly allocation: AllocationExplanation }
  | { readonly ok: false; readonly message: string };

/**
 * Explains the last run of the allocator at or before a date: what each step gave or took of each pod's fraction.
 *
 * @param settings of the run.
 * @param at UTC date; left out = the last run of all.
 */
export function explainAllocation(
  { allocation_history: runs, header }: Pick<OrchestratedResult, "allocation_history" | "header">,
  settings: Pick<OrchestratorSettings, "risk" | "rebalance">,
  at?: string,
): AllocationExplained {
  if (header.orchestration === null) return bad("this run has no orchestrator: nothing was allocated");
  const [first] = runs;
  if (first === undefined) return bad("the allocator did not run");
  const run = at === undefined ? runs.at(-1) : runs.findLast(({ date }) => date <= at);
  if (run === undefined) return bad(`the allocator did not run before ${at}: its first run was on ${first.date}`);
  if (at !== undefined && at > header.range.end) return bad(`${at} is after the end of the run, ${header.range.end}`);

  const pods = run.pods.map((pod) => explainPod(pod, run.unmet));
  const sum = (of: (pod: ExplainedFraction) => number): number => pods.reduce((total, pod) => total + of(pod), 0);
  const { date, triggers, moved, method, fallback, solved, iterations, residual, volatility, reserve } = run;
  return {
    ok: true,
    allocation: {
      ...{ date, triggers, moved, method, fallback, solved, iterations, residual, volatility },
      volatility_limit: settings.risk.max_portfolio_volatility,
      min_turnover: settings.rebalance.min_turnover,
      turnover: sum(({ change }) => Math.abs(change)),
      reserve_held: 1 - sum(({ held }) => held),
      reserve,
      pods,
    },
  };
}

function explainPod(pod: PodAllocation, unmet: readonly string[]): ExplainedFraction {
  const parts = ALLOCATION_PARTS.map((name) => ({ name, value: pod[name] }));
  const final = parts.reduce((sum, { value }) => sum + value, 0);
  return {
    pod_id: pod.pod_id,
    state: pod.state,
    held: pod.current,
    parts,
    final,
    change: final - pod.current,
    sums: final === pod.final,
    unmet: unmet.includes(pod.pod_id),
  };
}

function bad(message: string): { ok: false; message: string } {
  return { ok: false, message };
}
