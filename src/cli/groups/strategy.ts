import type { Command } from "commander";
import { collect, examples, group } from "../arguments.ts";

export function addStrategy(program: Command): void {
  const strategy = group(
    program,
    "strategy",
    "what pods can run",
    "mcbot strategy list",
    "mcbot strategy new my-trend",
  );
  strategy
    .command("list")
    .description("list the built-in strategies with their parameters")
    .option("--json", "print the list as JSON")
    .addHelpText("after", examples("mcbot strategy list"))
    .action(async (flags) => (await import("../commands/strategy.ts")).listStrategies(flags));
  strategy
    .command("new")
    .description("write a strategy to start from, with its test")
    .argument("<name>", "lower-case letters, digits and -")
    .option("--out <dir>", "folder to write to", ".")
    .option("--json", "print what was written as JSON")
    .addHelpText("after", examples("mcbot strategy new my-trend"))
    .action(async (name: string, flags) => (await import("../commands/strategy.ts")).newStrategy(name, flags));
  strategy
    .command("check")
    .description("look for look-ahead, start-dependence and what differs between machines")
    .argument("<strategy>", "a name, or a file such as ./my-strategy.ts")
    .option("--param <key=value>", "a strategy parameter, repeatable; the value is YAML", collect, [])
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", examples("mcbot strategy check ./my-trend.ts --param lookback=20"))
    .action(async (name: string, flags) => (await import("../commands/strategy.ts")).checkStrategyCommand(name, flags));
}
