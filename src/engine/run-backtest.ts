import { fundingMode } from "../config/funding-mode.ts";
import type { Config } from "../config/schema.ts";
import { assert } from "../lib/assert.ts";
import { packageVersion } from "../lib/package.ts";
import type { Market } from "../market/market.ts";
import { buildResult, type OrchestratedResult } from "../orchestrator/result.ts";
import type { RunRecord } from "../orchestrator/run-record.ts";
import { type BacktestOptions, simulate } from "./backtest.ts";
import { identifyRun } from "./run-identity.ts";

export interface BacktestOutcome {
  readonly result: OrchestratedResult;
  /** What the statistics were made from, for files and explanations. */
  readonly record: RunRecord;
}

export interface RunBacktestOptions extends BacktestOptions {
  /** Shown in the header of the result. */
  readonly warnings?: readonly string[];
}

/**
 * Runs a config over a market and returns its statistics.
 *
 * @param config resolved, with a range (`backtest.start`, `backtest.end`).
 * @param market opened for this config (`openMarket`).
 */
export function runBacktest(config: Config, market: Market, options: RunBacktestOptions = {}): BacktestOutcome {
  const { start, end } = config.backtest;
  assert(start !== null && end !== null, "runBacktest: the config has no range");
  const { record, resultHash } = simulate(config, market, options);
  const { portfolio } = config;
  const result = buildResult(record, {
    ...identifyRun(config, market, options.actions),
    mcbotVersion: packageVersion(),
    resultHash,
    market,
    range: { start, end },
    costs: {
      costBps: portfolio.cost_bps,
      slippageBps: portfolio.slippage_bps,
      impactBps: portfolio.impact?.bps ?? null,
      netting: portfolio.netting,
    },
    funding: fundingMode(config.data),
    settings: options.orchestrated === false ? null : config,
    warnings: options.warnings ?? [],
  });
  return { result, record };
}
