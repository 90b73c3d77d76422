import type { Command } from "commander";
import { examples, group } from "../arguments.ts";

export function addEda(program: Command): void {
  group(program, "eda", "run a single-strategy config, no orchestration", "mcbot eda run config/single-strategy.yaml")
    .command("run")
    .description("run a single-strategy config over its range and write a run folder")
    .argument("<config>", "single-strategy file, YAML")
    .option("--data <path>", 'folder of bars, or "synthetic"; overrides data.path')
    .option("--report", "print the full report instead of the summary")
    .option("--fast", "no event objects, no event log: the same result, sooner")
    .option("--json", "print the result as JSON")
    .option("--out <dir>", "where run folders go", "runs")
    .addHelpText("after", examples("mcbot eda run config/single-strategy.yaml --report"))
    .action(async (file: string, flags) => (await import("../commands/eda-run.ts")).edaRun(file, flags));
}
