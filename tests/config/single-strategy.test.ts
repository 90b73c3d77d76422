// Goal: the single-strategy file (spec 7.1) is checked as strictly, and answered as precisely, as the orchestrator file, and
// means one pod with all the capital.
// Method: files in memory through the one way in, `parseConfig`; places are line and column of the text.

import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { singleStrategyForm } from "../../src/config/file-form.ts";
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { type LoadedConfig, parseConfig } from "../../src/config/load.ts";
import { showConfig } from "../../src/config/show.ts";
import { resolveConfig } from "../../src/library.ts";
import { context } from "./support.ts";

const load = (text: string, env: Record<string, string> = {}): LoadedConfig =>
  parseConfig(text, "test.yaml", { context, env });
const issues = (text: string, env: Record<string, string> = {}) => {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
};
const short = (text: string) => issues(text).map(({ line, column, path, code }) => [line, column, path, code]);
const MINIMAL = "strategy: {name: tsmom}\nsymbols: [BTC/USDT]\n";

describe("a single-strategy file", () => {
  it("is one pod with all the capital, without a stop unless asked for", () => {
    const { config, form } = load(`${MINIMAL}timeframe: "4h"\nportfolio: {cost_bps: 7}\n`);
    expect(form.name).toBe("single-strategy");
    expect(config.pods).toHaveLength(1);
    expect(config.pods[0]).toMatchObject({
      pod_id: "tsmom",
      strategy: "tsmom",
      params: { lookback: 30 },
      symbols: ["BTC/USDT"],
      timeframe: "4h",
      initial_fraction: 1,
      max_fraction: 1,
      risk: { system_stop_loss: null, max_leverage: 2, drawdown_warning: 0.1 },
    });
    expect(config.portfolio.cost_bps).toBe(7);
    expect(load(`${MINIMAL}risk: {system_stop_loss: 0.2}\n`).config.pods[0]?.risk.system_stop_loss).toBe(0.2);
  });

  it("has every problem at its own place, with the path of this file", () => {
    const text = `strategy:
  name: tsmon
  params: {lookback: 30}
symbols: [BTC/USDT, BTC/USDT]
timefame: "1D"
risk: {max_leverage: -1}
backtest: {start: 2024-02-01, end: 2024-01-01}
`;
    expect(short(text)).toEqual([
      [2, 9, "strategy.name", "UNKNOWN_STRATEGY"],
      [4, 21, "symbols[1]", "CONFLICT"],
      [5, 1, "timefame", "UNKNOWN_KEY"],
      [6, 22, "risk.max_leverage", "OUT_OF_RANGE"],
      [7, 36, "backtest.end", "CONFLICT"],
    ]);
    expect(issues(text)[0]?.hint).toContain("tsmom");
    expect(issues(text)[2]?.hint).toContain("timeframe");
  });

  it("checks parameters at their place, and what is missing", () => {
    expect(short("strategy: {name: tsmom, params: {lookbak: 3}}\nsymbols: [BTC/USDT]\n")).toEqual([
      [1, 34, "strategy.params.lookbak", "UNKNOWN_KEY"],
    ]);
    expect(short("strategy: {params: {}}\n").map(([, , path, code]) => [path, code])).toEqual([
      ["symbols", "MISSING"],
      ["strategy.name", "MISSING"],
    ]);
    expect(short("strategy: tsmom\nsymbols: [BTC/USDT]\n")).toEqual([[1, 11, "strategy", "WRONG_TYPE"]]);
  });

  it("refuses the keys of the other form, and dates, base bars and quotes that do not fit", () => {
    expect(short(`${MINIMAL}orchestrator: {max_pods: 3}\n`)).toEqual([[3, 1, "orchestrator", "UNKNOWN_KEY"]]);
    expect(short(`${MINIMAL}timeframe: "4h"\ndata: {base_timeframe: "1D"}\n`)).toEqual([
      [3, 12, "timeframe", "CONFLICT"],
    ]);
    expect(short("strategy: {name: tsmom}\nsymbols: [BTC/USDT, ETH/EUR]\n")).toEqual([
      [2, 21, "symbols[1]", "CONFLICT"],
    ]);
    // With pods it is an orchestrator file.
    expect(short(`${MINIMAL}pods: []\n`).map(([, , path]) => path)).toContain("strategy");
  });

  it("takes overrides by its own keys and shows where values came from", () => {
    const env = { MCBOT__STRATEGY__PARAMS__LOOKBACK: "45" };
    const loaded = load(MINIMAL, env);
    expect(loaded.config.pods[0]?.params).toMatchObject({ lookback: 45 });
    expect(issues(MINIMAL, { MCBOT__PODS__0__TIMEFRAME: "4h" })[0]?.code).toBe("UNKNOWN_OVERRIDE");
    const shown = showConfig(loaded, false);
    expect(shown).toContain("lookback: 45");
    expect(shown).toMatch(/MCBOT__STRATEGY__PARAMS__LOOKBACK/);
    expect(shown).toMatch(/strategy: tsmom\s+# test.yaml:1:18/);
    expect(shown).toMatch(/symbols: \[BTC\/USDT\]|symbols: \["BTC\/USDT"\]/);
  });

  it("warns as the orchestrator file does, about keys it has", () => {
    expect(load(`${MINIMAL}data: {instruments: {ETH/USDT: {lot: 1}}}\n`).warnings.map(({ path }) => path)).toEqual([
      'data.instruments["ETH/USDT"]',
    ]);
    expect(load(`${MINIMAL}execution: {mode: live}\nbacktest: {capital: 500}\n`).warnings).toEqual([]);
  });

  it("is resolved by the library, too", () => {
    const config = resolveConfig({ strategy: { name: "ema-cross" }, symbols: ["ETH/USDT"], timeframe: "1h" });
    expect(config.pods.map(({ pod_id, timeframe }) => [pod_id, timeframe])).toEqual([["ema-cross", "1h"]]);
  });

  it("has a JSON Schema of its own", () => {
    const schema = configJsonSchema(singleStrategyForm);
    expect(schema).toMatchObject({ title: "mcbot single-strategy file", required: ["strategy", "symbols"] });
    expect(configJsonSchema()).toMatchObject({ title: "mcbot orchestrator file", required: ["pods"] });
  });
});
