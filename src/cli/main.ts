#!/usr/bin/env node
import { EXIT } from "./exit-codes.ts";
import { describeFailure } from "./failures.ts";
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
  const { exitCode, text } = describeFailure(error, { color: wantsColor(process.stderr, process.env) });
  if (text !== "") process.stderr.write(`${text}\n`);
  process.exitCode = exitCode;
}
