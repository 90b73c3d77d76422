import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mcbot, ROOT, temporaryFolder } from "../support/cli.ts";

const SESSION = join(ROOT, "config/tuning-example.yaml");
const read = (...path: string[]): string => readFileSync(join(...path), "utf8");
const runFolder = (out: string): string =>
  join(out, readdirSync(out).find((name) => /^[0-9a-f]{16}$/.test(name)) ?? "");

describe("tune run", () => {
  it("gives the same bytes with one, two and four workers, and a verdict that is reproduced elsewhere", () => {
    const cwd = temporaryFolder();
    const folders = ["1", "2", "4"].map((workers) => {
      const run = mcbot(["tune", "run", SESSION, "--workers", workers, "--out", workers], { cwd });
      expect(run).toMatchObject({ code: 0 });
      expect(run.stdout).toMatch(/^Market: SYNTHETIC/);
      return runFolder(join(cwd, workers));
    });
    const [first, ...others] = folders.map((folder) => read(folder, "sweep_results.json"));
    for (const other of others) expect(other === first).toBe(true);

    const moved = join(cwd, "moved");
    cpSync(folders[0] as string, moved, { recursive: true });
    const analysed = mcbot(["tune", "analyze", moved], { cwd });
    expect(analysed).toMatchObject({ code: 0 });
    expect(analysed.stdout).toMatch(/Every number of tuning_results.json is reproduced/);

    const [job] = JSON.parse(first as string).points as { job_id: string }[];
    expect(mcbot(["tune", "replay", job?.job_id ?? "", "--run", moved], { cwd })).toMatchObject({ code: 0 });
    // What the verdict does not offer is not promoted.
    expect(mcbot(["promote", moved, "--candidate", "1"], { cwd }).stderr).toMatch(/refused: rank 1 is no candidate/);

    writeFileSync(join(moved, "sweep_results.json"), (first as string).replace('"ok"', '"ok" '));
    expect(mcbot(["tune", "analyze", moved], { cwd })).toMatchObject({ code: 2 });
  });

  it("refuses a session with its place, and attempts nothing", () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, "s.yaml"),
      `base: ${join(ROOT, "config/tuning-base.yaml")}\ngrids:\n  - {path: "pods[0].x", values: [1]}\n`,
    );
    const run = mcbot(["tune", "run", "s.yaml"], { cwd });
    expect(run.code).toBe(4);
    expect(run.stderr).toMatch(/s\.yaml:3:12/);
    expect(existsSync(join(cwd, "runs"))).toBe(false);
  });
});
