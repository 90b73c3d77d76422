import type { Command } from "commander";
import { examples } from "../arguments.ts";

/** compare, marginal: runs beside each other. */
export function addCompare(program: Command): void {
  program
    .command("compare")
    .description("compare two runs: config, every metric, and the first decision that differs")
    .argument("<run>", "a run folder, its name, or the beginning of its run id or result hash")
    .argument("<other>", "the run beside it")
    .option("--runs <dir>", "where run folders are, for names and ids", "runs")
    .option("--all", "list metrics that are equal, too")
    .option("--json", "print the comparison as JSON")
    .addHelpText(
      "after",
      examples("mcbot compare runs/20260214T153000Z-ab12cd34 runs/last", "mcbot compare ab12cd34 last --json"),
    )
    .action(async (a: string, b: string, flags) =>
      (await import("../commands/compare.ts")).compareCommand(a, b, flags),
    );
  program
    .command("marginal")
    .description("run a portfolio without each of its pods: what every pod adds")
    .argument("<config>", "orchestrator file, YAML")
    .option("--data <path>", 'folder of bars, or "synthetic"; overrides data.path')
    .option("--json", "print the rows as JSON")
    .addHelpText("after", examples("mcbot marginal config/seven-pods.yaml"))
    .action(async (file: string, flags) => (await import("../commands/marginal.ts")).marginalCommand(file, flags));
}
