import { Command } from "commander";
import { packageVersion } from "../lib/package.ts";
import { collect, date, examples, group, nonNegative, positive, whole } from "./arguments.ts";
import { addControl } from "./groups/control.ts";
import { addRecording } from "./groups/recording.ts";

/**
 * The command line. Every action imports its command when it runs, so that `mcbot --help` and a small backtest load nothing
 * they do not need.
 */
export function buildProgram(): Command {
  const program = new Command("mcbot")
    .description("Strategies side by side as businesses, one account, every fill attributed exactly.")
    .version(packageVersion())
    .showHelpAfterError("(mcbot --help lists the commands)")
    .exitOverride();
  addOrchestrate(program);
  addBacktest(program);
  addEda(program);
  addStrategy(program);
  addConfig(program);
  addData(program);
  addExplain(program);
  addPod(program);
  addRecording(program);
  addControl(program);
  return program;
}

function addOrchestrate(program: Command): void {
  const orchestrate = group(program, "orchestrate", "run a portfolio of pods");
  orchestrate
    .command("backtest")
    .description("run a config over its range and write a run folder")
    .argument("<config>", "orchestrator file, YAML")
    .option("--data <path>", 'folder of bars, or "synthetic"; overrides data.path')
    .option("--report", "print the full report instead of the summary")
    .option("--fast", "no event objects, no event log, no progress: the same result, sooner")
    .option("--json", "print the result as JSON")
    .option("--out <dir>", "where run folders go", "runs")
    .addHelpText("after", examples("mcbot orchestrate backtest config/orchestrator-example.yaml --report"))
    .action(async (file: string, flags) =>
      (await import("./commands/orchestrate-backtest.ts")).orchestrateBacktest(file, flags),
    );
  orchestrate
    .command("compare-allocations")
    .description("run the same pods under each of the four ways to divide capital")
    .argument("<config>", "orchestrator file, YAML")
    .option("--data <path>", 'folder of bars, or "synthetic"; overrides data.path')
    .option("--json", "print the comparison as JSON")
    .option("--out <dir>", "also write a run folder of each method there; last is the config's own")
    .addHelpText("after", examples("mcbot orchestrate compare-allocations config/orchestrator-example.yaml"))
    .action(async (file: string, flags) =>
      (await import("./commands/compare-allocations.ts")).compareAllocationsCommand(file, flags),
    );
}

function addBacktest(program: Command): void {
  group(program, "backtest", "run one strategy, no orchestration")
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
    .option("--fast", "no event objects, no event log, no progress")
    .option("--json", "print the result as JSON")
    .option("--out <dir>", "where run folders go", "runs")
    .addHelpText(
      "after",
      examples("mcbot backtest run tsmom BTC/USDT ETH/USDT --param lookback=60 --start 2021-01-01 --end 2024-12-31"),
    )
    .action(async (strategy: string, symbols: string[], flags) =>
      (await import("./commands/backtest-run.ts")).backtestRun(strategy, symbols, flags),
    );
}

function addEda(program: Command): void {
  group(program, "eda", "run a single-strategy config, no orchestration")
    .command("run")
    .description("run a single-strategy config over its range and write a run folder")
    .argument("<config>", "single-strategy file, YAML")
    .option("--data <path>", 'folder of bars, or "synthetic"; overrides data.path')
    .option("--report", "print the full report instead of the summary")
    .option("--fast", "no event objects, no event log, no progress: the same result, sooner")
    .option("--json", "print the result as JSON")
    .option("--out <dir>", "where run folders go", "runs")
    .addHelpText("after", examples("mcbot eda run config/single-strategy.yaml --report"))
    .action(async (file: string, flags) => (await import("./commands/eda-run.ts")).edaRun(file, flags));
}

function addStrategy(program: Command): void {
  const strategy = group(program, "strategy", "what pods can run");
  strategy
    .command("list")
    .description("list the built-in strategies with their parameters")
    .option("--json", "print the list as JSON")
    .addHelpText("after", examples("mcbot strategy list"))
    .action(async (flags) => (await import("./commands/strategy.ts")).listStrategies(flags));
  strategy
    .command("new")
    .description("write a strategy to start from, with its test")
    .argument("<name>", "lower-case letters, digits and -")
    .option("--out <dir>", "folder to write to", ".")
    .addHelpText("after", examples("mcbot strategy new my-trend"))
    .action(async (name: string, flags) => (await import("./commands/strategy.ts")).newStrategy(name, flags));
  strategy
    .command("check")
    .description("look for look-ahead, start-dependence and what differs between machines")
    .argument("<strategy>", "a name, or a file such as ./my-strategy.ts")
    .option("--param <key=value>", "a strategy parameter, repeatable; the value is YAML", collect, [])
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", examples("mcbot strategy check ./my-trend.ts --param lookback=20"))
    .action(async (name: string, flags) => (await import("./commands/strategy.ts")).checkStrategyCommand(name, flags));
}

function addConfig(program: Command): void {
  const config = group(program, "config", "check and show configuration");
  config
    .command("validate")
    .description("check a file and list everything that is wrong with it")
    .argument("<config>", "orchestrator file, YAML")
    .option("--json", "print the outcome as JSON")
    .action(async (file: string, flags) => (await import("./commands/config.ts")).validateConfig(file, flags));
  config
    .command("show")
    .description("print a config with every default filled in")
    .argument("<config>", "orchestrator file, YAML")
    .option("--resolved", "say of every value where it came from")
    .option("--data <path>", "overrides data.path")
    .option("--json", 'print JSON; its "config" is the canonical text that is hashed')
    .action(async (file: string, flags) => (await import("./commands/config.ts")).printConfig(file, flags));
  config
    .command("schema")
    .description("print the JSON Schema of the file, for editors")
    .option("--single-strategy", "of the single-strategy file instead of the orchestrator file")
    .option("--json", "accepted for symmetry: a JSON Schema is JSON")
    .action(async (flags) => (await import("./commands/config.ts")).printSchema(flags));
}

function addData(program: Command): void {
  group(program, "data", "market data")
    .command("synth")
    .description("write the seeded SYNTHETIC market as a folder of CSV")
    .requiredOption("--out <dir>", "folder to write")
    .option("--seed <seed>", "seed of the market", whole, 1)
    .option("--symbols <symbols...>", "BASE/QUOTE", ["BTC/USDT", "ETH/USDT", "SOL/USDT", "BNB/USDT", "AVAX/USDT"])
    .option("--timeframes <timeframes...>", "bar lengths", ["1D"])
    .option("--start <date>", "first day, UTC", date, "2019-01-01")
    .option("--end <date>", "last day, UTC", date, "2025-12-31")
    .option("--json", "print the list of files as JSON")
    .addHelpText("after", examples("mcbot data synth --out ./data --timeframes 1D 1h --end 2024-12-31"))
    .action(async (flags) => (await import("./commands/data-synth.ts")).synthesise(flags));
}

function addExplain(program: Command): void {
  const explain = group(program, "explain", "say why the engine did something");
  explain
    .command("order")
    .description("show how pods' wishes became an order, a fill and each pod's part of it")
    .argument("<symbol>", "BASE/QUOTE, or an order id")
    .option("--at <time>", "slice of the decision: a date, or an ISO time for shorter bars")
    .option("--run <dir>", "run folder", "runs/last")
    .option("--json", "print the explanation as JSON")
    .addHelpText("after", examples("mcbot explain order BTC/USDT --at 2024-03-01"))
    .action(async (symbol: string, flags) =>
      (await import("./commands/explain-order.ts")).explainOrderCommand(symbol, flags),
    );
  explain
    .command("allocation")
    .description("show what each step of the allocator gave or took of every pod's fraction")
    .option("--at <date>", "the last run at or before this day's close, UTC (default: the last one)", date)
    .option("--run <dir>", "run folder", "runs/last")
    .option("--json", "print the explanation as JSON")
    .addHelpText("after", examples("mcbot explain allocation --at 2024-06-30"))
    .action(async (flags) => (await import("./commands/explain-allocation.ts")).explainAllocationCommand(flags));
  explain
    .command("transition")
    .description("show the numbers that changed a pod's state")
    .argument("<pod>", "pod id")
    .option("--at <date>", "the last change at or before this day's close, UTC (default: the last one)", date)
    .option("--run <dir>", "run folder", "runs/last")
    .option("--json", "print the explanation as JSON")
    .addHelpText("after", examples("mcbot explain transition pod-tsmom-major --at 2024-06-30"))
    .action(async (pod: string, flags) =>
      (await import("./commands/explain-transition.ts")).explainTransitionCommand(pod, flags),
    );
}

function addPod(program: Command): void {
  group(program, "pod", "what an operator does with one pod")
    .command("revive")
    .description("give a retired pod another life: makes a backtest again with this action, in a new run folder")
    .argument("<pod>", "pod id")
    .requiredOption("--at <date>", "at the close of this day, UTC; it must be RETIRED then", date)
    .option("--run <dir>", "run folder of the backtest", "runs/last")
    .option("--data <path>", "where its data is now (default: where it was)")
    .option("--report", "print the full report instead of the summary")
    .option("--fast", "no event objects, no event log, no progress: the same result, sooner")
    .option("--json", "print the result as JSON")
    .option("--out <dir>", "where run folders go", "runs")
    .addHelpText("after", examples("mcbot pod revive pod-tsmom-major --at 2025-09-30"))
    .action(async (pod: string, flags) => (await import("./commands/pod-revive.ts")).podRevive(pod, flags));
}
