import type { Command } from "commander";
import { examples, group } from "../arguments.ts";

export function addOrchestrate(program: Command): void {
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
      (await import("../commands/orchestrate-backtest.ts")).orchestrateBacktest(file, flags),
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
      (await import("../commands/compare-allocations.ts")).compareAllocationsCommand(file, flags),
    );
}
