import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OrchestratedResult } from "../../src/orchestrator/result.ts";

const MAIN = resolve("dist/cli/main.js");
let folder = "";

function mcbot(...args: string[]): string {
  return execFileSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: "utf8" });
}

function page(): string {
  return readFileSync(join(folder, "runs/last/report.html"), "utf8");
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mcbot-report-"));
  mcbot("orchestrate", "backtest", resolve("config/orchestrator-example.yaml"), "--report");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("report.html", () => {
  it("is written by --report, says SYNTHETIC, names every hash and loads nothing", () => {
    const { header } = JSON.parse(readFileSync(join(folder, "runs/last/result.json"), "utf8")) as OrchestratedResult;
    const html = page();
    expect(html).toContain("SYNTHETIC");
    for (const hash of [header.config_hash, header.data_hash, header.result_hash]) expect(html).toContain(hash);
    expect(html).not.toMatch(/<(script|link|img)[^>]*(src|href)="(?!data:)/);
    expect(html).toContain("not run yet");
  });

  it("gets the other methods and the pods left out from orchestrate report", () => {
    expect(mcbot("orchestrate", "report")).toContain("report.html");
    const html = page();
    expect(html).toContain("risk_parity (this run)");
    expect(html).toContain("without pod-donchian-alt");
  });

  it("says so when the data is not that of the run", () => {
    mcbot("data", "synth", "--out", "other", "--seed", "2");
    mcbot("orchestrate", "report", "--data", "other");
    expect(page()).toContain("the data has changed since the run");
  });

  it("refuses a pod that is not in the run", () => {
    expect(() => mcbot("orchestrate", "report", "--pod", "nobody")).toThrow(/nobody is not a pod of this run/);
  });
});
