import { basename, extname } from "node:path";
import { stringify } from "yaml";
import { parseConfig } from "../../config/load.ts";
import { besideConfig, contextForConfig } from "../../engine/user-strategies/config-strategies.ts";
import { openMarketFor, withWholeRange } from "../open-run.ts";
import { reportWarnings } from "../report-warnings.ts";
import { type RunFlags, runAndPrint } from "../run-and-print.ts";
import { readParams } from "./read-params.ts";

export interface BacktestRunFlags extends RunFlags {
  readonly param: readonly string[];
  readonly timeframe: string;
  readonly start?: string;
  readonly end?: string;
  readonly capital: number;
  readonly costBps: number;
  readonly slippageBps: number;
  /** Fraction of the entry; none when left out, unlike in a pod: what is run is the strategy. */
  readonly stopLoss?: number;
}

/** `backtest run STRATEGY SYMBOL…`: one pod with all the capital, the same engine, no orchestration. */
export function backtestRun(strategy: string, symbols: readonly string[], flags: BacktestRunFlags): void {
  const text = stringify({
    pods: [
      {
        pod_id: basename(strategy, extname(strategy)),
        strategy,
        params: readParams(flags.param),
        symbols,
        timeframe: flags.timeframe,
        initial_fraction: 1,
        max_fraction: 1,
        risk: { system_stop_loss: flags.stopLoss ?? null },
      },
    ],
    backtest: {
      start: flags.start ?? null,
      end: flags.end ?? null,
      capital: flags.capital,
    },
    portfolio: { cost_bps: flags.costBps, slippage_bps: flags.slippageBps },
    ...(flags.data === undefined ? {} : { data: { path: flags.data } }),
  });
  const loaded = parseConfig(text, "command line", {
    context: (data) => contextForConfig(data, besideConfig("command line")),
    env: process.env,
  });
  const opened = openMarketFor(loaded.config, loaded.origins.get("data.path")?.kind === "default");
  const config = withWholeRange(opened.config, opened.market);
  runAndPrint({ ...opened, config, configText: text, warnings: reportWarnings(loaded), orchestrated: false }, flags);
}
