import type { Command } from "commander";
import { collect, examples, group, whole } from "../arguments.ts";

/** tune …, promote, apply. */
export function addTuning(program: Command): void {
  const tune = group(
    program,
    "tune",
    "plan, run and judge parameter sweeps (docs/TUNING.md)",
    "mcbot tune run config/tuning-example.yaml",
  );
  session(tune.command("plan").description("check a session and list its jobs"))
    .option("--estimate", "time a few points: minutes, memory and disk of the whole")
    .option("--workers <n>", "worker threads of the estimate", whole, 2)
    .option("--json", "print the plan as JSON")
    .addHelpText("after", examples("mcbot tune plan config/tuning-example.yaml --estimate"))
    .action(async (file: string, flags) => (await import("../commands/tune.ts")).tunePlan(file, flags));
  runFlags(session(tune.command("run").description("run a session's jobs and judge them; goes on where it stopped")))
    .option("--out <dir>", "where run folders go", "runs/tuning")
    .addHelpText("after", examples("mcbot tune run config/tuning-example.yaml --workers 2"))
    .action(async (file: string, flags) => (await import("../commands/tune.ts")).tuneRun(file, flags));
  runFlags(folder(tune.command("resume").description("go on with an interrupted run: nothing finished is run again")))
    .addHelpText("after", examples("mcbot tune resume runs/tuning/0123456789abcdef"))
    .action(async (run: string, flags) => (await import("../commands/tune.ts")).tuneResume(run, flags));
  tune
    .command("replay")
    .description("run one job again as a backtest and compare its hash")
    .argument("<job>", "job id")
    .requiredOption("--run <dir>", "tuning run folder")
    .option("--data <path>", "where its data is now (default: where it was)")
    .option("--json", "print the comparison as JSON")
    .addHelpText("after", examples("mcbot tune replay 89abcdef01234567 --run runs/tuning/0123456789abcdef"))
    .action(async (job: string, flags) => (await import("../commands/tune.ts")).tuneReplay(job, flags));
  folder(tune.command("analyze").description("judge a finished run again from its files alone"))
    .option("--constraint <text>", "a further constraint, repeatable", collect, [])
    .option("--json", "print the verdict and ranking as JSON")
    .addHelpText(
      "after",
      examples("mcbot tune analyze runs/tuning/0123456789abcdef --constraint 'max_drawdown <= 0.2'"),
    )
    .action(async (run: string, flags) => (await import("../commands/tune.ts")).tuneAnalyze(run, flags));
  folder(tune.command("holdout").description("look at a candidate's hold-out; every look is counted"))
    .option("--candidate <k>", "rank of the point", whole, 1)
    .option("--data <path>", "where the data is now (default: where it was)")
    .option("--json", "print the look as JSON")
    .addHelpText("after", examples("mcbot tune holdout runs/tuning/0123456789abcdef --candidate 1"))
    .action(async (run: string, flags) => (await import("../commands/tune.ts")).tuneHoldout(run, flags));
  tune
    .command("schema")
    .description("print the JSON Schemas of the session file and of the files of a run")
    .option("--json", "accepted for symmetry: a JSON Schema is JSON")
    .addHelpText("after", examples("mcbot tune schema"))
    .action(async () => (await import("../commands/tune.ts")).tuneSchema());
  folder(program.command("promote").description("write a ticket to put a candidate into a config").exitOverride())
    .requiredOption("--candidate <k>", "rank of the candidate", whole)
    .option("--out <file>", "the ticket (default: in the run folder)")
    .option("--json", "print the ticket as JSON")
    .addHelpText("after", examples("mcbot promote runs/tuning/0123456789abcdef --candidate 1"))
    .action(async (run: string, flags) => (await import("../commands/promote.ts")).promoteCommand(run, flags));
  program
    .command("apply")
    .exitOverride()
    .description("write a NEW config file from a ticket, with an approval record; the old one stays")
    .argument("<ticket>", "what promote wrote")
    .requiredOption("--config <file>", "the config it was made for")
    .requiredOption("--to <file>", "the new config; must not exist")
    .option("--yes", "approve: without it, it is only shown")
    .option("--state-dir <dir>", "state folder of the engine: control must be RUNNING", "./state")
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", examples("mcbot apply ticket.json --config portfolio.yaml --to portfolio-2.yaml --yes"))
    .action(async (ticket: string, flags) => (await import("../commands/promote.ts")).applyCommand(ticket, flags));
}

function session(command: Command): Command {
  return command
    .argument("<session>", "tuning session, YAML or JSON")
    .option("--data <path>", 'folder of bars, or "synthetic"; overrides the session')
    .option("--constraint <text>", "a further constraint, repeatable", collect, []);
}

function folder(command: Command): Command {
  return command.argument("<run>", "tuning run folder");
}

function runFlags(command: Command): Command {
  return command
    .option("--workers <n>", "worker threads", whole, 1)
    .option("--lineage <file>", "hash-chained record of all tuning (default: lineage.jsonl beside the run folders)")
    .option("--json", "print the verdict and ranking as JSON");
}
