import type { CurveMetrics } from "../../analytics/curve-metrics.ts";
import { known, type Metric, unknown } from "../../analytics/metric.ts";
import type { OrchestratedResult } from "../../orchestrator/result.ts";
import { amount, count, metric, percent, signedPercent } from "../format.ts";
import type { Pen } from "../pen.ts";
import { renderTable } from "../table.ts";

type Print = (value: number) => string;

/** The portfolio beside buy and hold of the same symbols. */
export function metricsSection({ portfolio, benchmark, costs }: OrchestratedResult, pen: Pen): string {
  const rows: string[][] = [];
  const both = (label: string, of: (curve: CurveMetrics) => Metric, print: Print): void => {
    rows.push([label, metric(of(portfolio), print), metric(of(benchmark), print)]);
  };
  const own = (label: string, value: Metric, print: Print): void => {
    rows.push([label, metric(value, print), ""]);
  };

  both("Final equity", (curve) => known(curve.end_equity), amount);
  both("Total return", (curve) => curve.total_return, signedPercent);
  own("  before costs", costs.total_return_before_costs, signedPercent);
  both("CAGR", (curve) => curve.cagr, signedPercent);
  both("Volatility", (curve) => curve.volatility, percent);
  both("Sharpe ratio", (curve) => curve.sharpe_ratio, amount);
  both("  standard error", (curve) => curve.sharpe_standard_error, amount);
  both("Sortino ratio", (curve) => curve.sortino_ratio, amount);
  both("Calmar ratio", (curve) => curve.calmar_ratio, amount);
  both("Max drawdown", (curve) => curve.max_drawdown, percent);
  rows.push(["  from peak", periodOf(portfolio), periodOf(benchmark)]);
  both("  length", lengthOf, (days) => `${count(days)} days`);
  own("  at slices", portfolio.max_drawdown_at_slices, percent);
  own("Win rate", portfolio.win_rate, percent);
  own("Profit factor", portfolio.profit_factor, amount);
  own("Trades", known(portfolio.trade_count), count);
  own("Turnover per year", portfolio.turnover, (times) => `${amount(times)} x`);
  own("Time in market", portfolio.exposure, percent);
  own("Mean gross leverage", portfolio.mean_gross_leverage, (times) => `${amount(times)} x`);
  return renderTable(
    [
      { title: "" },
      { title: "Portfolio", align: "right", wraps: true },
      { title: "Buy and hold", align: "right", wraps: true },
    ],
    rows,
    pen,
  );
}

function periodOf({ max_drawdown_period: period }: CurveMetrics): string {
  if (period === null) return "";
  return `${period.peak} to ${period.recovered ?? "the end"}`;
}

function lengthOf({ max_drawdown_period: period, max_drawdown }: CurveMetrics): Metric {
  if (period !== null) return known(period.length_days);
  return max_drawdown.value === null ? max_drawdown : unknown("no drawdown");
}
