import type { BarColumns } from "./bars.ts";
import type { Timeframe } from "./timeframe.ts";

/** A source of bars, opened and checked, ready for an engine. */
export interface Market {
  /** "synthetic" also for files that say SYNTHETIC in a comment. */
  readonly kind: "files" | "synthetic";
  /** One line for the run header, e.g. "./data (CSV, 1d)" or "SYNTHETIC market, seed 1". */
  readonly label: string;
  readonly timeframe: Timeframe;
  /** Sorted by symbol. */
  readonly bars: readonly BarColumns[];
  /** Files that were read, in the order of reading; empty when the bars were made in memory. */
  readonly files: readonly string[];
  /** SHA-256 over symbols, times, raw f64 columns and volumeDecimals (see hashBars). */
  readonly hash: string;
}
