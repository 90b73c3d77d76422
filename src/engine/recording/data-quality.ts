import { timeframeMs } from "../../market/timeframe.ts";
import type { Recording } from "./read-recording.ts";

/** More than this share of clipped or missing rows makes a run invalid (spec 6.1). */
export const INVALID_SHARE = 0.05;

/** What a recording is worth as evidence. Shares are fractions. */
export interface DataQuality {
  readonly first: string;
  readonly last: string;
  readonly slices: number;
  readonly events: number;
  /** Bars that are there, and those that are absent between a symbol's first and last one. */
  readonly bars: number;
  readonly missing_bars: number;
  readonly missing_share: number;
  /** Runs of missing slots, over all symbols. */
  readonly gaps: number;
  /** Bars whose prices differ from those of the bar before. */
  readonly unique_bar_ratio: number | null;
  readonly quotes: number;
  /** Quotes that differ from the one before of their symbol. */
  readonly unique_quote_ratio: number | null;
  readonly two_sided_share: number | null;
  /** Fills that a cost model capped; null when no model that clips was in use. */
  readonly clipped_share: number | null;
  readonly valid: boolean;
}

/** @param clippedShare of the fills of the replay, null when nothing can clip. */
export function dataQuality(recording: Recording, clippedShare: number | null): DataQuality {
  const { market, opens, quotes, counts } = recording;
  const baseMs = timeframeMs(market.timeframe) as number;
  let bars = 0;
  let missing = 0;
  let gaps = 0;
  let repeated = 0;
  for (const { timeMs, open, high, low, close } of market.bars) {
    bars += timeMs.length;
    for (let i = 1; i < timeMs.length; i++) {
      const absent = ((timeMs[i] as number) - (timeMs[i - 1] as number)) / baseMs - 1;
      missing += absent;
      if (absent > 0) gaps++;
      if ([open, high, low, close].every((column) => column[i] === column[i - 1])) repeated++;
    }
  }
  const missingShare = missing / (bars + missing);
  return {
    first: new Date(opens[0] as number).toISOString(),
    last: new Date((opens.at(-1) as number) + baseMs).toISOString(),
    slices: opens.length,
    events: Object.values(counts).reduce((sum, count) => sum + count, 0),
    bars,
    missing_bars: missing,
    missing_share: missingShare,
    gaps,
    unique_bar_ratio: bars === 0 ? null : (bars - repeated) / bars,
    quotes: quotes.quotes,
    unique_quote_ratio: quotes.quotes === 0 ? null : quotes.changed / quotes.quotes,
    two_sided_share: quotes.quotes === 0 ? null : quotes.twoSided / quotes.quotes,
    clipped_share: clippedShare,
    valid: missingShare <= INVALID_SHARE && (clippedShare ?? 0) <= INVALID_SHARE,
  };
}
