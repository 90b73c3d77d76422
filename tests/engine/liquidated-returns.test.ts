// Goal: a pod's performance holds what a liquidation cost it (spec 2.2, 2.5): the run's last day is recorded though it never
// closed.

import { expect, it } from "vitest";
import { runBacktest } from "../../src/engine/run-backtest.ts";
import { resolveConfig } from "../../src/library.ts";
import { madeMarket } from "../support/made-market.ts";

it("a liquidated pod's return is that of its equity, to its end", () => {
  const config = resolveConfig({
    pods: [
      {
        pod_id: "a",
        strategy: "tsmom",
        params: { lookback: 3, vol_window: 5, vol_target: 5 },
        symbols: ["BTC/USDT"],
        initial_fraction: 0.9,
        max_fraction: 1,
        risk: { max_leverage: 5, system_stop_loss: null },
      },
    ],
    orchestrator: { risk: { max_portfolio_drawdown: 0.99, daily_loss_limit: 0.99, max_gross_leverage: 5 } },
    backtest: { start: "2023-01-05", end: "2023-01-20", capital: 10_000 },
  });
  const rising = Array.from({ length: 12 }, (_, i) => 100 + i + (i % 2) * 0.3);
  const closes = [...rising, 40, 40, 40, 40, 40, 40, 40, 40];
  const { result } = runBacktest(config, madeMarket({ "BTC/USDT": closes }, Date.UTC(2023, 0, 1)));
  expect(result.header.status).toBe("liquidated");
  const [pod] = result.pods;
  const total = pod?.performance.total_return.value as number;
  expect(total).toBeLessThan(-0.9);
});
