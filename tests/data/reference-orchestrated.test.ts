// Goal: capital moves as the text says: same transitions on the same days, same allocation runs, equity to 1e-6 of the float
// reference's (spec 2.6, 4), whose second part was written by somebody who had not seen the engine either.

import { describe, expect, it } from "vitest";
import type { OrchestratorFile } from "../../src/config/schema.ts";
import { compareWithReference } from "../support/compare-with-reference.ts";
import { dataFolder, marketOf, resolve } from "../support/run-config.ts";

type Pod = OrchestratorFile["pods"][number];
const pod = (pod_id: string, strategy: string, symbols: string[], extra: Partial<Pod> = {}): Pod => ({
  pod_id,
  strategy,
  symbols: symbols.map((base) => `${base}/USDT`),
  min_fraction: 0.03,
  ...extra,
});
const pods: Pod[] = [
  pod("tsmom-major", "tsmom", ["BTC", "ETH"], {
    params: { vol_target: 0.15 },
    initial_state: "production",
    initial_fraction: 0.15,
  }),
  pod("tsmom-full", "tsmom", ["SOL", "BNB"], {
    params: { vol_target: 0.105, short_mode: "full" },
    initial_state: "production",
  }),
  pod("donchian", "donchian", ["BTC", "LINK"], {
    params: { vol_target: 0.15, short_mode: "full" },
    initial_state: "production",
  }),
  pod("ensemble", "donchian-ensemble", ["ADA", "DOGE"], {
    params: { vol_target: 0.15 },
    asset_allocation: "inverse_volatility",
  }),
  pod("adaptive", "vol-adaptive", ["ETH", "BNB"], {
    params: { vol_target: 0.15, short_mode: "full" },
    backtest_sharpe: 1.2,
  }),
  pod("vw", "vw-tsmom", ["BTC", "ETH", "SOL"], {
    params: { vol_target: 0.12 },
    asset_allocation: "risk_parity",
    risk_budget: 2,
  }),
  pod("cross", "ema-cross", ["ETH"], {
    params: { short_mode: "full" },
    initial_fraction: 0.05,
    risk: { max_drawdown: 0.3 },
  }),
];
const backtest = { start: "2021-01-01", end: "2025-12-31", capital: 1_000_000 };
const data = { funding: "none", base_timeframe: "1D" } as const;
const orchestrated = (orchestrator: NonNullable<OrchestratorFile["orchestrator"]>): OrchestratorFile => ({
  pods,
  backtest,
  data,
  orchestrator,
});

describe("the float reference agrees", () => {
  it.each<[string, OrchestratorFile]>([
    ["risk parity", orchestrated({})],
    ["adaptive Kelly", orchestrated({ allocation_method: "adaptive_kelly", kelly_fraction: 0.5 })],
    [
      "inverse volatility, EWMA",
      orchestrated({ allocation_method: "inverse_volatility", correlation: { estimator: "ewma" } }),
    ],
    [
      "equal weight, calendar",
      orchestrated({ allocation_method: "equal_weight", rebalance: { trigger: "calendar", calendar_days: 30 } }),
    ],
    [
      "risk parity, Ledoit–Wolf, threshold",
      orchestrated({ correlation: { estimator: "ledoit_wolf" }, rebalance: { trigger: "threshold" } }),
    ],
    [
      "halts and recovery",
      orchestrated({ risk: { max_portfolio_drawdown: 0.04, daily_loss_limit: 0.008, max_portfolio_volatility: 0.08 } }),
    ],
    ["a manual halt", orchestrated({ risk: { max_portfolio_drawdown: 0.06, recovery: { mode: "manual" } } })],
  ])("%s", (_, file) => {
    const config = resolve(file);
    const { worst, where, transitions, runs, differs } = compareWithReference(
      config,
      marketOf(config, dataFolder()),
      true,
    );
    expect(differs).toBeNull();
    expect(transitions).toBeGreaterThan(5);
    expect(runs).toBeGreaterThan(20);
    expect(worst, where).toBeLessThan(1e-6);
  });

  it("on hourly bars, halts inside the day", () => {
    const config = resolve({
      pods: pods.slice(0, 4).map((each, i) => ({ ...each, timeframe: i % 2 === 0 ? "1h" : "4h" })),
      backtest: { ...backtest, start: "2023-01-01", end: "2023-12-31" },
      data: { funding: "none", base_timeframe: "1h" },
      orchestrator: { risk: { max_portfolio_drawdown: 0.05, daily_loss_limit: 0.01 } },
    });
    const { worst, where, differs } = compareWithReference(config, marketOf(config, dataFolder()), true);
    expect(differs).toBeNull();
    expect(worst, where).toBeLessThan(1e-6);
  });
});
