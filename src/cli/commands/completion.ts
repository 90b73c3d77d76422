import type { Command } from "commander";
import { bashCompletion } from "../completion/bash.ts";
import { type CommandNode, commandTree } from "../completion/command-tree.ts";
import { fishCompletion } from "../completion/fish.ts";
import { zshCompletion } from "../completion/zsh.ts";

export type Shell = "bash" | "zsh" | "fish";

const SCRIPTS: Readonly<Record<Shell, (root: CommandNode) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `completion SHELL`: a script made from the program itself, so that it knows every command and option. */
export function completion(shell: Shell, { json }: { json?: boolean }, program: Command): void {
  const script = SCRIPTS[shell](commandTree(program));
  process.stdout.write(json === true ? `${JSON.stringify({ schema_version: 1, shell, script })}\n` : script);
}
