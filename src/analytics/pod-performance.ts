import { msToIso } from "../lib/utc.ts";
import type { RunRecord } from "../orchestrator/run-record.ts";
import { type CurveMetrics, calendarDays, curveMetrics } from "./curve-metrics.ts";
import { drawdownCurve } from "./drawdown.ts";
import { MICRO } from "./exact-decimal.ts";
import { type Metric, unknown } from "./metric.ts";
import { podTrack } from "./pod-track.ts";
import { profitFactor } from "./profit-factor.ts";
import type { PodTally } from "./run-tally.ts";
import { turnover } from "./turnover.ts";
import { rollingVolatility } from "./volatility.ts";
import { winRate } from "./win-rate.ts";

/**
 * How one pod did, from its daily returns and its finished trades. Returns, ratios and drawdowns are those of the index
 * compounded from its returns: capital that the allocator gives or takes does not move them.
 */
export interface PodPerformance extends CurveMetrics {
  readonly win_rate: Metric;
  readonly profit_factor: Metric;
  /** Round trips in a symbol, flat or flip to flat or flip. */
  readonly trade_count: number;
  readonly turnover: Metric;
  /** Recorded daily returns. */
  readonly live_days: number;
  /** Of the last 30 daily returns, annualised. */
  readonly rolling_volatility: Metric;
  /**
   * Highest daily close, the capital at the start included. Where capital moves: what the capital of today would have been
   * worth at the best close, current_equity ÷ (1 − current_drawdown).
   */
  readonly peak_equity: number;
  /** What it holds at the end, after the last transfers. */
  readonly current_equity: number;
  /** Fraction below the best close. */
  readonly current_drawdown: number;
  /** Close of the last slice, ISO 8601 UTC; null when the run had none. */
  readonly last_updated: string | null;
}

/** Performance of pod `p`. */
export function podPerformance(record: RunRecord, p: number, tally: PodTally): PodPerformance {
  const { days, books, curve } = record;
  const track = podTrack(record, p);
  const equity = days.pods[p] as Float64Array;
  const start = (record.pods[p]?.capitalMicro as number) / MICRO;
  const current = equity.length === 0 ? start : (books.equity[p] as number);
  const drawdown = drawdownCurve(track.curve, track.start).at(-1) ?? 0;
  const last = curve.lastMs;
  return {
    ...curveMetrics(track.timeMs, track.curve, track.start, track.returns),
    start_equity: start,
    end_equity: current,
    win_rate: winRate(tally.trades),
    profit_factor: profitFactor(tally.trades),
    trade_count: tally.trades.length,
    turnover: turnover(tally.traded, equity, calendarDays(days.timeMs)),
    live_days: track.returns.length,
    rolling_volatility: track.start > 0 ? rollingVolatility(track.returns) : unknown("no capital at the start"),
    peak_equity: peakOf(record, p, current, drawdown),
    current_equity: current,
    current_drawdown: drawdown,
    last_updated: last === undefined ? null : msToIso(last + record.baseMs),
  };
}

/** The highest daily close, where capital moves: at the capital of today. A pod that lost all of it has nothing to scale with. */
function peakOf({ days, orchestrator, pods }: RunRecord, p: number, current: number, drawdown: number): number {
  if (orchestrator !== null && drawdown < 1) return current / (1 - drawdown);
  const start = (pods[p]?.capitalMicro as number) / MICRO;
  return (days.pods[p] as Float64Array).reduce((high, value) => Math.max(high, value), start);
}
