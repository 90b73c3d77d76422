// Goal: help, and a small backtest, load nothing that they do not need.
// Method: a hook on module loading lists what the process loads; packages are allowed by name, so that a new import must be
// meant. A command that does need a package proves that the hook sees it.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MAIN, mcbot, ROOT, temporaryFolder } from "../support/cli.ts";

const HOOK = join(ROOT, "tests/support/loaded-modules.mjs");

/** What a command loads: packages of others by name, and modules of ours by path below dist. */
function loaded(args: readonly string[], cwd = temporaryFolder()): { packages: string[]; modules: string[] } {
  const list = join(cwd, "modules.txt");
  const { stderr } = spawnSync(process.execPath, ["--import", HOOK, MAIN, ...args], {
    cwd,
    env: { ...process.env, MCBOT_TEST_MODULES: list },
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const paths = readFileSync(list, "utf8").split("\n");
  const names = paths.flatMap((path) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  const own = paths.flatMap(
    (path) => /\/dist\/((?:cli|config|engine|market|reporting|tuning|venue|control)\/.*)$/.exec(path)?.[1] ?? [],
  );
  return { packages: [...new Set(names)].sort(), modules: own };
}

const EXAMPLE = join(ROOT, "config/orchestrator-example.yaml");
/** Tables, atomic files, YAML, the schema, the kernels' loader, the nearest word: what a run is made of. */
const RUN = [
  "@assemblyscript/loader",
  "ansi-regex",
  "cli-table3",
  "commander",
  "emoji-regex",
  "fastest-levenshtein",
  "is-fullwidth-code-point",
  "picocolors",
  "signal-exit",
  "string-width",
  "strip-ansi",
  "write-file-atomic",
  "yaml",
  "zod",
];

describe("cold start", () => {
  it.each([[["--help"]], [["--version"]], [["orchestrate", "backtest", "--help"]]])(
    "%j loads commander only",
    (args) => {
      const { packages, modules } = loaded(args);
      expect(packages).toEqual(["commander"]);
      expect(modules.filter((path) => !path.startsWith("cli/"))).toEqual([]);
      expect(modules.length).toBeLessThan(30);
    },
  );

  it("a small backtest loads what a run is made of: no venue client, no chart, no parser, no Parquet", () => {
    const { packages, modules } = loaded(["orchestrate", "backtest", EXAMPLE]);
    expect(packages).toEqual(RUN);
    const strange = /^(tuning|venue|control)\/|reporting\/html|fetch|parquet|failures/;
    expect(modules.filter((path) => strange.test(path))).toEqual([]);
  });

  it("and with --report the chart as well, as a file: still no package more", () => {
    expect(loaded(["orchestrate", "backtest", EXAMPLE, "--report"]).packages).toEqual(RUN);
  });

  it("a strategy of one's own loads what checks and reads it: the hook would see it above", () => {
    const cwd = temporaryFolder();
    expect(mcbot(["strategy", "new", "mine"], { cwd }).code).toBe(0);
    const { packages } = loaded(["strategy", "check", "./mine.ts"], cwd);
    expect(packages).toEqual(expect.arrayContaining(["@babel/parser", "jiti"]));
  });
});
