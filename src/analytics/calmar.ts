import { known, type Metric, unknown } from "./metric.ts";

/** CAGR ÷ maximum drawdown. */
export function calmar(growth: Metric, maxDrawdown: Metric): Metric {
  if (growth.value === null) return growth;
  if (maxDrawdown.value === null) return maxDrawdown;
  if (maxDrawdown.value === 0) return unknown("no drawdown");
  return known(growth.value / maxDrawdown.value);
}
