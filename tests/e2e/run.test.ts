// Goal: what a user types works, and gives the same bits in another process, with and without observers, on the fast path
// and not, whatever the order in the file.
// Method: the built command in its own processes, on the synthetic market.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { OrchestratedResult } from "../../src/orchestrator/result.ts";
import { EXAMPLE, MAIN, mcbot, temporaryFolder } from "../support/cli.ts";

const backtest = (cwd: string, file: string, ...flags: string[]): OrchestratedResult => {
  const { code, stdout, stderr } = mcbot(["orchestrate", "backtest", file, "--json", ...flags], { cwd });
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout) as OrchestratedResult;
};

describe("orchestrate backtest", () => {
  it("runs the example on the synthetic market and says so in the first line", () => {
    const cwd = temporaryFolder();
    const { code, stdout, stderr } = mcbot(["orchestrate", "backtest", EXAMPLE, "--report"], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")[0]).toMatch(/^Market: SYNTHETIC market, seed 1/);
    expect(stdout).toContain("Pods + reserve - account = 0.000000");
    expect(stdout).not.toContain("\u001b[");
    for (const file of [
      "manifest.json",
      "config.yaml",
      "result.json",
      "equity.csv",
      "orders.csv",
      "fills.csv",
      "events.jsonl",
    ]) {
      expect(existsSync(join(cwd, "runs/last", file)), file).toBe(true);
    }
  });

  it("that fell back to the synthetic market can be made again from its resolved config", () => {
    const cwd = temporaryFolder();
    const { header } = backtest(cwd, EXAMPLE);
    const resolved = readFileSync(join(cwd, "runs/last/config.resolved.json"), "utf8");
    expect(JSON.parse(resolved)).toMatchObject({ data: { path: "synthetic", seed: 1 } });
    // JSON is YAML.
    writeFileSync(join(cwd, "again.yaml"), resolved);
    expect(mcbot(["data", "synth", "--out", "data", "--seed", "2"], { cwd }).code).toBe(0);
    expect(backtest(cwd, "again.yaml").header.run_id).toBe(header.run_id);
  });

  it("refuses an output folder that cannot be written, before it runs", () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "taken"), "");
    const { code, stdout, stderr } = mcbot(["orchestrate", "backtest", EXAMPLE, "--out", "taken"], { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: E\w+: .*taken.*\n$/);
  });

  it("gives one hash: other process, fast or not, pods and symbols shuffled, from files instead of memory", () => {
    const cwd = temporaryFolder();
    const file = parse(readFileSync(EXAMPLE, "utf8")) as { pods: { symbols: string[] }[] };
    const shuffled = {
      ...file,
      pods: file.pods.toReversed().map((pod) => ({ ...pod, symbols: pod.symbols.toReversed() })),
    };
    writeFileSync(join(cwd, "shuffled.yaml"), stringify(shuffled));
    expect(mcbot(["data", "synth", "--out", "bars"], { cwd }).code).toBe(0);

    const first = backtest(cwd, EXAMPLE);
    const fast = backtest(cwd, EXAMPLE, "--fast");
    const hashes = [
      first,
      backtest(cwd, EXAMPLE),
      fast,
      backtest(cwd, "shuffled.yaml"),
      backtest(cwd, EXAMPLE, "--data", "bars"),
    ].map(({ header }) => header.result_hash);
    expect(new Set(hashes).size).toBe(1);
    expect(fast.header.event_objects).toBe(0);
    expect(first.header.event_objects).toBeGreaterThan(1000);
    expect(first.header.run_id).toBe(fast.header.run_id);
    // Six processes on a shared machine.
  }, 30_000);

  it("gives another hash for another seed and another cost", () => {
    const cwd = temporaryFolder();
    const base = backtest(cwd, EXAMPLE).header.result_hash;
    const env = (name: string, value: string): string => {
      const run = mcbot(["orchestrate", "backtest", EXAMPLE, "--json"], { cwd, env: { [name]: value } });
      return (JSON.parse(run.stdout) as OrchestratedResult).header.result_hash;
    };
    expect(env("MCBOT__DATA__SEED", "2")).not.toBe(base);
    expect(env("MCBOT__PORTFOLIO__COST_BPS", "4.01")).not.toBe(base);
  });
});

describe("a liquidated run", () => {
  it("ends 0 and says so", () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, "all-in.yaml"),
      `pods: [{pod_id: hold, strategy: buy-and-hold, symbols: [BTC/USDT], initial_fraction: 1, max_fraction: 1}]
backtest: {start: "2024-01-01", end: "2024-12-31"}
data: {path: synthetic, instruments: {BTC/USDT: {maintenance_rate: 0.99999}}}
`,
    );
    const { header, days } = backtest(cwd, "all-in.yaml");
    expect(header.status).toBe("liquidated");
    expect(days.date.at(-1)).toBe(header.liquidation?.slice.slice(0, 10));
    expect(days.date.length).toBeLessThan(366);
    const { stdout } = mcbot(["orchestrate", "backtest", "all-in.yaml"], { cwd });
    expect(stdout).toContain("LIQUIDATED in the slice of");
  });
});

describe("backtest run", () => {
  it("runs one strategy with all the capital, the same engine", () => {
    const cwd = temporaryFolder();
    const args = [
      "backtest",
      "run",
      "tsmom",
      "BTC/USDT",
      "ETH/USDT",
      "--param",
      "lookback=60",
      "--start",
      "2022-01-01",
      "--json",
    ];
    const { code, stdout } = mcbot(args, { cwd });
    expect(code).toBe(0);
    const { pods, header } = JSON.parse(stdout) as OrchestratedResult;
    expect(pods).toHaveLength(1);
    expect(pods[0]).toMatchObject({ strategy: "tsmom", initial_fraction: 1 });
    expect(header.range).toEqual({ start: "2022-01-01", end: "2025-12-31" });
  });
});

describe("eda run", () => {
  it("runs a single-strategy file: what backtest run does with the same words", () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, "single.yaml"),
      `strategy: {name: tsmom, params: {lookback: 60}}
symbols: [ETH/USDT, BTC/USDT]
backtest: {start: 2022-01-01, end: 2023-12-31}
portfolio: {cost_bps: 4}
data: {path: synthetic}
`,
    );
    const { code, stdout } = mcbot(["eda", "run", "single.yaml", "--json", "--fast"], { cwd });
    expect(code).toBe(0);
    const { pods, header } = JSON.parse(stdout) as OrchestratedResult;
    expect(pods).toHaveLength(1);
    expect(readFileSync(join(cwd, "runs/last/config.yaml"), "utf8")).toContain("strategy: {name: tsmom");
    const words = "backtest run tsmom BTC/USDT ETH/USDT --param lookback=60 --start 2022-01-01 --end 2023-12-31";
    const other = mcbot([...words.split(" "), "--data", "synthetic", "--json"], { cwd });
    expect((JSON.parse(other.stdout) as OrchestratedResult).header.result_hash).toBe(header.result_hash);
  });

  it("takes the form it is for, the other commands theirs, and says which; a bad file exits 4 with its places", () => {
    const cwd = temporaryFolder();
    expect(mcbot(["eda", "run", EXAMPLE], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("mcbot orchestrate backtest"),
    });
    const single = join(EXAMPLE, "../single-strategy.yaml");
    expect(mcbot(["orchestrate", "backtest", single], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("mcbot eda run"),
    });
    writeFileSync(join(cwd, "bad.yaml"), "strategy: {name: tsmon}\nsymbols: [BTC/USDT]\ntimefram: 1h\n");
    const bad = mcbot(["eda", "run", "bad.yaml"], { cwd });
    expect(bad.code).toBe(4);
    expect(bad.stderr).toContain("bad.yaml:1:18");
    expect(bad.stderr).toContain("bad.yaml:3:1");
  });
});

describe("explain order", () => {
  it("walks from wishes to parts, and its sums agree", () => {
    const cwd = temporaryFolder();
    backtest(cwd, EXAMPLE);
    const [label, , first = ""] = readFileSync(join(cwd, "runs/last/orders.csv"), "utf8").split("\n");
    expect(label).toBe("# SYNTHETIC market, seed 1");
    const id = first.split(",").find((field) => /^[0-9a-f]{20}$/.test(field)) ?? "";
    const { code, stdout } = mcbot(["explain", "order", id, "--json"], { cwd });
    expect(code).toBe(0);
    const { checks } = JSON.parse(stdout) as { checks: { agrees: boolean }[] };
    expect(checks.length).toBeGreaterThan(0);
    expect(checks.every(({ agrees }) => agrees)).toBe(true);
  });

  it("without a run says what to do", () => {
    const { code, stderr } = mcbot(["explain", "order", "BTC/USDT", "--at", "2024-03-01"], { cwd: temporaryFolder() });
    expect(code).toBe(2);
    expect(stderr).toContain("run a backtest first");
  });
});

describe("config", () => {
  it("validates the shipped files, shows origins, prints a schema", () => {
    const cwd = temporaryFolder();
    const folder = join(EXAMPLE, "..");
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
      expect(mcbot(["config", "validate", join(folder, file)], { cwd })).toMatchObject({ code: 0 });
    }
    const shown = mcbot(["config", "show", EXAMPLE, "--resolved", "--data", "bars"], { cwd });
    expect(shown.stdout).toMatch(/--data/);
    expect(shown.stdout).toMatch(/default/);
    expect(JSON.parse(mcbot(["config", "schema"], { cwd }).stdout)).toHaveProperty("properties.pods");
    expect(JSON.parse(mcbot(["config", "schema", "--single-strategy"], { cwd }).stdout)).toHaveProperty(
      "properties.strategy",
    );
    expect(mcbot(["config", "schema", "--json"], { cwd })).toEqual(mcbot(["config", "schema"], { cwd }));
    const json = mcbot(["config", "show", EXAMPLE, "--json"], { cwd }).stdout;
    expect(JSON.parse(json)).toMatchObject({ schema_version: 1, config: { backtest: { capital: 100000 } } });
  });

  it("validate --json lists every issue on stdout", () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "bad.yaml"), "pods: 3\nportfolio: {cost_bps: -1}\n");
    const { code, stdout, stderr } = mcbot(["config", "validate", "bad.yaml", "--json"], { cwd });
    expect({ code, stderr }).toEqual({ code: 4, stderr: "" });
    const { issues, ...rest } = JSON.parse(stdout) as { issues: { path: string; line: number }[] };
    expect(rest).toEqual({ schema_version: 1, file: "bad.yaml", valid: false });
    expect(issues.map(({ path, line }) => [path, line])).toEqual([
      ["pods", 1],
      ["portfolio.cost_bps", 2],
    ]);
  });
});

describe("output that cannot be written", () => {
  const shell = (script: string): { code: number | null; stderr: string } => {
    const { status, stderr } = spawnSync("bash", ["-c", script, MAIN, process.execPath, MAIN], { encoding: "utf8" });
    return { code: status, stderr };
  };

  it("a reader that has gone is no error", () => {
    expect(shell('set -o pipefail; "$1" "$2" config schema | true')).toEqual({ code: 0, stderr: "" });
    expect(shell('set -o pipefail; { "$1" "$2" config validate /none 2>&1 >&3 | true; } 3>/dev/null').stderr).toBe("");
  });

  it.runIf(existsSync("/dev/full"))("a full disk is one line and exit code 1", () => {
    const { code, stderr } = shell('"$1" "$2" config schema > /dev/full');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: stdout: ENOSPC.*\n$/);
    expect(shell('"$1" "$2" config validate /none 2> /dev/full')).toMatchObject({ code: 1 });
  });
});

describe("help", () => {
  it("is there for every command, with examples, and loads nothing heavy", () => {
    const cwd = temporaryFolder();
    const { code, stdout } = mcbot(["--help"], { cwd });
    expect(code).toBe(0);
    for (const command of ["orchestrate", "backtest", "eda", "config", "data", "explain"])
      expect(stdout).toContain(command);
    expect(mcbot(["orchestrate", "backtest", "--help"], { cwd }).stdout).toContain("Example:");
  });
});
