import type { Command } from "commander";
import { examples, group } from "../arguments.ts";

/** control …, journal verify. */
export function addControl(program: Command): void {
  const control = group(program, "control", "what an operator allows a running engine to do (docs/CONTROL.md)");
  const plain = {
    pause: "no new risk: positions only get smaller",
    resume: "leave a pause, a stop, or an acknowledged panic",
    stop: "no new risk; a running engine ends after its slice, positions stay",
    panic: "cancel everything, go flat, then no orders; left only by ack-panic and resume",
    "ack-panic": "say that somebody has looked at the panic; resume may leave it then",
  } as const;
  for (const [name, description] of Object.entries(plain)) {
    withFolder(control.command(name).description(description))
      .requiredOption("--reason <text>", "why; goes into the audit log")
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
    .action(async ({ pod, ...flags }) =>
      (await import("../commands/control.ts")).controlCommand({ name: "flatten", pod: pod ?? null }, flags),
    );
  const blacklist = group(control, "blacklist", "symbols and pods that may hold nothing");
  for (const verb of ["add", "remove"] as const) {
    withFolder(blacklist.command(verb).description(`${verb} a symbol, or a pod with --pod`))
      .argument("[symbol]", "BASE/QUOTE")
      .option("--pod <id>", "a pod instead of a symbol")
      .requiredOption("--reason <text>", "why; goes into the audit log")
      .action(async (symbol: string | undefined, { pod, ...flags }) =>
        (await import("../commands/control.ts")).blacklistCommand(verb, symbol, pod, flags),
      );
  }
  withFolder(control.command("status").description("show the control state; changes nothing"))
    .option("--reason <text>", "accepted for symmetry: a look leaves no trace")
    .action(async (flags) => (await import("../commands/control.ts")).controlStatus(flags));

  group(program, "journal", "hash-chained logs")
    .command("verify")
    .description("check every record of a hash-chained file: audit log, journal, lineage")
    .argument("[file]", "the file (default: the audit log of the state folder)")
    .option("--state-dir <dir>", "state folder", "./state")
    .option("--json", "print the outcome as JSON")
    .action(async (file: string | undefined, flags) =>
      (await import("../commands/journal.ts")).verifyJournal(file, flags),
    );

  control.addHelpText("after", examples("mcbot control pause --reason 'exchange maintenance'", "mcbot control status"));
}

function withFolder(command: Command): Command {
  return command
    .option("--config <file>", "take the state folder from its execution.state_dir, and check names against it")
    .option("--state-dir <dir>", "state folder (default: that of the config, or ./state)")
    .option("--json", "print the outcome as JSON");
}
