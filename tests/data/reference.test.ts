// Goal: the engine is what the text says: equity equals the float reference, written from the specification by somebody who
// had not seen the engine, to 1e-6 on every day (spec 2, 3).
// Method: real prices, portfolios that touch every strategy, short mode, stop and band; the reference has no lots and no
// rounding, so equality is to 1e-6 relative and not to the bit.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { OrchestratorFile } from "../../src/config/schema.ts";
import { compareWithReference } from "../support/compare-with-reference.ts";
import { dataFolder, marketOf, resolve } from "../support/run-config.ts";

const example = parse(
  readFileSync(new URL("../../config/orchestrator-example.yaml", import.meta.url), "utf8"),
) as OrchestratorFile;
const ALL = ["ADA", "AVAX", "BNB", "BTC", "DOGE", "ETH", "LINK", "SOL"].map((base) => `${base}/USDT`);

const everything: OrchestratorFile = {
  pods: [
    {
      pod_id: "tsmom-full",
      strategy: "tsmom",
      params: { short_mode: "full" },
      symbols: ALL,
      initial_fraction: 0.15,
      risk: { use_trailing_stop: true },
    },
    {
      pod_id: "tsmom-smooth",
      strategy: "tsmom",
      params: { momentum_smoothing: 5 },
      symbols: ["BTC/USDT", "DOGE/USDT"],
      risk: { rebalance_to: "edge" },
    },
    { pod_id: "vw-tsmom", strategy: "vw-tsmom", symbols: ["ETH/USDT", "SOL/USDT"], risk: { stop_cooldown_days: 5 } },
    {
      pod_id: "donchian",
      strategy: "donchian",
      params: { short_mode: "full" },
      symbols: ["BTC/USDT", "LINK/USDT"],
      risk: { system_stop_loss: null },
    },
    {
      pod_id: "ensemble",
      strategy: "donchian-ensemble",
      params: { short_mode: "hedge_only" },
      symbols: ["ADA/USDT", "AVAX/USDT"],
      risk: { max_leverage: 0.5 },
    },
    {
      pod_id: "vol-adaptive",
      strategy: "vol-adaptive",
      params: { short_mode: "full" },
      symbols: ["BNB/USDT", "BTC/USDT"],
      risk: { system_stop_loss: 0.03, use_trailing_stop: true, trailing_stop_atr_multiplier: 1.5 },
    },
    {
      pod_id: "ema",
      strategy: "ema-cross",
      params: { short_mode: "full" },
      symbols: ["BTC/USDT", "ETH/USDT"],
      risk: { rebalance_threshold: 0 },
    },
    { pod_id: "hold", strategy: "buy-and-hold", symbols: ["BTC/USDT"] },
  ],
  orchestrator: { risk: { max_gross_leverage: 1.2 } },
};

const range = { start: "2024-01-01", end: "2025-12-31", capital: 100_000 };

describe("the float reference agrees", () => {
  it.each<[string, OrchestratorFile]>([
    ["on the example", { ...example, backtest: range }],
    ["on every strategy, stop and band", { ...everything, backtest: range }],
    ["with gross netting", { ...everything, portfolio: { netting: "gross" }, backtest: range }],
    [
      "in the bear market of 2021 and 2022, from symbols listed late",
      { ...everything, backtest: { ...range, start: "2020-06-01", end: "2022-12-31" } },
    ],
  ])("%s", (_, file) => {
    const config = resolve({ ...file, data: { funding: "none", base_timeframe: "1D" } });
    const { worst, where, days } = compareWithReference(config, marketOf(config, dataFolder()));
    expect(days).toBeGreaterThan(700);
    expect(worst, where).toBeLessThan(1e-6);
  });

  it("on daily pods over hourly bars, with holes", () => {
    const config = resolve({
      ...example,
      backtest: { ...range, start: "2023-01-01", end: "2023-06-30" },
      data: { funding: "none", base_timeframe: "1h" },
    });
    const { worst, where } = compareWithReference(config, marketOf(config, dataFolder()));
    expect(worst, where).toBeLessThan(1e-6);
  });

  it("on 4h candles over hourly bars with outages, trailing stops", () => {
    const config = resolve({
      pods: [
        {
          pod_id: "trend",
          strategy: "tsmom",
          params: { short_mode: "full" },
          symbols: ["BTC/USDT", "ETH/USDT", "BNB/USDT"],
          timeframe: "4h",
          initial_fraction: 0.9,
          max_fraction: 1,
          risk: { use_trailing_stop: true, trailing_stop_atr_multiplier: 1.5 },
        },
      ],
      backtest: { ...range, start: "2018-06-01", end: "2019-06-01" },
      data: { funding: "none", base_timeframe: "1h" },
    });
    const { worst, where } = compareWithReference(config, marketOf(config, dataFolder()));
    expect(worst, where).toBeLessThan(1e-6);
  });
});
