import type { EngineSymbol } from "./engine.ts";
import type { LifecycleState } from "./settings.ts";
import type { OrchestratorLog } from "./strategy-orchestrator.ts";

/** What a finished run left behind, before any statistic: the one input of results and reports. */
export interface RunRecord {
  /** Sorted by pod id. */
  readonly pods: readonly RunPod[];
  /** Sorted by name. */
  readonly symbols: readonly EngineSymbol[];
  /** Quote units at the start, reserve included. */
  readonly capital: number;
  readonly baseMs: number;
  readonly curve: Curve;
  readonly days: DayCurve;
  /** Event records of the run in order (src/orchestrator/events.ts), without the targets. */
  readonly records: Float64Array;
  /** Why a strategy failed, by cell. */
  readonly failures: ReadonlyMap<number, string>;
  readonly books: FinalBooks;
  /** What the orchestrator decided; null for a run without one. */
  readonly orchestrator: OrchestratorLog | null;
  readonly counts: RunCounts;
}

export interface RunPod {
  readonly podId: string;
  readonly strategy: string;
  readonly symbols: readonly string[];
  readonly timeframe: string;
  readonly initialFraction: number;
  /** What it began with, whole micro-units. */
  readonly capitalMicro: number;
  /** Null in a run without an orchestrator. */
  readonly initialState: LifecycleState | null;
}

/** One value per slice, stamped by the slice's open; valued at its close. Quote units. */
export interface Curve {
  /** Made when it is asked for: in a long run it is as large as the equity. */
  readonly timeMs: Float64Array;
  /** The last of the times; undefined without a slice. */
  readonly lastMs: number | undefined;
  readonly equity: Float64Array;
  /** Σ |account position| × mark. */
  readonly gross: Float64Array;
  /** Σ account position × mark. */
  readonly net: Float64Array;
}

/** One value per UTC day that had a slice, at the close of its last slice. */
export interface DayCurve {
  /** 00:00 UTC of the day. */
  readonly timeMs: Float64Array;
  readonly equity: Float64Array;
  /** [pod][day]. */
  readonly pods: readonly Float64Array[];
}

/** The books after the last slice. Cells: symbol s and pod p at s·P + p. */
export interface FinalBooks {
  readonly reserveMicro: number;
  /** [pod] */
  readonly cashMicro: Float64Array;
  readonly equity: Float64Array;
  /** [symbol] quote units per lot; 0 = never had a bar. */
  readonly markPerLot: Float64Array;
  /** [cell] */
  readonly lots: Float64Array;
  readonly entry: Float64Array;
  readonly realised: Float64Array;
  readonly feesMicro: Float64Array;
  /** Paid, less received. */
  readonly fundingMicro: Float64Array;
  readonly saving: Float64Array;
  /** Raw target weight in force. */
  readonly target: Float64Array;
  /** Share of the pod's equity that the symbol has; 0 where the pod does not trade it. */
  readonly intraWeight: Float64Array;
}

export interface RunCounts {
  readonly slices: number;
  /** Bars of the run's range, over all symbols: read and processed are the same number, asserted. */
  readonly bars: number;
  /** By symbol: bars before the start that strategies saw. */
  readonly warmupBars: readonly number[];
  /** Signals that differed from the one before. */
  readonly targets: number;
  /** Event objects created for observers; 0 in fast mode. */
  readonly eventObjects: number;
  /** Calls of the step kernel, and of the orchestrator's numeric kernels. */
  readonly stepCalls: number;
  readonly numericCalls: number;
}
