import type { Command } from "commander";
import { examples, group } from "../arguments.ts";

/** control …, journal verify, doctor. */
export function addControl(program: Command): void {
  const control = group(
    program,
    "control",
    "what an operator allows a running engine to do (docs/CONTROL.md)",
    "mcbot control pause --reason 'exchange maintenance'",
    "mcbot control status",
  );
  const plain = {
    pause: ["no new risk: positions only get smaller", "exchange maintenance"],
    resume: ["leave a pause, a stop, or an acknowledged panic", "maintenance is over"],
    stop: ["no new risk; a running engine ends after its slice, positions stay", "new version"],
    panic: ["cancel everything, go flat, then no orders; left only by ack-panic and resume", "venue misprices"],
    "ack-panic": ["say that somebody has looked at the panic; resume may leave it then", "looked at it with the venue"],
  } as const;
  for (const [name, [description, reason]] of Object.entries(plain)) {
    withFolder(control.command(name).description(description))
      .requiredOption("--reason <text>", "why; goes into the audit log")
      .addHelpText("after", examples(`mcbot control ${name} --reason '${reason}'`))
      .action(async (flags) =>
        (await import("../commands/control.ts")).controlCommand({ name: name as keyof typeof plain }, flags),
      );
  }
  withFolder(
    control
      .command("flatten")
      .description("close every position and pause; with --pod: of one pod, which goes on the blacklist"),
  )
    .option("--pod <id>", "only this pod")
    .requiredOption("--reason <text>", "why; goes into the audit log")
    .addHelpText("after", examples("mcbot control flatten --pod trend --reason 'strategy under review'"))
    .action(async ({ pod, ...flags }) =>
      (await import("../commands/control.ts")).controlCommand({ name: "flatten", pod: pod ?? null }, flags),
    );
  const blacklist = group(
    control,
    "blacklist",
    "symbols and pods that may hold nothing",
    "mcbot control blacklist add LUNA/USDT --reason 'delisting'",
  );
  for (const verb of ["add", "remove"] as const) {
    withFolder(blacklist.command(verb).description(`${verb} a symbol, or a pod with --pod`))
      .argument("[symbol]", "BASE/QUOTE")
      .option("--pod <id>", "a pod instead of a symbol")
      .requiredOption("--reason <text>", "why; goes into the audit log")
      .addHelpText("after", examples(`mcbot control blacklist ${verb} LUNA/USDT --reason 'delisting'`))
      .action(async (symbol: string | undefined, { pod, ...flags }) =>
        (await import("../commands/control.ts")).blacklistCommand(verb, symbol, pod, flags),
      );
  }
  withFolder(control.command("status").description("show the control state; changes nothing"))
    .option("--reason <text>", "accepted for symmetry: a look leaves no trace")
    .addHelpText("after", examples("mcbot control status --config portfolio.yaml"))
    .action(async (flags) => (await import("../commands/control.ts")).controlStatus(flags));

  group(program, "journal", "hash-chained logs", "mcbot journal verify")
    .command("verify")
    .description("check every record of a hash-chained file: audit log, journal, lineage")
    .argument("[file]", "the file (default: the audit log of the state folder)")
    .option("--state-dir <dir>", "state folder", "./state")
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", examples("mcbot journal verify runs/tuning/lineage.jsonl"))
    .action(async (file: string | undefined, flags) =>
      (await import("../commands/journal.ts")).verifyJournal(file, flags),
    );

  program
    .command("doctor")
    .description("check that this machine has what a run needs; changes nothing")
    .argument("[config]", "also this file, and the data it names")
    .option("--data <path>", 'folder of bars, or "synthetic"; overrides data.path')
    .option("--state-dir <dir>", "state folder", "./state")
    .option("--out <dir>", "where run folders go", "runs")
    .option("--live", "also the venue and account of the config: key, clock, modes, symbols, capital, disk")
    .option("--json", "print the checks as JSON")
    .addHelpText("after", examples("mcbot doctor portfolio.yaml", "mcbot doctor live.yaml --live"))
    .action(async (file: string | undefined, flags) => (await import("../commands/doctor.ts")).doctor(file, flags));
}

function withFolder(command: Command): Command {
  return command
    .option("--config <file>", "take the state folder from its execution.state_dir, and check names against it")
    .option("--state-dir <dir>", "state folder (default: that of the config, or ./state)")
    .option("--json", "print the outcome as JSON");
}
