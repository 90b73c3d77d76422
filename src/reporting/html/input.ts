import type { AllocationComparison } from "../../engine/compare-allocations.ts";
import type { MarginalRow } from "../../engine/marginal.ts";
import type { OrchestratedResult } from "../../orchestrator/result.ts";

/** What the page is made of. Whatever needs more than result.json may be missing, with the reason. */
export interface ReportInput {
  readonly result: OrchestratedResult;
  readonly trades: Part<readonly SymbolTrades[]>;
  readonly counterfactual: Part<{ readonly methods: AllocationComparison; readonly marginal: readonly MarginalRow[] }>;
  /** Only this pod in the sections that go by pod. */
  readonly podId?: string;
}

export type Part<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Daily closes of a symbol, and where the account traded. */
export interface SymbolTrades {
  readonly symbol: string;
  readonly days: readonly { readonly timeMs: number; readonly close: number }[];
  readonly fills: readonly {
    readonly timeMs: number;
    readonly price: number;
    readonly kind: "buy" | "sell" | "stop";
  }[];
}
