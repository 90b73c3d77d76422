import { stringify } from "yaml";
import { contextFromRegistry } from "../../config/context.ts";
import { parseConfig } from "../../config/load.ts";
import { readYaml } from "../../config/yaml-source.ts";

import * as registry from "../../strategies/registry.ts";
import { UsageError } from "../failures.ts";
import { openMarketFor, withWholeRange } from "../open-run.ts";
import { reportWarnings } from "../report-warnings.ts";
import { type RunFlags, runAndPrint } from "../run-and-print.ts";

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
export async function backtestRun(
  strategy: string,
  symbols: readonly string[],
  flags: BacktestRunFlags,
): Promise<void> {
  const text = stringify({
    pods: [
      {
        pod_id: strategy,
        strategy,
        params: Object.fromEntries(flags.param.map(parseParam)),
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
  const loaded = parseConfig(text, "command line", { context: contextFromRegistry(registry), env: process.env });
  const opened = openMarketFor(loaded.config, loaded.origins.get("data.path")?.kind === "default");
  const config = withWholeRange(opened.config, opened.market);
  await runAndPrint(
    { ...opened, config, configText: text, warnings: reportWarnings(loaded), orchestrated: false },
    flags,
  );
}

/** "lookback=30" as a key and a YAML value. */
function parseParam(text: string): [string, unknown] {
  const split = text.indexOf("=");
  if (split < 1) throw new UsageError(`--param ${text}: expected key=value, for example lookback=30`);
  const { data, isSound } = readYaml(text.slice(split + 1));
  if (!isSound) throw new UsageError(`--param ${text}: the value is not YAML`);
  return [text.slice(0, split), data];
}
