import { hash } from "node:crypto";
import { cagr } from "../analytics/cagr.ts";
import { calmar } from "../analytics/calmar.ts";
import { dailyReturns } from "../analytics/daily-returns.ts";
import { maxDrawdown } from "../analytics/drawdown.ts";
import { known } from "../analytics/metric.ts";
import { sharpe } from "../analytics/sharpe.ts";
import { sharpeStandardError } from "../analytics/sharpe-standard-error.ts";
import { sortino } from "../analytics/sortino.ts";
import { totalReturn } from "../analytics/total-return.ts";
import { turnover } from "../analytics/turnover.ts";
import { volatility } from "../analytics/volatility.ts";
import { DAY_MS } from "../market/timeframe.ts";
import type { FoldMetrics, PointMetrics } from "./point-metrics.ts";

/** Sums over a run that a daily curve does not tell. Quote units, counts of slices and of round trips. */
export const TALLY = [
  "traded",
  "fees",
  "slippage",
  "funding",
  "trades",
  "wins",
  "slices",
  "held",
  "leverage",
  "measured",
  "liquidated",
] as const;

/** [TALLY] */
export type Tally = Float64Array;

const slot = Object.fromEntries(TALLY.map((name, i) => [name, i])) as Readonly<Record<(typeof TALLY)[number], number>>;
export const TALLY_SLOT = slot;

/** What one point of a sweep left behind: everything its metrics are made of. */
export interface PointOutcome {
  /** [day] equity at the closes of the run's days; a liquidated account keeps its last value. */
  readonly equity: Float64Array;
  readonly tally: Tally;
}

/** SHA-256 over the raw f64 bits of tally and daily equity: what `tune replay` compares. */
export function outcomeHash({ equity, tally }: PointOutcome): string {
  const values = new Float64Array(tally.length + equity.length);
  values.set(tally);
  values.set(equity, tally.length);
  // In one call: a hash object a point costs as much as the hashing.
  return hash("sha256", new Uint8Array(values.buffer), "hex");
}

/** Metrics of a whole run. @param dayMs 00:00 UTC of its days. @param capital at the start. */
export function pointMetrics({ equity, tally }: PointOutcome, dayMs: Float64Array, capital: number): PointMetrics {
  const at = (name: (typeof TALLY)[number]): number => tally[slot[name]] as number;
  const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
  return {
    ...curveFigures(equity, capital, calendarDays(dayMs, 0, dayMs.length)),
    turnover: turnover(at("traded"), equity, calendarDays(dayMs, 0, dayMs.length)).value,
    trades: at("trades"),
    costs: at("fees") + at("slippage"),
    fees: at("fees"),
    slippage: at("slippage"),
    funding: at("funding"),
    exposure: share(at("held"), at("slices")),
    mean_leverage: share(at("leverage"), at("measured")),
    win_rate: share(at("wins"), at("trades")),
  };
}

/** Metrics of the days [from, to) of a curve. */
export function foldMetrics(
  equity: Float64Array,
  dayMs: Float64Array,
  capital: number,
  from: number,
  to: number,
): FoldMetrics {
  const start = from === 0 ? capital : (equity[from - 1] as number);
  return curveFigures(equity.subarray(from, to), start, calendarDays(dayMs, from, to));
}

function curveFigures(equity: Float64Array, start: number, days: number): FoldMetrics {
  const returns = dailyReturns(equity, start);
  const end = equity.at(-1) ?? start;
  const growth = cagr(start, end, days);
  const depth = known(maxDrawdown(equity, start)?.depth ?? 0);
  return {
    total_return: totalReturn(start, end).value,
    cagr: growth.value,
    sharpe: sharpe(returns).value,
    sharpe_se: sharpeStandardError(returns).value,
    sortino: sortino(returns).value,
    calmar: calmar(growth, depth).value,
    max_drawdown: depth.value,
    volatility: volatility(returns).value,
  };
}

function calendarDays(dayMs: Float64Array, from: number, to: number): number {
  return to <= from ? 0 : Math.round(((dayMs[to - 1] as number) - (dayMs[from] as number)) / DAY_MS) + 1;
}
