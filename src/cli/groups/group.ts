import type { Command } from "commander";

/** A command that only holds others: without one of them it prints its help and fails as wrong usage. */
export function group(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).exitOverride();
}

/** The block of example lines under a command's help. */
export function examples(...lines: string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
}
