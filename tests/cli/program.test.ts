// Goal: every command says what it is and shows an example that works, takes --json, and refuses what it does not know with
// exit code 2 and the nearest known word.
// Method: walk the whole commander tree; actions are replaced, so that parsing alone is tested.

import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";
import { mcbot, temporaryFolder } from "../support/cli.ts";

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
const isLeaf = (command: Command): boolean => command.commands.length === 0;

const leaves = all(buildProgram()).filter(isLeaf).map(pathOf);
const groups = all(buildProgram())
  .filter((command) => !isLeaf(command))
  .map(pathOf);

/** A fresh program (parsing leaves values behind) in which no action does anything; what it prints is kept. */
function silent(path: string): { program: Command; command: Command; printed: () => string } {
  const program = buildProgram();
  let text = "";
  const print = (more: string): void => {
    text += more;
  };
  for (const command of all(program)) {
    command.configureOutput({ writeOut: print, writeErr: print });
    if (isLeaf(command)) command.action(() => {});
  }
  const command = all(program).find((each) => pathOf(each) === path) as Command;
  return { program, command, printed: () => text };
}

function helpOf(path: string): string {
  const { command, printed } = silent(path);
  command.outputHelp();
  return printed();
}

const examplesIn = (help: string): string[] =>
  help
    .split("\n")
    .filter((line) => line.startsWith("  $ "))
    .map((line) => line.slice("  $ ".length));

/** As a shell would: words, quotes, a comment at the end, and what is redirected elsewhere. */
function wordsOf(line: string): string[] {
  const typed = line.replace(/ (#|>).*$/, "");
  return (typed.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? []).map((word) => word.replace(/^['"]|['"]$/g, ""));
}

describe.each(leaves)("%s", (path) => {
  const help = helpOf(path);

  it("has a description, as have its arguments and options", () => {
    const { command } = silent(path);
    expect(command.description()).not.toBe("");
    for (const { description, flags } of command.options) expect(description, flags).not.toBe("");
    for (const argument of command.registeredArguments) expect(argument.description, argument.name()).not.toBe("");
  });

  it("shows examples that parse", async () => {
    const examples = examplesIn(help);
    expect(examples.length).toBeGreaterThan(0);
    expect(examples[0]).toMatch(new RegExp(`^${path}( |$)`));
    for (const example of examples.filter((line) => line.startsWith("mcbot "))) {
      await silent(path).program.parseAsync(wordsOf(example).slice(1), { from: "user" });
    }
  });

  it("takes --json", () => {
    expect(silent(path).command.options.some(({ long }) => long === "--json")).toBe(true);
  });

  it("refuses an option it does not know, and names the nearest one", async () => {
    const { program, printed } = silent(path);
    const words = wordsOf(examplesIn(help)[0] as string).slice(1);
    await expect(program.parseAsync([...words, "--jsn"], { from: "user" })).rejects.toMatchObject({
      code: "commander.unknownOption",
    });
    expect(printed()).toContain("unknown option '--jsn'");
    expect(printed()).toContain("--json");
  });

  it("refuses an argument too many", async () => {
    const { program, command } = silent(path);
    if (command.registeredArguments.some(({ variadic }) => variadic)) return;
    const depth = path.split(" ").length;
    const words = wordsOf(examplesIn(help)[0] as string);
    const filled = Array.from({ length: command.registeredArguments.length + 1 }, () => "bash");
    const typed = [...words.slice(1, depth), ...filled, ...words.slice(depth)];
    await expect(program.parseAsync(typed, { from: "user" })).rejects.toMatchObject({
      code: "commander.excessArguments",
    });
  });

  it("has a help of at most 80 columns", () => {
    for (const line of help.split("\n").filter((each) => !each.startsWith("  $ ")))
      expect(line.length, line).toBeLessThanOrEqual(80);
  });
});

describe.each(groups)("the group %s", (path) => {
  it("has a description and shows an example of itself", () => {
    const { command } = silent(path);
    expect(command.description()).not.toBe("");
    const examples = examplesIn(helpOf(path));
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(example).toMatch(new RegExp(`^${path} `));
  });

  it("names the nearest command for one that it does not know", async () => {
    const { program, command, printed } = silent(path);
    const [first] = command.commands as [Command];
    const typo = `${first.name()}x`;
    const words = [...path.split(" ").slice(1), typo];
    await expect(program.parseAsync(words, { from: "user" })).rejects.toMatchObject({
      code: "commander.unknownCommand",
    });
    expect(printed()).toContain(`unknown command '${typo}'`);
    expect(printed()).toMatch(new RegExp(`Did you mean .*${first.name()}`));
  });
});

describe("in a process", () => {
  it.each([
    [["--help"], 0],
    [["orchestrate", "backtest", "--help"], 0],
    [["--version"], 0],
    [[], 2],
    [["orchestrate"], 2],
    [["backtset"], 2],
    [["doctor", "--jsn"], 2],
    [["completion", "tcsh"], 2],
    [["config", "validate", "a.yaml", "b.yaml"], 2],
  ])("%j exits %i", (args, expected) => {
    const { code, stdout, stderr } = mcbot(args, { cwd: temporaryFolder() });
    expect(code).toBe(expected);
    expect(expected === 0 ? stderr : stdout).toBe("");
  });
});
