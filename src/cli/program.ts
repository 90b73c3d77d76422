import { Command } from "commander";
import { packageVersion } from "../lib/package.ts";
import { addBacktest } from "./groups/backtest.ts";
import { addConfig } from "./groups/config.ts";
import { addControl } from "./groups/control.ts";
import { addCosts } from "./groups/costs.ts";
import { addData } from "./groups/data.ts";
import { addEda } from "./groups/eda.ts";
import { addExplain } from "./groups/explain.ts";
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
  addTuning(program);
  addCosts(program);
  addVenue(program);
  return program;
}
