/** Funding rates of one perpetual, ascending in time, each time once. */
export interface FundingRates {
  /** "BTC/USDT". */
  readonly symbol: string;
  /** Funding times, epoch ms UTC. */
  readonly timeMs: Float64Array;
  /** Paid by longs to shorts per funding time, as a share of the position's value; negative when shorts pay. */
  readonly rate: Float64Array;
}

/** What missing rates mean: an error, a remark in the header, or nothing because none are wanted. */
export type FundingMode = "required" | "if_present" | "none";
