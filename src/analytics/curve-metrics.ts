import { msToDate } from "../lib/utc.ts";
import { DAY_MS } from "../market/timeframe.ts";
import { cagr } from "./cagr.ts";
import { calmar } from "./calmar.ts";
import { dailyReturns } from "./daily-returns.ts";
import { maxDrawdown } from "./drawdown.ts";
import { known, type Metric, unknown } from "./metric.ts";
import { sharpe } from "./sharpe.ts";
import { sharpeStandardError } from "./sharpe-standard-error.ts";
import { sortino } from "./sortino.ts";
import { totalReturn } from "./total-return.ts";
import { volatility } from "./volatility.ts";

/** When the deepest drawdown began and ended. UTC dates of daily closes. */
export interface DrawdownPeriod {
  /** Of the high-water mark; the first day of the run when that is the capital at the start. */
  readonly peak: string;
  readonly trough: string;
  /** First close at or above the peak again; null when it was not reached. */
  readonly recovered: string | null;
  /** Calendar days from the peak's close to the recovery's, or to the last one of the run. */
  readonly length_days: number;
}

/** Everything that follows from a daily equity curve alone: the same for a portfolio, a pod and the benchmark. */
export interface CurveMetrics {
  readonly start_equity: number;
  readonly end_equity: number;
  readonly total_return: Metric;
  readonly cagr: Metric;
  readonly volatility: Metric;
  readonly sharpe_ratio: Metric;
  readonly sharpe_standard_error: Metric;
  readonly sortino_ratio: Metric;
  readonly calmar_ratio: Metric;
  readonly max_drawdown: Metric;
  readonly max_drawdown_period: DrawdownPeriod | null;
}

/** Calendar days from the first to the last, both included. */
export function calendarDays(timeMs: ArrayLike<number>): number {
  const n = timeMs.length;
  return n === 0 ? 0 : Math.round(((timeMs[n - 1] as number) - (timeMs[0] as number)) / DAY_MS) + 1;
}

/**
 * Metrics of a curve.
 *
 * @param timeMs 00:00 UTC of each day.
 * @param equity closes of these days, quote units.
 * @param start capital before the first day.
 * @param returns of these days; left out = those of the curve.
 */
export function curveMetrics(
  timeMs: ArrayLike<number>,
  equity: ArrayLike<number>,
  start: number,
  returns: Float64Array = dailyReturns(equity, start),
): CurveMetrics {
  const end = equity.length === 0 ? start : (equity[equity.length - 1] as number);
  const growth = cagr(start, end, calendarDays(timeMs));
  const { depth, period } = drawdownOf(timeMs, equity, start);
  return {
    start_equity: start,
    end_equity: end,
    total_return: totalReturn(start, end),
    cagr: growth,
    ...ratios(returns, start),
    calmar_ratio: calmar(growth, depth),
    max_drawdown: depth,
    max_drawdown_period: period,
  };
}

type Ratios = Pick<CurveMetrics, "volatility" | "sharpe_ratio" | "sharpe_standard_error" | "sortino_ratio">;

function ratios(returns: Float64Array, start: number): Ratios {
  if (!(start > 0)) {
    const none = unknown("no capital at the start");
    return { volatility: none, sharpe_ratio: none, sharpe_standard_error: none, sortino_ratio: none };
  }
  return {
    volatility: volatility(returns),
    sharpe_ratio: sharpe(returns),
    sharpe_standard_error: sharpeStandardError(returns),
    sortino_ratio: sortino(returns),
  };
}

function drawdownOf(
  timeMs: ArrayLike<number>,
  equity: ArrayLike<number>,
  start: number,
): { depth: Metric; period: DrawdownPeriod | null } {
  if (!(start > 0)) return { depth: unknown("no capital at the start"), period: null };
  if (equity.length === 0) return { depth: unknown("no day"), period: null };
  const deepest = maxDrawdown(equity, start);
  if (deepest === null) return { depth: known(0), period: null };

  const at = (i: number): number => timeMs[i] as number;
  // The capital at the start is the close of the day before the first one.
  const peakMs = deepest.peak < 0 ? at(0) - DAY_MS : at(deepest.peak);
  const endMs = at(deepest.recovered ?? equity.length - 1);
  return {
    depth: known(deepest.depth),
    period: {
      peak: msToDate(at(Math.max(deepest.peak, 0))),
      trough: msToDate(at(deepest.trough)),
      recovered: deepest.recovered === null ? null : msToDate(at(deepest.recovered)),
      length_days: Math.round((endMs - peakMs) / DAY_MS),
    },
  };
}
