import type { OrchestratorFile } from "../../src/config/schema.ts";

type Pod = OrchestratorFile["pods"][number];
const pod = (pod_id: string, strategy: string, symbols: string[], extra: Partial<Pod> = {}): Pod => ({
  pod_id,
  strategy,
  symbols: symbols.map((base) => `${base}/USDT`),
  params: { vol_target: 0.3 },
  initial_state: "production",
  initial_fraction: 0.15,
  ...extra,
});

/**
 * Five pods on the synthetic market with limits that are all reached within three years: graduation, warnings, recoveries,
 * probation, retirements, halts of both kinds, the gross limit, and weeks in which three pods share the risk.
 */
export const LIVELY: OrchestratorFile = {
  orchestrator: {
    rebalance: { min_turnover: 0.005 },
    risk: {
      max_portfolio_drawdown: 0.05,
      daily_loss_limit: 0.015,
      max_portfolio_volatility: 0.1,
      max_gross_leverage: 0.5,
    },
    graduation: {
      min_live_days: 60,
      min_sharpe: 0.3,
      min_trade_count: 5,
      min_calmar: 0.1,
      max_portfolio_correlation: 0.9,
    },
    degradation: { lambda: 30 },
    retirement: { max_drawdown_breach: 0.2, warning_days: 20, probation_days: 20 },
  },
  pods: [
    pod("cross", "ema-cross", ["ETH", "AVAX"], {
      params: { short_mode: "full" },
      asset_allocation: "inverse_volatility",
    }),
    pod("donchian", "donchian", ["BTC", "BNB"]),
    pod("ensemble", "donchian-ensemble", ["SOL", "AVAX"], { initial_state: "incubation", initial_fraction: 0.1 }),
    pod("tsmom", "tsmom", ["BTC", "ETH"], { risk: { max_drawdown: 0.08 } }),
    pod("vw", "vw-tsmom", ["BNB", "SOL"], { asset_allocation: "risk_parity" }),
  ],
  backtest: { start: "2022-01-01", end: "2024-12-31", capital: 100_000 },
  // Without funding and with a fixed threshold, so that neither rates nor tables change what the tests count on.
  data: { path: "synthetic", funding: "none" },
};
