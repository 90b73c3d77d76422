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
    .option("--fast", "no event objects, no event log: the same result, sooner")
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
  orchestrate
    .command("report")
    .description("write report.html into a run folder: one page, opens offline")
    .option("--pod <id>", "charts of this pod only")
    .option("--run <dir>", "run folder", "runs/last")
    .option("--data <path>", "where its data is now (default: where it was)")
    .option("--no-what-if", "without the runs under other allocation methods and without each pod")
    .option("--json", "print where it is as JSON")
    .addHelpText("after", examples("mcbot orchestrate report --run runs/last"))
    .action(async (flags) => (await import("../commands/orchestrate-report.ts")).orchestrateReport(flags));
}
