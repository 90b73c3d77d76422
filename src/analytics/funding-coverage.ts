import { msToIso } from "../lib/utc.ts";
import { firstIndexAt } from "../market/bar-search.ts";
import type { BarSeries } from "../market/bar-series.ts";
import type { BarColumns } from "../market/bars.ts";
import { seriesOf } from "../market/column-series.ts";
import type { FundingRates } from "../market/funding.ts";

/** Where rates are missing that a position could have paid. */
export type FundingGap = "MISSING" | "STARTS_LATE" | "ENDS_EARLY";

/** What of a symbol's funding a run saw. */
export interface FundingCoverage {
  readonly symbol: string;
  /** Times of the first and the last rate there is before the end of the run, ISO 8601 UTC; null without a rate. */
  readonly first: string | null;
  readonly last: string | null;
  /** Rates inside the run's range. */
  readonly rates: number;
  /** Longest time between two rates inside the range, hours; null with less than two. */
  readonly longest_gap_hours: number | null;
  readonly gaps: readonly FundingGap[];
}

const HOUR_MS = 3_600_000;

/**
 * Funding coverage of one symbol.
 *
 * Rates are wanted from the run's start, or the symbol's first bar where that is later, to the end of its last bar. They
 * start late, or end early, when more than one interval between rates lies before the first, or after the last.
 *
 * @param range [start, end) of the run, epoch ms.
 */
export function fundingCoverageOf(
  bars: BarColumns,
  rates: FundingRates | null,
  range: { readonly startMs: number; readonly endMs: number },
  baseMs: number,
): FundingCoverage {
  const timeMs =
    rates === null ? new Float64Array(0) : rates.timeMs.subarray(0, firstIndexAt(rates.timeMs, range.endMs));
  const inside = timeMs.subarray(firstIndexAt(timeMs, range.startMs));
  const isoAt = (i: number): string | null => (timeMs.length === 0 ? null : msToIso(timeMs.at(i) as number));
  const steps = Array.from(inside.subarray(1), (time, i) => time - (inside[i] as number));
  return {
    symbol: bars.symbol,
    first: isoAt(0),
    last: isoAt(-1),
    rates: inside.length,
    longest_gap_hours: steps.length === 0 ? null : steps.reduce((a, b) => Math.max(a, b)) / HOUR_MS,
    gaps: gapsOf(seriesOf(bars), timeMs, range, baseMs),
  };
}

function gapsOf(
  bars: BarSeries,
  times: Float64Array,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  baseMs: number,
): FundingGap[] {
  const from = bars.indexAt(startMs);
  const to = bars.indexAt(endMs);
  if (from === to) return [];
  const [first, second] = times;
  const [beforeLast, last] = times.length < 2 ? [first, first] : times.subarray(-2);
  if (first === undefined || last === undefined) return ["MISSING"];
  const wantedFrom = Math.max(startMs, bars.timeAt(0));
  const wantedTo = bars.timeAt(to - 1) + baseMs;
  const gaps: FundingGap[] = [];
  if (first > wantedFrom + ((second ?? first) - first)) gaps.push("STARTS_LATE");
  if (last + (last - (beforeLast ?? last)) < wantedTo) gaps.push("ENDS_EARLY");
  return gaps;
}

/** What a reader must know about missing rates, a sentence each. */
export function fundingWarnings(coverage: readonly FundingCoverage[]): string[] {
  return coverage.flatMap(({ symbol, first, last, gaps }) =>
    gaps.map((gap) => {
      if (gap === "MISSING") return `funding of ${symbol}: there are no rates, its positions pay none`;
      if (gap === "STARTS_LATE") return `funding of ${symbol}: the rates start at ${first}, nothing is paid before`;
      return `funding of ${symbol}: the rates end at ${last}, nothing is paid after`;
    }),
  );
}
