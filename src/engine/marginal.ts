import type { Metric } from "../analytics/metric.ts";
import type { Config } from "../config/schema.ts";
import type { Market } from "../market/market.ts";
import type { OrchestratedResult } from "../orchestrator/result.ts";
import { runBacktest } from "./run-backtest.ts";

/** The portfolio without one pod; `left_out` is null for all of them together. Money in quote units. */
export interface MarginalRow {
  readonly left_out: string | null;
  readonly total_return: Metric;
  readonly sharpe_ratio: Metric;
  readonly max_drawdown: Metric;
  readonly final_equity: number;
  readonly result_hash: string;
}

/**
 * Leaves one pod out at a time and runs the rest over the same market: the whole first, then by pod. A portfolio of one
 * pod has no rest.
 */
export function marginalRuns(
  config: Config,
  market: Market,
  onProgress: (done: number, total: number) => void = () => {},
): MarginalRow[] {
  const { pods } = config;
  const without = pods.length > 1 ? pods.map(({ pod_id }) => pod_id) : [];
  const cases = [null, ...without];
  return cases.map((leftOut, i) => {
    const rest = { ...config, pods: pods.filter(({ pod_id }) => pod_id !== leftOut) };
    const { result } = runBacktest(rest, market, {
      fast: true,
      onProgress: (done, total) => onProgress(i * total + done, cases.length * total),
    });
    return rowOf(leftOut, result);
  });
}

function rowOf(left_out: string | null, { portfolio, header }: OrchestratedResult): MarginalRow {
  return {
    left_out,
    total_return: portfolio.total_return,
    sharpe_ratio: portfolio.sharpe_ratio,
    max_drawdown: portfolio.max_drawdown,
    final_equity: portfolio.end_equity,
    result_hash: header.result_hash,
  };
}
