import type { Command } from "commander";
import { collectPositive, examples, group, nonNegative, positive } from "../arguments.ts";

/** costs calibrate, costs sensitivity. */
export function addCosts(program: Command): void {
  const costs = group(program, "costs", "measure what trading costs, and what an error in it would do");
  costs
    .command("calibrate")
    .description("parameters of portfolio.quoted from the fill reports and quotes of recordings, by least squares")
    .argument("<run...>", "recordings with quotes and fill reports")
    .option("--max-r <n>", "leave out orders larger than this many times what was quoted", positive, 10)
    .option("--max-safe <n>", "candidate of max_safe, repeatable", collectPositive, [])
    .option("--cap <bps>", "cap_bps of the section that is printed: fills do not show it", nonNegative, 100)
    .option("--json", "print the estimates as JSON")
    .addHelpText("after", examples("mcbot costs calibrate recordings/20260214T153000Z-recording"))
    .action(async (runs: string[], flags) => (await import("../commands/costs.ts")).calibrateCommand(runs, flags));
  costs
    .command("sensitivity")
    .description("mean cost of orders when one parameter of portfolio.quoted is halved or doubled")
    .argument("<config>", "config with portfolio.quoted")
    .option("--size <r>", "size of an order ÷ what is quoted, repeatable", collectPositive, [])
    .option("--json", "print the table as JSON")
    .addHelpText("after", examples("mcbot costs sensitivity config.yaml --size 0.2 --size 2"))
    .action(async (file: string, flags) => (await import("../commands/costs.ts")).costSensitivityCommand(file, flags));
}
