/** What is measured of a point over a span of days; null where it cannot be (too few returns, no trade). */
export const METRICS = [
  "total_return",
  "cagr",
  "sharpe",
  "sharpe_se",
  "sortino",
  "calmar",
  "max_drawdown",
  "volatility",
  "turnover",
  "trades",
  "costs",
  "fees",
  "slippage",
  "funding",
  "exposure",
  "mean_leverage",
  "win_rate",
] as const;

export type MetricName = (typeof METRICS)[number];
export type PointMetrics = Readonly<Record<MetricName, number | null>>;

/** Metrics that follow from daily equity alone: all a fold has. */
export const CURVE_METRICS = [
  "total_return",
  "cagr",
  "sharpe",
  "sharpe_se",
  "sortino",
  "calmar",
  "max_drawdown",
  "volatility",
] as const;
export type CurveMetricName = (typeof CURVE_METRICS)[number];
export type FoldMetrics = Readonly<Record<CurveMetricName, number | null>>;
