// Goal: a real strategy through a real pod takes the right side: the trap in which a direction was multiplied with a signed
// strength and every short became a long stayed green in tests with a fake strategy (spec 9).
// Method: every registered strategy, in a market that only falls and in one that only rises, through `simulate`.

import { describe, expect, it } from "vitest";
import { simulate } from "../../src/engine/backtest.ts";
import { resolveConfig } from "../../src/library.ts";
import { findStrategy, strategyNames } from "../../src/strategies/registry.ts";
import { madeMarket, walk } from "../support/made-market.ts";

const FIRST = Date.UTC(2022, 0, 1);
const LENGTH = 720;

/** Two views that an ensemble merges. */
function members(shortMode = "disabled") {
  return ["tsmom", "ema-cross"].map((name) => ({ name, params: { short_mode: shortMode } }));
}

function netExposures(strategy: string, drift: number, shortMode?: string): number[] {
  const market = madeMarket({ "BTC/USDT": walk(1, LENGTH, { drift, step: 0.004 }) }, FIRST);
  const takesShortMode = findStrategy(strategy)?.params.safeParse({ short_mode: "full" }).success === true;
  const config = resolveConfig({
    pods: [
      {
        pod_id: "pod",
        strategy,
        params: shortMode !== undefined && takesShortMode ? { short_mode: shortMode } : {},
        ...(strategy === "ensemble" ? { sub_strategies: members(shortMode) } : {}),
        symbols: ["BTC/USDT"],
        initial_fraction: 1,
        max_fraction: 1,
        risk: { system_stop_loss: null },
      },
    ],
    backtest: { start: "2023-02-01", end: "2023-12-20" },
  });
  return [...simulate(config, market, { orchestrated: false }).record.curve.net];
}

describe.each(strategyNames)("%s", (strategy) => {
  const holdsAlways = strategy === "buy-and-hold";

  it("is short in a falling market when it may, and flat when it may not", () => {
    const full = netExposures(strategy, -0.004, "full");
    const disabled = netExposures(strategy, -0.004, "disabled");
    if (holdsAlways) {
      expect(full.slice(1).every((net) => net > 0)).toBe(true);
      return;
    }
    expect(Math.max(...full)).toBeLessThanOrEqual(0);
    expect(full.filter((net) => net < 0).length).toBeGreaterThan(full.length / 2);
    expect(disabled.every((net) => net === 0)).toBe(true);
  });

  it("is long in a rising market", () => {
    const nets = netExposures(strategy, 0.004, "full");
    expect(Math.min(...nets)).toBeGreaterThanOrEqual(0);
    expect(nets.filter((net) => net > 0).length).toBeGreaterThan(nets.length / 2);
  });
});
