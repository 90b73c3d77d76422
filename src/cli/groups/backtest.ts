import type { Command } from "commander";
import { collect, date, examples, group, nonNegative, positive } from "../arguments.ts";

export function addBacktest(program: Command): void {
  group(program, "backtest", "run one strategy, no orchestration", "mcbot backtest run tsmom BTC/USDT")
    .command("run")
    .description("run one strategy on some symbols with all the capital")
    .argument("<strategy>", "its name, for example tsmom")
    .argument("<symbols...>", "BASE/QUOTE, for example BTC/USDT")
    .option("--param <key=value>", "a strategy parameter, repeatable; the value is YAML", collect, [])
    .option("--timeframe <timeframe>", "candle length", "1D")
    .option("--start <date>", "first day, UTC (default: the first bar)", date)
    .option("--end <date>", "last day, UTC (default: the last bar)", date)
    .option("--capital <amount>", "quote units", positive, 100_000)
    .option("--cost-bps <bps>", "fee on each fill", nonNegative, 4)
    .option("--slippage-bps <bps>", "slippage on each fill", nonNegative, 5)
    .option("--stop-loss <fraction>", "protective stop, a fraction of the entry (default: none)", positive)
    .option("--data <path>", 'folder of bars, or "synthetic"')
    .option("--report", "print the full report instead of the summary")
    .option("--fast", "no event objects, no event log: the same result, sooner")
    .option("--json", "print the result as JSON")
    .option("--out <dir>", "where run folders go", "runs")
    .addHelpText(
      "after",
      examples("mcbot backtest run tsmom BTC/USDT ETH/USDT --param lookback=60 --start 2021-01-01 --end 2024-12-31"),
    )
    .action(async (strategy: string, symbols: string[], flags) =>
      (await import("../commands/backtest-run.ts")).backtestRun(strategy, symbols, flags),
    );
}
