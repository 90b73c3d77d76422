import type { Command } from "commander";
import { date, examples, group } from "../arguments.ts";

export function addExplain(program: Command): void {
  const explain = group(
    program,
    "explain",
    "say why the engine did something",
    "mcbot explain order BTC/USDT --at 2024-03-01",
  );
  explain
    .command("order")
    .description("show how pods' wishes became an order, a fill and each pod's part of it")
    .argument("<symbol>", "BASE/QUOTE, or an order id")
    .option("--at <time>", "slice of the decision: a date, or an ISO time for shorter bars")
    .option("--run <dir>", "run folder", "runs/last")
    .option("--json", "print the explanation as JSON")
    .addHelpText("after", examples("mcbot explain order BTC/USDT --at 2024-03-01"))
    .action(async (symbol: string, flags) =>
      (await import("../commands/explain-order.ts")).explainOrderCommand(symbol, flags),
    );
  explain
    .command("allocation")
    .description("show what each step of the allocator gave or took of every pod's fraction")
    .option("--at <date>", "the last run at or before this day's close, UTC (default: the last one)", date)
    .option("--run <dir>", "run folder", "runs/last")
    .option("--json", "print the explanation as JSON")
    .addHelpText("after", examples("mcbot explain allocation --at 2024-06-30"))
    .action(async (flags) => (await import("../commands/explain-allocation.ts")).explainAllocationCommand(flags));
  explain
    .command("transition")
    .description("show the numbers that changed a pod's state")
    .argument("<pod>", "pod id")
    .option("--at <date>", "the last change at or before this day's close, UTC (default: the last one)", date)
    .option("--run <dir>", "run folder", "runs/last")
    .option("--json", "print the explanation as JSON")
    .addHelpText("after", examples("mcbot explain transition pod-tsmom-major --at 2024-06-30"))
    .action(async (pod: string, flags) =>
      (await import("../commands/explain-transition.ts")).explainTransitionCommand(pod, flags),
    );
}
