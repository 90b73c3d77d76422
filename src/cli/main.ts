#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.ts";
import { buildProgram } from "./program.ts";
import { wantsColor } from "./terminal.ts";

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that closes early (`mcbot … | head`) is no error.
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    // Where stderr itself fails, the exit code is all that can still be said.
    if (stream === process.stdout) process.stderr.write(`error: stdout: ${error.message}\n`);
    process.exit(EXIT.error);
  });
}

try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = await failed(error);
}

async function failed(error: unknown): Promise<number> {
  // Commander has printed its message (or the help) itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  // It knows the errors of every part of the program: what ends well need not load them.
  const { describeFailure } = await import("./failures.ts");
  const { exitCode, text } = describeFailure(error, { color: wantsColor(process.stderr, process.env) });
  process.stderr.write(`${text}\n`);
  return exitCode;
}
