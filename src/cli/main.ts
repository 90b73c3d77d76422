#!/usr/bin/env node
import { EXIT } from "./exit-codes.ts";
import { describeFailure } from "./failures.ts";
import { buildProgram } from "./program.ts";
import { wantsColor } from "./terminal.ts";

// A reader that closes early (`mcbot … | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  const { exitCode, text } = describeFailure(error, { color: wantsColor(process.stderr, process.env) });
  if (text !== "") process.stderr.write(`${text}\n`);
  process.exitCode = exitCode;
}
