import type { BarColumns } from "./bars.ts";
import type { FundingRates } from "./funding.ts";
import type { Timeframe } from "./timeframe.ts";

/** What the top of book offered at the closes of slices. */
export interface QuotedSizes {
  /** [slice] open times, ascending. */
  readonly openMs: Float64Array;
  /** By symbol as the market's bars: [slice] price × size of the thinner side, quote units; 0 = not known. */
  readonly notional: readonly Float64Array[];
}

/** A source of bars, opened and checked, ready for an engine. */
export interface Market {
  /** "synthetic" also for files that say SYNTHETIC in a comment. */
  readonly kind: "files" | "synthetic";
  /** One line for the run header, e.g. "./data (CSV, 1d)" or "SYNTHETIC market, seed 1". */
  readonly label: string;
  readonly timeframe: Timeframe;
  /** Sorted by symbol. */
  readonly bars: readonly BarColumns[];
  /** By symbol as `bars`; null where there are none, or none were asked for. */
  readonly funding: readonly (FundingRates | null)[];
  /** Files that were read, in the order of reading; empty when the bars were made in memory. */
  readonly files: readonly string[];
  /** Left out where nobody looked at the book: bars from files. */
  readonly quoted?: QuotedSizes;
  /** SHA-256 over the content of bars and funding (see hashMarket), and of what was quoted. */
  readonly hash: string;
}
