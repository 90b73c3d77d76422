// Goal: with --json, stdout is one JSON document and nothing else, whatever the command; an error leaves it empty.
// Method: the built command in a folder that init wrote, one run of each kind; other tests read the JSON of the rest.

import { describe, expect, it } from "vitest";
import { writeStarterFolder } from "../../src/cli/starter-folder.ts";
import { type CliRun, mcbot, temporaryFolder } from "../support/cli.ts";

/** A document that says which layout it has; JSON Schemas say it their own way. */
const versioned = ({ stdout }: CliRun): Record<string, unknown> => {
  const document = JSON.parse(stdout) as Record<string, unknown>;
  expect(Number(document.schema_version ?? ("$schema" in document ? 1 : 0))).toBeGreaterThan(0);
  return document;
};

describe("--json", () => {
  it("prints one document for a run and for what is made of it", () => {
    const cwd = temporaryFolder();
    writeStarterFolder(`${cwd}/p`, 1);
    const run = (...args: string[]): CliRun => {
      const made = mcbot([...args, "--json"], { cwd: `${cwd}/p` });
      expect({ args, code: made.code, stderr: made.stderr }).toEqual({ args, code: 0, stderr: "" });
      return made;
    };
    versioned(run("orchestrate", "backtest", "portfolio.yaml", "--fast"));
    expect(versioned(run("compare", "last", "last"))).toMatchObject({ identical: true, first_order: null });
    const { runs } = versioned(run("marginal", "portfolio.yaml"));
    expect((runs as { left_out: string | null }[]).map(({ left_out }) => left_out)).toEqual([
      null,
      "trend",
      "breakout",
      "adaptive",
      "long-short",
    ]);
    versioned(run("explain", "allocation"));
    versioned(run("data", "info", "data"));
    versioned(run("config", "schema"));
    versioned(run("strategy", "new", "mine"));
  });

  it.each([
    [["compare", "nothing", "last"], 2],
    [["marginal", "nothing.yaml"], 4],
    [["explain", "allocation"], 2],
    [["data", "info", "nothing"], 3],
  ])("%j fails with an empty stdout", (args, expected) => {
    const { code, stdout, stderr } = mcbot([...args, "--json"], { cwd: temporaryFolder() });
    expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
    expect(stderr).not.toBe("");
  });
});
