// Goal: what a user types about allocation, life cycle and operators works, and says what is wrong when it does not.
// Method: the built command in its own processes, on the synthetic market, with a config in which every rule acts.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { OrchestratedResult } from "../../src/orchestrator/result.ts";
import { type CliRun, mcbot, temporaryFolder } from "../support/cli.ts";
import { LIVELY } from "../support/lively-config.ts";

const ok = ({ code, stdout, stderr }: CliRun): string => {
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
};
const json = <T>(run: CliRun): T => JSON.parse(ok(run)) as T;

const runLively = (cwd: string): OrchestratedResult => {
  writeFileSync(join(cwd, "lively.yaml"), stringify(LIVELY));
  return json(mcbot(["orchestrate", "backtest", "lively.yaml", "--json", "--fast"], { cwd }));
};

/** A folder with the lively config and one run of it, for tests that change nothing in it. */
const shared = { cwd: "", result: {} as OrchestratedResult };
beforeAll(() => {
  shared.cwd = mkdtempSync(join(tmpdir(), "mcbot-"));
  shared.result = runLively(shared.cwd);
});
afterAll(() => rmSync(shared.cwd, { recursive: true, force: true }));

const csv = (cwd: string, name: string): Record<string, string>[] => {
  // The first line says that the market is synthetic.
  const [comment, head = "", ...lines] = readFileSync(join(cwd, "runs/last", name), "utf8")
    .trimEnd()
    .split("\n");
  expect(comment).toMatch(/^# SYNTHETIC/);
  return lines.map((line) => {
    const fields = line.split(",");
    return Object.fromEntries(head.split(",").map((column, i) => [column, fields[i] ?? ""]));
  });
};

describe("the run folder", () => {
  it("allocation.csv: fractions and reserve sum to 1, targets beside them", () => {
    const rows = csv(shared.cwd, "allocation.csv");
    expect(rows.map(({ date }) => date)).toEqual(shared.result.days.date);
    const ids = shared.result.pods.map(({ pod_id }) => pod_id);
    for (const [d, row] of rows.entries()) {
      expect(ids.reduce((sum, id) => sum + Number(row[id]), Number(row.reserve))).toBeCloseTo(1, 9);
      for (const pod of shared.result.pods) expect(Number(row[`${pod.pod_id} target`])).toBe(pod.target_fractions[d]);
    }
  });

  it("allocation-runs.csv: one row per run and pod, its parts summing to the last bit", () => {
    const rows = csv(shared.cwd, "allocation-runs.csv");
    expect(rows).toHaveLength(shared.result.allocation_history.length * shared.result.pods.length);
    for (const row of rows) {
      const parts = [row.base, row.kelly, row.slot, row.box, row.step_limit, row.volatility, row.prc_trim].map(Number);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(Number(row.final));
    }
  });

  it("lifecycle.csv and risk.csv: a row per event", () => {
    const events = csv(shared.cwd, "lifecycle.csv");
    expect(events.map(({ date, pod, to, reason }) => [date, pod, to, reason])).toEqual(
      shared.result.lifecycle_events.map(({ date, pod_id, to, reason }) => [date, pod_id, to, reason]),
    );
    expect(events[0]).toMatchObject({ days: "56", time: "2022-02-26T00:00:00Z" });
    const risk = csv(shared.cwd, "risk.csv");
    expect(risk.map(({ kind, type }) => [kind, type])).toEqual(
      shared.result.risk_events.map(({ kind, type }) => [kind, type]),
    );
    expect(risk.filter(({ kind, end }) => kind === "halt" && end !== "")).toHaveLength(5);
  });

  it("events.jsonl has what the orchestrator did; the manifest says where bars came from", () => {
    const own = temporaryFolder();
    writeFileSync(join(own, "lively.yaml"), stringify(LIVELY));
    ok(mcbot(["orchestrate", "backtest", "lively.yaml"], { cwd: own }));
    const lines = readFileSync(join(own, "runs/last/events.jsonl"), "utf8").trimEnd().split("\n");
    const types = new Set(lines.map((line) => (JSON.parse(line) as { type: string }).type));
    for (const type of ["alert", "halt", "transfer", "transition", "allocation", "exposure"])
      expect(types).toContain(type);
    const manifest = JSON.parse(readFileSync(join(own, "runs/last/manifest.json"), "utf8"));
    expect(manifest).toMatchObject({ data_path: "synthetic", actions: [] });
  });
});

describe("explain allocation", () => {
  it("prints why each fraction moved, parts summing exactly", () => {
    const text = ok(mcbot(["explain", "allocation", "--at", "2022-09-30"], { cwd: shared.cwd }));
    expect(text).toContain("Allocation at the close of 2022-09-30");
    expect(text).toContain("exactly");
    const explained = json<{
      schema_version: number;
      date: string;
      pods: { final: number; sums: boolean; parts: { value: number }[] }[];
    }>(mcbot(["explain", "allocation", "--json"], { cwd: shared.cwd }));
    expect(explained).toMatchObject({ schema_version: 1, date: shared.result.allocation_history.at(-1)?.date });
    for (const { final, sums, parts } of explained.pods) {
      expect(sums).toBe(true);
      expect(parts.reduce((sum, { value }) => sum + value, 0)).toBe(final);
    }
  });

  it.each([
    [["--at", "2021-01-01"], "the allocator did not run before 2021-01-01"],
    [["--at", "yesterday"], 'Expected a date such as "2024-01-31"'],
    [["--run", "elsewhere"], "no run at elsewhere"],
    [["--no-such-option"], "unknown option"],
  ])("%j is refused", (flags, says) => {
    const { code, stdout, stderr } = mcbot(["explain", "allocation", ...flags], { cwd: shared.cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
  });

  it("of a run without orchestration says so", () => {
    const other = temporaryFolder();
    ok(mcbot(["backtest", "run", "tsmom", "BTC/USDT", "--fast"], { cwd: other }));
    const { code, stderr } = mcbot(["explain", "allocation"], { cwd: other });
    expect(code).toBe(2);
    expect(stderr).toContain("no orchestrator");
    const { code: revive, stderr: why } = mcbot(["pod", "revive", "tsmom", "--at", "2024-01-01"], { cwd: other });
    expect(revive).toBe(2);
    expect(why).toContain("no orchestrator");
  });
});

describe("explain transition", () => {
  it("prints the numbers that caused it", () => {
    const text = ok(mcbot(["explain", "transition", "cross"], { cwd: shared.cwd }));
    expect(text).toContain("cross: warning to retired at the close of 2022-02-28");
    expect(text).toMatch(/drawdown +20\.48% +above 20\.00%/);
    const [first] = shared.result.lifecycle_events;
    const explained = json(
      mcbot(["explain", "transition", "cross", "--at", "2022-02-27", "--json"], { cwd: shared.cwd }),
    );
    expect(explained).toMatchObject({ schema_version: 1, ...first });
  });

  it.each([
    [["nobody"], "nobody is not a pod of this run: cross, donchian"],
    [["cross", "--at", "2022-01-05"], "cross changed its state for the first time on 2022-02-25"],
    [[], "missing required argument 'pod'"],
  ])("%j is refused", (args, says) => {
    const { code, stderr } = mcbot(["explain", "transition", ...args], { cwd: shared.cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});

describe("orchestrate compare-allocations", () => {
  it("runs the same pods under each method, as a table and as JSON, and writes run folders where asked", () => {
    const text = ok(mcbot(["orchestrate", "compare-allocations", "lively.yaml"], { cwd: shared.cwd }));
    for (const method of ["equal_weight", "inverse_volatility", "risk_parity *", "adaptive_kelly"]) {
      expect(text).toContain(method);
    }
    const compared = json<{ methods: { allocation_method: string; result_hash: string }[]; folders: string[] }>(
      mcbot(["orchestrate", "compare-allocations", "lively.yaml", "--json", "--out", "compared"], { cwd: shared.cwd }),
    );
    expect(compared).toMatchObject({ schema_version: 1, configured: "risk_parity", market: { synthetic: true } });
    const own = compared.methods.find(({ allocation_method }) => allocation_method === "risk_parity");
    expect(own?.result_hash).toBe(shared.result.header.result_hash);
    expect(compared.folders).toHaveLength(4);
    const last = JSON.parse(readFileSync(join(shared.cwd, "compared/last/manifest.json"), "utf8"));
    expect(last.result_hash).toBe(own?.result_hash);
    expect(readFileSync(join(shared.cwd, compared.folders[0] ?? "", "config.resolved.json"), "utf8")).toContain(
      "equal_weight",
    );
  });

  it("refuses a config that is not there, and one that is wrong", () => {
    expect(mcbot(["orchestrate", "compare-allocations", "none.yaml"], { cwd: shared.cwd }).code).toBe(4);
    expect(mcbot(["orchestrate", "compare-allocations"], { cwd: shared.cwd }).code).toBe(2);
  });
});

describe("pod revive", () => {
  it("makes the run again with the operator's action; until then it is the same run", () => {
    const cwd = temporaryFolder();
    const result = runLively(cwd);
    const before = readFileSync(join(cwd, "runs/last/config.yaml"), "utf8");
    const revived = json<OrchestratedResult>(
      mcbot(["pod", "revive", "cross", "--at", "2022-06-30", "--json", "--fast"], { cwd }),
    );
    expect(revived.header.config_hash).toBe(result.header.config_hash);
    expect(revived.header.run_id).not.toBe(result.header.run_id);
    const own = revived.lifecycle_events.filter(({ reason }) => reason === "REVIVED");
    expect(own).toMatchObject([{ date: "2022-06-30", pod_id: "cross", from: "retired", to: "incubation" }]);
    const day = revived.days.date.indexOf("2022-06-30");
    expect(revived.days.portfolio.slice(0, day + 1)).toEqual(result.days.portfolio.slice(0, day + 1));
    const pod = revived.pods.find(({ pod_id }) => pod_id === "cross");
    expect(pod?.fractions[day]).toBeGreaterThan(0);
    expect(pod?.target_fractions[day]).toBeCloseTo(0.15, 3);
    expect(pod?.returns.slice(day + 1).filter((value) => value !== null).length).toBeGreaterThan(0);

    const manifest = JSON.parse(readFileSync(join(cwd, "runs/last/manifest.json"), "utf8"));
    expect(manifest.actions).toEqual([{ type: "revive", pod_id: "cross", date: "2022-06-30" }]);
    expect(readFileSync(join(cwd, "runs/last/config.yaml"), "utf8")).toBe(before);

    // Another revival on top keeps the first.
    const text = ok(mcbot(["pod", "revive", "vw", "--at", "2023-01-31"], { cwd }));
    expect(text).toContain("Operator: vw is revived at the close of 2023-01-31");
    const second = JSON.parse(readFileSync(join(cwd, "runs/last/manifest.json"), "utf8"));
    expect(second.actions.map(({ pod_id }: { pod_id: string }) => pod_id)).toEqual(["cross", "vw"]);
    expect(existsSync(join(cwd, "runs/last/events.jsonl"))).toBe(true);
  });

  it("keeps what overrode the config, and where the data was", () => {
    const cwd = temporaryFolder();
    const { data: _, ...file } = LIVELY;
    writeFileSync(join(cwd, "lively.yaml"), stringify(file));
    ok(mcbot(["data", "synth", "--out", "bars"], { cwd }));
    const env = { MCBOT__PORTFOLIO__COST_BPS: "6" };
    ok(mcbot(["orchestrate", "backtest", "lively.yaml", "--data", "bars", "--fast"], { cwd, env }));
    const revived = json<OrchestratedResult>(
      mcbot(["pod", "revive", "cross", "--at", "2022-06-30", "--json", "--fast"], { cwd }),
    );
    expect(revived.header.costs.cost_bps).toBe(6);
    expect(revived.header.market.label).toContain("bars");

    const bars = join(cwd, "bars/1d/BTC-USDT-1d.csv");
    const lines = readFileSync(bars, "utf8").trimEnd().split("\n");
    writeFileSync(bars, `${lines.slice(0, -400).join("\n")}\n`);
    const changed = mcbot(["pod", "revive", "vw", "--at", "2023-01-31"], { cwd });
    expect(changed.code).toBe(2);
    expect(changed.stderr).toContain("the data is not that of the run");
    rmSync(join(cwd, "bars"), { recursive: true });
    expect(mcbot(["pod", "revive", "vw", "--at", "2023-01-31"], { cwd }).code).toBe(3);
  });

  it.each([
    [["cross", "--at", "2022-01-31"], "cross is not RETIRED at the close of 2022-01-31, it is in PRODUCTION"],
    [["donchian", "--at", "2024-01-31"], "it never is in this run"],
    [["nobody", "--at", "2022-06-30"], "nobody is not a pod of this run"],
    [["cross", "--at", "2025-06-30"], "2025-06-30 is not a day of this run"],
    [["cross"], "required option '--at <date>' not specified"],
    [["cross", "--at", "2022-06-30", "--run", "elsewhere"], "no run at elsewhere"],
  ])("%j is refused, and no run is written", (args, says) => {
    const { code, stdout, stderr } = mcbot(["pod", "revive", ...args, "--out", "other"], { cwd: shared.cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(existsSync(join(shared.cwd, "other"))).toBe(false);
  });

  it("refuses a run of another engine or config", () => {
    const own = temporaryFolder();
    runLively(own);
    const path = join(own, "runs/last/manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    const revive = (changes: object): string => {
      writeFileSync(path, JSON.stringify({ ...manifest, ...changes }));
      const { code, stderr } = mcbot(["pod", "revive", "cross", "--at", "2022-06-30"], { cwd: own });
      expect(code).toBe(2);
      return stderr;
    };
    expect(revive({ run_id: "0".repeat(64) })).toContain("made by another engine");
    expect(revive({ config_hash: "0".repeat(64) })).toContain("the config is not that of the run");
    expect(revive({ data_path: null })).toContain("--data");
  });
});

describe("backtest run", () => {
  it("has no orchestration: capital stays where it was put", () => {
    const cwd = temporaryFolder();
    const run = mcbot(["backtest", "run", "ema-cross", "ETH/USDT", "--start", "2022-01-01", "--json"], { cwd });
    const { header, pods, attribution } = json<OrchestratedResult>(run);
    expect(header.orchestration).toBeNull();
    expect(pods[0]).toMatchObject({ state: null, target_fraction: null, capital_fraction: 1 });
    expect(attribution.reserve).toMatchObject({ transfers_micro: 0, end_micro: 0 });
  });
});

describe("help", () => {
  it.each([
    [["orchestrate", "compare-allocations"]],
    [["explain", "allocation"]],
    [["explain", "transition"]],
    [["pod", "revive"]],
  ])("%j has an example", (command) => {
    const { code, stdout } = mcbot([...command, "--help"], { cwd: temporaryFolder() });
    expect(code).toBe(0);
    expect(stdout).toContain("Example:");
    expect(stdout).toContain("--json");
  });
});
