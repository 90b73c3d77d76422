// Goal: whatever stops a tuning run at whatever moment, going on gives the bytes of a run that was never stopped; nothing that
// was finished is lost or done again.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MAIN, mcbot, temporaryFolder } from "../support/cli.ts";

const JOBS = 24;
/** Orchestrated hours: a job takes some ten milliseconds. */
const BASE = `pods:
  - {pod_id: a, strategy: ema-cross, params: {fast: 5, slow: 60}, symbols: [BTC/USDT], timeframe: 4h, initial_fraction: 0.5, max_fraction: 0.9}
  - {pod_id: b, strategy: tsmom, params: {lookback: 20}, symbols: [SOL/USDT], timeframe: 1D, initial_fraction: 0.5, max_fraction: 0.9}
backtest: {start: "2021-01-01", end: "2021-05-31"}
data: {path: synthetic, base_timeframe: 1h}
`;
const SESSION = `base: base.yaml
grids:
  - {path: "pods[0].params.fast", values: [3, 8]}
  - {path: "pods[1].params.lookback", values: [5, 10, 20, 40]}
  - {path: "orchestrator.rebalance.calendar_days", values: [5, 10, 20]}
`;

function workspace(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "base.yaml"), BASE);
  writeFileSync(join(cwd, "s.yaml"), SESSION);
  mkdirSync(join(cwd, "out"));
  return cwd;
}

function planned(cwd: string): string {
  const { plan_id } = JSON.parse(mcbot(["tune", "plan", "s.yaml", "--json"], { cwd }).stdout);
  mkdirSync(join(cwd, "out", plan_id), { recursive: true });
  return join(cwd, "out", plan_id);
}

const linesOf = (folder: string): string[] => {
  const path = join(folder, "results.jsonl");
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
};

/** Resolves once `wanted` jobs are stored, or the process has ended. */
async function stored(folder: string, wanted: number, child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (linesOf(folder).length < wanted && child.exitCode === null) return;
      watcher.close();
      resolve();
    };
    const watcher = watch(folder, look);
    child.once("exit", look);
    look();
  });
}

const start = (cwd: string, args: string[]): ChildProcess => spawn(process.execPath, [MAIN, "tune", ...args], { cwd });
const read = (...path: string[]): string => readFileSync(join(...path), "utf8");

describe("a tuning run that is stopped", () => {
  it("by SIGKILL, again and again, ends with the bytes of one that was not", async () => {
    const cwd = workspace();
    const folder = planned(cwd);
    let kept: string[] = [];
    for (const moment of [0, 9]) {
      // A kill before the plan was written leaves nothing to resume.
      const begun = existsSync(join(folder, "plan.json"));
      const args = begun ? ["resume", folder, "--workers", "2"] : ["run", "s.yaml", "--out", "out"];
      const child = start(cwd, args);
      const ended = once(child, "exit");
      await stored(folder, moment, child);
      child.kill("SIGKILL");
      await ended;
      const now = linesOf(folder);
      expect(now.slice(0, kept.length)).toEqual(kept);
      kept = now;
    }
    expect(mcbot(["tune", "resume", folder], { cwd })).toMatchObject({ code: 0 });
    const lines = linesOf(folder);
    expect(lines.slice(0, kept.length)).toEqual(kept);
    expect(lines.map((line) => JSON.parse(line).index).sort((a, b) => a - b)).toEqual(
      Array.from({ length: JOBS }, (_, i) => i),
    );

    mcbot(["tune", "run", "s.yaml", "--out", "whole", "--workers", "4"], { cwd });
    const [whole = ""] = readdirSync(join(cwd, "whole")).filter((name) => /^[0-9a-f]{16}$/.test(name));
    expect(read(folder, "sweep_results.json") === read(cwd, "whole", whole, "sweep_results.json")).toBe(true);
  });

  it("by SIGINT stores the running jobs, exits 130, counts what it tried, and goes on", async () => {
    const cwd = workspace();
    const folder = planned(cwd);
    const child = start(cwd, ["run", "s.yaml", "--out", "out"]);
    const ended = once(child, "exit");
    let stderr = "";
    child.stderr?.on("data", (part) => {
      stderr += part;
    });
    await stored(folder, 2, child);
    child.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    const kept = linesOf(folder);
    expect(kept.length).toBeLessThan(JOBS);
    expect(stderr).toMatch(new RegExp(`stopped: ${kept.length} of ${JOBS} jobs are finished; mcbot tune resume`));
    expect(existsSync(join(folder, "manifest.json"))).toBe(false);
    const [noted] = read(cwd, "out/lineage.jsonl").trim().split("\n");
    expect(JSON.parse(noted as string).body.jobs).toHaveLength(kept.length);

    const resumed = mcbot(["tune", "resume", folder, "--json"], { cwd });
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout).trials.lineage).toBe(JOBS);
    expect(linesOf(folder).slice(0, kept.length)).toEqual(kept);
    expect(JSON.parse(read(folder, "manifest.json")).counts).toMatchObject({ jobs: JOBS, done_before: kept.length });
  });

  it("is run by one process at a time; the lock of one that is gone is nobody's", () => {
    const cwd = workspace();
    const folder = planned(cwd);
    writeFileSync(join(folder, "tune.lock"), String(process.pid));
    const refused = mcbot(["tune", "run", "s.yaml", "--out", "out"], { cwd });
    expect(refused).toMatchObject({ code: 2, stdout: expect.not.stringMatching("Verdict") });
    expect(refused.stderr).toMatch(new RegExp(`is being run by process ${process.pid}`));
    expect(linesOf(folder)).toEqual([]);
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    writeFileSync(join(folder, "tune.lock"), String(pid));
    expect(mcbot(["tune", "resume", folder], { cwd })).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, "tune.lock"))).toBe(false);
  });
});

describe("a lineage", () => {
  it("counts earlier runs on the same bars and pods; missing or broken, nothing is offered", () => {
    const cwd = workspace();
    writeFileSync(join(cwd, "base.yaml"), BASE.replace(", base_timeframe: 1h", "").replace("4h", "1D"));
    const tune = (values: string) => {
      writeFileSync(
        join(cwd, "t.yaml"),
        `base: base.yaml\ngrids:\n  - {path: "pods[1].params.lookback", values: ${values}}\n`,
      );
      return JSON.parse(mcbot(["tune", "run", "t.yaml", "--out", "runs", "--json"], { cwd }).stdout);
    };
    const first = tune("[5, 10]");
    const second = tune("[10, 20, 30]");
    expect([first.trials.lineage, second.trials.lineage]).toEqual([2, 4]);
    expect(second.trials.effective_total).toBeGreaterThan(second.trials.effective);

    const path = join(cwd, "runs/lineage.jsonl");
    const sound = read(path);
    writeFileSync(path, sound.replace('"effective":', '"effective":0'));
    const broken = tune("[7, 9]");
    expect(broken.trials).toMatchObject({ lineage: null, effective_total: null });
    expect(broken.verdict).toBe("NO_VIABLE_CANDIDATE");
    expect(broken.reasons[0]).toMatch(/^lineage unknown: .*lineage\.jsonl:1: the line is not JSON/);
    expect(broken.top.every((point: { deflated_sharpe: number | null }) => point.deflated_sharpe === null)).toBe(true);

    rmSync(path);
    const missing = tune("[11, 13]");
    expect(missing.trials.lineage).toBeNull();
    expect(missing.reasons[0]).toMatch(/^lineage unknown: earlier runs on these bars lie beside this one/);
  });
});
