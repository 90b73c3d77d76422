import type { CurveMetrics } from "../../../analytics/curve-metrics.ts";
import { known, type Metric, unknown } from "../../../analytics/metric.ts";
import type { OrchestratedResult } from "../../../orchestrator/result.ts";
import { amount, count, percent, signedPercent } from "../../format.ts";
import { metricCell, table } from "../markup.ts";

const times = (value: number): string => `${amount(value)}×`;
const days = (value: number): string => `${count(value)} days`;

/** Every metric of the account beside buy and hold of the same symbols. */
export function figures({ portfolio, benchmark, costs }: OrchestratedResult): string {
  const both = (name: string, of: (curve: CurveMetrics) => Metric, print: (value: number) => string): string[] => [
    name,
    metricCell(of(portfolio), print),
    metricCell(of(benchmark), print),
  ];
  const own = (name: string, value: Metric, print: (value: number) => string): string[] => [
    name,
    metricCell(value, print),
    "",
  ];
  const rows = [
    both("Final equity", ({ end_equity }) => known(end_equity), amount),
    both("Total return", ({ total_return }) => total_return, signedPercent),
    own(sub("before costs"), costs.total_return_before_costs, signedPercent),
    both("CAGR", ({ cagr }) => cagr, signedPercent),
    both("Volatility", ({ volatility }) => volatility, percent),
    both("Sharpe ratio", ({ sharpe_ratio }) => sharpe_ratio, amount),
    both(sub("standard error"), ({ sharpe_standard_error }) => sharpe_standard_error, amount),
    both("Sortino ratio", ({ sortino_ratio }) => sortino_ratio, amount),
    both("Calmar ratio", ({ calmar_ratio }) => calmar_ratio, amount),
    both("Max drawdown, daily closes", ({ max_drawdown }) => max_drawdown, percent),
    [sub("from peak to recovery"), periodOf(portfolio), periodOf(benchmark)],
    both(sub("length"), lengthOf, days),
    own("Max drawdown, all slices", portfolio.max_drawdown_at_slices, percent),
    own("Win rate", portfolio.win_rate, percent),
    own("Profit factor", portfolio.profit_factor, amount),
    own("Trades", known(portfolio.trade_count), count),
    own("Turnover per year", portfolio.turnover, times),
    own("Time in market", portfolio.exposure, percent),
    own("Mean gross leverage", portfolio.mean_gross_leverage, times),
  ];
  return table("Key figures", ["Figure", "Portfolio", "Buy and hold"], rows, { id: "figures" });
}

/** Belongs to the row above. */
function sub(name: string): string {
  return `<span class="sub">${name}</span>`;
}

function periodOf({ max_drawdown_period: period }: CurveMetrics): string {
  return period === null ? "" : `${period.peak} <br>to ${period.recovered ?? "the end"}`;
}

function lengthOf({ max_drawdown_period: period, max_drawdown }: CurveMetrics): Metric {
  if (period !== null) return known(period.length_days);
  return max_drawdown.value === null ? max_drawdown : unknown("no drawdown");
}
