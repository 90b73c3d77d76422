import { Command } from "commander";
import { packageVersion } from "../lib/package.ts";
import { examples } from "./arguments.ts";
import { addBacktest } from "./groups/backtest.ts";
import { addCompare } from "./groups/compare.ts";
import { addCompletion } from "./groups/completion.ts";
import { addConfig } from "./groups/config.ts";
import { addControl } from "./groups/control.ts";
import { addCosts } from "./groups/costs.ts";
import { addData } from "./groups/data.ts";
import { addEda } from "./groups/eda.ts";
import { addExplain } from "./groups/explain.ts";
import { addInit } from "./groups/init.ts";
import { addOrchestrate } from "./groups/orchestrate.ts";
import { addPod } from "./groups/pod.ts";
import { addRecording } from "./groups/recording.ts";
import { addStrategy } from "./groups/strategy.ts";
import { addTuning } from "./groups/tuning.ts";
import { addVenue } from "./groups/venue.ts";

/**
 * The command line. Every action imports its command when it runs, so that `mcbot --help` and a small backtest load nothing
 * they do not need.
 */
export function buildProgram(): Command {
  const program = new Command("mcbot")
    .description("Strategies side by side as businesses, one account, every fill attributed exactly.")
    .version(packageVersion())
    .showHelpAfterError("(add --help for what there is)")
    .exitOverride()
    .addHelpText(
      "after",
      examples(
        "mcbot init my-portfolio",
        "mcbot orchestrate backtest portfolio.yaml --report",
        "mcbot explain allocation",
      ),
    );
  program.commandsGroup("Run:");
  addInit(program);
  addOrchestrate(program);
  addBacktest(program);
  addEda(program);
  program.commandsGroup("Understand:");
  addExplain(program);
  addCompare(program);
  program.commandsGroup("Prepare:");
  addStrategy(program);
  addConfig(program);
  addData(program);
  program.commandsGroup("Record and replay:");
  addRecording(program);
  program.commandsGroup("Operate:");
  addPod(program);
  addControl(program);
  program.commandsGroup("Tune:");
  addTuning(program);
  addCosts(program);
  program.commandsGroup("Tools:");
  addVenue(program);
  addCompletion(program);
  program.helpCommand("help [command]", "display help for a command");
  return program;
}
