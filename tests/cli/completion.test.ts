// Goal: completion offers exactly what the program takes at the cursor.
// Method: the scripts run in their shells: bash always (it is everywhere), zsh and fish where they are installed; without them
// their structure is looked at. Expected words come from the commander tree.

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { beforeAll, describe, expect, it } from "vitest";
import { bashCompletion } from "../../src/cli/completion/bash.ts";
import { allNodes, commandTree } from "../../src/cli/completion/command-tree.ts";
import { fishCompletion } from "../../src/cli/completion/fish.ts";
import { zshCompletion } from "../../src/cli/completion/zsh.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { strategyNames } from "../../src/strategies/registry.ts";
import { mcbot, temporaryFolder } from "../support/cli.ts";

const program = buildProgram();
const tree = commandTree(program);
const has = (shell: string): boolean => spawnSync(shell, ["--version"]).error === undefined;

const DRIVER = `source ./script
while IFS= read -r line; do
  IFS='|' read -r -a COMP_WORDS <<< "$line"
  [[ $line == *'|' ]] && COMP_WORDS+=("")
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _mcbot
  (IFS='|'; echo "\${COMPREPLY[*]}")
done
`;

/** What bash offers for lines of words, the last of them not finished; words are separated by "|". */
function bash(lines: readonly string[], cwd: string): string[][] {
  writeFileSync(join(cwd, "script"), bashCompletion(tree));
  const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-c", DRIVER], {
    cwd,
    encoding: "utf8",
    input: lines.map((line) => `mcbot|${line}\n`).join(""),
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? [] : line.split("|")));
}

const namesOf = ({ commands }: Command): string[] => commands.map((child) => child.name());
const commandAt = (path: string): Command =>
  path.split(" ").reduce((at, name) => at.commands.find((child) => child.name() === name) as Command, program);

describe("bash", () => {
  const folder = () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "config"));
    for (const name of ["a portfolio.yaml", "b.yml", "notes.txt"]) writeFileSync(join(cwd, "config", name), "");
    return cwd;
  };

  it("offers the commands of every group, and the options of every command", () => {
    const nodes = allNodes(tree).filter(({ path }) => path !== "");
    const groups = nodes.filter(({ commands }) => commands.length > 0);
    const words = (path: string): string => path.replaceAll(" ", "|");
    const lines = ["", ...groups.map(({ path }) => `${words(path)}|`), ...nodes.map(({ path }) => `${words(path)}|-`)];
    const offered = bash(lines, folder());
    expect(offered[0]).toEqual(namesOf(program));
    for (const [i, { path }] of groups.entries()) expect(offered[1 + i], path).toEqual(namesOf(commandAt(path)));
    for (const [i, { path }] of nodes.entries()) {
      const own = commandAt(path).options.map(({ long }) => long);
      expect(offered[1 + groups.length + i], path).toEqual(expect.arrayContaining([...own, "--help"]));
    }
  });

  it("offers values: choices, strategies, configs, folders, and none for what is free", () => {
    const ask: [string, string[]][] = [
      ["completion|", ["bash", "zsh", "fish"]],
      ["orch", ["orchestrate"]],
      ["backtest|run|don", strategyNames.filter((name) => name.startsWith("don"))],
      ["backtest|run|tsmom|BTC", ["BTC/USDT"]],
      ["backtest|run|tsmom|BTC/USDT|ET", ["ETH/USDT"]],
      ["backtest|run|--timeframe|4", ["4h"]],
      ["backtest|run|--timeframe|=|4", ["4h"]],
      ["data|export|x|--symbols|BTC/USDT|ET", ["ETH/USDT"]],
      ["orchestrate|backtest|config/", ["config/a portfolio.yaml", "config/b.yml"]],
      ["orchestrate|backtest|--out|con", ["config"]],
      ["orchestrate|backtest|--data|x|config/b", ["config/b.yml"]],
      ["backtest|run|--capital|", []],
      ["orchestrate|backtest|b.yaml|", []],
      ["control|blacklist|", ["add", "remove"]],
    ];
    const offered = bash(
      ask.map(([line]) => line),
      folder(),
    );
    for (const [i, [line, expected]] of ask.entries()) expect(offered[i]?.sort(), line).toEqual(expected.toSorted());
  });
});

describe("zsh", () => {
  const script = zshCompletion(tree);

  it("has a function per command, called by that of its group", () => {
    for (const { path } of allNodes(tree)) {
      const name = `_mcbot${path === "" ? "" : `_${path.replaceAll(/[ -]/g, "_")}`}`;
      expect(script).toContain(`\n${name}() {`);
      if (path !== "") expect(script).toContain(` ${name} ;;`);
    }
    expect(script).toContain("'--json[");
  });

  // Not skipped where there is none: it is not there then.
  if (has("zsh"))
    it("is sound for zsh", () => {
      const { status, stderr } = spawnSync("zsh", ["-f", "-n"], { input: script, encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    });
});

describe("fish", () => {
  const script = fishCompletion(tree);

  it("has a line per command and option", () => {
    for (const { path, options, commands } of allNodes(tree)) {
      const at = `complete -c mcbot -n '__mcbot_at \\'${path}\\''`;
      for (const { name } of commands) expect(script).toContain(`${at} -a ${name} -d `);
      for (const { names } of options) expect(script).toContain(`${at} -${names[0]?.startsWith("--") ? "l" : "s"} `);
    }
  });

  if (has("fish"))
    describe("in fish", () => {
      const offered = (line: string): string[] => {
        const cwd = temporaryFolder();
        writeFileSync(join(cwd, "script"), script);
        writeFileSync(join(cwd, "one.yaml"), "");
        const { stdout, stderr } = spawnSync("fish", ["-c", `source ./script; complete -C '${line}'`], {
          cwd,
          encoding: "utf8",
          env: { ...process.env, HOME: cwd },
        });
        expect(stderr).toBe("");
        return stdout.split("\n").flatMap((each) => (each === "" ? [] : [each.split("\t")[0] as string]));
      };

      it("offers commands, options and values", () => {
        expect(offered("mcbot orch")).toEqual(["orchestrate"]);
        expect(offered("mcbot orchestrate ").sort()).toEqual(namesOf(commandAt("orchestrate")).sort());
        expect(offered("mcbot orchestrate backtest --rep")).toEqual(["--report"]);
        expect(offered("mcbot completion ").sort()).toEqual(["bash", "fish", "zsh"]);
        expect(offered("mcbot orchestrate backtest one")).toEqual(["one.yaml"]);
      });
    });
});

describe("the command", () => {
  let script = "";
  beforeAll(() => {
    script = mcbot(["completion", "bash"], { cwd: "/" }).stdout;
  });

  it("prints what is tested here", () => expect(script).toBe(bashCompletion(tree)));
  it("prints it as JSON, too", () => {
    const { stdout } = mcbot(["completion", "bash", "--json"], { cwd: "/" });
    expect(JSON.parse(stdout)).toEqual({ schema_version: 1, shell: "bash", script });
  });
});
