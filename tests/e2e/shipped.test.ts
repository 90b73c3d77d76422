// Goal: the shipped configs give the same bits today as when they were last looked at, on every machine.
// Method: result hashes on the synthetic market (seed 1), committed. They are snapshots of ourselves: when a change is meant to
// change decisions, look at the report, then write the new hash here and say why in the commit.

import { describe, expect, it } from "vitest";
import type { OrchestratedResult } from "../../src/orchestrator/result.ts";
import { mcbot, ROOT, temporaryFolder } from "../support/cli.ts";

describe("a shipped config", () => {
  it.each([
    ["orchestrator-example", 205, "70d4f967fbae33c0e2c98bb9d2704b3e53372bf805f055780f5335a3cb5a94e0"],
    ["hourly-portfolio", 741, "b0ec064357c9d06475e0c6b9435eb9bcb284c3a7bed98f990d66ac6c808f9bfc"],
    ["seven-pods", 1026, "3062b8fb2ea2c82c3997db05c3901c30f55a65a8e9e99c50bbc4d012f4f1b672"],
  ])("%s makes %i trades with a known hash", (name, trades, hash) => {
    const cwd = temporaryFolder();
    const { code, stdout } = mcbot(["orchestrate", "backtest", `${ROOT}config/${name}.yaml`, "--json", "--fast"], {
      cwd,
    });
    expect(code).toBe(0);
    const { header, portfolio } = JSON.parse(stdout) as OrchestratedResult;
    expect(portfolio.trade_count).toBe(trades);
    expect(header.result_hash).toBe(hash);
  });
});
