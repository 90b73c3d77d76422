import type { Command } from "commander";
import { date, examples, group } from "../arguments.ts";

export function addPod(program: Command): void {
  group(program, "pod", "what an operator does with one pod", "mcbot pod revive trend --at 2025-09-30")
    .command("revive")
    .description("give a retired pod another life: makes a backtest again with this action, in a new run folder")
    .argument("<pod>", "pod id")
    .requiredOption("--at <date>", "at the close of this day, UTC; it must be RETIRED then", date)
    .option("--run <dir>", "run folder of the backtest", "runs/last")
    .option("--data <path>", "where its data is now (default: where it was)")
    .option("--report", "print the full report instead of the summary")
    .option("--fast", "no event objects, no event log: the same result, sooner")
    .option("--json", "print the result as JSON")
    .option("--out <dir>", "where run folders go", "runs")
    .addHelpText("after", examples("mcbot pod revive pod-tsmom-major --at 2025-09-30"))
    .action(async (pod: string, flags) => (await import("../commands/pod-revive.ts")).podRevive(pod, flags));
}
