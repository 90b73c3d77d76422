import type { Command } from "commander";
import { date, examples, group } from "../arguments.ts";

const ON_UNASSIGNED = {
  adopt: "lots of UNASSIGNED become a pod's, or the pods accept that theirs were closed by hand (docs/LIVE.md)",
  flatten: "close lots of UNASSIGNED at the exchange, and those only",
  ignore: "accept what the exchange has of a symbol: UNASSIGNED keeps it and locks nothing, changed settings stay",
} as const;

export function addPod(program: Command): void {
  const pod = group(
    program,
    "pod",
    "what an operator does with one pod, or with exposure that no pod ordered",
    "mcbot pod revive trend --at 2025-09-30",
  );
  for (const [action, description] of Object.entries(ON_UNASSIGNED)) {
    const command = pod
      .command(action)
      .description(description)
      .argument("<symbol>", "BASE/QUOTE")
      .requiredOption("--reason <text>", "why; goes into the audit log")
      .option("--config <file>", "take the state folder from its execution.state_dir")
      .option("--state-dir <dir>", "state folder (default: that of the config, or ./state)")
      .option("--json", "print the outcome as JSON")
      .action(async (symbol: string, flags) =>
        (await import("../commands/pod-unassigned.ts")).unassignedCommand(
          action as keyof typeof ON_UNASSIGNED,
          symbol,
          flags,
        ),
      );
    if (action === "adopt") command.option("--pod <id>", "who gets the lots; without: the pods whose lots were closed");
  }
  pod
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
