// Goal: every value of a resolved config tells where it came from, and the shown text is the config.

import { describe, expect, it } from "vitest";
import { formatOrigin } from "../../src/config/origin.ts";
import { showConfig } from "../../src/config/show.ts";
import { MINIMAL, parse } from "./support.ts";

const TEXT = `${MINIMAL}    params: {lookback: 12}
orchestrator:
  retirement: {preset: calibrated, probation_days: 40}
  risk: &limits {daily_loss_limit: 0.02}
data: {instruments: {"BTC/USDT": {lot: 0.001}}}
`;
const LOADED = parse(TEXT, {
  env: { MCBOT__ORCHESTRATOR__MAX_PODS: "4", MCBOT__DATA__PATH: "./env" },
  overrides: [["data.path", "./flag", "--data"]],
});

const origin = (path: string) => {
  const found = LOADED.origins.get(path);
  return found && formatOrigin(found);
};

describe("origins", () => {
  it.each([
    ["pods[0].pod_id", "test.yaml:2:13"],
    ["pods[0].symbols[0]", "test.yaml:4:15"],
    ["pods[0].params.lookback", "test.yaml:5:24"],
    ["pods[0].params.vol_target", "default"],
    ["pods[0].risk.drawdown_warning", "default"],
    ["orchestrator.risk.daily_loss_limit", "test.yaml:8:36"],
    ["orchestrator.retirement.preset", "test.yaml:7:24"],
    ["orchestrator.retirement.probation_days", "test.yaml:7:52"],
    ["orchestrator.retirement.warning_days", "preset calibrated"],
    ["orchestrator.max_pods", "MCBOT__ORCHESTRATOR__MAX_PODS"],
    ["data.path", "--data"],
    ['data.instruments["BTC/USDT"].lot', "test.yaml:9:40"],
    ["execution.capital", "default"],
    ["pods[0].sub_strategies", "default"],
  ])("%s comes from %s", (path, expected) => {
    expect(origin(path)).toBe(expected);
  });

  it("exist for every leaf", () => {
    const leaves = (value: unknown): number =>
      typeof value === "object" && value !== null && Object.keys(value).length > 0
        ? Object.values(value).reduce<number>((sum, child) => sum + leaves(child), 0)
        : 1;
    expect(LOADED.origins.size).toBe(leaves(LOADED.config));
  });

  it("values behind an alias stand where they were written", () => {
    const text = `pods:
  - {pod_id: a, strategy: tsmom, symbols: [BTC/USDT], risk: &r {max_leverage: 1}}
  - {pod_id: b, strategy: tsmom, symbols: [BTC/USDT], risk: *r}
`;
    const { config, origins } = parse(text);
    expect(config.pods[1]?.risk.max_leverage).toBe(1);
    expect(origins.get("pods[1].risk.max_leverage")).toMatchObject({ line: 2, column: 79 });
  });
});

describe("config show", () => {
  it("shows what somebody set", () => {
    expect(showConfig(LOADED, false)).toBe(`orchestrator:
  max_pods: 4               # MCBOT__ORCHESTRATOR__MAX_PODS
  risk:
    daily_loss_limit: 0.02  # test.yaml:8:36
  retirement:
    preset: calibrated      # test.yaml:7:24
    probation_days: 40      # test.yaml:7:52
pods:
  - pod_id: a               # test.yaml:2:13
    strategy: tsmom         # test.yaml:3:15
    params:
      lookback: 12          # test.yaml:5:24
    symbols: [BTC/USDT]     # test.yaml:4:15
data:
  path: "./flag"            # --data
  instruments:
    BTC/USDT:
      lot: 0.001            # test.yaml:9:40`);
  });

  it("--resolved is the whole config: read again, it gives the same one", () => {
    const shown = showConfig(LOADED, true);
    expect(parse(shown).config).toEqual(LOADED.config);
    expect(shown).toContain("    warning_days: 120                  # preset calibrated");
    expect(shown.split("\n").every((line) => / # |:$|^ *"?[\w/]+"?:$/.test(line))).toBe(true);
  });

  it("quotes what YAML would misread", () => {
    const text = `pods: [{pod_id: "1e3", strategy: tsmom, symbols: [BTC/USDT]}, {pod_id: "null", strategy: tsmom, symbols: [BTC/USDT]}]\n`;
    const loaded = parse(text);
    expect(parse(showConfig(loaded, true)).config).toEqual(loaded.config);
  });

  it("lists of mappings in lists survive", () => {
    const text = `pods:
  - {pod_id: a, strategy: ensemble, params: {aggregation: majority_vote}, symbols: [BTC/USDT],
     sub_strategies: [{name: tsmom}, {name: donchian-ensemble, params: {lookbacks: [3, 4]}}]}
data: {instruments: {BTC/USDT: [{from: 2024-01-01, lot: 1}, {from: 2025-01-01, tick: 0.5}]}}
`;
    const loaded = parse(text);
    expect(parse(showConfig(loaded, true)).config).toEqual(loaded.config);
  });

  it("parameters of any shape survive", () => {
    const params = { a: [{ b: [1, { c: "x y" }], d: {} }, 2, [3, "true"]], "e f": { g: null } };
    const context = {
      strategyNames: ["free"],
      strategyId: (name: string) => name,
      fileProblem: () => null,
      parseParams: () => ({ ok: true as const, value: params }),
    };
    const loaded = parse(MINIMAL.replace("tsmom", "free"), { context });
    const again = parse(showConfig(loaded, true), {
      context: { ...context, parseParams: (_, given) => ({ ok: true, value: given as Record<string, unknown> }) },
    });
    expect(again.config.pods[0]?.params).toEqual(params);
  });
});
