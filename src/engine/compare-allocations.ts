import type { Metric } from "../analytics/metric.ts";
import type { Config } from "../config/schema.ts";
import type { Market } from "../market/market.ts";
import type { AllocationMethod } from "../orchestrator/settings.ts";
import { type BacktestOutcome, runBacktest } from "./run-backtest.ts";

/** Every way to divide capital among pods, in the order of comparison. */
export const ALLOCATION_METHODS: readonly AllocationMethod[] = [
  "equal_weight",
  "inverse_volatility",
  "risk_parity",
  "adaptive_kelly",
];

/** The same pods under one method. Money in quote units. */
export interface ComparedAllocation {
  readonly allocation_method: AllocationMethod;
  readonly total_return: Metric;
  readonly sharpe_ratio: Metric;
  readonly max_drawdown: Metric;
  /** Traded value per year ÷ mean equity. */
  readonly turnover: Metric;
  /** Fees and slippage. */
  readonly costs: number;
  readonly final_equity: number;
  readonly capital_moves: number;
  readonly halts: number;
  readonly pods_alive: number;
  readonly run_id: string;
  readonly result_hash: string;
}

export interface AllocationComparison {
  /** The config's own method. */
  readonly configured: AllocationMethod;
  readonly methods: readonly ComparedAllocation[];
}

export interface CompareOptions {
  readonly warnings?: readonly string[];
  /** Days of all four runs. */
  readonly onProgress?: (doneDays: number, totalDays: number) => void;
  /** Gets each run with its config; the configured method comes last. */
  readonly onRun?: (config: Config, outcome: BacktestOutcome) => void;
}

/** Runs the same pods over the same market under each of the four methods. */
export function compareAllocations(
  config: Config,
  market: Market,
  { warnings = [], onProgress, onRun }: CompareOptions = {},
): AllocationComparison {
  const configured = config.orchestrator.allocation_method;
  const order = [...ALLOCATION_METHODS.filter((method) => method !== configured), configured];
  const compared = new Map<AllocationMethod, ComparedAllocation>();
  for (const [i, method] of order.entries()) {
    const own = withMethod(config, method);
    const outcome = runBacktest(own, market, {
      fast: true,
      warnings,
      onProgress: (done, total) => onProgress?.(i * total + done, order.length * total),
    });
    onRun?.(own, outcome);
    compared.set(method, rowOf(method, outcome));
  }
  return { configured, methods: ALLOCATION_METHODS.map((method) => compared.get(method) as ComparedAllocation) };
}

function withMethod(config: Config, allocation_method: AllocationMethod): Config {
  return { ...config, orchestrator: { ...config.orchestrator, allocation_method } };
}

function rowOf(allocation_method: AllocationMethod, { result }: BacktestOutcome): ComparedAllocation {
  const { portfolio, costs, header } = result;
  return {
    allocation_method,
    total_return: portfolio.total_return,
    sharpe_ratio: portfolio.sharpe_ratio,
    max_drawdown: portfolio.max_drawdown,
    turnover: portfolio.turnover,
    costs: costs.fees + costs.slippage,
    final_equity: portfolio.end_equity,
    capital_moves: header.orchestration?.capital_moves ?? 0,
    halts: header.orchestration?.halts ?? 0,
    pods_alive: header.orchestration?.pods_alive ?? 0,
    run_id: header.run_id,
    result_hash: header.result_hash,
  };
}
