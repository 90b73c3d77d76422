import { type Command, Option } from "commander";
import { examples, group, positive } from "../arguments.ts";

export function addOrchestrate(program: Command): void {
  const orchestrate = group(
    program,
    "orchestrate",
    "run a portfolio of pods",
    "mcbot orchestrate backtest portfolio.yaml --report",
  );
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
    .command("paper")
    .description("trade with simulated fills: live prices, or a recorded market at any speed; goes on where it ended")
    .argument("<config>", "orchestrator file, YAML")
    .option("--recording <dir>", "a recording instead of the exchange")
    .option("--data <path>", 'stored bars, or "synthetic", instead of the exchange')
    .option("--speed <n>", "with --recording or --data: n times real time (default: as fast as it goes)", positive)
    .option("--state-dir <dir>", "state folder; overrides execution.state_dir")
    .option("--json", "print the outcome as JSON")
    .addHelpText(
      "after",
      examples(
        "mcbot orchestrate paper config/orchestrator-example.yaml",
        "mcbot orchestrate paper config/orchestrator-example.yaml --data synthetic --speed 86400",
      ),
    )
    .action(async (file: string, flags) =>
      (await import("../commands/orchestrate-paper.ts")).orchestratePaper(file, flags),
    );
  orchestrate
    .command("live")
    .description("trade with real orders: needs mode: live in the file, and both options")
    .argument("<config>", "orchestrator file, YAML, with execution.mode: live")
    .option("--account <id>", "account of the key (mcbot doctor shows it); a key of another account is refused")
    .option("--accept-max-loss <amount>", "quote units you accept to lose; the engine halts there", positive)
    .option("--state-dir <dir>", "state folder; overrides execution.state_dir")
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", examples("mcbot orchestrate live config/live.yaml --account 12345678 --accept-max-loss 1500"))
    .action(async (file: string, flags) =>
      (await import("../commands/orchestrate-live.ts")).orchestrateLive(file, flags),
    );
  orchestrate
    .command("status")
    .description("what a paper or live engine holds, and whether it is alive; changes nothing")
    .option("--config <file>", "take the state folder from its execution.state_dir")
    .option("--state-dir <dir>", "state folder (default: that of the config, or ./state)")
    .addOption(
      new Option("--mode <mode>", "which engine (default: the one that spoke last)").choices(["paper", "live"]),
    )
    .option("--watch", "again every second")
    .option("--at <time>", "from the journal: as it was then, such as 2026-02-14T12:00:00Z")
    .option("--json", "print the status as JSON")
    .addHelpText("after", examples("mcbot orchestrate status", "mcbot orchestrate status --at 2026-02-14T12:00:00Z"))
    .action(async (flags) => (await import("../commands/orchestrate-status.ts")).orchestrateStatus(flags));
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
