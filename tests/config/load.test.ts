// Goal: files are read in one place, and what cannot be read is an issue like any other.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { contextFromRegistry } from "../../src/config/context.ts";
import { loadConfig, resolveObject } from "../../src/config/load.ts";
import { findStrategy, strategyNames } from "../../src/strategies/registry.ts";
import { context, MINIMAL, parse } from "./support.ts";

const EXAMPLE = new URL("../../config/orchestrator-example.yaml", import.meta.url).pathname;
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mcbot-config-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (content: string | Uint8Array) => {
  const path = join(folder, "config.yaml");
  writeFileSync(path, content);
  return path;
};
const caught = (path: string) => {
  try {
    loadConfig(path, { context, env: {} });
  } catch (error) {
    return (error as ConfigError).issues[0];
  }
  return undefined;
};

describe("loadConfig", () => {
  it("loads the shipped example without a warning", () => {
    const { config, warnings, text } = loadConfig(EXAMPLE, { context, env: {} });
    expect(config.pods.map(({ pod_id }) => pod_id)).toEqual([
      "pod-tsmom-major",
      "pod-donchian-alt",
      "pod-voladapt-cross",
    ]);
    expect(config.pods[0]?.risk).toMatchObject({ max_leverage: 2, use_trailing_stop: true, drawdown_warning: 0.1 });
    expect(config.backtest).toEqual({ start: "2024-01-01", end: "2025-12-31", capital: 100_000 });
    expect(warnings).toEqual([]);
    expect(text).toBe(readFileSync(EXAMPLE, "utf8"));
  });

  it("loads it with the strategies that ship", () => {
    const shipped = contextFromRegistry({ strategyNames, findStrategy });
    const { pods } = loadConfig(EXAMPLE, { context: shipped, env: {} }).config;
    expect(pods[0]?.params).toMatchObject({ lookback: 30, vol_window: 30, vol_target: 0.35, short_mode: "hedge_only" });
    expect(pods[1]?.params).toMatchObject({ lookbacks: [20, 60, 150], vol_target: 0.4 });
  });

  it("reads through a byte order mark and CRLF, positions unchanged", () => {
    expect(loadConfig(write(`\uFEFF${MINIMAL}`), { context, env: {} }).config).toEqual(parse(MINIMAL).config);
    const issue = caught(write(`\uFEFF${MINIMAL}portfolio: {cost_bps: x}\n`.replaceAll("\n", "\r\n")));
    expect([issue?.line, issue?.column]).toEqual([5, 23]);
  });

  it.each([
    ["missing.yaml", "there is no such file"],
    ["", "it is a folder"],
  ])("%j cannot be read: %s", (name, hint) => {
    const path = join(folder, name);
    expect(caught(path)).toEqual({
      file: path,
      line: null,
      column: null,
      path: "",
      code: "UNREADABLE_FILE",
      value: path,
      expected: "a config file in UTF-8 that can be read",
      hint,
    });
  });

  it("refuses bytes that are not UTF-8", () => {
    expect(caught(write(new Uint8Array([0x61, 0xff])))).toMatchObject({ code: "UNREADABLE_FILE", hint: "not UTF-8" });
  });

  it("an empty file misses its pods", () => {
    expect(caught(write(""))).toMatchObject({ path: "", code: "WRONG_TYPE", value: null, expected: "a mapping" });
  });
});

describe("resolveObject", () => {
  const data = { pods: [{ pod_id: "a", strategy: "tsmom", symbols: ["BTC/USDT"] }] };

  it("resolves what a library user wrote", () => {
    expect(resolveObject(data, context)).toEqual(parse(MINIMAL).config);
  });

  it("reports issues without positions", () => {
    expect(() => resolveObject({ ...data, backtest: { capital: 0 } }, context)).toThrow(ConfigError);
    expect(() => resolveObject({ ...data, backtest: { capital: 0 } }, context)).toThrow(
      "config backtest.capital: expected a number above 0",
    );
  });
});
