import { msToIso } from "../lib/utc.ts";
import type { RunRecord } from "../orchestrator/run-record.ts";
import { type CurveMetrics, calendarDays, curveMetrics } from "./curve-metrics.ts";
import { dailyReturns } from "./daily-returns.ts";
import { MICRO } from "./exact-decimal.ts";
import { type Metric, unknown } from "./metric.ts";
import { profitFactor } from "./profit-factor.ts";
import type { PodTally } from "./run-tally.ts";
import { turnover } from "./turnover.ts";
import { rollingVolatility } from "./volatility.ts";
import { winRate } from "./win-rate.ts";

/** How one pod did, from its daily closes and its finished trades. */
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
  /** Highest daily close, the capital at the start included. */
  readonly peak_equity: number;
  readonly current_equity: number;
  /** Fraction below the peak. */
  readonly current_drawdown: number;
  /** Close of the last slice, ISO 8601 UTC; null when the run had none. */
  readonly last_updated: string | null;
}

/** Performance of pod `p`, which began with `startMicro` of capital. */
export function podPerformance(record: RunRecord, p: number, tally: PodTally, startMicro: number): PodPerformance {
  const { timeMs } = record.days;
  const equity = record.days.pods[p] as Float64Array;
  const start = startMicro / MICRO;
  const metrics = curveMetrics(timeMs, equity, start);
  const peak = equity.reduce((high, value) => Math.max(high, value), start);
  const current = metrics.end_equity;
  const last = record.curve.timeMs.at(-1);
  return {
    ...metrics,
    win_rate: winRate(tally.trades),
    profit_factor: profitFactor(tally.trades),
    trade_count: tally.trades.length,
    turnover: turnover(tally.traded, equity, calendarDays(timeMs)),
    live_days: equity.length,
    rolling_volatility: start > 0 ? rollingVolatility(dailyReturns(equity, start)) : unknown("no capital at the start"),
    peak_equity: peak,
    current_equity: current,
    current_drawdown: peak > 0 ? (peak - current) / peak : 0,
    last_updated: last === undefined ? null : msToIso(last + record.baseMs),
  };
}
