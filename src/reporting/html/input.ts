import type { EquitySpan } from "../../analytics/equity-spans.ts";
import type { StopLevel } from "../../analytics/stop-levels.ts";
import type { AllocationComparison } from "../../engine/compare-allocations.ts";
import type { MarginalRow } from "../../engine/marginal.ts";
import type { OrchestratedResult } from "../../orchestrator/result.ts";

/** What the page is made of. Whatever needs more than result.json may be missing, with the reason. */
export interface ReportInput {
  readonly result: OrchestratedResult;
  readonly limits: ReportLimits;
  /** The curve of every slice; null in a run folder from before it was kept: daily closes stand in. */
  readonly spans: readonly EquitySpan[] | null;
  readonly trades: Part<readonly SymbolTrades[]>;
  readonly stopLevels: Part<readonly StopLevel[]>;
  readonly counterfactual: Part<WhatIf>;
  /** Only this pod in the sections that go by pod. */
  readonly podId?: string;
}

/** Limits of the config that charts are held against; null = the run has none. */
export interface ReportLimits {
  readonly maxPodRisk: number | null;
  readonly maxGrossLeverage: number | null;
  /** Rolling Sharpe ratio below which a pod degrades. */
  readonly sharpeFloor: number | null;
}

export interface WhatIf {
  readonly methods: AllocationComparison;
  readonly marginal: readonly MarginalRow[];
  /** What running them took. */
  readonly seconds: number;
}

export type Part<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export type FillKind = "buy" | "sell" | "stop" | "liquidation";

/** Daily closes of a symbol, and where the account traded. */
export interface SymbolTrades {
  readonly symbol: string;
  readonly days: readonly { readonly timeMs: number; readonly close: number }[];
  /** The newest, in order. */
  readonly fills: readonly { readonly timeMs: number; readonly price: number; readonly kind: FillKind }[];
  /** All that there were. */
  readonly fillCount: number;
}
