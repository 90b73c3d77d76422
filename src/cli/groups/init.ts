import type { Command } from "commander";
import { examples, whole } from "../arguments.ts";

export function addInit(program: Command): void {
  program
    .command("init")
    .description("start here: a folder with a commented config, a SYNTHETIC market, and its first backtest and report")
    .argument("[dir]", "the folder; what is in it already stays as it is", ".")
    .option("--no-run", "write the files only")
    .option("--seed <seed>", "seed of the synthetic market", whole, 1)
    .option("--json", "print what was written as JSON")
    .addHelpText("after", examples("mcbot init my-portfolio", "mcbot init my-portfolio --no-run"))
    .action(async (folder: string, flags) => (await import("../commands/init.ts")).init(folder, flags));
}
