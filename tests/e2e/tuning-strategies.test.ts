// Goal: strategies from files are tuned as built-in ones are, by any number of workers, and a run stays the run of the sources
// it began with: in a moved folder, and after the originals were edited or deleted.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mcbot, temporaryFolder } from "../support/cli.ts";

const MEAN = `export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;\n`;
const MINE = `import { type Candle, defineStrategy } from "mcbot";
import { z } from "zod";
import { mean } from "./lib/mean.ts";
export default defineStrategy({
  name: "above-mean",
  params: z.strictObject({ lookback: z.int().min(2).default(20), size: z.number().default(1) }),
  warmup: ({ lookback }) => lookback,
  start({ lookback, size }) {
    const recent: number[] = [];
    return ({ close }: Candle) => {
      recent.push(close);
      if (recent.length > lookback) recent.shift();
      return recent.length === lookback && close > mean(recent) ? size : 0;
    };
  },
});
`;
const BASE = `pods:
  - {pod_id: a, strategy: ./mine.ts, params: {lookback: 10}, symbols: [BTC/USDT], initial_fraction: 0.5, max_fraction: 0.9}
  - {pod_id: b, strategy: ensemble, sub_strategies: [{name: ./mine.ts}, {name: tsmom}], symbols: [ETH/USDT], initial_fraction: 0.5, max_fraction: 0.9}
backtest: {start: "2021-01-01", end: "2021-06-30"}
data: {path: synthetic}
`;
const SESSION = `base: configs/base.yaml
mode: strategy
grids:
  - {path: "pods[0].params.lookback", values: [5, 15, 30]}
  - {path: "pods[1].sub_strategies[0].name", values: [./mine.ts, buy-and-hold]}
  - {path: "pods[1].params.aggregation", values: [equal_weight, majority_vote]}
`;

function workspace(): string {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, "configs/lib"), { recursive: true });
  writeFileSync(join(cwd, "configs/mine.ts"), MINE);
  writeFileSync(join(cwd, "configs/lib/mean.ts"), MEAN);
  writeFileSync(join(cwd, "configs/base.yaml"), BASE);
  writeFileSync(join(cwd, "s.yaml"), SESSION);
  return cwd;
}

const runFolder = (out: string): string =>
  join(out, readdirSync(out).find((name) => /^[0-9a-f]{16}$/.test(name)) ?? "");
const read = (...path: string[]): string => readFileSync(join(...path), "utf8");

describe("strategies from files in a tuning session", () => {
  it("give the same bytes whatever the number of workers, and stay those the run began with", () => {
    const cwd = workspace();
    const [one, two] = ["1", "2"].map((workers) => {
      expect(mcbot(["tune", "run", "s.yaml", "--workers", workers, "--out", workers], { cwd })).toMatchObject({
        code: 0,
      });
      return runFolder(join(cwd, workers));
    }) as [string, string];
    expect(read(one, "sweep_results.json") === read(two, "sweep_results.json")).toBe(true);
    const { points } = JSON.parse(read(one, "sweep_results.json"));
    expect(points).toHaveLength(12);
    expect(new Set(points.map(({ result_hash }: { result_hash: string }) => result_hash)).size).toBe(12);
    const pinned = points[0].params["pods[1].sub_strategies[0].name"];
    expect(pinned).toMatch(/^\.\/mine\.ts#[0-9a-f]{16}$/);

    // Edited, and moved without the original: the copy in the folder is what is run.
    writeFileSync(join(cwd, "configs/mine.ts"), MINE.replace("close > mean", "close < mean"));
    const moved = join(cwd, "moved");
    renameSync(one, moved);
    rmSync(join(cwd, "configs"), { recursive: true });
    expect(mcbot(["tune", "replay", points[11].job_id, "--run", moved], { cwd })).toMatchObject({ code: 0 });

    // A copy that was changed is another strategy.
    const copy = join(moved, "strategies", pinned.split("#")[1], "lib/mean.ts");
    expect(existsSync(copy)).toBe(true);
    writeFileSync(copy, `${MEAN}// later\n`);
    const replay = mcbot(["tune", "replay", points[0].job_id, "--run", moved], { cwd });
    expect(replay.code).toBe(2);
    expect(replay.stderr).toMatch(/mine\.ts: its source has changed: it is \.\/mine\.ts#[0-9a-f]{16} now/);
  });

  it("resumes with the sources it began with, and is another run once they were edited", () => {
    const cwd = workspace();
    mcbot(["tune", "run", "s.yaml", "--out", "out"], { cwd });
    const folder = runFolder(join(cwd, "out"));
    const whole = read(folder, "sweep_results.json");
    const half = join(cwd, "half");
    cpSync(folder, half, { recursive: true });
    for (const name of ["manifest.json", "sweep_results.json", "tuning_results.json"]) rmSync(join(half, name));
    const lines = read(half, "results.jsonl").split("\n");
    writeFileSync(join(half, "results.jsonl"), `${lines.slice(0, 4).join("\n")}\n`);
    writeFileSync(join(cwd, "configs/mine.ts"), MINE.replace("close > mean", "close < mean"));
    expect(mcbot(["tune", "resume", half, "--lineage", join(cwd, "own.jsonl")], { cwd })).toMatchObject({ code: 0 });
    expect(read(half, "sweep_results.json") === whole).toBe(true);

    const { plan_id } = JSON.parse(mcbot(["tune", "plan", "s.yaml", "--json"], { cwd }).stdout);
    expect(folder.endsWith(plan_id)).toBe(false);
  });

  it("are refused with their place when they are no strategies", () => {
    const cwd = workspace();
    writeFileSync(
      join(cwd, "s.yaml"),
      SESSION.replace("values: [./mine.ts, buy-and-hold]", "values: [./none.ts, buy]"),
    );
    const run = mcbot(["tune", "run", "s.yaml"], { cwd });
    expect(run.code).toBe(4);
    expect(run.stderr).toMatch(/s\.yaml:5:\d+[\s\S]*none\.ts: there is no such file/);
    writeFileSync(join(cwd, "configs/mine.ts"), MINE.replace("close > mean(recent)", "Math.log(close) > 9"));
    const bad = mcbot(["tune", "run", "s.yaml"], { cwd });
    expect(bad.stderr).toMatch(/mine\.ts:\d+:\d+: .*Math\.log/);
    expect(bad.code).toBe(4);
  });

  it("a strategy that fails is a failed job: exit 1, an error, no metrics, no rank", () => {
    const cwd = workspace();
    writeFileSync(
      join(cwd, "configs/mine.ts"),
      MINE.replace(
        "recent.push(close);",
        'if (lookback === 15) throw new Error("fifteen");\n      recent.push(close);',
      ),
    );
    const run = mcbot(["tune", "run", "s.yaml", "--out", "out"], { cwd });
    expect(run.code).toBe(1);
    const folder = runFolder(join(cwd, "out"));
    const { points } = JSON.parse(read(folder, "sweep_results.json"));
    const failed = points.filter(({ status }: { status: string }) => status === "failed");
    expect(failed).toHaveLength(4);
    expect(failed[0]).toMatchObject({ metrics: null, folds: null, tally: null, result_hash: null });
    expect(failed[0].error).toMatch(/^the strategy failed: fifteen \(at the candle of/);
    const { verdict, top, counts } = JSON.parse(read(folder, "tuning_results.json"));
    // A third of the jobs failed: that is no input to choose from.
    expect(verdict).toBe("INVALID_INPUT");
    expect(counts).toMatchObject({ points: 12, failed: 4 });
    const ids = new Set(failed.map(({ job_id }: { job_id: string }) => job_id));
    expect(top.some(({ job_id }: { job_id: string }) => ids.has(job_id))).toBe(false);
  });
});
