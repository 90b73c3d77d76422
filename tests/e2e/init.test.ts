// Goal: from nothing to a first report without key or network; nothing that is there is touched; editors know the config.
// Method: the built command in its own processes; a run from the folder gives the bits of the first one.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { writeStarterFolder } from "../../src/cli/starter-folder.ts";
import type { OrchestratedResult } from "../../src/orchestrator/result.ts";
import { mcbot, temporaryFolder } from "../support/cli.ts";

const hidden = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith("."));

describe("mcbot init", () => {
  const cwd = temporaryFolder;

  it("writes a config, its schema and a SYNTHETIC market, and makes the first run with its report", () => {
    const at = cwd();
    const { code, stdout, stderr } = mcbot(["init", "mine"], { cwd: at });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readdirSync(join(at, "mine")).sort()).toEqual(["data", "mcbot.schema.json", "portfolio.yaml", "runs"]);
    expect(hidden(at)).toEqual([]);
    expect(stdout).toContain("SYNTHETIC market, seed 1");
    expect(readFileSync(join(at, "mine/runs/last/report.html"), "utf8")).toContain("SYNTHETIC");
    for (const command of ["cd mine", "mcbot explain allocation", "mcbot marginal portfolio.yaml"])
      expect(stdout).toContain(command);

    const first = JSON.parse(readFileSync(join(at, "mine/runs/last/result.json"), "utf8")) as OrchestratedResult;
    // From the folder, as the next steps say.
    const again = mcbot(["orchestrate", "backtest", "portfolio.yaml", "--json"], { cwd: join(at, "mine") });
    expect(JSON.parse(again.stdout).header.result_hash).toBe(first.header.result_hash);
    expect(mcbot(["explain", "allocation"], { cwd: join(at, "mine") }).code).toBe(0);
  });

  it("begins the config with a line for editors, whose schema accepts it and nothing misspelt", () => {
    const at = cwd();
    expect(mcbot(["init", "mine", "--no-run"], { cwd: at }).code).toBe(0);
    const text = readFileSync(join(at, "mine/portfolio.yaml"), "utf8");
    const file = /^# yaml-language-server: \$schema=\.\/(\S+)\n/.exec(text)?.[1] as string;
    const schema = JSON.parse(readFileSync(join(at, "mine", file), "utf8"));
    const reader = z.fromJSONSchema(schema);
    expect(reader.safeParse(parse(text)).success).toBe(true);
    expect(reader.safeParse(parse(text.replace("allocation_method", "alocation_method"))).success).toBe(false);
    expect(mcbot(["config", "validate", "mine/portfolio.yaml"], { cwd: at }).code).toBe(0);
  });

  it("says the same as JSON, and nothing else", () => {
    const at = cwd();
    const { stdout, stderr } = mcbot(["init", "mine", "--seed", "2", "--json"], { cwd: at });
    expect(stderr).toBe("");
    const { schema_version, files, run } = JSON.parse(stdout);
    expect(schema_version).toBe(1);
    for (const file of [...files, run.report]) expect(existsSync(join(at, file)), file).toBe(true);
    expect(run.header.market).toMatchObject({ synthetic: true, label: expect.stringContaining("seed 2") });
  });

  it("goes into the folder it is called in, beside what is there", () => {
    const at = cwd();
    writeFileSync(join(at, "notes.txt"), "mine");
    expect(mcbot(["init", "--no-run"], { cwd: at }).code).toBe(0);
    expect(readdirSync(at).sort()).toEqual(["data", "mcbot.schema.json", "notes.txt", "portfolio.yaml"]);
    expect(readFileSync(join(at, "notes.txt"), "utf8")).toBe("mine");
  });

  it("overwrites nothing, and says where to go", () => {
    const at = cwd();
    mkdirSync(join(at, "mine"));
    writeFileSync(join(at, "mine/runs"), "mine");
    const { code, stdout, stderr } = mcbot(["init", "mine"], { cwd: at });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("mine/runs: there already, and nothing is overwritten; another folder: mcbot init mine-2");
    expect(readdirSync(join(at, "mine"))).toEqual(["runs"]);
    for (const name of ["portfolio.yaml", "mcbot.schema.json", "data"]) {
      const folder = cwd();
      writeFileSync(join(folder, name), "mine");
      expect(() => writeStarterFolder(folder, 1)).toThrow(`${join(folder, name)}: there already`);
      expect(readdirSync(folder)).toEqual([name]);
    }
  });

  it("refuses a file for a folder, and leaves nothing where it cannot write", () => {
    const at = cwd();
    writeFileSync(join(at, "file"), "");
    const file = mcbot(["init", "file"], { cwd: at });
    expect(file.code).toBe(2);
    expect(file.stderr).toContain("file is a file");
    const below = mcbot(["init", "file/below"], { cwd: at });
    expect(below.code).toBe(1);
    expect(readdirSync(at)).toEqual(["file"]);
  });
});
