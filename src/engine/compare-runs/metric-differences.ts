import type { CostTotals } from "../../analytics/costs.ts";
import type { CurveMetrics } from "../../analytics/curve-metrics.ts";
import { known, type Metric, unknown } from "../../analytics/metric.ts";
import type { OrchestratedResult, PodResult, PortfolioMetrics } from "../../orchestrator/result.ts";

/** What a value counts: `fraction` of 1, `quote` units, `times` (a multiple), a plain `number`, or a whole `count`. */
export type MetricUnit = "fraction" | "quote" | "times" | "number" | "count";

export interface MetricDifference {
  readonly metric: string;
  readonly unit: MetricUnit;
  readonly a: Metric;
  readonly b: Metric;
  /** b − a; null unless both are known. */
  readonly difference: number | null;
}

type Units<T> = Readonly<Record<keyof T & string, MetricUnit>>;

const CURVE: Units<Omit<CurveMetrics, "max_drawdown_period">> = {
  start_equity: "quote",
  end_equity: "quote",
  total_return: "fraction",
  cagr: "fraction",
  volatility: "fraction",
  sharpe_ratio: "number",
  sharpe_standard_error: "number",
  sortino_ratio: "number",
  calmar_ratio: "number",
  max_drawdown: "fraction",
};
const PORTFOLIO: Units<Omit<PortfolioMetrics, "max_drawdown_period">> = {
  ...CURVE,
  max_drawdown_at_slices: "fraction",
  win_rate: "fraction",
  profit_factor: "number",
  trade_count: "count",
  turnover: "times",
  exposure: "fraction",
  mean_gross_leverage: "times",
};
const POD: Units<Omit<PodResult["performance"], "max_drawdown_period" | "last_updated">> = {
  ...CURVE,
  win_rate: "fraction",
  profit_factor: "number",
  trade_count: "count",
  turnover: "times",
  live_days: "count",
  rolling_volatility: "fraction",
  peak_equity: "quote",
  current_equity: "quote",
  current_drawdown: "fraction",
};
const COSTS: Units<CostTotals> = {
  fees: "quote",
  slippage: "quote",
  netting_saving: "quote",
  funding: "quote",
  pnl_before_costs: "quote",
  pnl: "quote",
  total_return_before_costs: "fraction",
};

/** The metrics of two results, by part. Every one is listed, whether it differs or not. */
export interface MetricDifferences {
  readonly portfolio: readonly MetricDifference[];
  readonly benchmark: readonly MetricDifference[];
  readonly costs: readonly MetricDifference[];
  readonly activity: readonly MetricDifference[];
}

export function metricDifferences(a: OrchestratedResult, b: OrchestratedResult): MetricDifferences {
  return {
    portfolio: differences(PORTFOLIO, a.portfolio, b.portfolio),
    benchmark: differences(CURVE, a.benchmark, b.benchmark),
    costs: differences(COSTS, a.costs, b.costs),
    activity: counts(activityOf(a), activityOf(b)),
  };
}

/** The metrics of a pod that both runs have. */
export function podDifferences(a: PodResult, b: PodResult): MetricDifference[] {
  const capital = {
    capital_fraction: "fraction",
    target_fraction: "fraction",
    fees: "quote",
    funding: "quote",
    netting_saving: "quote",
  } as const;
  return [...differences(POD, a.performance, b.performance), ...differences(capital, a, b)];
}

function differences<K extends string>(
  units: Readonly<Record<K, MetricUnit>>,
  a: Readonly<Record<NoInfer<K>, unknown>>,
  b: Readonly<Record<NoInfer<K>, unknown>>,
): MetricDifference[] {
  return (Object.keys(units) as K[]).map((metric) =>
    difference(metric, units[metric], metricOf(a[metric]), metricOf(b[metric])),
  );
}

function difference(metric: string, unit: MetricUnit, a: Metric, b: Metric): MetricDifference {
  return { metric, unit, a, b, difference: a.value === null || b.value === null ? null : b.value - a.value };
}

/** Results hold metrics, plain numbers, and null where a run has no such thing. */
function metricOf(value: unknown): Metric {
  if (typeof value === "number") return known(value);
  return (value as Metric | null | undefined) ?? unknown("the run has none");
}

function activityOf({ header, orders, fills, stops }: OrchestratedResult): Record<string, number | undefined> {
  const { slices, bars, signals, orchestration } = header;
  const { false_retirement_rate: _rate, ...decided } = orchestration ?? {};
  const named = (prefix: string, each: object): [string, number][] =>
    Object.entries(each).map(([key, value]) => [`${prefix}_${key}`, value]);
  return {
    slices,
    bars,
    signals,
    ...Object.fromEntries([...named("orders", orders), ...named("fills", fills)]),
    stops,
    ...(decided as Record<string, number>),
  };
}

function counts(a: Record<string, number | undefined>, b: Record<string, number | undefined>): MetricDifference[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].map((name) => difference(name, "count", metricOf(a[name]), metricOf(b[name])));
}
